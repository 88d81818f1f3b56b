"""How bad a bad day or month is: value at risk and expected shortfall, as returns (negative is a loss).

`level` is the confidence (0.95 looks at the worst 5 %). Value at risk is the return that is undercut with
probability 1 − level; expected shortfall is the mean of the returns at or below it (Acerbi and Tasche 2002).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from alm.elementary import exp, log, log1p
from alm.risk.series import MONTH_DAYS, Array, deviation, present

Method = Literal["historical", "normal", "student_t"]
LEVELS = (0.95, 0.99)
HORIZONS = (1, MONTH_DAYS)
DIGITS = 10
"""Decimals kept of SciPy's quantiles and gamma functions, whose last bits depend on the processor."""
MIN_TAIL = 20
"""Returns below which no tail is stated: one in twenty needs twenty."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Value at risk and expected shortfall over `days` trading days; NaN where the history is too short."""

    method: Method
    level: float
    days: int
    value_at_risk: float
    expected_shortfall: float


def compounded(returns: Array, days: int) -> Array:
    """Returns over every run of `days` consecutive returns, overlapping: n − days + 1 values."""
    kept = present(returns)
    if days == 1:
        return kept
    if len(kept) < days:
        return np.empty(0)
    level = np.concatenate(([1.0], np.cumprod(1 + kept)))
    return level[days:] / level[:-days] - 1


def historical(returns: Array, level: float) -> tuple[float, float]:
    """The empirical quantile, interpolated linearly, and the mean of the returns at or below it."""
    return worst_part(np.sort(present(returns)), level)


def worst_part(ascending: Array, level: float) -> tuple[float, float]:
    """`historical` of returns that are sorted already; NaN below 20 of them."""
    if len(ascending) < MIN_TAIL:
        return float("nan"), float("nan")
    place = (1 - level) * (len(ascending) - 1)
    low = int(place)
    quantile = float(ascending[low] + (place - low) * (ascending[low + 1] - ascending[low]))
    return quantile, float(ascending[: np.searchsorted(ascending, quantile, side="right")].mean())


def normal(mean: float, spread: float, level: float) -> tuple[float, float]:
    """Gaussian with this mean and deviation: μ + σ z and μ − σ φ(z) / (1 − level), z the (1 − level) quantile."""
    from scipy.special import ndtri

    z = round(float(ndtri(1 - level)), DIGITS)
    density = exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return mean + spread * z, mean - spread * density / (1 - level)


def student_t(mean: float, spread: float, freedom: float, level: float) -> tuple[float, float]:
    """Student-t with this mean, deviation and degrees of freedom ν > 2 (McNeil, Frey and Embrechts 2015, 2.3.4).

    The scale is σ √((ν − 2) / ν), so that the deviation is the one measured.
    """
    from scipy.special import gammaln, stdtrit

    scale = spread * math.sqrt((freedom - 2) / freedom)
    q = round(float(stdtrit(freedom, 1 - level)), DIGITS)
    constant = round(float(gammaln((freedom + 1) / 2) - gammaln(freedom / 2)), DIGITS) - 0.5 * log(freedom * math.pi)
    density = exp(constant - (freedom + 1) / 2 * log1p(q * q / freedom))
    shortfall = density / (1 - level) * (freedom + q * q) / (freedom - 1)
    return mean + scale * q, mean - scale * shortfall


FREEDOM_RANGE = (2.1, 100.0)


def degrees_of_freedom(returns: Array) -> float:
    """ν of a Student-t by maximum likelihood, mean and deviation as measured; within 2.1 … 100, NaN if too few.

    The score of the standardised density in ν is one-signed on each side of its root, so a bracketing search is safe.
    """
    from scipy.optimize import brentq

    spread = deviation(returns)
    kept = present(returns)
    if len(kept) < MIN_TAIL or not spread:
        return float("nan")
    squares = ((kept - kept.mean()) / spread) ** 2
    low, high = FREEDOM_RANGE
    try:
        return round(1 / float(brentq(_score, 1 / high, 1 / low, args=(squares,), xtol=1e-3)), DIGITS)
    except ValueError:  # one sign throughout: thinner or fatter than the range
        return high if _score(1 / high, squares) >= 0 else low


def _score(inverse: float, squares: Array) -> float:
    """Derivative in ν = 1 / inverse of the mean log density of a Student-t scaled to deviation 1, from z²."""
    from scipy.special import psi

    freedom = 1 / inverse
    grown = squares * (1 / (freedom - 2)) + 1
    constant = psi((freedom + 1) / 2) - psi(freedom / 2) - 1 / (freedom - 2)
    pull = (freedom + 1) / (freedom - 2) * (1 - np.mean(1 / grown)) - np.mean(log(grown))
    return float(constant + pull) / 2


def tails(returns: Array) -> tuple[Tail, ...]:
    """Every method, level (95, 99 %) and horizon (a day, a month of 21 days).

    A month: historical from overlapping 21-day returns; the two distributions by mean · 21 and deviation · √21, which
    assumes independent days (an assumption: volatility clusters, so a real month can be worse).
    """
    kept = present(returns)
    enough = len(kept) >= MIN_TAIL
    mean = float(kept.mean()) if enough else float("nan")
    spread = deviation(kept) if enough else float("nan")
    freedom = degrees_of_freedom(kept)
    found: list[Tail] = []
    for days in HORIZONS:
        ascending = np.sort(compounded(kept, days))
        m, s = mean * days, spread * float(np.sqrt(days))
        found += [Tail("historical", level, days, *worst_part(ascending, level)) for level in LEVELS]
        found += [Tail("normal", level, days, *normal(m, s, level)) for level in LEVELS]
        found += [Tail("student_t", level, days, *student_t(m, s, freedom, level)) for level in LEVELS]
    return tuple(found)
