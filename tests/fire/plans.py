"""Plans the tests share."""

from __future__ import annotations

from alm.fire.plan import Asset, Flow, Lender, Line, Loan, Market, Plan, Spending

FLAT = Market(inflation_pa=0.0, inflation_volatility_pa=0.0)


def stocks_only(spending: float, *, years: int = 30, end: bool = False, **more: object) -> Plan:
    """1 in US stocks through the packaged annual table, every start year, CPI-adjusted, no cost and no tax."""
    return Plan(
        years=years,
        steps_per_year=1,
        spend_at="end" if end else "start",
        sale_cost=0.0,
        assets=(Asset("Stocks", 1.0, 1.0),),
        spending=Spending(amount_pa=spending),
        market=Market(model="cohorts"),
        **more,  # type: ignore[arg-type]
    )


def borrower(threshold: float, *, years: int = 30, paths: int = 20_000, steps_per_year: int = 12) -> Plan:
    """100 of shares growing at 6 % (continuous, arithmetic) with 18 %, a loan of 40 at 2 % that is never paid."""
    import math

    return Plan(
        years=years,
        paths=paths,
        seed=11,
        steps_per_year=steps_per_year,  # type: ignore[arg-type]
        capitalise_interest=True,
        assets=(
            Asset("Shares", 100.0, 100.0, total_return_pa=math.expm1(0.06), volatility_pa=0.18, pledged_to="Loan"),
        ),
        loans=(Loan("Loan", 40.0, 0.02, lender=Lender(freeze_ltv=threshold, forced_ltv=1.5, cure_ltv=threshold)),),
        market=FLAT,
    )


def reference(**more: object) -> Plan:
    """The reference household: 125,000,000 pledged, 50,000,000 borrowed, spending 9,600,000, work 12,000,000."""
    return Plan(
        name="reference",
        paths=2_000,
        cash=4_500_000.0,
        cash_target=4_500_000.0,
        assets=(
            Asset("Portfolio", 125e6, 125e6, dividends_pa=5e6, reinvest_yield=0.045, dividend_tax=0.20315,
                  gains_tax=0.20315, pledged_to="Loan"),
        ),
        loans=(Loan("Loan", 50e6, 0.02, lender=Lender(call_ltv=0.70)),),
        lines=(Line("Line", 10e6, rate_pa=0.03),),
        incomes=(Flow("Work", 12e6, growth_pa=-0.05, work=True),),
        spending=Spending(amount_pa=9.6e6),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
