"""What to do about each constraint that is not SAFE: the smallest action that brings it back over its threshold.

A constraint has its own cure: distance by repaying, a survivable fall by any of the ways of the defence, a runway by
cash, a line by renewing it. Amounts are closed forms; each sentence says what it buys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet
from alm.defence import actions
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.stress import StressTest
from alm.text import money, months, percent, t
from alm.verdict import Check


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do: `amount` in the base currency, None where it is not a matter of an amount."""

    action: str
    amount: float | None
    why: str


def advise(
    failing: tuple[Check, ...],
    sheet: BalanceSheet,
    stress: StressTest,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
) -> tuple[Advice, ...]:
    """Advice for each failing check, the binding one's first when `failing` is in that order; none repeated."""
    found: list[Advice] = []
    for check in failing:
        found += _cures(check, sheet, stress, profiles, settings)
    return tuple(dict.fromkeys(found))


def _cures(
    check: Check,
    sheet: BalanceSheet,
    stress: StressTest,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
) -> tuple[Advice, ...]:
    if check.name == "margin_distance":
        return (_repay(sheet, stress, settings.caution_fall_to_call),)
    if check.name == "survivable_fall":
        asked = max(settings.safety_fall, settings.caution_survivable_fall)
        ways = actions(sheet, profiles, settings, asked)[:3]
        return tuple(Advice(way.action, way.amount, way.why) for way in ways)
    if check.name == "runway":
        return (_add_cash(sheet, settings),)
    if check.name == "line_expiry":
        return (Advice("renew_line", None, t("Renew the credit line, or stop counting on it.")),)
    if check.name == "fire_probability":
        return (
            Advice("see_fire", None, t("Spend less, earn longer or owe less: the FIRE part shows what each buys.")),
        )
    return ()


def _repay(sheet: BalanceSheet, stress: StressTest, distance: float) -> Advice:
    """Σ max(0, L − T(1 − d)V): what brings every loan's first threshold (call, else forced sale) a fall d away."""
    amount = sum(
        max(0.0, loan.owed - (loan.levels.call or loan.levels.forced) * (1 - distance) * loan.collateral)
        for loan in stress.loans
    )
    shown, fall = money(amount, sheet.base_currency), percent(distance)
    return Advice(
        "repay", amount, t("Repay {amount} to put the margin call a fall of {fall} away.", amount=shown, fall=fall)
    )


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
