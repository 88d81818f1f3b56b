"""What to do about each light that is not SAFE: the smallest action that reaches its limit, with its amount.

A constraint has its own cure: distance by repaying, a survivable fall by any of the ways of the defence, a runway by
cash, a line by renewing it, a plan by spending less, working longer or owing less. Only what reaches the limit is
offered; a way that cannot is named, with how far it goes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from alm.balance_sheet import BalanceSheet
from alm.calls import OpenCall
from alm.defence import ways
from alm.freedom import Freedom, Probability, Reach
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.stress import StressTest
from alm.text import money, money_at_least, money_needed, months, percent, t
from alm.verdict import OPEN_CALL, Check


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do, for one light. `amount` in the base currency (years for work), None where it is not a matter of
    an amount; `enough` is False for a way that cannot reach the limit, and `why` says how far it goes."""

    action: str
    amount: float | None
    why: str
    light: Literal["safe", "free"] = "safe"
    enough: bool = True


def advise(
    failing: tuple[Check, ...],
    sheet: BalanceSheet,
    stress: StressTest,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    calls: tuple[OpenCall, ...] = (),
) -> tuple[Advice, ...]:
    """Advice for each failing check, the binding one's first when `failing` is in that order; none repeated."""
    found: list[Advice] = []
    for check in failing:
        found += _cures(check, sheet, stress, profiles, settings, calls)
    return tuple(dict.fromkeys(found))


def _cures(
    check: Check,
    sheet: BalanceSheet,
    stress: StressTest,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    calls: tuple[OpenCall, ...],
) -> tuple[Advice, ...]:
    if check.name == OPEN_CALL:
        return tuple(_bring(call, sheet.base_currency) for call in calls)
    if check.name == "margin_distance":
        return (_repay(sheet, stress, settings.caution_fall_to_call),)
    if check.name == "survivable_fall":
        asked = max(settings.safety_fall, settings.caution_survivable_fall)
        found = ways(sheet, profiles, settings, asked)
        offered = [Advice(way.action, way.amount, way.why) for way in found if way.amount is not None]
        return (*offered[:3], *(Advice(x.action, None, x.why, enough=False) for x in found if x.amount is None))
    if check.name == "runway":
        return (_add_cash(sheet, settings),)
    if check.name == "line_expiry":
        return (Advice("renew_line", None, t("Renew the credit line, or stop counting on it.")),)
    return ()


def _bring(call: OpenCall, currency: str) -> Advice:
    """The ways to meet a call, each enough alone; the amount is the one in cash."""
    told = {"amount": money_needed(call.demanded, currency), "loan": call.loan}
    ways = call.cures
    if ways is None or not math.isfinite(ways.post_collateral):
        return Advice("meet_call", call.demanded, t("Pay {amount} to {loan}.", **told))
    told |= {"collateral": money_needed(ways.post_collateral, currency), "target": percent(call.target_ltv)}
    if ways.sell_after_costs is None:
        why = t("Pay {amount} to {loan}, or pledge {collateral} more, to come to {target}.", **told)
        return Advice("meet_call", call.demanded, why)
    why = t(
        "Pay {amount} to {loan}, or pledge {collateral} more, or sell {sale} of what is pledged, to come to {target}.",
        sale=money_needed(ways.sell_after_costs, currency), **told,
    )  # fmt: skip
    return Advice("meet_call", call.demanded, why)


def _repay(sheet: BalanceSheet, stress: StressTest, distance: float) -> Advice:
    """Σ max(0, L − T(1 − d)V): what brings every loan's first threshold (call, else forced sale) a fall d away."""
    amount = sum(
        max(0.0, loan.owed - (loan.levels.call or loan.levels.forced) * (1 - distance) * loan.collateral)
        for loan in stress.loans
    )
    told = {"amount": money(amount, sheet.base_currency), "fall": percent(distance)}
    if all(loan.levels.call is None for loan in stress.loans):
        return Advice("repay", amount, t("Repay {amount} to put the forced sale a fall of {fall} away.", **told))
    return Advice("repay", amount, t("Repay {amount} to put the margin call a fall of {fall} away.", **told))


def _add_cash(sheet: BalanceSheet, settings: Settings) -> Advice:
    """N · (essential spending + interest) − liquid cash, an overdraft included: what makes the runway N months long."""
    wanted = settings.caution_runway_months
    monthly = sheet.spending_monthly(essential_only=True) + sheet.interest_monthly()
    amount = max(0.0, wanted * monthly - sheet.liquid)
    shown = money(amount, sheet.base_currency)
    return Advice(
        "add_cash",
        amount,
        t("Keep {amount} more in cash for a runway of {months}.", amount=shown, months=months(wanted)),
    )


def advise_plan(free: Freedom, fire: Probability | None, currency: str) -> tuple[Advice, ...]:
    """What reaches the target of the second light; nothing where it is reached, or not known yet."""
    if fire is None or fire.reaches is None or free.verdict not in ("CAUTION", "DANGER"):
        return ()
    return tuple(_plan_advice(reach, free.target, currency) for reach in fire.reaches)


def _plan_advice(reach: Reach, target: float, currency: str) -> Advice:
    if reach.amount is None:
        why = t(_NOT_ENOUGH[reach.lever], reached=percent(reach.probability), target=percent(target))
        return Advice(reach.lever, None, why, "free", enough=False)
    return Advice(reach.lever, reach.amount, _why(reach, reach.amount, percent(target), currency), "free")


def _why(reach: Reach, amount: float, target: str, currency: str) -> str:
    if reach.lever == "spend_less":
        return t("To reach {target}, spend {amount} a month less.", target=target,
                 amount=money_at_least(amount, currency))  # fmt: skip
    if reach.lever == "work_longer":
        if amount == 1:
            return t("To reach {target}, work one year longer.", target=target)
        return t("To reach {target}, work {years} years longer.", target=target, years=f"{amount:.0f}")
    return t("To reach {target}, repay {amount} of the loan, from cash first and then by selling what is pledged.",
             target=target, amount=money_at_least(amount, currency))  # fmt: skip


_NOT_ENOUGH = {
    "spend_less": "Not enough: spending nothing reaches {reached}, not {target}.",
    "work_longer": "Not enough: working to the end of the plan reaches {reached}, not {target}.",
    "owe_less": "Not enough: repaying the whole loan reaches {reached}, not {target}.",
}
