"""When do dividends alone pay for life? The textbook snowball, its crossover, and what a cut does to a household.

Run it as it stands, or copy it and put your own figures in:

    .venv/bin/python scripts/when_do_dividends_pay_for_life.py
"""

from __future__ import annotations

from datetime import date

import numpy as np

from alm.balance_sheet import Account, BalanceSheet, CashFlow, Holding, Quote
from alm.settings import Settings
from alm.snowball import crises, cut, distribution, dividend_paths, first_year, project, series

TODAY = date(2026, 11, 20)
SPENDING = 9_600_000.0
TAX = 0.20315


def textbook() -> None:
    """Dividends of 5,000,000 growing 6 %, 200,000 a month invested at 4.5 %, against flat spending."""
    terms = {"growth_pa": 0.06, "contribution_monthly": 200_000.0, "bought_yield": 0.045}
    print(f"{'year':>4} {'gross':>12} {'gross, taxed':>13} {'net, taxed':>12}")
    untaxed, taxed = series(5_000_000.0, **terms), series(5_000_000.0, **terms, tax=TAX)
    for year, (a, b) in enumerate(zip(untaxed, taxed, strict=True)):
        print(f"{year:>4} {a:>12,.0f} {b:>13,.0f} {b * (1 - TAX):>12,.0f}")
    needs = np.full(len(untaxed), SPENDING)
    for name, amounts in (("gross", untaxed), ("gross, taxed", taxed), ("net, taxed", taxed * (1 - TAX))):
        print(f"{name} reaches {SPENDING:,.0f} in year {first_year(amounts, needs)}")


def household() -> BalanceSheet:
    """125,000,000 in a fund that yields 4 %, work income above spending by 200,000 a month."""
    broker, one = Account("Broker", country="JP"), Quote(1.0, TODAY)
    fund = Holding(
        "FUND",
        "A dividend fund",
        broker,
        "equity",
        "JPY",
        quantity=1_000.0,
        cost_basis=100e6,
        price=Quote(125e3, TODAY),
        fx=one,
        dividend_yield_assumed=0.04,
    )
    return BalanceSheet(
        TODAY,
        "JPY",
        holdings=(fund,),
        incomes=(CashFlow("Work", 1_000_000.0),),
        expenses=(CashFlow("Living", SPENDING / 12),),
    )


def under_stress() -> None:
    """The same household, whole, cut by 30 % for two years, and through every crisis on record."""
    sheet, settings = household(), Settings()
    shocks = {"no cut": None, "30 % for two years": cut(0.3, 2), **crises()}
    for name, shock in shocks.items():
        found = project(sheet, settings, cut=shock).crossover
        print(f"{name:>20}: gross dividends reach spending in year {found.gross}, net in year {found.net}")
    paths = dividend_paths(sheet, settings, paths=2_000)
    spread = distribution(paths.net, paths.needs)
    print(f"over {spread.paths:,} paths: 10 % by year {spread.p10}, half by {spread.median}, 90 % by {spread.p90}")


if __name__ == "__main__":
    textbook()
    print()
    under_stress()
