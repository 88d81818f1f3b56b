"""The second light in a snapshot: its simulated figures by name, and back. Sentences are made anew from the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, get_args

from alm.changes import Change
from alm.freedom import LeverName, ModelAnswer, Probability, Reach

if TYPE_CHECKING:
    from alm.fire.plan import Plan

Figures = Mapping[str, float | None]

PART = "fire_part "
"""What each cause moved the probability by since the record before."""
SOLD = "p_forced_sale "
MODEL, MODEL_ERROR = "model ", "model_error "
REACH, REACHED = "reach ", "reached "
"""The amount of a decision that reaches the target, None where none does, and the probability there."""


def fire_figures(fire: Probability | None) -> dict[str, float | None]:
    """What a snapshot keeps of a probability."""
    if fire is None:
        return {}
    low, high = fire.mean_band or (None, None)
    kept: dict[str, float | None] = {
        "fire_probability": fire.probability,
        "fire_standard_error": fire.standard_error,
        "fire_before": fire.before,
        "fire_low": low,
        "fire_high": high,
        "fire_target": fire.target,
    }
    kept |= {PART + change.cause: change.amount for change in fire.parts}
    kept |= {SOLD + within: share for within, share in fire.p_forced_sale.items()}
    for answer in fire.spread or ():
        name = f"{answer.model} {answer.parameters}"
        kept |= {MODEL + name: answer.probability, MODEL_ERROR + name: answer.standard_error}
    for reach in fire.reaches or ():
        kept |= {REACH + reach.lever: reach.amount, REACHED + reach.lever: reach.probability}
    return kept


def fire_from(figures: Figures, plan: Plan, target: float) -> Probability | None:
    """The probability that was recorded, for the plan it was computed from; None where a record holds none, or was
    made by a version that did not count forced sales. What reaches another target than today's is not known."""
    from alm.simulated import source_of, work_years

    probability, error = figures.get("fire_probability"), figures.get("fire_standard_error")
    sold = _named(figures, SOLD)
    if probability is None or error is None or not sold:
        return None
    low, high = figures.get("fire_low"), figures.get("fire_high")
    known = figures.get("fire_target") == target
    return Probability(
        probability,
        error,
        figures.get("fire_before"),
        tuple(Change(name, part) for name, part in _named(figures, PART).items() if part),
        plan.market.model,
        source_of(plan),
        None if low is None or high is None else (low, high),
        plan.years,
        work_years(plan),
        sold,
        _spread(figures) if known else None,
        _reaches(figures) if known else None,
        target if known else None,
    )


def _named(figures: Figures, prefix: str) -> dict[str, float]:
    return {
        name.removeprefix(prefix): value
        for name, value in figures.items()
        if name.startswith(prefix) and value is not None
    }


def _spread(figures: Figures) -> tuple[ModelAnswer, ...]:
    errors = _named(figures, MODEL_ERROR)
    pairs = ((name.rpartition(" "), share) for name, share in _named(figures, MODEL).items())
    return tuple(ModelAnswer(model, source, share, errors[f"{model} {source}"]) for (model, _, source), share in pairs)


def _reaches(figures: Figures) -> tuple[Reach, ...]:
    reached = _named(figures, REACHED)
    return tuple(
        Reach(lever, figures.get(REACH + lever), reached[lever]) for lever in get_args(LeverName) if lever in reached
    )
