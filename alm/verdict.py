"""The first light, *Am I safe?*: SAFE, CAUTION, DANGER or UNKNOWN, from a few figures and the household's thresholds.

Each check compares one figure with its thresholds and writes one sentence with its number. The verdict is the worst
check, and the worst check nearest its limit is the binding constraint. A figure that is missing, or rests on data too
old, makes the verdict UNKNOWN whatever the others say: it is never green on what nobody knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from alm.balance_sheet import BalanceSheet, CreditLine
from alm.calls import OpenCall
from alm.calls import sentence as call_sentence
from alm.settings import Settings
from alm.text import day, floored, listed, money_short, months, percent, t, up_to

Level = Literal["SAFE", "CAUTION", "DANGER", "UNKNOWN"]
LEVELS: tuple[Level, ...] = ("SAFE", "CAUTION", "DANGER", "UNKNOWN")


@dataclass(frozen=True, slots=True)
class Check:
    """One figure against its threshold. `limit` is the threshold that was crossed, or the next one below."""

    name: str
    level: Level
    value: float | None
    limit: float | None
    sentence: str

    @property
    def room(self) -> float:
        """How far the value is above its limit, as a share of the limit: the least room binds first."""
        if self.value is None or not self.limit:
            return math.inf
        return self.value / self.limit - 1


@dataclass(frozen=True, slots=True)
class Figures:
    """What the checks read. None: not known yet; infinite: nothing can happen (no loan, no spending)."""

    fall_to_call: float | None
    max_survivable_fall: float | None
    runway_months: float | None
    collateral: float = 0.0
    """Market value of what is pledged: a fall of it in money."""
    lender_calls: bool = True
    """Whether `fall_to_call` is the distance to a call; else to the forced sale of a lender who never calls."""


def worst(levels: tuple[Level, ...]) -> Level:
    return max(levels, key=LEVELS.index, default="SAFE")


def binding(checks: tuple[Check, ...]) -> Check:
    """On the day of a call the call, whatever else there is. Else the worst check; of several equally bad, the one with
    the least room."""
    if called := next((check for check in checks if check.name == OPEN_CALL), None):
        return called
    level = worst(tuple(check.level for check in checks))
    return min((check for check in checks if check.level == level), key=lambda check: check.room)


OPEN_CALL = "open_call"


def call_checks(calls: tuple[OpenCall, ...], sheet: BalanceSheet) -> tuple[Check, ...]:
    """One for each open call: DANGER until its target is met. The value is the business days that are left."""
    return tuple(
        Check(OPEN_CALL, "DANGER", float(call.business_days_left), None,
              call_sentence(call, sheet.as_of, sheet.base_currency))
        for call in calls
    )  # fmt: skip


def checks(sheet: BalanceSheet, figures: Figures, settings: Settings) -> tuple[Check, ...]:
    """Every check, in the order a person should read them."""
    return (data_health(sheet, settings), *risk_checks(sheet, figures, settings))


def data_health(sheet: BalanceSheet, settings: Settings) -> Check:
    """UNKNOWN when a price or rate is missing, in doubt, or older than the staleness limit, by name and age, and while
    rows of a statement wait for a decision."""
    if sheet.empty:
        return _data("UNKNOWN", t("Nothing has been entered yet."))
    if sheet.missing:
        return _data("UNKNOWN", t("Data are missing: {names}.", names=listed(sheet.missing)))
    if sheet.doubts:
        return _data("UNKNOWN", t("Data are in doubt: {names}.", names=listed(sheet.doubts)))
    if stale := sheet.stale(settings.stale_days, settings.stale_days_by_class):
        names, days = listed(stale), settings.stale_days
        return _data("UNKNOWN", t("Data are too old: {names}; the limit is {days} days.", names=names, days=days))
    if stale := sheet.stale_loans(settings.loan_stale_days):
        names, days = listed(stale), settings.loan_stale_days
        return _data("UNKNOWN", t("Data are too old: {names}; the limit is {days} days.", names=names, days=days))
    if sheet.incomplete:
        names = listed(tuple(t("{account} ({count})", account=name, count=count) for name, count in sheet.incomplete))
        told = "Rows of a statement were not understood: {names}. See `alm items list`."
        return _data("UNKNOWN", t(told, names=names))
    return _data("SAFE", t("Every price and rate is at most {days} days old.", days=settings.stale_days))


def _data(level: Level, sentence: str) -> Check:
    return Check("data_health", level, None, None, sentence)


def risk_checks(sheet: BalanceSheet, figures: Figures, settings: Settings) -> tuple[Check, ...]:
    """The checks of what may happen; none for a figure that is not known or that cannot happen."""
    found = [
        against(
            "margin_distance",
            figures.fall_to_call,
            settings.caution_fall_to_call,
            settings.danger_fall_to_call,
            lambda value, asked: _distance_sentence(value, asked, figures, sheet.base_currency),
        ),
        against(
            "survivable_fall",
            figures.max_survivable_fall,
            settings.caution_survivable_fall,
            settings.danger_survivable_fall,
            _survivable_sentence,
        ),
        against(
            "runway",
            figures.runway_months,
            settings.caution_runway_months,
            settings.danger_runway_months,
            lambda value, asked: t(
                "Cash pays essential spending and interest for {value}; you ask for {asked}.",
                value=months(floored(value, 1)),
                asked=months(asked),
            ),
        ),
        *(_line_expiry(line, sheet, settings) for line in sheet.credit_lines),
    ]
    return tuple(check for check in found if check is not None)


def against(
    name: str, value: float | None, caution: float, danger: float, sentence: Callable[[float, float], str]
) -> Check | None:
    """DANGER below `danger`, CAUTION below `caution`, else SAFE; no check for what is not known or cannot happen.

    `sentence` is given the value and what the household asks for, the limit of caution.
    """
    if value is None or math.isnan(value) or (math.isinf(value) and value > 0):
        return None
    level: Level = "DANGER" if value < danger else "CAUTION" if value < caution else "SAFE"
    return Check(name, level, value, danger if level == "DANGER" else caution, sentence(value, caution))


def _survivable_sentence(value: float, asked: float) -> str:
    if value <= 0:
        return t("Cash and credit lines cannot pay what the lender asks for at today's prices.")
    return t(
        "You can pay for a fall of up to {value} without selling anything, however fast it comes; you ask for {asked}.",
        value=up_to(value),
        asked=percent(asked),
    )


def _distance_sentence(value: float, asked: float, figures: Figures, currency: str) -> str:
    if value <= 0 and figures.lender_calls:
        return t("The margin call has been reached: the loan is over its threshold.")
    if value <= 0:
        return t("The forced sale has been reached: the loan is over its threshold.")
    told = {
        "value": up_to(value),
        "amount": money_short(value * figures.collateral, currency, down=True),
        "asked": percent(asked),
    }
    if figures.lender_calls:
        return t(
            "Prices can fall {value}, {amount} of collateral, before the lender calls; you ask for {asked}.", **told
        )
    return t(
        "Prices can fall {value}, {amount} of collateral, before the lender sells without a call; you ask for {asked}.",
        **told,
    )


def _line_expiry(line: CreditLine, sheet: BalanceSheet, settings: Settings) -> Check | None:
    if line.expires is None:
        return None
    left = (line.expires - sheet.as_of).days
    level: Level = "CAUTION" if left < settings.caution_line_expiry_days else "SAFE"
    named = {"name": line.name, "amount": money_short(line.undrawn, sheet.base_currency), "date": day(line.expires)}
    if left < 0:
        sentence = t("The credit line {name} ({amount} undrawn) expired on {date} and no longer counts.", **named)
    else:
        sentence = t("The credit line {name} ({amount} undrawn) expires in {days} days, on {date}.", days=left, **named)
    return Check("line_expiry", level, float(left), float(settings.caution_line_expiry_days), sentence)
