"""Optimised weights beside today's, each with the range the same past allows. They are estimates, never an order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alm.allocation.optimise import (
    LONG_ONLY,
    Array,
    Bounds,
    Estimate,
    Suggestion,
    estimate,
    frontier,
    min_variance,
    risk_parity,
    uncertain,
)
from alm.errors import Infeasible

SAMPLES = 100


@dataclass(frozen=True, slots=True, eq=False)
class Suggestions:
    """Today's weights and two optimised ones, in the order of `tickers`; `frontier` as (volatility, return, weights).

    The past knows variances far better than means, so the frontier's returns are the least certain figures here.
    """

    tickers: tuple[str, ...]
    observations: int
    today: Array
    today_expected: float
    today_volatility: float
    optimised: tuple[Suggestion, ...]
    impossible: tuple[str, ...]
    """Why a kind of weights is missing, in sentences."""
    frontier: tuple[tuple[float, float, Array], ...]


def suggest(
    returns: pd.DataFrame,
    today: Array,
    per_year: float,
    *,
    seed: int,
    bounds: Bounds = LONG_ONLY,
    samples: int = SAMPLES,
) -> Suggestions:
    """From common daily returns (T × n) and today's weights; Infeasible when the past or the bounds allow none."""
    values = returns.to_numpy(dtype=np.float64)
    known = estimate(values, per_year)
    solvers: tuple[tuple[str, Callable[[Estimate], Array]], ...] = (
        ("Least variance", lambda sample: min_variance(sample, bounds)),
        ("Equal risk", risk_parity),
    )
    edge = tuple((known.volatility(w), known.expected(w), w) for w in frontier(known, bounds))
    found, impossible = list[Suggestion](), list[str]()
    for name, solver in solvers:
        try:
            found.append(uncertain(name, values, per_year, solver, np.random.default_rng(seed), samples))
        except Infeasible as reason:
            impossible.append(str(reason))
    names = tuple(map(str, returns.columns))
    return Suggestions(
        names, len(values), today, known.expected(today), known.volatility(today), tuple(found), tuple(impossible), edge
    )
