"""Households worked by hand. The reference one is the household of every published check in this project."""

from __future__ import annotations

from datetime import date

from alm.balance_sheet import (
    Account,
    BalanceSheet,
    CashBalance,
    CashFlow,
    CreditLine,
    Dividend,
    Holding,
    Quote,
    SecuredLoan,
)

AS_OF = date(2026, 11, 20)
TAXABLE = Account("Broker", institution="A broker", country="JP")
NISA = Account("NISA", institution="A broker", country="JP", tax_treatment="tax_free")


def holding(
    ticker: str,
    value: float,
    *,
    cost: float | None = None,
    pledged_to: str | None = "Loan",
    account: Account = TAXABLE,
    asset_class: str = "equity",
    currency: str = "JPY",
    fx: float = 1.0,
    on: date = AS_OF,
    **more: object,
) -> Holding:
    """A holding of 1,000 units worth `value` in the base currency, bought for `cost` (default: its value)."""
    return Holding(
        ticker=ticker,
        name=f"{ticker} fund",
        account=account,
        asset_class=asset_class,  # type: ignore[arg-type]
        currency=currency,
        quantity=1_000.0,
        cost_basis=(value if cost is None else cost) / fx,
        price=Quote(value / 1_000 / fx, on),
        fx=Quote(fx, on),
        pledged_to=pledged_to,
        **more,  # type: ignore[arg-type]
    )


def reference_household(as_of: date = AS_OF) -> BalanceSheet:
    """Pledged 125,000,000; loan 50,000,000 at 2 %; cash 4,500,000; undrawn line 10,000,000; spending 800,000 and
    work income 1,000,000 a month; dividends 5,000,000 a year gross. No unrealised gain, so sales bear no tax."""
    return BalanceSheet(
        as_of=as_of,
        base_currency="JPY",
        holdings=(holding("PORT", 125_000_000, on=as_of),),
        cash_balances=(CashBalance(TAXABLE, "JPY", 4_500_000.0, Quote(1.0, as_of)),),
        secured_loans=(SecuredLoan("Loan", 50_000_000.0, 0.0, 0.02, "standard-60-70-85", "JPY"),),
        credit_lines=(CreditLine("Line", 10_000_000.0, 0.0, 0.03),),
        incomes=(CashFlow("Work", 1_000_000.0),),
        expenses=(CashFlow("Living", 800_000.0),),
        dividends=(
            Dividend("PORT", date(as_of.year - 1, 12, 28), date(as_of.year - 1, 12, 30), 2_500.0, "JPY"),
            Dividend("PORT", date(as_of.year, 6, 28), date(as_of.year, 6, 30), 2_500.0, "JPY"),
        ),
    )
