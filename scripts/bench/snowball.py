"""Dividend snowball, 50 holdings over 40 years by month, against the same roll-forward as plain Python loops.

One projection is a chain of 492 small steps, where plain loops are as good; many paths at once are what arrays are for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from row import Row, best_of

from alm.balance_sheet import Account, BalanceSheet, CashFlow, Holding, Quote
from alm.settings import Settings
from alm.snowball import Policy, dividend_paths, project

HOLDINGS, YEARS, PATHS, TAX = 50, 40, 200, 0.20315
TODAY = date(2026, 11, 20)
POLICY = Policy(into="same", contribution_monthly=200_000.0)


def household() -> BalanceSheet:
    one, broker = Quote(1.0, TODAY), Account("Broker")
    holdings = tuple(
        Holding(
            f"T{k}",
            f"Share {k}",
            broker,
            "equity",
            "JPY",
            quantity=100.0,
            cost_basis=1e6,
            price=Quote(10_000.0 + 100 * k, TODAY),
            fx=one,
            dividend_yield_assumed=0.02 + 0.001 * k,
        )
        for k in range(HOLDINGS)
    )
    return BalanceSheet(TODAY, "JPY", holdings=holdings, expenses=(CashFlow("Living", 800_000.0),))


def plain_python(sheet: BalanceSheet, growth: float = 0.06) -> list[float]:
    """The yearly gross dividends of `project` under POLICY, holding by holding and month by month."""
    values = [h.value for h in sheet.holdings]
    monthly = [h.value * (h.dividend_yield_assumed or 0.0) / 12 for h in sheet.holdings]
    shares = [value / sum(values) for value in values]
    units, yearly = [1.0] * len(values), [0.0] * (YEARS + 1)
    for month in range(12 * (YEARS + 1)):
        year, part = divmod(month, 12)
        price = (1 + growth) ** (year + (part + 1) / 12)
        for k, value in enumerate(values):
            gross = units[k] * monthly[k] * (1 + growth) ** year
            yearly[year] += gross
            units[k] += (gross * (1 - TAX) + 200_000.0 * shares[k]) / (value * price)
    return yearly


def rows() -> Iterator[Row]:
    """The projection against the 50 ms a screen may wait for it, and many paths against as many plain loops."""
    sheet, settings = household(), Settings()

    def ours() -> list[float]:
        return [year.gross for year in project(sheet, settings, POLICY, years=YEARS).years]

    def paths() -> object:
        return dividend_paths(sheet, settings, POLICY, years=YEARS, paths=PATHS)

    np.testing.assert_allclose(ours(), plain_python(sheet), rtol=1e-9)
    yield Row("snowball of 50 holdings, 40 years by month", best_of(15, ours), "the 50 ms allowed", 0.05, goal=2)
    loops = PATHS * best_of(5, lambda: plain_python(sheet))
    yield Row(f"{PATHS} such snowballs", best_of(3, paths), "plain Python loops, nothing drawn", loops, goal=2)


if __name__ == "__main__":
    for row in rows():
        print(f"{row.what}: {row.seconds * 1e3:.1f} ms, {row.speedup:.1f} times {row.baseline}")
