"""The morning briefing: one entry that the screen, the terminal, the PDF and the alerts share.

`brief(sheet, history, settings, profiles)` computes every figure once. A figure that cannot be known is None, and then
the verdict is UNKNOWN; nothing is replaced by 0, by cost or by yesterday's value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from alm.advice import Advice, advise, advise_plan
from alm.balance_sheet import BalanceSheet
from alm.calls import Call, OpenCall, as_called, open_calls
from alm.changes import FigureChange, beyond_chance, sheet_changes
from alm.completeness import CompletePart, Part, complete_part
from alm.defence import runway_months
from alm.dividends import annual_dividends, fire_ratios
from alm.errors import MissingValue
from alm.freedom import NAME, Freedom, Probability, failed, freedom
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.snowball import project
from alm.stress import LoanStress, StressTest, stress_test
from alm.text import t
from alm.verdict import LEVELS, Check, Figures, Level, binding, call_checks, data_health, risk_checks, worst


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier day as it was recorded; a light that was not recorded by itself is None."""

    on: date
    verdict: Level | None
    sheet: BalanceSheet
    freedom: Level | None = None


@dataclass(frozen=True, slots=True)
class LoanFigures:
    """One securities-backed loan; every figure None where something pledged to it has no price."""

    loan: str
    owed: float | None = None
    collateral: float | None = None
    ltv: float | None = None
    zone: str | None = None
    fall_to_freeze: float | None = None
    fall_to_call: float | None = None
    fall_to_forced: float | None = None


@dataclass(frozen=True, slots=True)
class Briefing:
    """Every figure of the morning. Money in the base currency; falls, ratios and probabilities are fractions.

    `verdict`, `binding` and `checks` are the first light, *Am I safe?*; `freedom` is the second, *Am I free?*.
    `spending`, `essential_spending`, `income` and `interest` are of one month as of the date; dividends of a year.
    `fall_to_call` is None where no lender calls, `call_ltv` and `forced_ltv` are those of the loan nearest to them.
    """

    as_of: date
    currency: str
    verdict: Level
    binding: Check
    checks: tuple[Check, ...]
    freedom: Freedom
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
    fall_to_call_money: float | None = None
    """The same distance as an amount of collateral."""
    max_survivable_fall: float | None = None
    """The largest fall, at any speed, that ends without a sale of anything; see `StressTest` for all four."""
    max_survivable_fall_slow: float | None = None
    max_survivable_fall_prepaid: float | None = None
    max_survivable_fall_selling: float | None = None
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
    loans: tuple[LoanFigures, ...] = ()
    actions: tuple[Advice, ...] = ()
    """What reaches the limit of a light that is not SAFE; `not_enough` names the ways that cannot."""
    not_enough: tuple[Advice, ...] = ()
    since: date | None = None
    verdict_before: Level | None = None
    freedom_before: Level | None = None
    changes: tuple[FigureChange, ...] = ()
    warnings: tuple[str, ...] = ()
    open_call: OpenCall | None = None
    """The call whose deadline is the nearest; `open_calls` are all of them."""
    open_calls: tuple[OpenCall, ...] = ()


def brief(
    sheet: BalanceSheet,
    history: Sequence[Past],
    settings: Settings,
    profiles: Mapping[str, LenderProfile],
    *,
    fire: Probability | None = None,
    no_fire: str = "",
    notices: tuple[str, ...] = (),
    calls: Sequence[Call] = (),
) -> Briefing:
    """The briefing of one date: the one place where both lights are made, for every face.

    `history` is what was recorded on earlier dates; `fire` the simulated probability, or `no_fire` the reason why there
    is none; `notices` are sentences about the data that only the books know. The first light does not depend on `fire`.
    `calls` are the margin calls on record: with one open, or one that opens today, the first light is that call.

    A missing price or rate, or a loan whose lender's rules nobody wrote, gives UNKNOWN, named, beside the figures that
    do not depend on it. Old data give figures and UNKNOWN, with a warning that says what the verdict on them would be.
    """
    health = _health(sheet, settings, profiles)
    second = freedom(sheet, health, fire, settings, no_fire)
    if sheet.empty:
        return _lit(sheet, (health,), second, notices)
    part = complete_part(sheet, profiles)
    called = open_calls(sheet, profiles, settings, calls)
    stress = as_called(stress_test(part.sheet, profiles, settings), part.sheet, profiles, settings, called)
    risks = risk_checks(sheet, _judged(sheet, part, stress, settings, called), settings)
    found = (health, *call_checks(called, sheet), *risks)
    lit = _lit(sheet, found, second, ())
    figures, verdict = _figures(lit, sheet, part, stress, settings), lit.verdict
    past = _last_before(history, sheet.as_of)
    safe = () if verdict == "UNKNOWN" else advise(_failing(found), sheet, stress, profiles, settings, called)
    advice = (*safe, *advise_plan(second, fire, sheet.base_currency))
    return replace(
        figures,
        open_call=called[0] if called else None,
        open_calls=called,
        fire_probability=fire,
        actions=tuple(one for one in advice if one.enough),
        not_enough=tuple(one for one in advice if not one.enough),
        since=past.on if past else None,
        verdict_before=past.verdict if past else None,
        freedom_before=past.freedom if past else None,
        changes=(*sheet_changes(past.sheet, sheet, profiles, settings), *_fire_change(fire)) if past else (),
        warnings=(*_warnings(found, verdict), *filter(None, (figures.crossover_unknown,)), *notices),
    )


def _lit(sheet: BalanceSheet, found: tuple[Check, ...], second: Freedom, warnings: tuple[str, ...]) -> Briefing:
    """Both lights, without a figure yet."""
    verdict = worst(tuple(check.level for check in found))
    return Briefing(sheet.as_of, sheet.base_currency, verdict, binding(found), found, second, warnings=warnings)


def without_fire(told: Briefing, reason: str) -> Briefing:
    """The briefing when the simulation that was asked for gave no answer: the first light stands."""
    return replace(told, freedom=failed(told.freedom.target, reason))


def _health(sheet: BalanceSheet, settings: Settings, profiles: Mapping[str, LenderProfile]) -> Check:
    strangers = [loan for loan in sheet.secured_loans if loan.profile not in profiles]
    if sheet.missing or not strangers:
        return data_health(sheet, settings)
    sentence = t(
        "{loan}: there are no rules of a lender named {profile}.",
        loan=strangers[0].name,
        profile=strangers[0].profile,
    )
    return Check("data_health", "UNKNOWN", None, None, sentence)


def _judged(
    sheet: BalanceSheet, part: CompletePart, stress: StressTest, settings: Settings, calls: tuple[OpenCall, ...]
) -> Figures:
    """What the checks read. A loan that is known counts even where another is not; of what concerns all of them
    nothing does. An open call is a check of its own: only other loans have a distance to theirs."""
    called = {call.loan for call in calls}
    owing = [loan for loan in stress.loans if loan.owed > 0]
    nearest = min((loan for loan in owing if loan.loan not in called), key=_first_demand, default=None)
    survivable = stress.max_survivable_fall if part.has(*PAYING) else None
    return Figures(
        fall_to_call=_first_demand(nearest) if nearest else math.inf,
        max_survivable_fall=survivable if owing else math.inf,
        runway_months=runway_months(sheet, settings) if part.has("cash", "spending", "debts") else None,
        collateral=stress.collateral,
        lender_calls=nearest is None or nearest.distances.call is not None,
    )


def _first_demand(loan: LoanStress) -> float:
    """The fall at which its lender calls, or sells where he never calls."""
    return loan.distances.forced if loan.distances.call is None else loan.distances.call


def _figures(
    lit: Briefing, sheet: BalanceSheet, part: CompletePart, stress: StressTest, settings: Settings
) -> Briefing:
    """Every figure that today's sheet gives by itself, None where it rests on something missing."""
    priced = part.has("holdings")
    owned = replace(
        lit,
        portfolio_value=sheet.portfolio_value if priced else None,
        unrealised_gain=sheet.unrealised_gain if priced else None,
        cash=sheet.cash if part.has("cash") else None,
        debt=sheet.debt if part.has("debts") else None,
        net_worth=sheet.net_worth if part.has("holdings", "cash", "debts") else None,
        runway_months=runway_months(sheet, settings) if part.has("cash", "spending", "debts") else None,
        loans=tuple(_loan(loan.name, stress) for loan in sheet.secured_loans),
    )
    owing = _with_survived(_with_loans(owned, part, stress), part, stress)
    return _with_crossover(_with_flows(owing, sheet, part, settings), sheet, settings)


def _loan(name: str, stress: StressTest) -> LoanFigures:
    found = next((loan for loan in stress.loans if loan.loan == name), None)
    if found is None:
        return LoanFigures(name)
    falls = found.distances
    return LoanFigures(
        name, found.owed, found.collateral, found.ltv, found.zone, falls.freeze, falls.call, falls.forced
    )


def _with_loans(told: Briefing, part: CompletePart, stress: StressTest) -> Briefing:
    """What is owed against securities, over all loans; hidden where one of them is not known."""
    if not part.has("collateral"):
        return told
    closest, falls = stress.nearest_loan, stress.distances
    return replace(
        told,
        collateral_value=stress.collateral,
        secured_debt=stress.owed,
        ltv=stress.ltv,
        zone=stress.zone,
        profile=stress.profile,
        call_ltv=closest.levels.call if closest else None,
        forced_ltv=closest.levels.forced if closest else None,
        fall_to_freeze=falls.freeze,
        fall_to_call=falls.call,
        fall_to_forced=falls.forced,
        fall_to_call_money=None if falls.call is None else falls.call * stress.collateral,
    )


PAYING: tuple[Part, ...] = ("collateral", "cash", "debts", "spending")
"""What a survivable fall rests on: the loans, and the money above the living reserve that pays them."""


def _with_survived(told: Briefing, part: CompletePart, stress: StressTest) -> Briefing:
    if not part.has(*PAYING):
        return told
    return replace(
        told,
        undrawn_committed=stress.sources.credit_line,
        max_survivable_fall=stress.max_survivable_fall,
        max_survivable_fall_slow=stress.max_survivable_fall_slow,
        max_survivable_fall_prepaid=stress.max_survivable_fall_prepaid,
        max_survivable_fall_selling=stress.max_survivable_fall_selling if part.has("holdings") else None,
    )


def _with_flows(told: Briefing, sheet: BalanceSheet, part: CompletePart, settings: Settings) -> Briefing:
    spending = sheet.spending_monthly() if part.has("spending") else None
    income = sheet.income_monthly() if part.has("income") else None
    interest = sheet.interest_monthly() if part.has("debts") else None
    told = replace(
        told,
        spending=spending,
        essential_spending=None if spending is None else sheet.spending_monthly(essential_only=True),
        income=income,
        interest=interest,
    )
    if not part.has("holdings"):
        return told
    try:
        dividends = annual_dividends(sheet, settings)
    except MissingValue:  # a rate that a dividend lacks hides what depends on dividends; the data's check names it
        return told
    told = replace(told, dividends_gross=dividends.gross, dividends_net=dividends.net)
    if spending is None or income is None or interest is None:
        return told
    ratios = fire_ratios(dividends, sheet)
    return replace(
        told,
        monthly_cash_flow=income + dividends.net / 12 - spending - interest,
        fire_ratio_gross=ratios.gross,
        fire_ratio_before_interest=ratios.before_interest,
        fire_ratio_net=ratios.net,
    )


def _with_crossover(told: Briefing, sheet: BalanceSheet, settings: Settings) -> Briefing:
    """The long run may lack what the morning does not need: then it alone stays open, and the verdict stands."""
    if sheet.missing:
        return told  # the verdict says what is missing
    try:
        found = project(sheet, settings).crossover
    except MissingValue as missing:
        return replace(told, crossover_unknown=t("The crossover year stays open. {reason}", reason=missing))
    return replace(told, crossover_year=found.net_after_interest, crossover_year_before_interest=found.net)


def _last_before(history: Sequence[Past], on: date) -> Past | None:
    return max((past for past in history if past.on < on), key=lambda past: past.on, default=None)


def _failing(found: tuple[Check, ...]) -> tuple[Check, ...]:
    """The checks that are not SAFE, the binding one first."""
    failing = [check for check in found if check.level != "SAFE"]
    first = binding(found)
    return tuple(sorted(failing, key=lambda check: (check != first, -LEVELS.index(check.level), check.room)))


def _fire_change(fire: Probability | None) -> tuple[FigureChange, ...]:
    if fire is None or fire.before is None or not fire.parts:
        return ()
    return (beyond_chance(NAME, fire.before, fire.probability, fire.parts, fire.noise),)


def _warnings(found: tuple[Check, ...], verdict: Level) -> tuple[str, ...]:
    """What a single binding sentence would hide: the other failing checks, and danger behind old data."""
    others = [check.sentence for check in found if check.level != "SAFE" and check != binding(found)]
    rest = worst(tuple(check.level for check in found if check.level != "UNKNOWN"))
    if verdict != "UNKNOWN" or rest == "SAFE":
        return tuple(others)
    return (t("On the figures at hand it would be {verdict}.", verdict=t(rest)), *others)
