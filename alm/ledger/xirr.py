"""The money-weighted return of dated cash flows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from alm.elementary import Floats, exp, expm1

Flow = tuple[date, float]

# ln(1 + rate) is searched between these: from losing everything but e^-40 in a year to gaining e^40.
_WIDEST = 40.0
_CELL = 2.0**-40


def xirr(flows: Sequence[Flow]) -> float | None:
    """The yearly rate r with Σ flow / (1 + r)^(days / 365) = 0; paid in is negative, received positive.

    Days are counted from the first flow and a year is 365 of them, as in spreadsheets' XIRR. None where no rate
    exists: flows all of one sign, all on one day, or not finite. Where several rates solve it (flows that change
    sign more than once may have them) the one nearest to zero is given.
    """
    amounts = np.array([amount for _, amount in flows])
    days = np.array([on for on, _ in flows], dtype="datetime64[D]")
    if not len(amounts) or not np.isfinite(amounts).all() or (amounts >= 0).all() or (amounts <= 0).all():
        return None
    years = (days - days.min()).astype(np.float64) / 365
    scaled = amounts / np.abs(amounts).max()

    def value(log_rate: float) -> float:
        return float((scaled * np.exp(-log_rate * years)).sum())

    bracket = _nearest_sign_change(value)
    if bracket is None:
        return None
    from scipy.optimize import brentq

    return expm1(_settled(float(brentq(value, *bracket, xtol=1e-14)), scaled, years))


def _settled(rough: float, amounts: Floats, years: Floats) -> float:
    """The root near one that was found with NumPy's quick exp, whose last bit depends on the processor: interpolated in
    that cell of a fixed grid in which the value changes sign, so that it does not matter where the search ended."""
    rates = (math.floor(rough / _CELL) + np.arange(-1.0, 3.0)) * _CELL
    values = (amounts * exp(-rates[:, None] * years)).sum(axis=1)
    crossed = np.flatnonzero((values[:-1] * values[1:] <= 0) & (values[:-1] != values[1:]))
    if not len(crossed):
        return rough
    at = crossed[0]
    return float(rates[at] + _CELL * values[at] / (values[at] - values[at + 1]))


def _nearest_sign_change(value: Callable[[float], float]) -> tuple[float, float] | None:
    """The bracket nearest to zero in which the value changes sign, from steps that widen away from zero."""
    edges = np.geomspace(1 / 64, _WIDEST, 96)
    inner_low = inner_high = 0.0
    at_low = at_high = value(0.0)
    for edge in edges:
        above, below = value(float(edge)), value(-float(edge))
        if above * at_high <= 0 and above != at_high:
            return inner_high, float(edge)
        if below * at_low <= 0 and below != at_low:
            return -float(edge), inner_low
        inner_low, inner_high, at_low, at_high = -float(edge), float(edge), below, above
    return None
