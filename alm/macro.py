"""Phases of the business cycle, as context behind charts. They explain the past; no figure here decides anything.

Rule (the OECD's reading of its composite leading indicators, whose trend is 100): above trend and rising is
*expansion*, above and falling *slowdown*, below and falling *contraction*, below and rising *recovery*. Rising means
above its value three months before (assumption: single months are noise). A Sahm indicator of 0.50 or more — the
three-month mean of unemployment half a point above its low of the last year (C. Sahm, 2019) — is *contraction*
whatever the leading indicator says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

Phase = Literal["expansion", "slowdown", "contraction", "recovery"]
PHASES: tuple[Phase, ...] = ("expansion", "slowdown", "contraction", "recovery")

TREND = 100.0
SAHM_THRESHOLD = 0.5
DIRECTION_MONTHS = 3

Month = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Band:
    """A phase from the first day of its first month to the first day of the month after its last."""

    phase: Phase
    start: date
    end: date


def bands(leading: Iterable[tuple[date, float]], sahm: Iterable[tuple[date, float]] = ()) -> tuple[Band, ...]:
    """Phases of consecutive months, oldest first; a month without a leading figure three months before has none."""
    level, unemployment = _by_month(leading), _by_month(sahm)
    phases = [
        (month, _phase(value, level[before], unemployment.get(month, 0.0)))
        for month, value in sorted(level.items())
        if (before := _shifted(month, -DIRECTION_MONTHS)) in level
    ]
    # Months of one phase that follow each other share (phase, month number − position), a gap starts a new band.
    runs = groupby(enumerate(phases), key=lambda item: (item[1][1], _number(item[1][0]) - item[0]))
    return tuple(_band(phase, [month for _, (month, _) in run]) for (phase, _), run in runs)


def phase_on(day: date, known: Iterable[Band]) -> Phase | None:
    """The phase of a day, or None outside every band."""
    return next((band.phase for band in known if band.start <= day < band.end), None)


def _phase(value: float, before: float, sahm: float) -> Phase:
    if sahm >= SAHM_THRESHOLD:
        return "contraction"
    rising = value > before
    if value >= TREND:
        return "expansion" if rising else "slowdown"
    return "recovery" if rising else "contraction"


def _by_month(points: Iterable[tuple[date, float]]) -> Mapping[Month, float]:
    """The last figure of each month."""
    return {(on.year, on.month): value for on, value in sorted(points)}


def _number(month: Month) -> int:
    return month[0] * 12 + month[1] - 1


def _shifted(month: Month, by: int) -> Month:
    year, index = divmod(_number(month) + by, 12)
    return year, index + 1


def _band(phase: Phase, months: list[Month]) -> Band:
    return Band(phase, date(*months[0], 1), date(*_shifted(months[-1], 1), 1))
