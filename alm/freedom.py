"""The second light, *Am I free?*: the plan's probability against the household's own target, and what it rests on.

It is never mixed with the first light. A probability that was not computed is UNKNOWN, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from alm.balance_sheet import BalanceSheet
from alm.changes import Change
from alm.settings import Settings
from alm.text import percent, t
from alm.verdict import Check, Level, against

LeverName = Literal["spend_less", "work_longer", "owe_less"]

NAME = "fire_probability"
"""The name of the second light's one check."""

RETURNS = {
    "given": "the returns you set",
    "measured": "the returns your holdings had",
    "estimated": "returns estimated from long history",
    "history": "the returns of history",
}


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """The same plan under another return model, or with another source of returns."""

    model: str
    parameters: str
    probability: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one decision alone reaches. `amount` is the least that reaches the target: spending of a month, years of
    work, or debt repaid; None where even all of it reaches only `probability`."""

    lever: LeverName
    amount: float | None
    probability: float


@dataclass(frozen=True, slots=True)
class Probability:
    """A simulated probability with its standard error, what it assumes, and what moved it since the last record.

    `before` is the probability of the last record's balance sheet on the same random numbers, None without one; the
    parts add up to probability − before. `model` and `parameters` name how it was simulated and whose return and
    volatility it used; `mean_band` is what the error of measured or estimated means leaves of it. `p_forced_sale` is
    the share of lives with a forced sale within 1 and 5 years and at any time. `spread` and `reaches` (for `target`)
    take further simulations: None until they have been computed.
    """

    probability: float
    standard_error: float
    before: float | None = None
    parts: tuple[Change, ...] = ()
    model: str = ""
    parameters: str = ""
    mean_band: tuple[float, float] | None = None
    years: int = 0
    work_years: float = 0.0
    p_forced_sale: Mapping[str, float] = field(default_factory=dict)
    spread: tuple[ModelAnswer, ...] | None = None
    reaches: tuple[Reach, ...] | None = None
    target: float | None = None

    @property
    def prudent(self) -> float:
        """What the verdict counts on: the lower end of the band where means were measured or estimated."""
        return self.probability if self.mean_band is None else min(self.probability, *self.mean_band)

    @property
    def noise(self) -> float:
        """Two standard errors: a smaller difference between two days is chance."""
        return 2 * self.standard_error


@dataclass(frozen=True, slots=True)
class Assumes:
    """What a probability takes for granted."""

    years: int
    work_years: float
    model: str
    returns: str


@dataclass(frozen=True, slots=True)
class Freedom:
    """The second light. `checks` holds its one check, or nothing where there is nothing to judge: no spending was
    entered, the simulation was left out, or the first light already says what is missing."""

    verdict: Level
    sentence: str
    target: float
    probability: float | None = None
    standard_error: float | None = None
    assumes: Assumes | None = None
    p_forced_sale: Mapping[str, float] = field(default_factory=dict)
    model_spread: tuple[ModelAnswer, ...] | None = None
    checks: tuple[Check, ...] = ()


def can_simulate(sheet: BalanceSheet) -> bool:
    """A household without spending has nothing to sustain, and one with missing prices cannot be valued."""
    return not sheet.missing and _spends(sheet)


def _spends(sheet: BalanceSheet) -> bool:
    return any(expense.amount > 0 and expense.active(sheet.as_of) for expense in sheet.expenses)


def freedom(
    sheet: BalanceSheet, health: Check, fire: Probability | None, settings: Settings, reason: str = ""
) -> Freedom:
    """The second light. `health` is the first light's check of the data; `reason` says why there is no probability,
    where that is neither the data nor a household without spending."""
    target = settings.caution_fire_probability
    if fire is None:
        left_out = reason or t("Not computed: the simulation was left out.")
        return Freedom("UNKNOWN", _why_not(sheet, health) or left_out, target)
    check = against(
        NAME, fire.prudent, target, settings.danger_fire_probability, lambda value, _: sentence(fire, value, target)
    )
    assert check is not None, "a probability is finite"
    fresh = health.level == "SAFE"
    return Freedom(
        check.level if fresh else "UNKNOWN",
        check.sentence if fresh else f"{health.sentence} {check.sentence}",
        target,
        fire.probability,
        fire.standard_error,
        Assumes(fire.years, fire.work_years, fire.model, fire.parameters) if fire.model else None,
        fire.p_forced_sale,
        fire.spread,
        (check,) if fresh else (),
    )


def failed(target: float, reason: str) -> Freedom:
    """The simulation was asked for and gave no answer: a failure must not look safer than an answer."""
    told = t("The FIRE probability could not be computed: {reason}", reason=reason)
    return Freedom("UNKNOWN", told, target, checks=(Check(NAME, "UNKNOWN", None, target, told),))


def _why_not(sheet: BalanceSheet, health: Check) -> str:
    if sheet.missing or sheet.empty:
        return health.sentence
    return "" if _spends(sheet) else t("No spending is entered: there is no plan to judge.")


def sentence(fire: Probability, value: float, target: float) -> str:
    """The probability, what it assumes and what was asked for, in one sentence."""
    figures = {"value": percent(value), "target": percent(target)}
    if not fire.model:
        return t("Your plan works in {value} of simulated lives; you asked for {target}.", **figures)
    assumed = {"work": _work(fire), "model": t(fire.model), "returns": t(RETURNS[fire.parameters])}
    if fire.mean_band is None:
        return t(
            "Your plan works in {value} of simulated lives, with {work}, the model {model} and {returns}; you asked "
            "for {target}.", **figures, **assumed,
        )  # fmt: skip
    return t(
        "With every mean one standard error lower, your plan works in {value} of simulated lives, with {work}, the "
        "model {model} and {returns}; you asked for {target}.", **figures, **assumed,
    )  # fmt: skip


def _work(fire: Probability) -> str:
    if fire.work_years <= 0:
        return t("no income from work")
    if fire.work_years >= fire.years:
        return t("income from work for all {years} years", years=fire.years)
    return t("income from work for {work} of {years} years", work=f"{fire.work_years:.0f}", years=fire.years)
