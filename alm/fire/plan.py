"""A FIRE plan: every assumption of a simulation as one frozen value, complete enough to stand alone in a file.

Money is in the plan's currency, today's; rates and ratios are fractions; `_pa` is per year; years count from the start
of the simulation. Each key documents itself; what is out of range is refused with the key and what was expected.
"""

# ruff: noqa: RUF009  # every default is a frozen value
from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal, cast

from alm.errors import BadInput
from alm.fire.horizon import Life
from alm.language import t
from alm.settings import FIRE_MODELS, FIRE_PARAMETERS, GROWTH_RANGE, WATERFALL_SOURCES

Kind = Literal["equity", "bond", "gold", "crypto", "cash_like", "other"]
Model = Literal["lognormal", "student_t", "regime", "bootstrap", "cohorts"]
Source = Literal["given", "measured", "estimated"]
Rule = Literal["constant", "percent", "guyton_klinger", "vpw", "floor_ceiling", "dividends"]
Use = Literal["repay_line", "repay_loan", "buy"]
Column = Literal["", "stocks", "bills", "notes", "baa"]

MODELS = cast("tuple[Model, ...]", FIRE_MODELS)
SOURCES = cast("tuple[Source, ...]", FIRE_PARAMETERS)
REPLAYED: tuple[Model, ...] = ("bootstrap", "cohorts")
"""Models that take stocks, bonds, bills and inflation from history as they were, whatever `parameters` says."""
_FORBID = {"extra": "forbid"}


def _key(default: Any, doc: str, low: float = -math.inf, high: float = math.inf) -> Any:
    return field(default=default, metadata={"doc": doc, "low": low, "high": high})


def _required(doc: str, low: float = -math.inf, high: float = math.inf) -> Any:
    return field(metadata={"doc": doc, "low": low, "high": high})


class _Checked:
    """Refuses figures outside the range their key states."""

    __slots__ = ()
    __pydantic_config__ = _FORBID

    def __post_init__(self) -> None:
        for spec in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            value = getattr(self, spec.name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not spec.metadata:
                continue
            low, high = spec.metadata["low"], spec.metadata["high"]
            if not low <= value <= high or abs(value) == math.inf:
                raise BadInput(_range(low, high), column=spec.name, value=value)


def _range(low: float, high: float) -> str:
    if high == math.inf:
        return "a finite number" if low == -math.inf else t("a finite number of at least {low}", low=f"{low:g}")
    return t("a number from {low} to {high}", low=f"{low:g}", high=f"{high:g}")


@dataclass(frozen=True, slots=True)
class Measured(_Checked):
    """What an asset's own prices did, dividends reinvested, in the plan's currency."""

    total_return_pa: float = _required("mean (arithmetic) total return", -1)
    volatility_pa: float = _required("volatility of log returns", 0)
    first: date = _required("day of the first price")
    last: date = _required("day of the last price")
    of: str = _key("", "whose prices they are")
    left_out: str = _key("", "what the asset holds too and has too short a history")

    @property
    def years(self) -> float:
        return (self.last - self.first).days / 365.25


@dataclass(frozen=True, slots=True)
class Asset(_Checked):
    """Holdings of one kind that share an account treatment and a lender."""

    name: str = _required("what it is")
    value: float = _required("market value", low=0)
    cost: float = _required("what was paid, for the tax on gains", low=0)
    kind: Kind = _key("equity", "equity, bond, gold, crypto, cash_like or other")
    total_return_pa: float = _key(0.07, "expected (arithmetic) total return, dividends included", -0.5, 1.0)
    volatility_pa: float = _key(0.20, "volatility of log returns", 0, 3)
    dividends_pa: float = _key(0.0, "dividends paid in the first year, before tax", 0)
    reinvest_yield: float = _key(0.0, "dividend yield of what is bought later", 0, 1)
    dividend_tax: float = _key(0.0, "tax on its dividends, foreign withholding included", 0, 1)
    gains_tax: float = _key(0.0, "tax on gains when sold; for a deferred account set cost to 0", 0, 1)
    offsets: bool = _key(True, "whether its gains and losses are set against those of others sold with it")
    pledged_to: str = _key("", "the loan it secures, or empty")
    advance_rate: float = _key(1.0, "share of the value the lender's thresholds are measured on", 0, 1)
    foreign: bool = _key(False, "whether the currency factor moves it")
    pledgeable: bool = _key(False, "whether a lender would take it as further collateral")
    column: Column = _key("", "history that stands for it: stocks, bills, notes or baa; empty: by kind")
    measured: Measured | None = _key(None, "what its own prices did, for parameters = measured; absent: not known")


@dataclass(frozen=True, slots=True)
class Lender(_Checked):
    """The contract of a securities-backed loan; ratios are owed / lending value, days are business days."""

    freeze_ltv: float = _key(0.60, "no new draw at or above", 0.01, 1.5)
    call_ltv: float | None = _key(None, "margin call at or above; absent: this lender sells without calling", 0.01, 1.5)
    forced_ltv: float = _key(0.85, "forced sale at or above", 0.01, 1.5)
    cure_ltv: float = _key(0.60, "what a call is brought to and a partial sale restores", 0.01, 1.5)
    cure_days: float = _key(5.0, "days to cure a call", 0, 250)
    forced_days: float = _key(0.0, "days of notice before a forced sale", 0, 250)
    call_stays_open: bool = _key(True, "a call stays open until cured")
    full_liquidation: bool = _key(False, "a forced sale sells everything pledged")
    execution_days: float = _key(0.0, "days from the order of a sale to its execution", 0, 250)
    settlement_days: float = _key(2.0, "days from the trade until its proceeds are applied", 0, 250)
    late_rate_pa: float = _key(0.14, "late interest until then", 0, 1)
    freeze_strict: bool = _key(False, "the freeze begins above its ratio, not at it")
    call_strict: bool = _key(False, "the same of the call")
    forced_strict: bool = _key(False, "the same of the forced sale")
    forced_cure_ltv: float | None = _key(
        None, "what the forced threshold asks for, beside the call; 0: the whole loan; absent: the cure", 0, 1.5
    )
    forced_above: float = _key(0.0, "the forced threshold holds only where more than this is owed", 0)
    late_on_principal: bool = _key(False, "late interest is charged on the principal, not on all that is owed")
    late_until_trade: bool = _key(False, "late interest ends at the trade: it runs for the days of execution only")


@dataclass(frozen=True, slots=True)
class Tier(_Checked):
    """A rate that holds for the whole balance when that is above `from_balance`."""

    from_balance: float = _required("balance above which it holds", low=0)
    rate_pa: float = _required("interest", -0.1, 1)


@dataclass(frozen=True, slots=True)
class Loan(_Checked):
    """A securities-backed loan."""

    name: str = _required("its name, which assets pledged to it carry")
    balance: float = _required("principal owed", low=0)
    rate_pa: float = _key(0.02, "interest", -0.1, 1)
    accrued_interest: float = _key(0.0, "interest owed and not yet paid", low=0)
    tiers: tuple[Tier, ...] = _key((), "rates by balance, in place of rate_pa")
    lender: Lender = _key(Lender(call_ltv=0.70), "the lender's rules; default 60, 70 and 85 %, an assumption")


@dataclass(frozen=True, slots=True)
class Line(_Checked):
    """An unsecured credit line."""

    name: str = _required("its name")
    limit: float = _required("the most that can be drawn", low=0)
    drawn: float = _key(0.0, "drawn today", low=0)
    rate_pa: float = _key(0.03, "interest on what is drawn", -0.1, 1)
    commitment_fee_pa: float = _key(0.0, "fee on what is not drawn", 0, 1)
    expires_year: float | None = _key(None, "years until no more can be drawn; absent: never", low=0)


@dataclass(frozen=True, slots=True)
class Debt(_Checked):
    """A mortgage or term loan with a fixed payment; it is paid before anything else."""

    name: str = _required("its name")
    balance: float = _required("owed today", low=0)
    rate_pa: float = _required("interest", -0.1, 1)
    payment_pa: float = _required("payments of a year", low=0)


@dataclass(frozen=True, slots=True)
class Flow(_Checked):
    """Income or an expense beside the spending rule."""

    name: str = _required("what it is")
    amount_pa: float = _required("amount of a year, or the whole of a one-off, after tax", low=0)
    starts_year: float = _key(0.0, "years until it begins", low=0)
    ends_year: float | None = _key(None, "years until it ends; absent: never", low=0)
    growth_pa: float = _key(0.0, "growth a year from its start, beside inflation when real", -0.9, 1)
    real: bool = _key(False, "whether the amount is in today's money and follows inflation")
    once: bool = _key(False, "paid once, at starts_year")
    work: bool = _key(False, "ends on the day of retirement")


@dataclass(frozen=True, slots=True)
class Spending(_Checked):
    """How much is spent."""

    rule: Rule = _key("constant", "constant, percent, guyton_klinger, vpw, floor_ceiling or dividends")
    amount_pa: float = _key(0.0, "spending of the first year", low=0)
    rate: float = _key(0.04, "share of wealth, for percent and floor_ceiling", 0, 1)
    floor_pa: float = _key(0.0, "less than this, in today's money, is a failure", low=0)
    ceiling_pa: float = _key(1e15, "the most floor_ceiling spends, in today's money", low=0)
    real_return_pa: float = _key(0.0376, "expected real return, for vpw (60 % at 5.0 %, 40 % at 1.9 %)", -0.1, 0.2)
    vpw_years: float | None = _key(
        None, "years vpw spreads the wealth over; absent: the horizon and one more, or the last year risks all", 1, 121
    )
    forgo_raise_after_loss: bool = _key(False, "guyton_klinger: no raise after a losing year")


@dataclass(frozen=True, slots=True)
class Correlation(_Checked):
    """Between the log returns of two kinds; `fx` names the currency factor."""

    first: str = _required("a kind, or fx")
    second: str = _required("another kind, or fx")
    value: float = _required("correlation", -0.999, 0.999)


@dataclass(frozen=True, slots=True)
class Market(_Checked):
    """How the future is drawn."""

    model: Model = _key("lognormal", "lognormal, student_t, regime, bootstrap or cohorts")
    parameters: Source = _key(
        "given",
        "return and volatility of the assets: given (their own keys), measured (their own prices) or estimated "
        "(history; inflation too)",
    )
    inflation_pa: float = _key(0.02, "expected inflation (history replaces it in bootstrap and cohorts)", -0.1, 0.5)
    inflation_volatility_pa: float = _key(0.01, "deviation of a year's inflation", 0, 0.5)
    dividend_growth_pa: float | None = _key(
        None, "growth of dividends per share; absent: follows prices, total return less yield", *GROWTH_RANGE
    )
    dividend_lag_years: float = _key(
        3.0, "years over which payouts follow prices (Lintner, 1956: a speed of about 0.3 a year)", 0.01, 1000
    )
    dividend_growth_volatility_pa: float = _key(0.03, "deviation of a year's dividend growth", 0, 0.5)
    highest_yield: float = _key(0.10, "dividends never exceed this share of value a year (assumption)", 0, 1)
    fx_drift_pa: float = _key(0.0, "expected change of foreign currency", -0.5, 0.5)
    fx_volatility_pa: float = _key(0.0, "volatility of foreign currency", 0, 1)
    freedom: float = _key(5.0, "degrees of freedom of student_t", 2.1, 1000)
    history: Literal["annual", "monthly"] = _key("annual", "annual (1928-2024) or monthly (1928-2018)")
    block_years: float | None = _key(None, "mean block of the bootstrap; absent: Politis and White's", 1 / 12, 100)
    correlations: tuple[Correlation, ...] = _key(
        (
            Correlation("equity", "bond", 0.1),
            Correlation("equity", "gold", 0.05),
            Correlation("equity", "crypto", 0.4),
            Correlation("equity", "other", 0.5),
        ),
        "between kinds (assumptions); pairs not named are 0",
    )


@dataclass(frozen=True, slots=True)
class Plan(_Checked):
    """Everything a simulation needs, and nothing it does not use."""

    name: str = _key("plan", "what this plan is called")
    currency: str = _key("JPY", "currency of every amount")
    years: int = _key(40, "horizon", 1, 120)
    paths: int = _key(10_000, "number of simulated lives", 1, 5_000_000)
    seed: int = _key(20_240_805, "seed of the random numbers", 0, 2**63 - 1)
    steps_per_year: Literal[1, 12, 252] = _key(12, "1, 12 or 252 steps a year", 1, 252)
    spend_at: Literal["start", "end"] = _key("end", "whether a step's money moves before or after its returns")
    margin_check: Literal["continuous", "step"] = _key(
        "continuous", "continuous: also between two looks (Brownian bridge); step: only at the end of each"
    )
    retire_year: float | None = _key(None, "years until work income ends; absent: each has its own end", 0, 120)
    cash: float = _key(0.0, "cash today")
    cash_rate_pa: float = _key(0.0, "interest on cash, after tax", -0.05, 0.5)
    reserve_months: float = _key(0.0, "months of essential spending kept out of cures", 0, 120)
    reserve_pa: float | None = _key(None, "spending of a year that the reserve counts; absent: all of it", low=0)
    sale_cost: float = _key(0.005, "cost of selling, as a share of the proceeds", 0, 0.2)
    capitalise_interest: bool = _key(False, "loan interest is added to the loan instead of being paid")
    pledge_more: bool = _key(False, "to meet a call, pledge further pledgeable assets before anything is sold")
    borrow_to_spend: bool = _key(False, "draw on the first loan, below its freeze, before selling anything")
    waterfall: tuple[str, ...] = _key(WATERFALL_SOURCES, "who pays a shortfall, in this order")
    cash_target: float = _key(0.0, "cash kept before a surplus is used, in today's money", low=0)
    surplus: tuple[Use, ...] = _key(("repay_line", "buy"), "uses of a surplus, in order: repay_line, repay_loan, buy")
    rebalance: bool = _key(False, "back to today's weights at the start of each year, within each pledge")
    assets: tuple[Asset, ...] = _key((), "what is held")
    loans: tuple[Loan, ...] = _key((), "securities-backed loans")
    lines: tuple[Line, ...] = _key((), "unsecured credit lines")
    debts: tuple[Debt, ...] = _key((), "mortgages and term loans")
    incomes: tuple[Flow, ...] = _key((), "work income, pensions, gifts")
    expenses: tuple[Flow, ...] = _key((), "education, a house: expenses beside the spending rule")
    lives: tuple[Life, ...] = _key((), "people whose lives end the horizon; none: fixed years")
    spending: Spending = _key(Spending(), "the spending rule")
    market: Market = _key(Market(), "how the future is drawn")

    def __post_init__(self) -> None:
        _Checked.__post_init__(self)
        _check_references(self)

    @property
    def steps(self) -> int:
        return self.years * self.steps_per_year

    @property
    def spends(self) -> bool:
        """Whether anything is to be paid for at all."""
        return self.spending.rule != "constant" or self.spending.amount_pa > 0 or bool(self.expenses)

    @property
    def wealth(self) -> float:
        """Assets and cash less every debt, today."""
        owed = sum(x.balance + x.accrued_interest for x in self.loans)
        owed += sum(x.drawn for x in self.lines) + sum(x.balance for x in self.debts)
        return sum(x.value for x in self.assets) + self.cash - owed


def _check_references(plan: Plan) -> None:
    loans = [loan.name for loan in plan.loans]
    for name in duplicates(loans + [line.name for line in plan.lines]):
        raise BadInput("a different name for each loan and line", column="name", value=name)
    for asset in plan.assets:
        if asset.pledged_to and asset.pledged_to not in loans:
            known = ", ".join(loans) or "none"
            raise BadInput(t("one of the loans ({known})", known=known), column="pledged_to", value=asset.pledged_to)
    if sorted(plan.waterfall) != sorted(WATERFALL_SOURCES):
        order = ", ".join(plan.waterfall)
        raise BadInput(t("each of {names} once", names=", ".join(WATERFALL_SOURCES)), column="waterfall", value=order)
    if plan.spending.rule == "dividends" and plan.spend_at == "start":
        raise BadInput(t("end: with the rule dividends a step spends what came in"), column="spend_at", value="start")


def duplicates(names: list[str]) -> Iterator[str]:
    return (name for name in dict.fromkeys(names) if names.count(name) > 1)
