"""One household on one date, as frozen values: what it holds, owes, earns and spends. No I/O, no clock.

Units: money is float64 in the base currency unless a name says otherwise; rates and ratios are fractions;
`_pa` is per year. Signs: assets, debts, income and expenses are all positive amounts; net worth subtracts debts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from alm.elementary import power
from alm.errors import MissingValue
from alm.holding import ASSET_CLASSES as ASSET_CLASSES
from alm.holding import TAX_TREATMENTS as TAX_TREATMENTS
from alm.holding import Account as Account
from alm.holding import AssetClass as AssetClass
from alm.holding import Holding as Holding
from alm.holding import Quote as Quote
from alm.holding import TaxTreatment as TaxTreatment
from alm.holding import UncountedSplit as UncountedSplit
from alm.language import t

Frequency = Literal["once", "monthly", "quarterly", "annual"]

FREQUENCIES: tuple[Frequency, ...] = ("once", "monthly", "quarterly", "annual")
PER_YEAR: dict[Frequency, int] = {"once": 0, "monthly": 12, "quarterly": 4, "annual": 1}


@dataclass(frozen=True, slots=True)
class CashBalance:
    """Money in an account; `amount` in `currency`, negative for an overdraft or margin debit."""

    account: Account
    currency: str
    amount: float
    fx: Quote | None

    @property
    def value(self) -> float:
        if self.fx is None:
            raise MissingValue(t("No exchange rate for {currency}", currency=self.currency))
        return self.amount * self.fx.value


@dataclass(frozen=True, slots=True)
class RateTier:
    """`rate_pa` applies to the whole balance when it is above `from_balance`."""

    from_balance: float
    rate_pa: float


@dataclass(frozen=True, slots=True)
class SecuredLoan:
    """A securities-backed loan; `profile` names its lender's rules.

    Amounts are in the base currency, converted when the books are read; `currency` is what it is owed in, so that
    a currency shock reaches it. `limit` is the most the contract lets be owed (None: only the freeze threshold binds).
    """

    name: str
    balance: float
    accrued_interest: float
    rate_pa: float
    profile: str
    currency: str
    tiers: tuple[RateTier, ...] = ()
    limit: float | None = None
    balance_on: date | None = None
    """The date of the statement the balance comes from; None: nobody said."""

    @property
    def owed(self) -> float:
        return self.balance + self.accrued_interest


@dataclass(frozen=True, slots=True)
class CreditLine:
    """An unsecured standby line: `undrawn` = limit − drawn. A cancellable line counts as 0 under stress."""

    name: str
    limit: float
    drawn: float
    rate_pa: float
    commitment_fee_pa: float = 0.0
    committed: bool = True
    expires: date | None = None

    @property
    def undrawn(self) -> float:
        return max(self.limit - self.drawn, 0.0)

    def available(self, on: date, *, stressed: bool = False) -> float:
        """What can be drawn on a date; under stress only a committed, unexpired line counts."""
        expired = self.expires is not None and on > self.expires
        return 0.0 if expired or (stressed and not self.committed) else self.undrawn


@dataclass(frozen=True, slots=True)
class TermLoan:
    """A mortgage or term loan repaid by a fixed monthly `payment` until `ends` (None: until it is repaid)."""

    name: str
    kind: Literal["mortgage", "term"]
    balance: float
    rate_pa: float
    payment: float
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Income or an expense: `amount` per `frequency`, growing by `growth_pa` from `starts`, base currency.

    `once` falls on `starts`. `growth_pa` is nominal; `essential` is read for expenses only. Amounts are after tax.
    """

    name: str
    amount: float
    frequency: Frequency = "monthly"
    starts: date | None = None
    ends: date | None = None
    growth_pa: float = 0.0
    essential: bool = True
    category: str = ""

    def active(self, on: date) -> bool:
        started = self.starts is None or self.starts <= on
        return started and (self.ends is None or on <= self.ends)

    def monthly(self, on: date) -> float:
        """The amount spread over months, as it stands on a date: 0 when not active or one-off."""
        if not self.active(on):
            return 0.0
        years = 0 if self.starts is None else (on - self.starts).days // 365
        return self.amount * PER_YEAR[self.frequency] / 12 * power(1 + self.growth_pa, years)


@dataclass(frozen=True, slots=True)
class Dividend:
    """A dividend per share (per `price_unit` units, like the price), in `currency`; `projected` ones are announced or
    assumed, not paid."""

    ticker: str
    ex_date: date
    pay_date: date
    amount: float
    currency: str
    projected: bool = False
    special: bool = False
    """A one-off, which no projection repeats."""


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """Everything that was true on `as_of`. `missing` lists, in words, what no figure can be computed without, and
    `doubts` what no verdict can be green on."""

    as_of: date
    base_currency: str
    holdings: tuple[Holding, ...] = ()
    cash_balances: tuple[CashBalance, ...] = ()
    secured_loans: tuple[SecuredLoan, ...] = ()
    credit_lines: tuple[CreditLine, ...] = ()
    term_loans: tuple[TermLoan, ...] = ()
    incomes: tuple[CashFlow, ...] = ()
    expenses: tuple[CashFlow, ...] = ()
    dividends: tuple[Dividend, ...] = ()
    targets: tuple[tuple[str, float], ...] = ()
    """Target weights by asset class or ticker, fractions of the portfolio."""
    fx: tuple[tuple[str, Quote], ...] = ()
    """Each currency's own latest rate, base per unit, the base currency excluded."""
    unconverted: tuple[str, ...] = ()
    """Currencies of loans and cash flows, whose amounts are NaN, and of the last year's dividends that have no rate;
    `missing` names them."""
    uncounted_splits: tuple[UncountedSplit, ...] = ()
    held_back: tuple[str, ...] = ()
    """Tickers and currencies of which a newer figure than the one used waits for a decision."""
    incomplete: tuple[tuple[str, int], ...] = ()
    """Accounts of which a statement had rows that nobody has settled, and how many."""

    @property
    def empty(self) -> bool:
        """Nothing is held, kept or owed: there is nothing to judge."""
        return not (self.holdings or self.cash_balances or self.debt)

    @property
    def missing(self) -> tuple[str, ...]:
        """One sentence fragment for each figure that has no value at all, in the order of the books."""
        prices = [h.no_price for h in self.holdings if h.price is None]
        currencies = [h.currency for h in self.holdings if h.fx is None]
        currencies += [c.currency for c in self.cash_balances if c.fx is None]
        currencies += self.unconverted
        return tuple(dict.fromkeys(prices + [t("no exchange rate for {currency}", currency=c) for c in currencies]))

    @property
    def doubts(self) -> tuple[str, ...]:
        """One sentence for each figure that may be wrong though it is there, with what settles it."""
        held = [t("a newer figure of {name} is held back, see `alm prices held`", name=name) for name in self.held_back]
        return (*(split.doubt for split in self.uncounted_splits), *held)

    def require_complete(self) -> None:
        """Raise MissingValue naming everything that is missing: no engine runs on half a balance sheet."""
        if self.missing:
            text = "; ".join(self.missing)
            raise MissingValue(text[0].upper() + text[1:])

    def stale(self, limit_days: int, by_class: Mapping[AssetClass, int] | None = None) -> tuple[str, ...]:
        """Names of prices and rates older than the limit on `as_of`, of a class older than its own, with their age."""
        own = by_class or {}
        quotes = [(h.ticker, h.price, own.get(h.asset_class, limit_days)) for h in self.holdings]
        quotes += [(currency, rate, limit_days) for currency, rate in self.fx]
        ages = {name: (quote.age_days(self.as_of), limit) for name, quote, limit in quotes if quote}
        return tuple(
            t("{name} is {age} days old", name=name, age=age)
            if limit == limit_days
            else t("{name} is {age} days old ({days} for its kind)", name=name, age=age, days=limit)
            for name, (age, limit) in ages.items()
            if age > limit
        )

    def stale_loans(self, limit_days: int) -> tuple[str, ...]:
        """Securities-backed loans whose balance is older than the limit on `as_of`, with its age."""
        ages = {loan.name: (self.as_of - loan.balance_on).days for loan in self.secured_loans if loan.balance_on}
        return tuple(
            t("the balance of {name} is {age} days old", name=name, age=age)
            for name, age in ages.items()
            if age > limit_days
        )

    @property
    def portfolio_value(self) -> float:
        return sum(h.value for h in self.holdings)

    @property
    def portfolio_cost(self) -> float:
        return sum(h.cost for h in self.holdings)

    @property
    def unrealised_gain(self) -> float:
        return sum(h.unrealised_gain for h in self.holdings)

    @property
    def cash(self) -> float:
        return sum(c.value for c in self.cash_balances)

    @property
    def liquid(self) -> float:
        """Cash that can be spent today; below 0 when overdrawn."""
        return sum(c.value for c in self.cash_balances if not c.account.locked)

    @property
    def collateral_value(self) -> float:
        """Market value of everything pledged to any loan."""
        return sum(h.value for h in self.holdings if h.pledged_to)

    @property
    def secured_debt(self) -> float:
        return sum(loan.owed for loan in self.secured_loans)

    @property
    def debt(self) -> float:
        """All that is owed: securities-backed loans with accrued interest, drawn lines, mortgages and term loans."""
        drawn = sum(line.drawn for line in self.credit_lines)
        return self.secured_debt + drawn + sum(loan.balance for loan in self.term_loans)

    @property
    def net_worth(self) -> float:
        return self.portfolio_value + self.cash - self.debt

    @property
    def ltv(self) -> float:
        """The margin ratio over all securities-backed loans: owed / collateral; 0 if no debt, inf if no collateral."""
        return ltv(self.secured_debt, self.collateral_value)

    def pledged_to(self, loan: str) -> tuple[Holding, ...]:
        return tuple(h for h in self.holdings if h.pledged_to == loan)

    def spending_monthly(self, *, essential_only: bool = False) -> float:
        return sum(e.monthly(self.as_of) for e in self.expenses if e.essential or not essential_only)

    def income_monthly(self) -> float:
        return sum(i.monthly(self.as_of) for i in self.incomes)

    def interest_monthly(self) -> float:
        """Interest on securities-backed loans and drawn lines, and whole payments of term loans, for one month."""
        secured = sum(loan.balance * loan.rate_pa for loan in self.secured_loans) / 12
        lines = sum(x.drawn * x.rate_pa + x.undrawn * x.commitment_fee_pa for x in self.credit_lines) / 12
        return secured + lines + sum(loan.payment for loan in self.term_loans if loan.balance > 0)

    def within_reach(self) -> BalanceSheet:
        """Without what is locked in, unless a lender holds it: what the household can defend itself with."""
        return self.with_(
            holdings=tuple(h for h in self.holdings if h.pledged_to or not h.account.locked),
            cash_balances=tuple(c for c in self.cash_balances if not c.account.locked),
        )

    def with_(self, **changes: object) -> BalanceSheet:
        """A copy with some fields replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]  # field names are checked by dataclasses


def ltv(owed: float, collateral: float) -> float:
    """Margin ratio = owed / market value pledged; 0 when nothing is owed, infinite when nothing is pledged."""
    if owed <= 0:
        return 0.0
    return owed / collateral if collateral > 0 else float("inf")
