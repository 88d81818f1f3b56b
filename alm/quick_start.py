"""The first run: three ways to a first verdict, shared by the page and `alm init`.

Five numbers become ordinary rows, to be refined later; what was not asked is left out and named by `still_missing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from alm.balance_sheet import BalanceSheet
from alm.errors import BadInput
from alm.settings import Settings, format_setting
from alm.store.database import create, writing
from alm.store.tables import write_all
from alm.text import t

Rows = dict[str, list[dict[str, str | None]]]


@dataclass(frozen=True, slots=True)
class FiveNumbers:
    """Amounts in the base currency: what is pledged is worth, what is owed against it, cash, and a month's flows."""

    pledged: float
    loan: float
    cash: float
    spending_monthly: float
    income_monthly: float

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if not 0 <= value < 1e15:
                raise BadInput("an amount of 0 or more", column=name, value=value)
        if self.loan > 0 and self.pledged == 0:
            raise BadInput("something pledged when there is a loan against it", column="pledged", value=self.pledged)


def begin(db: Path, tables: Rows) -> None:
    """A new database with these rows, or, when one row is refused, no database; one that exists is filled."""
    fresh = not db.exists()
    if fresh:
        create(db)
    try:
        with writing(db) as conn:
            write_all(conn, tables)
    except BaseException:
        if fresh:
            db.unlink()
        raise


def chosen(settings: Settings, *names: str) -> Rows:
    """The rows of the settings named: what was chosen on the first page stays chosen."""
    return {"settings": [{"name": name, "value": format_setting(getattr(settings, name))} for name in names]}


def rows(numbers: FiveNumbers, currency: str, as_of: date, *, profile: str, rate_pa: float = 0.02) -> Rows:
    """The five numbers as rows of the books, dated `as_of`: one account, one position priced at its whole value."""
    account: dict[str, str | None] = {"name": "Main", "tax_treatment": "taxable"}
    found: Rows = {
        "accounts": [account],
        "cash": [{"account": "Main", "currency": currency, "amount": _text(numbers.cash)}],
        "expenses": [_flow("Living", numbers.spending_monthly, currency)],
        "income": [_flow("Income", numbers.income_monthly, currency)],
    }
    if numbers.loan > 0:
        found["loans"] = [_loan(numbers.loan, currency, profile, rate_pa) | {"balance_on": as_of.isoformat()}]
    if numbers.pledged > 0:
        found["holdings"] = [_holding(numbers, currency)]
        found["prices"] = [_price(numbers.pledged, currency, as_of)]
    return found


def _text(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _flow(name: str, amount: float, currency: str) -> dict[str, str | None]:
    return {"name": name, "amount": _text(amount), "currency": currency, "frequency": "monthly"}


def _loan(balance: float, currency: str, profile: str, rate_pa: float) -> dict[str, str | None]:
    return {
        "name": "Loan",
        "kind": "securities_backed",
        "currency": currency,
        "balance": _text(balance),
        "rate_pa": str(rate_pa),
        "profile": profile,
    }


def _holding(numbers: FiveNumbers, currency: str) -> dict[str, str | None]:
    return {
        "ticker": "PORTFOLIO",
        "name": "Portfolio",
        "account": "Main",
        "asset_class": "equity",
        "currency": currency,
        "quantity": "1",
        "cost_basis": _text(numbers.pledged),
        "pledged_to": "Loan" if numbers.loan > 0 else None,
    }


def _price(value: float, currency: str, as_of: date) -> dict[str, str | None]:
    return {
        "ticker": "PORTFOLIO",
        "date": as_of.isoformat(),
        "close": _text(value),
        "currency": currency,
        "source": "manual",
    }


def still_missing(sheet: BalanceSheet) -> tuple[str, ...]:
    """What has not been entered, and what each would add to the answer."""
    found = (
        (sheet.holdings, t("Holdings: what falls when the market falls.")),
        (sheet.cash_balances, t("Cash: how long you can wait.")),
        (sheet.secured_loans, t("A securities-backed loan: how far the market is from a margin call.")),
        (sheet.credit_lines, t("A standby credit line: who pays when cash does not reach.")),
        (sheet.expenses, t("Expenses: the runway and the FIRE probability.")),
        (sheet.incomes, t("Income: what refills the reserve.")),
        (sheet.dividends, t("Dividends: the snowball and the crossover year.")),
        (sheet.targets, t("Target weights: drift and rebalancing.")),
    )
    return tuple(sentence for rows, sentence in found if not rows)
