"""Each ticker's own latest price and each currency's own latest rate, found by index seeks.

Never by the table's newest date: a price from Sunday must not hide every share priced on Friday.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row

from alm.balance_sheet import Quote

LATEST_PRICE = (
    "SELECT close, date, source, provisional FROM prices WHERE ticker = ? AND currency = ? AND date <= ?"
    " ORDER BY date DESC LIMIT 1"
)
_QUOTED_IN = "SELECT DISTINCT currency FROM prices WHERE ticker = ? AND date <= ? ORDER BY currency"
_LATEST_RATE = """
    SELECT rate, date, source, provisional FROM fx_rates WHERE currency = ? AND base = ? AND date <= ?
    ORDER BY date DESC LIMIT 1
"""
_PAIRS = """
    WITH RECURSIVE pair (currency, base) AS (
        SELECT * FROM (SELECT currency, base FROM fx_rates ORDER BY currency, base LIMIT 1)
        UNION ALL
        SELECT n.currency, n.base FROM pair, fx_rates n WHERE (n.currency, n.base) =
            (SELECT currency, base FROM fx_rates
             WHERE (currency, base) > (pair.currency, pair.base) ORDER BY currency, base LIMIT 1)
            AND n.date = (SELECT min(date) FROM fx_rates WHERE currency = n.currency AND base = n.base)
    )
    SELECT currency, base FROM pair
"""


Security: TypeAlias = tuple[str, str]
"""A symbol and the currency it is quoted in: BA in New York and BA in London are two."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the rest of the program calls a security: its symbol, or `BA/GBP` where the household holds the symbol in
    several currencies. `held` has the currencies of every symbol held."""

    held: Mapping[str, tuple[str, ...]]

    def of(self, ticker: str, currency: str) -> str:
        own = self.held.get(ticker, ())
        return f"{ticker}/{currency}" if len(own) > 1 and currency in own else ticker

    def each(self, ticker: str, quoted_in: str) -> tuple[str, ...]:
        """The securities that an event of a symbol is about: all of them where it does not say which."""
        own = self.held.get(ticker, ())
        return (self.of(ticker, quoted_in),) if quoted_in in own or not own else tuple(self.of(ticker, c) for c in own)


def names(conn: Connection) -> Names:
    found: dict[str, tuple[str, ...]] = {}
    rows = conn.exec_driver_sql("SELECT DISTINCT ticker, currency FROM holdings WHERE quantity <> '0' ORDER BY 1, 2")
    for ticker, currency in rows:
        found[ticker] = (*found.get(ticker, ()), currency)
    return Names(found)


def latest_prices(conn: Connection, securities: Iterable[Security], as_of: date) -> dict[Security, Quote]:
    """The last close on or before the date, in the security's own currency; one without any is left out."""
    found = {}
    for security in dict.fromkeys(securities):
        row = conn.exec_driver_sql(LATEST_PRICE, (*security, as_of.isoformat())).first()
        if row is not None:
            found[security] = _quote(row)
    return found


def quoted_in(conn: Connection, ticker: str, as_of: date) -> tuple[str, ...]:
    """The currencies in which there is a price of the symbol, whosever it is."""
    return tuple(currency for (currency,) in conn.exec_driver_sql(_QUOTED_IN, (ticker, as_of.isoformat())))


def latest_rates(conn: Connection, currencies: Iterable[str], base: str, as_of: date) -> dict[str, Quote]:
    """Base per unit of each currency, its own last rate on or before the date; the base itself is 1, always.

    A pair stored either way round serves both; of two, the later one. A currency quoted only against a third one is
    converted through it, and is then as old as the older of the two rates. Nothing longer than one such step.
    """
    stored = _latest_pairs(conn, as_of)
    rates = {base: Quote(1.0, as_of)}
    for currency in dict.fromkeys(currencies):
        if currency not in rates and (found := _rate(stored, currency, base) or _crossed(stored, currency, base)):
            rates[currency] = found
    return rates


def _quote(row: Row[Any, Any, Any, Any]) -> Quote:
    return Quote(float(row[0]), date.fromisoformat(row[1]), row[2], bool(row[3]))


def _product(first: Quote, second: Quote) -> Quote:
    """As old as the older of the two, as provisional as either."""
    sources = ", ".join(dict.fromkeys(filter(None, (first.source, second.source))))
    provisional = first.provisional or second.provisional
    return Quote(first.value * second.value, min(first.on, second.on), sources, provisional)


def stored_currencies(conn: Connection) -> set[str]:
    """The currencies that rates are stored for."""
    return {currency for currency, _ in conn.exec_driver_sql(_PAIRS)}


def _latest_pairs(conn: Connection, as_of: date) -> dict[tuple[str, str], Quote]:
    found = {}
    for pair in conn.exec_driver_sql(_PAIRS).all():
        row = conn.exec_driver_sql(_LATEST_RATE, (*pair, as_of.isoformat())).first()
        if row is not None:
            found[(pair[0], pair[1])] = _quote(row)
    return found


def _rate(stored: Mapping[tuple[str, str], Quote], currency: str, base: str) -> Quote | None:
    direct, inverse = stored.get((currency, base)), stored.get((base, currency))
    if inverse is not None and (direct is None or inverse.on > direct.on):
        return replace(inverse, value=1 / inverse.value)
    return direct


def _crossed(stored: Mapping[tuple[str, str], Quote], currency: str, base: str) -> Quote | None:
    """Through the third currency whose two rates are the most recent; alphabetically first of equals."""
    best: Quote | None = None
    for via in sorted({name for pair in stored for name in pair}):
        first, second = _rate(stored, currency, via), _rate(stored, via, base)
        if first is not None and second is not None:
            crossed = _product(first, second)
            best = crossed if best is None or crossed.on > best.on else best
    return best
