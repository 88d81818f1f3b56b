"""Weights that an optimiser would choose, and how little the past knows about them: shown beside today's, no order.

Estimates are the sample mean and covariance of daily returns, annualised. Weights sum to 1 and keep their bounds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alm.elementary import covariance, variance
from alm.errors import Infeasible
from alm.language import t

Array = NDArray[np.float64]
Bounds = tuple[float, float]
Solver = Callable[["Estimate"], Array]

LONG_ONLY: Bounds = (0.0, 1.0)
WEIGHT_DIGITS = 9
"""Decimals kept of an optimised weight: the optimiser's tolerance is wider, and its last bits are the processor's."""
MEAN_BLOCK = 21
"""Mean length of a bootstrap block in days: keeps a month's clustering of volatility (assumption)."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Annual mean returns (n) and covariance (n × n) of n assets."""

    mean: Array
    covariance: Array

    def volatility(self, weights: Array) -> float:
        return math.sqrt(max(variance(weights, self.covariance), 0.0))

    def expected(self, weights: Array) -> float:
        return float((weights * self.mean).sum())


def estimate(returns: Array, per_year: float) -> Estimate:
    """From T × n returns without NaN; Infeasible below n + 1 returns, where no covariance of n assets is regular."""
    observations, assets = returns.shape
    if observations <= assets:
        raise Infeasible(
            t(
                "{observations} common returns cannot tell {assets} assets apart; more history is needed.",
                observations=observations,
                assets=assets,
            )
        )
    return Estimate(returns.mean(axis=0) * per_year, covariance(returns) * per_year)


def min_variance(known: Estimate, bounds: Bounds = LONG_ONLY) -> Array:
    """The weights of least variance (Markowitz 1952)."""
    return _least_variance(known, bounds, None)


def efficient(known: Estimate, expected: float, bounds: Bounds = LONG_ONLY) -> Array:
    """The weights of least variance with at least this expected return."""
    return _least_variance(known, bounds, expected)


def _least_variance(known: Estimate, bounds: Bounds, expected: float | None) -> Array:
    from scipy.optimize import LinearConstraint, minimize

    assets = len(known.mean)
    _require_room(assets, bounds)
    scaled = known.covariance / max(float(np.trace(known.covariance)) / assets, 1e-300)
    limits = [LinearConstraint(np.ones(assets), 1, 1)]
    if expected is not None:
        limits.append(LinearConstraint(known.mean, expected, np.inf))

    def half_variance(weights: Array) -> float:
        return variance(weights, scaled) / 2

    def slope(weights: Array) -> Array:
        return np.asarray((scaled * weights).sum(axis=1))

    found = minimize(
        half_variance,
        np.full(assets, 1 / assets),
        jac=slope,
        bounds=[bounds] * assets,
        constraints=limits,
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    if not found.success:
        raise Infeasible(
            t(
                "No weights within {low} to {high} reach that return.",
                low=f"{bounds[0]:.0%}",
                high=f"{bounds[1]:.0%}",
            )
        )
    return np.asarray(found.x, dtype=np.float64).round(WEIGHT_DIGITS)


def _require_room(assets: int, bounds: Bounds) -> None:
    low, high = bounds
    if not (low <= high and assets * low <= 1 + 1e-12 and assets * high >= 1 - 1e-12):
        raise Infeasible(
            t(
                "{assets} weights from {low} to {high} cannot sum to 100 %.",
                assets=assets,
                low=f"{low:.1%}",
                high=f"{high:.1%}",
            )
        )


def risk_parity(known: Estimate, bounds: Bounds = LONG_ONLY) -> Array:
    """Long weights whose shares of the variance are equal, by cyclical coordinate descent (Griveau-Billion 2013).

    Infeasible where an asset never moved, which has no risk to share. Bounds are not imposed: where the equal shares
    fall outside, it is Infeasible too, and says so.
    """
    shared, assets = known.covariance, len(known.mean)
    _require_room(assets, bounds)
    if np.diag(shared).min() <= 0:
        raise Infeasible("A price that never moves has no risk to share equally.")
    weights = 1 / np.sqrt(np.diag(shared))
    for _ in range(500):
        previous = weights.copy()
        for i in range(assets):
            rest = float((shared[i] * weights).sum()) - shared[i, i] * weights[i]
            weights[i] = (np.sqrt(rest * rest + 4 * shared[i, i] / assets) - rest) / (2 * shared[i, i])
        if np.abs(weights - previous).max() <= 1e-12 * weights.max():
            break
    weights = weights / weights.sum()
    if weights.min() < bounds[0] - 1e-9 or weights.max() > bounds[1] + 1e-9:
        raise Infeasible(
            t("Equal risk needs weights outside {low} to {high}.", low=f"{bounds[0]:.1%}", high=f"{bounds[1]:.1%}")
        )
    return np.asarray(weights)


def frontier(known: Estimate, bounds: Bounds = LONG_ONLY, points: int = 12) -> tuple[Array, ...]:
    """Efficient weights from least variance up to the highest return the bounds allow, evenly spaced in return."""
    least = min_variance(known, bounds)
    lowest, highest = known.expected(least), known.expected(_highest_return(known, bounds))
    steps = np.linspace(lowest, highest, points)[1:-1]
    inner = tuple(efficient(known, float(step), bounds) for step in steps)
    return (least, *inner, _highest_return(known, bounds))


def _highest_return(known: Estimate, bounds: Bounds) -> Array:
    """Fill the best means to their upper bound first."""
    low, high = bounds
    weights = np.full(len(known.mean), low)
    for i in np.argsort(-known.mean, kind="stable"):
        weights[i] += min(high - low, 1 - weights.sum())
    return weights


@dataclass(frozen=True, slots=True, eq=False)
class Suggestion:
    """Weights with the 5 % to 95 % range they take when the same past is drawn again; a wide range says: unknown."""

    name: str
    weights: Array
    low: Array
    high: Array
    expected: float
    volatility: float


def uncertain(
    name: str, returns: Array, per_year: float, solver: Solver, rng: np.random.Generator, samples: int = 100
) -> Suggestion:
    """The solver's weights on the whole past, and on `samples` stationary-bootstrap redraws of it."""
    known = estimate(returns, per_year)
    weights = solver(known)
    drawn = np.array([solver(estimate(returns[redraw(len(returns), rng)], per_year)) for _ in range(samples)])
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    return Suggestion(name, weights, low, high, known.expected(weights), known.volatility(weights))


def redraw(length: int, rng: np.random.Generator, mean_block: int = MEAN_BLOCK) -> NDArray[np.intp]:
    """Row numbers of one stationary bootstrap (Politis and Romano 1994): blocks of geometric length, wrapping."""
    starts = rng.integers(0, length, length)
    fresh = rng.random(length) < 1 / mean_block
    fresh[0] = True
    block_start = np.maximum.accumulate(np.where(fresh, np.arange(length), 0))
    return np.asarray((starts[block_start] + np.arange(length) - block_start) % length)
