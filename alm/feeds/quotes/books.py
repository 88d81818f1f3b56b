"""Between the books and the sources: what to ask for, what is known, and what an answer changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import takewhile
from typing import cast, get_args

from alm.balance_sheet import AssetClass
from alm.feeds.possible import refuse_impossible
from alm.feeds.quotes.choice import usual_source
from alm.feeds.quotes.quarantine import Suspect
from alm.feeds.quotes.update import Outcome
from alm.feeds.quotes.values import Kind, Known, Point, SourceName, Wanted
from alm.store import feeds as rows
from alm.store.books import load_settings
from alm.store.exact import canonical
from alm.store.feeds import Connection
from alm.store.tables import read_rows, write_rows

# No free feed tells pay dates: days from the ex-date, by currency (assumption: Japanese shares pay after the
# shareholders' meeting, about twelve weeks on). A pay date already in the books stands.
PAY_LAG_DAYS = {"JPY": 85}
USUAL_PAY_LAG_DAYS = 25


@dataclass(frozen=True, slots=True)
class Stored:
    """What an answer changed. `splits` came after the books' newest close: the quantity held may be the old one."""

    closes: int = 0
    dividends: int = 0
    splits: tuple[Point, ...] = ()


def wanted_quotes(conn: Connection) -> tuple[tuple[Wanted, ...], tuple[str, ...]]:
    """Every ticker held or given a source, and every currency in use; then the tickers for which no source is known."""
    base = load_settings(conn).base_currency
    held = {h.ticker: h for h in rows.held_tickers(conn)}
    found: dict[tuple[Kind, str], Wanted] = {}
    for row in read_rows(conn, "price_sources"):
        currency = row["currency"] or (held[str(row["ticker"])].currency if row["ticker"] in held else base)
        wanted = Wanted(
            str(row["ticker"]), _source(row["source"]), row["symbol"] or str(row["ticker"]), currency,
            float(row["scale"] or 1), is_rate=row["kind"] == "rate",
        )  # fmt: skip
        found[wanted.key] = wanted
    for ticker in held.values():
        usual = usual_source(ticker.ticker, ticker.currency, cast("AssetClass", ticker.asset_class), ticker.price_unit)
        if usual:
            found.setdefault(("price", ticker.ticker), Wanted(ticker.ticker, *usual, ticker.currency))
    for name in rows.foreign_currencies(conn, base):
        found.setdefault(("rate", name), Wanted(name, "ecb", name, base, is_rate=True))
    unsourced = tuple(ticker for ticker in held if ("price", ticker) not in found)
    return tuple(found[key] for key in sorted(found)), unsourced


def _source(name: str | None) -> SourceName:
    assert name in get_args(SourceName)
    return cast("SourceName", name)


def with_known(conn: Connection, wanted: Sequence[Wanted]) -> tuple[tuple[Wanted, ...], dict[tuple[Kind, str], Known]]:
    """The same with `since` filled in, and what the books hold of each. A source that never answered is asked for
    its whole history, whatever single prices an import has left."""
    statuses = rows.quote_statuses(conn)
    known = {each.key: _known(conn, each, statuses.get(each.key)) for each in wanted}
    return tuple(_since(each, known[each.key]) for each in wanted), known


def _known(conn: Connection, wanted: Wanted, status: rows.QuoteStatus | None) -> Known:
    closes = rows.closes_on_record(conn, *wanted.key, wanted.currency)
    if not closes:
        return Known(asked_at=_moment(status))
    newest = closes[0]
    return Known(
        newest=newest,
        days=frozenset(on for on, _ in closes),
        provisional=date.fromisoformat(status.provisional) if status and status.provisional else None,
        asked_at=_moment(status),
        repeats=sum(1 for _ in takewhile(lambda close: close[1] == newest[1], closes)),
        moves=any(value != newest[1] for _, value in closes),
    )


def _moment(status: rows.QuoteStatus | None) -> datetime | None:
    return datetime.fromisoformat(status.succeeded_at) if status and status.succeeded_at else None


def _since(wanted: Wanted, known: Known) -> Wanted:
    newest = known.newest[0] if known.newest and (known.asked_at or wanted.source == "manual") else None
    return Wanted(
        wanted.ticker, wanted.source, wanted.symbol, wanted.currency, wanted.scale, newest, is_rate=wanted.is_rate
    )


def store(conn: Connection, outcome: Outcome, known: Known, now: datetime) -> Stored:
    """Write one outcome: closes, dividends, splits and what was held back; or only that the source failed, and how."""
    fetched, screened, wanted = outcome.fetched, outcome.screened, outcome.wanted
    if fetched is None or screened is None:
        if outcome.failure and wanted.source != "manual":
            _note(conn, wanted, known, now, outcome.failure)
        return Stored()
    closes = _write_closes(conn, wanted, screened.closes)
    dividends = _write_dividends(conn, wanted, screened.dividends)
    splits = [] if wanted.is_rate else _write_splits(conn, wanted, fetched.splits, known)
    rows.hold_back(conn, [_held(wanted, suspect) for suspect in screened.suspects])
    stamp = now.astimezone(UTC).isoformat(timespec="seconds")
    provisional = fetched.provisional.isoformat() if fetched.provisional else None
    rows.note_status(conn, rows.QuoteStatus(*wanted.key, stamp, stamp, provisional, ""))
    return Stored(closes, dividends, tuple(splits))


def _note(conn: Connection, wanted: Wanted, known: Known, now: datetime, failure: str) -> None:
    """The last success and the provisional day stand: a failure changes no age."""
    asked = known.asked_at.isoformat(timespec="seconds") if known.asked_at else None
    moving = known.provisional.isoformat() if known.provisional else None
    tried = now.astimezone(UTC).isoformat(timespec="seconds")
    rows.note_status(conn, rows.QuoteStatus(*wanted.key, tried, asked, moving, failure))


def decimal_text(value: float) -> str:
    """Twelve significant digits, as plain decimal text: what a feed knows, without what a float adds."""
    return canonical(Decimal(f"{value:.12g}"))


def _write_closes(conn: Connection, wanted: Wanted, closes: Sequence[Point]) -> int:
    if wanted.is_rate:
        named = [
            {"currency": wanted.ticker, "base": wanted.currency, "date": on.isoformat(), "rate": decimal_text(value),
             "source": wanted.source} for on, value in closes
        ]  # fmt: skip
        return write_rows(conn, "fx_rates", named).changed
    priced = [
        {"ticker": wanted.ticker, "date": on.isoformat(), "close": decimal_text(value), "currency": wanted.currency,
         "source": wanted.source} for on, value in closes
    ]  # fmt: skip
    return write_rows(conn, "prices", priced).changed


def _write_dividends(conn: Connection, wanted: Wanted, dividends: Sequence[Point]) -> int:
    """What the household or its broker has recorded as paid stands."""
    recorded = rows.dividends_on_record(conn, wanted.ticker)
    lag = timedelta(days=PAY_LAG_DAYS.get(wanted.currency, USUAL_PAY_LAG_DAYS))
    new = [
        {"ticker": wanted.ticker, "ex_date": on.isoformat(), "pay_date": (on + lag).isoformat(),
         "amount": decimal_text(amount), "currency": wanted.currency, "kind": "regular", "status": "actual"}
        for on, amount in dividends if on not in recorded
    ]  # fmt: skip
    return write_rows(conn, "dividends", new, defaults=("pay_date",)).changed


def _write_splits(conn: Connection, wanted: Wanted, splits: Sequence[Point], known: Known) -> list[Point]:
    """Record all that are new; return those the household has to look at."""
    recorded = rows.splits_on_record(conn, wanted.ticker)
    new = [(on, ratio) for on, ratio in splits if on not in recorded]
    write_rows(
        conn,
        "splits",
        [{"ticker": wanted.ticker, "date": on.isoformat(), "ratio": decimal_text(ratio), "source": wanted.source}
         for on, ratio in new],
    )  # fmt: skip
    return [(on, ratio) for on, ratio in new if known.newest and on > known.newest[0]]


def _held(wanted: Wanted, suspect: Suspect) -> rows.HeldBack:
    kind = wanted.key[0] if suspect.kind == "price" else suspect.kind
    value = f"{suspect.value:.12g}"
    return rows.HeldBack(
        kind, wanted.ticker, suspect.on.isoformat(), value, wanted.currency, wanted.source, suspect.reason
    )


def accept(conn: Connection, ticker: str, on: date | None = None, *, today: date) -> int:
    """Store what was held back, as it came; how many figures. The books refuse what is no price above zero, and what
    is of a day that has not come by the household's `today`."""
    taken = rows.decide(conn, ticker, on, accept=True)
    for figure in taken:
        refuse_impossible("prices", [{"date": figure.date}], (), today)
        wanted = Wanted(figure.ticker, _source(figure.source), "", figure.currency, is_rate=figure.kind == "rate")
        point = ((date.fromisoformat(figure.date), float(figure.value)),)
        if figure.kind == "dividend":
            _write_dividends(conn, wanted, point)
        else:
            _write_closes(conn, wanted, point)
    return len(taken)
