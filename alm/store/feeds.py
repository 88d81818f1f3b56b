"""Rows that feeds read before they ask and write when an answer comes: sources, closes on record, status, quarantine,
market and macro history."""
# ruff: noqa: S608  # every name spliced into SQL is one of this schema's own

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection as Connection  # named here for feeds, which do not import sqlalchemy

from alm.errors import UnknownName

Row = Mapping[str, str | None]

_CLOSES = {
    "price": "SELECT date, close, provisional, source FROM prices WHERE ticker = ? AND currency = ? ORDER BY date DESC",
    "rate": "SELECT date, rate, provisional, source FROM fx_rates WHERE currency = ? AND base = ? ORDER BY date DESC",
}

_HELD = "kind, ticker, date, value, currency, source, reason, quoted_in"


@dataclass(frozen=True, slots=True)
class HeldTicker:
    """A security of the holdings, whichever accounts hold it."""

    ticker: str
    currency: str
    asset_class: str
    price_unit: float


@dataclass(frozen=True, slots=True)
class QuoteStatus:
    """When a source was last asked (ISO, UTC), when it last answered, and its sentence when it did not."""

    kind: str
    ticker: str
    currency: str
    tried_at: str
    succeeded_at: str | None
    failure: str


@dataclass(frozen=True, slots=True)
class Close:
    """A close or a rate on record; `provisional` until a feed has closed its day."""

    on: date
    value: float
    provisional: bool
    source: str


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A figure in quarantine; `value` is text because it may be no number at all. `currency` is the figure's own,
    `quoted_in` the security's."""

    kind: str
    ticker: str
    date: str
    value: str
    currency: str
    source: str
    reason: str
    quoted_in: str


def held_tickers(conn: Connection) -> tuple[HeldTicker, ...]:
    query = "SELECT ticker, currency, asset_class, price_unit FROM holdings GROUP BY ticker, currency ORDER BY ticker"
    return tuple(HeldTicker(row[0], row[1], row[2], float(row[3])) for row in conn.exec_driver_sql(query))


def foreign_currencies(conn: Connection, base: str) -> tuple[str, ...]:
    """Every currency that something is held, owed, earned, spent, quoted or paid as a dividend in, but the base."""
    tables = ("holdings", "cash", "loans", "income", "expenses", "price_sources")
    union = " UNION ".join(f"SELECT currency FROM {table}" for table in tables)
    paid = "SELECT currency FROM dividends WHERE ticker IN (SELECT ticker FROM holdings)"
    return tuple(sorted(name for (name,) in conn.exec_driver_sql(f"{union} UNION {paid}") if name not in ("", base)))


def closes_on_record(conn: Connection, kind: str, ticker: str, currency: str) -> list[Close]:
    """Newest first, those in this currency only."""
    rows = conn.exec_driver_sql(_CLOSES[kind], (ticker, currency))
    return [Close(date.fromisoformat(on), float(value), bool(open_), source) for on, value, open_, source in rows]


def quote_statuses(conn: Connection) -> dict[tuple[str, str, str], QuoteStatus]:
    rows = conn.exec_driver_sql("SELECT kind, ticker, currency, tried_at, succeeded_at, failure FROM quote_status")
    return {(row[0], row[1], row[2]): QuoteStatus(*row) for row in rows}


def note_status(conn: Connection, status: QuoteStatus) -> None:
    cells = (status.kind, status.ticker, status.currency, status.tried_at, status.succeeded_at, status.failure)
    conn.exec_driver_sql("INSERT OR REPLACE INTO quote_status VALUES (?, ?, ?, ?, ?, ?)", cells)


def hold_back(conn: Connection, figures: Iterable[HeldBack]) -> None:
    """A figure that was discarded once stays discarded, however often it is sent again."""
    cells = [(f.kind, f.ticker, f.date, f.value, f.currency, f.source, f.reason, f.quoted_in) for f in figures]
    if cells:
        conn.exec_driver_sql(f"INSERT OR IGNORE INTO quarantine ({_HELD}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", cells)


def held_back(conn: Connection) -> tuple[HeldBack, ...]:
    """Figures that wait for a person, by ticker and date."""
    query = f"SELECT {_HELD} FROM quarantine WHERE status = 'held'"
    return tuple(HeldBack(*row) for row in conn.exec_driver_sql(f"{query} ORDER BY ticker, date, kind"))


def decide(conn: Connection, ticker: str, on: date | None, *, accept: bool) -> tuple[HeldBack, ...]:
    """Take a ticker's figures (of one day, or all) out of quarantine: accepted ones are returned to be written and
    forgotten, discarded ones are remembered. Raises UnknownName when none waits."""
    waiting = [f for f in held_back(conn) if f.ticker == ticker and (on is None or f.date == on.isoformat())]
    if not waiting:
        known = tuple(f"{f.ticker} {f.date}" for f in held_back(conn))
        raise UnknownName("figure held back", ticker if on is None else f"{ticker} {on}", known)
    statement = "DELETE FROM quarantine" if accept else "UPDATE quarantine SET status = 'discarded'"
    for figure in waiting:
        key = (figure.kind, figure.ticker, figure.date, figure.quoted_in)
        conn.exec_driver_sql(f"{statement} WHERE kind = ? AND ticker = ? AND date = ? AND quoted_in = ?", key)
    return tuple(waiting)


def splits_on_record(conn: Connection, ticker: str, currency: str) -> tuple[tuple[date, float], ...]:
    """Splits of a security that the books know, from prices or from transactions: the day, and new units per old."""
    traded = "SELECT date, quantity FROM transactions WHERE kind = 'split' AND ticker = ?"
    query = f"SELECT date, ratio FROM splits WHERE ticker = ? AND quoted_in IN ('', ?) UNION {traded}"
    found = conn.exec_driver_sql(query, (ticker, currency, ticker))
    return tuple((date.fromisoformat(on), float(ratio)) for on, ratio in found)


def dividends_on_record(conn: Connection, ticker: str, currency: str) -> tuple[tuple[date, float, str], ...]:
    """Dividends that a security paid, with what they were paid in; projected ones give way to what was."""
    query = """SELECT ex_date, amount, currency FROM dividends
               WHERE ticker = ? AND quoted_in IN ('', ?) AND status = 'actual' ORDER BY ex_date"""
    found = conn.exec_driver_sql(query, (ticker, currency))
    return tuple((date.fromisoformat(on), float(amount), paid_in) for on, amount, paid_in in found)


def write_history(conn: Connection, series: str, source: str, points: Iterable[tuple[date, str]]) -> int:
    """Insert or revise a series' figures (decimal text); how many changed."""
    cells = [(series, on.isoformat(), value, source) for on, value in points]
    statement = (
        "INSERT INTO history (series, date, value, source) VALUES (?, ?, ?, ?) ON CONFLICT (series, date)"
        " DO UPDATE SET value = excluded.value, source = excluded.source WHERE value IS NOT excluded.value"
    )
    return conn.exec_driver_sql(statement, cells).rowcount if cells else 0


def read_history(conn: Connection, series: str) -> tuple[tuple[date, float], ...]:
    """A series, oldest first; empty when it was never fetched."""
    rows = conn.exec_driver_sql("SELECT date, value FROM history WHERE series = ? ORDER BY date", (series,))
    return tuple((date.fromisoformat(on), float(value)) for on, value in rows)
