"""Gap risk: lenders look once a day, so one day can jump over the call straight to the forced sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from alm.lenders import Zone
from alm.loans import Position

ONE_DAY_FALL = 0.124
"""Nikkei 225, 2024-08-05: 35,909.70 to 31,458.42, the worst day of a large market since 1987."""


@dataclass(frozen=True, slots=True)
class GapRisk:
    """One day's fall g against a loan: a ratio x becomes x/(1 − g), so T is reached from T·(1 − g).

    `jumps_from` is the LTV from which such a day reaches forced; `over_call` whether that lies below the call, so
    that nobody is asked first (always so where the lender never calls). `zone_after` is today's loan a day later.
    """

    loan: str
    day_fall: float
    reaches_call_from: float | None
    jumps_from: float
    over_call: bool
    ltv_after: float
    zone_after: Zone


def gap_risk(position: Position, day_fall: float = ONE_DAY_FALL) -> GapRisk:
    levels, after = position.levels, position.fallen(day_fall)
    jumps_from = levels.forced * (1 - day_fall)
    return GapRisk(
        position.loan,
        day_fall,
        None if levels.call is None else levels.call * (1 - day_fall),
        jumps_from,
        levels.call is None or jumps_from < levels.call,
        after.ltv,
        after.zone,
    )


def days_as_bad(closes: Sequence[float], day_fall: float = ONE_DAY_FALL) -> int:
    """How many days of a daily series of closes, oldest first, fell by `day_fall` or more."""
    return sum(after <= before * (1 - day_fall) for before, after in pairwise(closes))
