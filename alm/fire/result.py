"""What a simulation answers, with its sampling error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alm.fire.plan import Plan

Floats = npt.NDArray[np.float64]

PERCENTILES = (5, 25, 50, 75, 95)
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Share of all paths in which each thing has happened by the end of each year, shape (years,)."""

    freeze: Floats
    call: Floats
    forced_sale: Floats
    line_exhausted: Floats
    ruin: Floats


@dataclass(frozen=True, slots=True, eq=False)
class FireResult:
    """A simulated plan.

    `success_probability` is the share of paths that paid for everything in every step, to the horizon, with positive
    net worth at its end. `interval` is Wilson's 95 %. The `p_…` are shares of paths in which it ever happened.
    `fan[y]` holds percentiles 5, 25, 50, 75, 95 of net worth at the end of year y (row 0: today) in today's money,
    over the paths whose people are alive then; a ruined path stays at 0.
    """

    plan: Plan
    model: str
    paths: int
    success_probability: float
    standard_error: float
    interval: tuple[float, float]
    p_freeze: float
    p_call: float
    p_forced_sale: float
    p_line_exhausted: float
    p_ruin: float
    by_year: Events
    fan: Floats
    ruin_years: Floats
    """Share of paths ruined in each year, shape (years,)."""
    median_path: int
    fifth_path: int
    """The path whose final net worth is the 5th percentile."""
    first_failing_path: int | None

    @property
    def years(self) -> int:
        return self.plan.years


def standard_error(probability: float, paths: int) -> float:
    """Of a share of independent paths: √(p (1 − p) / n)."""
    return math.sqrt(probability * (1.0 - probability) / paths)


def wilson(probability: float, paths: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval (1927), which stays inside [0, 1] and is not empty at 0 or 1."""
    square = z * z / paths
    centre = (probability + square / 2.0) / (1.0 + square)
    half = z * math.sqrt(probability * (1.0 - probability) / paths + square / (4.0 * paths)) / (1.0 + square)
    return max(0.0, centre - half), min(1.0, centre + half)


def shares_by_year(first_steps: npt.NDArray[np.int32], years: int, steps_per_year: int) -> Floats:
    """Share of paths whose event fell in each year; `first_steps` is the step of the event, −1 for never."""
    happened = first_steps[first_steps >= 0] // steps_per_year
    shares: Floats = np.bincount(happened, minlength=years)[:years] / first_steps.size
    return shares


def percentiles_of_sorted(row: npt.NDArray[np.float32]) -> Floats:
    """The percentiles of one sorted row, NaN (nobody alive) last, interpolated linearly as numpy's default."""
    count = row.size - int(np.isnan(row).sum())
    if count == 0:
        return np.full(len(PERCENTILES), np.nan)
    place = np.array(PERCENTILES) / 100.0 * (count - 1)
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, count - 1)
    below, above = row[low].astype(np.float64), row[high].astype(np.float64)
    found: Floats = below + (above - below) * (place - low)
    return found
