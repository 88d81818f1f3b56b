"""One update of the books: ask every source, write each answer in its own transaction, tell what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from alm.errors import BadInput, UnknownName
from alm.feeds.quotes.books import Stored, note_failure, store, wanted_quotes, with_known
from alm.feeds.quotes.sources import opened
from alm.feeds.quotes.update import Outcome, update
from alm.feeds.quotes.values import Key, Known, Wanted
from alm.language import phrase, t
from alm.store import feeds as rows
from alm.store.database import reading, writing
from alm.text import listed

SILENT_DAYS = 30
"""A ticker without a price for longer has probably left its market (assumption)."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of one ticker. `latest` is the newest figure in the books afterwards, however old it is."""

    kind: str
    ticker: str
    currency: str
    source: str
    symbol: str
    status: str
    closes: int
    dividends: int
    splits: tuple[tuple[date, float], ...]
    held_back: int
    latest: date | None
    value: float | None
    age_days: int | None
    failure: str
    notes: tuple[str, ...] = ()
    """Why another source was asked first and gave nothing, and what of an answer was left out."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a person has to know: why nothing came or whence it came, what the answer lacks, and that a split may
        have changed the quantity held."""
        said = [f"{self.ticker}: {sentence}" for sentence in (self.failure, *self.notes) if sentence]
        if self.status == "updated" and self.age_days is not None and self.age_days > SILENT_DAYS:
            silent = t("{ticker} has had no price since {on}: it may have been renamed, merged or delisted.",
                       ticker=self.ticker, on=self.latest)  # fmt: skip
            said.append(silent)
        said += [
            t(
                "{ticker}: split of {ratio} new units per old on {on}. Until the quantity counts it the old unit is "
                "valued: import the holding again, or say `alm prices confirm {ticker}` if it does.",
                ticker=self.ticker,
                ratio=f"{ratio:g}",
                on=on,
            )
            for on, ratio in self.splits
        ]
        return tuple(said)


NOTHING_TO_ASK = phrase(
    "Nothing that has a price or an exchange rate is in the books yet; `alm import` reads your files."
)


def told(results: Sequence[Filled], unsourced: Sequence[str]) -> list[str]:
    """What a person has to know or do after an update, one sentence each."""
    said = [sentence for result in results for sentence in result.sentences]
    if not results and not unsourced:
        said.append(t(NOTHING_TO_ASK))
    if results and all(result.status == "by hand" for result in results):
        said.append(t("Every price here is entered by hand: nothing was asked of anybody."))
    if unsourced:
        said.append(
            t(
                "No source is known for {tickers}: import your broker's file, enter prices with `alm prices enter`, or "
                "choose a source with `alm prices source`. For a Japanese fund that is `alm prices source TICKER "
                "toushin ISIN/CODE`, with the Investment Trusts Association's code.",
                tickers=listed(unsourced),
            )
        )
    return said


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be asked, what the books hold of it, and the tickers for which no source is known."""

    wanted: tuple[Wanted, ...]
    known: dict[Key, Known]
    unsourced: tuple[str, ...]


def plan(db: Path, tickers: Sequence[str] = ()) -> Plan:
    """Everything, or only these tickers and currencies; UnknownName for one that the books do not have."""
    with reading(db) as conn:
        everything, unsourced = wanted_quotes(conn)
        names = {w.ticker for w in everything} | set(unsourced)
        for ticker in tickers:
            if ticker not in names:
                raise UnknownName("ticker or currency", ticker, tuple(sorted(names)))
        wanted, known = with_known(conn, [w for w in everything if not tickers or w.ticker in tickers])
    return Plan(wanted, known, tuple(name for name in unsourced if not tickers or name in tickers))


def fill(db: Path, todo: Plan, now: datetime, *, force: bool = False) -> Iterator[Filled]:
    """One result per ticker, as each arrives and after it is written, and then one per currency that has come into use
    with them, such as a dividend's. The file is locked only while writing."""
    before = {wanted.key for wanted in plan(db).wanted}
    yield from _filling(db, todo, now, force=force)
    after = plan(db)
    news = tuple(wanted for wanted in after.wanted if wanted.is_rate and wanted.key not in before)
    yield from _filling(db, Plan(news, after.known, ()), now, force=force)


def _filling(db: Path, todo: Plan, now: datetime, *, force: bool) -> Iterator[Filled]:
    with opened([w.source for w in todo.wanted], now) as sources:
        for outcome in update(todo.wanted, sources, todo.known, now, force=force):
            yield _written(db, outcome, todo.known[outcome.wanted.key], now)


def _written(db: Path, outcome: Outcome, known: Known, now: datetime) -> Filled:
    """What the books refuse of one answer is that ticker's trouble: nothing of it is written, and it is told."""
    try:
        with writing(db) as conn:
            return _filled(conn, outcome, store(conn, outcome, known, now), now.date())
    except BadInput as refusal:
        failed = Outcome(outcome.wanted, failure=t("the answer was refused: {reason}", reason=str(refusal)))
    with writing(db) as conn:
        note_failure(conn, failed.wanted, known, now, failed.failure)
        return _filled(conn, failed, Stored(), now.date())


def _filled(conn: rows.Connection, outcome: Outcome, stored: Stored, today: date) -> Filled:
    wanted, screened = outcome.wanted, outcome.screened
    newest = next(iter(rows.closes_on_record(conn, *wanted.key)), None)
    latest, value = (newest.on, newest.value) if newest else (None, None)
    manual = wanted.source == "manual"
    status = "by hand" if manual else "failed" if outcome.failure else "updated" if screened else "fresh"
    return Filled(
        *wanted.key, wanted.source, wanted.symbol, status, stored.closes, stored.dividends, stored.splits,
        len(screened.suspects) if screened else 0, latest, value, (today - latest).days if latest else None,
        "" if manual else outcome.failure, _notes(outcome),
    )  # fmt: skip


def _notes(outcome: Outcome) -> tuple[str, ...]:
    used = t("The prices are from {source}.", source=outcome.wanted.source)
    before = (" ".join((*outcome.passed_over, used)),) if outcome.passed_over else ()
    return (*before, *(outcome.fetched.odd if outcome.fetched else ()))
