"""Will these assets, this income and this borrowing sustain this life? A probability, by simulation of whole lives.

`estimate` is the morning's figure, `simulate` the whole answer for a plan. Importing this package imports neither
LLVM nor pydantic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alm.fire.interpreted import PreliminaryEstimate
    from alm.fire.plan import Plan
    from alm.fire.result import FireResult


@dataclass(frozen=True, slots=True)
class FireEstimate:
    """The morning's figure: the share of simulated lives that succeed, its sampling error and its 95 % interval.

    `mean_band` is the probability with every measured or estimated mean one standard error lower, and higher; None
    where the figures were given or history is replayed. `forced_sale_by_year` is the share of lives with a forced sale
    by the end of each year.
    """

    success_probability: float
    standard_error: float
    interval: tuple[float, float]
    p_forced_sale: float
    paths: int
    model: str
    parameters: str
    mean_band: tuple[float, float] | None
    forced_sale_by_year: tuple[float, ...]


def estimate(plan: Plan) -> FireEstimate:
    """The plan simulated with its own seed and number of paths."""
    from alm.fire.what_if import mean_band

    result = simulate(plan)
    return FireEstimate(
        result.success_probability, result.standard_error, result.interval, result.p_forced_sale, result.paths,
        result.model, plan.market.parameters, mean_band(plan), tuple(map(float, result.by_year.forced_sale)),
    )  # fmt: skip


def simulate(
    plan: Plan,
    *,
    progress: Callable[[float], object] | None = None,
    meanwhile: Callable[[PreliminaryEstimate], object] | None = None,
) -> FireResult:
    """The whole answer for a plan; `progress` is called with the share done.

    Where the simulation has to be compiled first, `meanwhile` is called with what the first lives say.
    """
    from alm.fire import engine

    return engine.simulate(plan, progress=progress, meanwhile=meanwhile)


__all__ = ["FireEstimate", "estimate", "simulate"]
