"""How many positions are there really? The Herfindahl-Hirschman index along each line that can fail at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from alm.balance_sheet import BalanceSheet, Holding
from alm.errors import MissingValue
from alm.language import t

TRAILING = timedelta(days=365)
NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Concentration:
    """Shares of a whole along one line, largest first. `hhi` = Σ share²; `effective` = 1 / hhi positions."""

    by: str
    hhi: float
    effective: float
    shares: tuple[tuple[str, float], ...]


def hhi(shares: Iterable[float]) -> float:
    """Σ share² of shares that sum to 1: 1 for a single position, 1/n for n equal ones; NaN for none."""
    squares = [share * share for share in shares]
    return sum(squares) if squares else float("nan")


def effective_positions(shares: Iterable[float]) -> float:
    """1 / HHI: the number of equal positions that would be as concentrated; NaN for none."""
    return 1 / hhi(shares)


def concentrated(by: str, amounts: Iterable[tuple[str, float]]) -> Concentration:
    """Amounts summed by name, as shares of their total. Shorts count by size: both sides can hurt."""
    sums: dict[str, float] = {}
    for name, amount in amounts:
        sums[name] = sums.get(name, 0.0) + abs(amount)
    total = sum(sums.values())
    shares = {name: amount / total for name, amount in sums.items() if amount} if total else {}
    ordered = tuple(sorted(shares.items(), key=lambda item: (-item[1], item[0])))
    return Concentration(by, hhi(shares.values()), effective_positions(shares.values()), ordered)


LINES: tuple[tuple[str, Callable[[Holding], str]], ...] = (
    ("ticker", lambda h: h.ticker),
    ("asset class", lambda h: h.asset_class),
    ("currency", lambda h: h.currency),
    ("sector", lambda h: h.sector or NOT_STATED),
    ("country", lambda h: h.country or NOT_STATED),
    ("account", lambda h: h.account.name),
)


def concentrations(sheet: BalanceSheet) -> tuple[Concentration, ...]:
    """By ticker, asset class, currency, sector, country and account of the market value, and by dividend payer."""
    lines = (concentrated(by, ((name(h), h.value) for h in sheet.holdings)) for by, name in LINES)
    return (*lines, concentrated("dividend payer", dividends_received(sheet)))


def dividends_received(sheet: BalanceSheet) -> tuple[tuple[str, float], ...]:
    """Gross dividends of the last 365 days on today's quantities, in the base currency at today's rates."""
    quantities: dict[str, float] = {}
    for holding in sheet.holdings:
        quantities[holding.ticker] = quantities.get(holding.ticker, 0.0) + holding.quantity
    return tuple(
        (paid.ticker, paid.amount * quantities.get(paid.ticker, 0.0) * _rate(sheet, paid.currency))
        for paid in sheet.dividends
        if not paid.projected and sheet.as_of - TRAILING < paid.pay_date <= sheet.as_of
    )


def _rate(sheet: BalanceSheet, currency: str) -> float:
    if currency == sheet.base_currency:
        return 1.0
    for name, quote in sheet.fx:
        if name == currency:
            return quote.value
    raise MissingValue(t("No exchange rate for {currency}", currency=currency))
