"""Dividend snowball, 50 holdings over 40 years by month, against the same roll-forward as plain Python loops.

One projection is a chain of 492 small steps, where plain loops are as good; many paths at once are what arrays are for.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

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


def best(work: Callable[[], object], rounds: int = 15) -> float:
    """Seconds of the fastest of some rounds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def one_projection() -> tuple[float, float]:
    """(seconds here, seconds of the baseline), after checking that both give the same dividends."""
    sheet, settings = household(), Settings()
    ours = [year.gross for year in project(sheet, settings, POLICY, years=YEARS).years]
    np.testing.assert_allclose(ours, plain_python(sheet), rtol=1e-9)
    return best(lambda: project(sheet, settings, POLICY, years=YEARS)), best(lambda: plain_python(sheet))


def many_paths() -> tuple[float, float]:
    """The same for PATHS paths of dividends and prices; the baseline is repeated as often, without drawing anything."""
    sheet, settings = household(), Settings()
    baseline = best(lambda: [plain_python(sheet) for _ in range(PATHS)], rounds=1)
    return best(lambda: dividend_paths(sheet, settings, POLICY, years=YEARS, paths=PATHS), rounds=3), baseline


if __name__ == "__main__":
    for name, (here, baseline) in (("projection", one_projection()), (f"{PATHS} paths", many_paths())):
        print(
            f"snowball, {name}: {here * 1e3:.1f} ms, plain Python {baseline * 1e3:.1f} ms, {baseline / here:.2f} times"
        )
