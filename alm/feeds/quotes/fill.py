"""One update of the books: ask every source, write each answer in its own transaction, tell what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from alm.errors import UnknownName
from alm.feeds.quotes.books import Stored, store, wanted_quotes, with_known
from alm.feeds.quotes.sources import opened
from alm.feeds.quotes.update import Outcome, update
from alm.feeds.quotes.values import Kind, Known, Wanted
from alm.language import phrase, t
from alm.store import feeds as rows
from alm.store.database import reading, writing
from alm.text import listed


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of one ticker. `latest` is the newest figure in the books afterwards, however old it is."""

    kind: str
    ticker: str
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

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a person has to know: why nothing came, and that a split may have changed the quantity held."""
        failed = (f"{self.ticker}: {self.failure}",) if self.failure else ()
        split = tuple(
            t(
                "{ticker}: split of {ratio} new units per old on {on}; check the quantity held, or import it again.",
                ticker=self.ticker,
                ratio=f"{ratio:g}",
                on=on,
            )
            for on, ratio in self.splits
        )
        return (*failed, *split)


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
                "choose a source with `alm prices source`. Japanese funds are on no free service.",
                tickers=listed(unsourced),
            )
        )
    return said


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be asked, what the books hold of it, and the tickers for which no source is known."""

    wanted: tuple[Wanted, ...]
    known: dict[tuple[Kind, str], Known]
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
    """One result per ticker, as each arrives and after it is written. The file is locked only while writing."""
    with opened([w.source for w in todo.wanted], now) as sources:
        for outcome in update(todo.wanted, sources, todo.known, now, force=force):
            with writing(db) as conn:
                stored = store(conn, outcome, todo.known[outcome.wanted.key], now)
                filled = _filled(conn, outcome, stored, now.date())
            yield filled


def _filled(conn: rows.Connection, outcome: Outcome, stored: Stored, today: date) -> Filled:
    wanted, screened = outcome.wanted, outcome.screened
    closes = rows.closes_on_record(conn, *wanted.key, wanted.currency)
    latest, value = closes[0] if closes else (None, None)
    manual = wanted.source == "manual"
    status = "by hand" if manual else "failed" if outcome.failure else "updated" if screened else "fresh"
    return Filled(
        *wanted.key, wanted.source, wanted.symbol, status, stored.closes, stored.dividends, stored.splits,
        len(screened.suspects) if screened else 0, latest, value, (today - latest).days if latest else None,
        "" if manual else outcome.failure,
    )  # fmt: skip
