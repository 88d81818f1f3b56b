"""The verdict: SAFE, CAUTION, DANGER or UNKNOWN, from a handful of figures and the household's own thresholds.

Each check compares one figure with its thresholds and writes one sentence with its number. The verdict is the worst
check, and the worst check nearest its limit is the binding constraint. A figure that is missing, or rests on data too
old, makes the verdict UNKNOWN whatever the others say: it is never green on what nobody knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from alm.balance_sheet import BalanceSheet
from alm.settings import Settings
from alm.text import day, listed, months, percent, t

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
    fire_probability: float | None
    means_lowered: bool = False
    """`fire_probability` has every measured or estimated mean one standard error lower."""


def worst(levels: tuple[Level, ...]) -> Level:
    return max(levels, key=LEVELS.index, default="SAFE")


def binding(checks: tuple[Check, ...]) -> Check:
    """The worst check; of several equally bad, the one with the least room."""
    level = worst(tuple(check.level for check in checks))
    return min((check for check in checks if check.level == level), key=lambda check: check.room)


def checks(sheet: BalanceSheet, figures: Figures, settings: Settings) -> tuple[Check, ...]:
    """Every check, in the order a person should read them."""
    return (data_health(sheet, settings), *risk_checks(sheet, figures, settings))


def data_health(sheet: BalanceSheet, settings: Settings) -> Check:
    """UNKNOWN when a price or rate is missing or older than the staleness limit, by name and age."""
    if sheet.empty:
        return _data("UNKNOWN", t("Nothing has been entered yet."))
    if sheet.missing:
        return _data("UNKNOWN", t("Data are missing: {names}.", names=listed(sheet.missing)))
    if stale := sheet.stale(settings.stale_days):
        names, days = listed(stale), settings.stale_days
        return _data("UNKNOWN", t("Data are too old: {names}; the limit is {days} days.", names=names, days=days))
    if stale := sheet.stale_loans(settings.loan_stale_days):
        names, days = listed(stale), settings.loan_stale_days
        return _data("UNKNOWN", t("Data are too old: {names}; the limit is {days} days.", names=names, days=days))
    return _data("SAFE", t("Every price and rate is at most {days} days old.", days=settings.stale_days))


def _data(level: Level, sentence: str) -> Check:
    return Check("data_health", level, None, None, sentence)


def risk_checks(sheet: BalanceSheet, figures: Figures, settings: Settings) -> tuple[Check, ...]:
    found = [
        _below(
            "margin_distance",
            figures.fall_to_call,
            settings.caution_fall_to_call,
            settings.danger_fall_to_call,
            lambda value, limit: _distance_sentence(value, limit),
        ),
        _below(
            "survivable_fall",
            figures.max_survivable_fall,
            settings.caution_survivable_fall,
            settings.danger_survivable_fall,
            _survivable_sentence,
        ),
        _below(
            "runway",
            figures.runway_months,
            settings.caution_runway_months,
            settings.danger_runway_months,
            lambda value, limit: t(
                "Cash pays essential spending and interest for {value}; the limit is {limit}.",
                value=months(value),
                limit=months(limit),
            ),
        ),
        *(_line_expiry(line.name, line.expires, sheet.as_of, settings) for line in sheet.credit_lines if line.expires),
        _below(
            "fire_probability",
            figures.fire_probability,
            settings.caution_fire_probability,
            settings.danger_fire_probability,
            _lowered_sentence if figures.means_lowered else _sustained_sentence,
        ),
    ]
    return tuple(check for check in found if check is not None)


def _below(
    name: str, value: float | None, caution: float, danger: float, sentence: Callable[[float, float], str]
) -> Check | None:
    """DANGER below `danger`, CAUTION below `caution`, else SAFE; no check for what is not known or cannot happen."""
    if value is None or (math.isinf(value) and value > 0):
        return None
    level: Level = "DANGER" if value < danger else "CAUTION" if value < caution else "SAFE"
    limit = danger if level == "DANGER" else caution
    return Check(name, level, value, limit, sentence(value, limit))


def _survivable_sentence(value: float, limit: float) -> str:
    if value <= 0:
        return t("Cash and credit together cannot keep off a sale at today's prices.")
    return t(
        "Cash and credit survive a fall of {value}, however fast, and nothing is sold; the limit is {limit}.",
        value=percent(value),
        limit=percent(limit),
    )


def _sustained_sentence(value: float, limit: float) -> str:
    return t(
        "This life is sustained to the horizon with a probability of {value}; the limit is {limit}.",
        value=percent(value),
        limit=percent(limit),
    )


def _lowered_sentence(value: float, limit: float) -> str:
    """Means that are barely known must not look safer than means nobody claims to know."""
    return t(
        "With every mean one standard error lower this life is sustained with a probability of {value}; "
        "the limit is {limit}.",
        value=percent(value),
        limit=percent(limit),
    )


def _distance_sentence(value: float, limit: float) -> str:
    if value <= 0:
        return t("The margin call has been reached: the loan is over its threshold.")
    return t(
        "A fall of {value} reaches the margin call; the limit is {limit}.", value=percent(value), limit=percent(limit)
    )


def _line_expiry(name: str, expires: date | None, as_of: date, settings: Settings) -> Check | None:
    if expires is None:
        return None
    left = (expires - as_of).days
    level: Level = "CAUTION" if left < settings.caution_line_expiry_days else "SAFE"
    if left < 0:
        sentence = t("The credit line {name} expired on {date} and no longer counts.", name=name, date=day(expires))
    else:
        sentence = t(
            "The credit line {name} expires in {days} days, on {date}.", name=name, days=left, date=day(expires)
        )
    return Check("line_expiry", level, float(left), float(settings.caution_line_expiry_days), sentence)
