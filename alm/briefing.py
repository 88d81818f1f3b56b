"""The morning briefing: one entry that the screen, the terminal, the PDF and the alerts share.

`brief(sheet, history, settings, profiles)` computes every figure once. A figure that cannot be known is None, and then
the verdict is UNKNOWN; nothing is replaced by 0, by cost or by yesterday's value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from alm.advice import Advice, advise
from alm.balance_sheet import BalanceSheet
from alm.changes import Change, attribute
from alm.defence import runway_months
from alm.dividends import annual_dividends, fire_ratios
from alm.engines.survivable import max_survivable_fall
from alm.errors import MissingValue
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.snowball import project
from alm.stress import StressTest, stress_test
from alm.text import t
from alm.verdict import LEVELS, Check, Figures, Level, binding, checks, data_health, worst


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier day as it was recorded."""

    on: date
    verdict: Level
    sheet: BalanceSheet


@dataclass(frozen=True, slots=True)
class Probability:
    """A simulated probability with its standard error, and what moved it since the last record.

    `before` is the probability of the last record's balance sheet on the same random numbers, None without one; the
    parts add up to probability − before. `model` and `parameters` name how it was simulated and whose return and
    volatility it used; `mean_band` is what the error of measured or estimated means leaves of it.
    """

    probability: float
    standard_error: float
    before: float | None = None
    parts: tuple[Change, ...] = ()
    model: str = ""
    parameters: str = ""
    mean_band: tuple[float, float] | None = None

    @property
    def prudent(self) -> float:
        """What the verdict counts on: the lower end of the band where means were measured or estimated."""
        return self.probability if self.mean_band is None else min(self.probability, *self.mean_band)


@dataclass(frozen=True, slots=True)
class FigureChange:
    """What one figure was at the last record and is now, and why: the parts add up to after − before."""

    figure: str
    before: float
    after: float
    parts: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Briefing:
    """Every figure of the morning. Money in the base currency; falls, ratios and probabilities are fractions.

    `spending`, `essential_spending`, `income` and `interest` are of one month as of the date; dividends of a year.
    `fall_to_call` is None where no lender calls, `call_ltv` and `forced_ltv` are those of the loan nearest to them.
    """

    as_of: date
    currency: str
    verdict: Level
    binding: Check
    checks: tuple[Check, ...]
    portfolio_value: float | None = None
    unrealised_gain: float | None = None
    collateral_value: float | None = None
    cash: float | None = None
    debt: float | None = None
    secured_debt: float | None = None
    net_worth: float | None = None
    ltv: float | None = None
    zone: str | None = None
    profile: str | None = None
    call_ltv: float | None = None
    forced_ltv: float | None = None
    fall_to_freeze: float | None = None
    fall_to_call: float | None = None
    fall_to_forced: float | None = None
    max_survivable_fall: float | None = None
    """The largest fall that cash and committed credit, paid into the loan in time, survive without a forced sale."""
    max_survivable_fall_slow: float | None = None
    max_survivable_fall_prepaid: float | None = None
    max_survivable_fall_selling: float | None = None
    """The same for a fall of one day, when the lender looks before anything can be paid."""
    undrawn_committed: float | None = None
    runway_months: float | None = None
    spending: float | None = None
    essential_spending: float | None = None
    income: float | None = None
    interest: float | None = None
    dividends_gross: float | None = None
    dividends_net: float | None = None
    monthly_cash_flow: float | None = None
    fire_ratio_gross: float | None = None
    fire_ratio_before_interest: float | None = None
    fire_ratio_net: float | None = None
    """Net dividends less interest ÷ spending."""
    crossover_year: int | None = None
    """Years until net dividends reach spending and interest."""
    crossover_year_before_interest: int | None = None
    crossover_unknown: str = ""
    """Why the crossover year is not known; without a reason, None is never."""
    fire_probability: Probability | None = None
    actions: tuple[Advice, ...] = ()
    since: date | None = None
    verdict_before: Level | None = None
    changes: tuple[FigureChange, ...] = ()
    warnings: tuple[str, ...] = ()


def brief(
    sheet: BalanceSheet,
    history: Sequence[Past],
    settings: Settings,
    profiles: Mapping[str, LenderProfile],
    *,
    fire: Probability | None = None,
    notices: tuple[str, ...] = (),
) -> Briefing:
    """The briefing of one date. `history` is what was recorded on earlier dates; `fire` the simulated probability;
    `notices` are sentences about the data that only the books know.

    A sheet with a missing price or rate, or a loan whose lender's rules nobody wrote, gives a briefing without figures,
    verdict UNKNOWN, that names what is missing. Old data give figures and UNKNOWN, with a warning that says what the
    verdict on them would be.
    """
    if sheet.missing or sheet.empty:
        return _unknown(sheet, data_health(sheet, settings), notices)
    if strangers := [loan for loan in sheet.secured_loans if loan.profile not in profiles]:
        sentence = t(
            "{loan}: there are no rules of a lender named {profile}.",
            loan=strangers[0].name,
            profile=strangers[0].profile,
        )
        return _unknown(sheet, Check("data_health", "UNKNOWN", None, None, sentence), notices)
    stress = stress_test(sheet, profiles, settings)
    found = checks(sheet, _figures(sheet, stress, settings, fire), settings)
    verdict = worst(tuple(check.level for check in found))
    known = _with_crossover(_known(sheet, stress, settings), sheet, settings)
    past = _last_before(history, sheet.as_of)
    return replace(
        known,
        verdict=verdict,
        binding=binding(found),
        checks=found,
        fire_probability=fire,
        actions=() if verdict == "UNKNOWN" else advise(_failing(found), sheet, stress, profiles, settings),
        since=past.on if past else None,
        verdict_before=past.verdict if past else None,
        changes=(*_changes(past.sheet, sheet, profiles, settings), *_fire_change(fire)) if past else (),
        warnings=(*_warnings(found, verdict), *filter(None, (known.crossover_unknown,)), *notices),
    )


def without_fire(told: Briefing, reason: str) -> Briefing:
    """The briefing when the simulation that was asked for gave no answer: its figures stand, its verdict is UNKNOWN.

    A failure must not look safer than an answer; a warning says what the verdict on the other figures would be.
    """
    sentence = t("The FIRE probability could not be computed: {reason}", reason=reason)
    found = (*told.checks, Check("fire_probability", "UNKNOWN", None, None, sentence))
    more = [text for text in _warnings(found, "UNKNOWN") if text not in told.warnings]
    return replace(
        told, verdict="UNKNOWN", binding=binding(found), checks=found, actions=(), warnings=(*more, *told.warnings)
    )


def _unknown(sheet: BalanceSheet, why: Check, notices: tuple[str, ...]) -> Briefing:
    """A briefing without a figure: what is missing is the answer."""
    return Briefing(sheet.as_of, sheet.base_currency, "UNKNOWN", why, (why,), warnings=notices)


def _figures(sheet: BalanceSheet, stress: StressTest, settings: Settings, fire: Probability | None) -> Figures:
    nearest = stress.distances.forced if stress.distances.call is None else stress.distances.call
    return Figures(
        fall_to_call=nearest if stress.owed > 0 else math.inf,
        max_survivable_fall=stress.max_survivable_fall if stress.owed > 0 else math.inf,
        runway_months=runway_months(sheet, settings),
        fire_probability=fire.prudent if fire else None,
        means_lowered=fire is not None and fire.mean_band is not None,
    )


def _known(sheet: BalanceSheet, stress: StressTest, settings: Settings) -> Briefing:
    """Every figure that today's sheet gives by itself; the verdict is filled in by `brief`."""
    health = data_health(sheet, settings)
    dividends = annual_dividends(sheet, settings)
    ratios = fire_ratios(dividends, sheet)
    spending, income, interest = sheet.spending_monthly(), sheet.income_monthly(), sheet.interest_monthly()
    closest = min(stress.loans, key=lambda loan: loan.distances.forced, default=None)
    return Briefing(
        sheet.as_of,
        sheet.base_currency,
        "UNKNOWN",
        health,
        (health,),
        portfolio_value=sheet.portfolio_value,
        unrealised_gain=sheet.portfolio_value - sheet.portfolio_cost,
        collateral_value=sheet.collateral_value,
        cash=sheet.cash,
        debt=sheet.debt,
        secured_debt=stress.owed,
        net_worth=sheet.net_worth,
        ltv=stress.ltv,
        zone=stress.zone,
        profile=stress.profile,
        call_ltv=closest.levels.call if closest else None,
        forced_ltv=closest.levels.forced if closest else None,
        fall_to_freeze=stress.distances.freeze,
        fall_to_call=stress.distances.call,
        fall_to_forced=stress.distances.forced,
        max_survivable_fall=stress.max_survivable_fall,
        max_survivable_fall_slow=stress.max_survivable_fall_slow,
        max_survivable_fall_prepaid=stress.max_survivable_fall_prepaid,
        max_survivable_fall_selling=stress.max_survivable_fall_selling,
        undrawn_committed=stress.sources.credit_line,
        runway_months=runway_months(sheet, settings),
        spending=spending,
        essential_spending=sheet.spending_monthly(essential_only=True),
        income=income,
        interest=interest,
        dividends_gross=dividends.gross,
        dividends_net=dividends.net,
        monthly_cash_flow=income + dividends.net / 12 - spending - interest,
        fire_ratio_gross=ratios.gross,
        fire_ratio_before_interest=ratios.before_interest,
        fire_ratio_net=ratios.net,
    )


def _with_crossover(known: Briefing, sheet: BalanceSheet, settings: Settings) -> Briefing:
    """The long run may lack what the morning does not need: then it alone stays open, and the verdict stands."""
    try:
        found = project(sheet, settings).crossover
    except MissingValue as missing:
        return replace(known, crossover_unknown=t("The crossover year stays open. {reason}", reason=missing))
    return replace(known, crossover_year=found.net_after_interest, crossover_year_before_interest=found.net)


def _last_before(history: Sequence[Past], on: date) -> Past | None:
    return max((past for past in history if past.on < on), key=lambda past: past.on, default=None)


def _failing(found: tuple[Check, ...]) -> tuple[Check, ...]:
    """The checks that are not SAFE, the binding one first."""
    failing = [check for check in found if check.level != "SAFE"]
    return tuple(sorted(failing, key=lambda check: (-LEVELS.index(check.level), check.room)))


def _changes(
    before: BalanceSheet, after: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings
) -> tuple[FigureChange, ...]:
    """Net worth, margin ratio and survivable fall against the last record; none where that record was incomplete."""
    if before.missing or before.base_currency != after.base_currency:
        return ()
    figures: dict[str, Callable[[BalanceSheet], float]] = {
        "net_worth": lambda sheet: sheet.net_worth,
        "ltv": lambda sheet: sheet.ltv,
        "max_survivable_fall": lambda sheet: max_survivable_fall(sheet, profiles, settings),
    }
    found = [FigureChange(name, f(before), f(after), attribute(before, after, f)) for name, f in figures.items()]
    return tuple(change for change in found if change.parts)


def _fire_change(fire: Probability | None) -> tuple[FigureChange, ...]:
    if fire is None or fire.before is None or not fire.parts:
        return ()
    return (FigureChange("fire_probability", fire.before, fire.probability, fire.parts),)


def _warnings(found: tuple[Check, ...], verdict: Level) -> tuple[str, ...]:
    """What a single binding sentence would hide: the other failing checks, and danger behind old data."""
    others = [check.sentence for check in found if check.level in ("CAUTION", "DANGER") and check != binding(found)]
    rest = worst(tuple(check.level for check in found if check.level != "UNKNOWN"))
    if verdict != "UNKNOWN" or rest == "SAFE":
        return tuple(others)
    return (t("On the figures at hand it would be {verdict}.", verdict=t(rest)), *others)
