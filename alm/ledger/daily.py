"""Holdings and cash at the end of every day, all days at once.

A split restates every unit held before it. So units are first counted in *original* units (those before the first
split), where a split changes nothing and holdings are one cumulative sum; then each day is restated to its own units:

    held(day) = Σ_{trades ≤ day} quantity / F(trade's day) · F(day),    F(day) = Π of split ratios up to the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from alm.ledger.transactions import Leg, Transaction, cash_legs, split_ratio, unit_legs

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Daily:
    """`amounts[day, column]` at the end of each day; a column is an (account, ticker) or (account, currency)."""

    days: Days
    keys: tuple[Key, ...]
    amounts: Floats

    def on(self, day: date) -> dict[Key, float]:
        """What was there at the end of a day, nothing left out but zeros; empty before the first day."""
        row = int(np.searchsorted(self.days, np.datetime64(day), side="right")) - 1
        if row < 0:
            return {}
        return {key: float(x) for key, x in zip(self.keys, self.amounts[row], strict=True) if x != 0}

    def column(self, what: str) -> Floats:
        """The sum over accounts of one ticker or currency, by day."""
        picked = [i for i, (_, name) in enumerate(self.keys) if name == what]
        total: Floats = self.amounts[:, picked].sum(axis=1)
        return total

    @property
    def names(self) -> tuple[str, ...]:
        """Tickers or currencies, each once, in order of appearance."""
        return tuple(dict.fromkeys(name for _, name in self.keys))


def daily_holdings(transactions: Sequence[Transaction], start: date, end: date) -> Daily:
    """Units held at the end of each day from start to end, both included, in that day's own units."""
    days = _calendar(start, end)
    factors = split_factors(transactions, days)
    keys, amounts = _accumulate(unit_legs(transactions), days, factors)
    for i, (_, ticker) in enumerate(keys):
        if ticker in factors:
            amounts[:, i] *= factors[ticker].on_days
    return Daily(days, keys, amounts)


def daily_cash(transactions: Sequence[Transaction], start: date, end: date) -> Daily:
    """Money at the end of each day by account and currency, counted from zero before the first transaction."""
    days = _calendar(start, end)
    keys, amounts = _accumulate(cash_legs(transactions), days, {})
    return Daily(days, keys, amounts)


@dataclass(frozen=True, slots=True, eq=False)
class SplitFactor:
    """F of one ticker: `at(day)` for a trade, `on_days` for the whole calendar."""

    dates: Days
    cumulative: Floats
    on_days: Floats

    def at(self, day: np.datetime64) -> float:
        return float(self.cumulative[np.searchsorted(self.dates, day, side="right")])


def split_factors(transactions: Iterable[Transaction], days: Days) -> dict[str, SplitFactor]:
    """F for each ticker that ever split. A split entered once per account on one day counts once, the first of them."""
    events: dict[str, dict[date, float]] = {}
    for t in transactions:
        if t.kind == "split":
            events.setdefault(t.ticker, {}).setdefault(t.on, split_ratio(t.quantity))
    return {ticker: _factor(by_day, days) for ticker, by_day in events.items()}


def _factor(by_day: dict[date, float], days: Days) -> SplitFactor:
    dates = np.array(sorted(by_day), dtype="datetime64[D]")
    ratios = [1.0, *(by_day[day] for day in sorted(by_day))]
    cumulative: Floats = np.multiply.accumulate(np.array(ratios))
    return SplitFactor(dates, cumulative, cumulative[np.searchsorted(dates, days, side="right")])


def _calendar(start: date, end: date) -> Days:
    return np.arange(np.datetime64(start, "D"), np.datetime64(end, "D") + np.timedelta64(1, "D"))


def _accumulate(legs: Iterable[Leg], days: Days, factors: dict[str, SplitFactor]) -> tuple[tuple[Key, ...], Floats]:
    """Cumulative sums by column; what came before the first day opens it, what comes after the last is left out."""
    columns: dict[Key, int] = {}
    listed = [(columns.setdefault((leg.account, leg.what), len(columns)), leg) for leg in legs]
    column = np.array([i for i, _ in listed], dtype=np.intp)
    on = np.array([leg.on for _, leg in listed], dtype="datetime64[D]")
    size = np.array([_original_units(leg, factors) for _, leg in listed], dtype=np.float64)
    row = np.maximum((on - days[0]).astype(np.intp), 0) if len(listed) else np.zeros(0, np.intp)
    seen = row < len(days)
    amounts = np.zeros((len(days), len(columns)))
    passed = np.zeros(len(columns))
    np.add.at(amounts, (row[seen], column[seen]), size[seen])
    np.add.at(passed, column[seen], np.abs(size[seen]))
    np.cumsum(amounts, axis=0, out=amounts)
    amounts[np.abs(amounts) <= 1e-9 + 1e-11 * passed] = 0.0  # `negligible`, for all days at once
    return tuple(columns), amounts


def _original_units(leg: Leg, factors: dict[str, SplitFactor]) -> float:
    factor = factors.get(leg.what)
    return leg.size if factor is None else leg.size / factor.at(np.datetime64(leg.on, "D"))
