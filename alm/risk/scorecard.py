"""The figures side by side with the benchmark's, each with one sentence that says what it means."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from alm.risk.benchmark import Relative
from alm.risk.drawdown import max_drawdown
from alm.risk.measures import annual_return, calmar, sharpe, sortino, volatility
from alm.risk.series import TRADING_DAYS, Array
from alm.risk.tail import Tail
from alm.text import number, percent, t

Unit = Literal["percent", "number"]


@dataclass(frozen=True, slots=True)
class Measures:
    """One series of returns in figures; NaN where it is too short or too still to have one.

    `value_at_risk` and `expected_shortfall` are of one day, 95 %, historical; losses are negative.
    """

    observations: int
    annual_return: float
    volatility: float
    sharpe: float
    sortino: float
    calmar: float
    max_drawdown: float
    value_at_risk: float
    expected_shortfall: float


def measures_of(
    returns: Array, tail: tuple[Tail, ...], risk_free_pa: float = 0.0, per_year: float = TRADING_DAYS
) -> Measures:
    """Every measure of returns without NaN; `tail` is what `tails` found for them."""
    worst = next(part for part in tail if (part.method, part.level, part.days) == ("historical", 0.95, 1))
    return Measures(
        observations=len(returns),
        annual_return=annual_return(returns, per_year),
        volatility=volatility(returns, per_year),
        sharpe=sharpe(returns, risk_free_pa, per_year),
        sortino=sortino(returns, risk_free_pa, per_year),
        calmar=calmar(returns, per_year),
        max_drawdown=max_drawdown(returns),
        value_at_risk=worst.value_at_risk,
        expected_shortfall=worst.expected_shortfall,
    )


@dataclass(frozen=True, slots=True)
class Score:
    """One line of the scorecard. `better`: than the benchmark; None where neither is, or one is not known."""

    name: str
    unit: Unit
    portfolio: float
    benchmark: float | None
    better: bool | None
    reading: str


# field of Measures, name, unit, whether higher is better, what it means
ALONE: tuple[tuple[str, str, Unit, bool, str], ...] = (
    ("annual_return", "Return a year", "percent", True, "It grew by {value} a year."),
    ("volatility", "Volatility", "percent", False, "Two years in three end within {value} of the average year."),
    (
        "sharpe",
        "Sharpe ratio",
        "number",
        True,
        "Each point of volatility earned {value} over the risk-free rate.",
    ),
    (
        "sortino",
        "Sortino ratio",
        "number",
        True,
        "Each point of downside earned {value} over the risk-free rate.",
    ),
    ("calmar", "Calmar ratio", "number", True, "A year earned {value} times the deepest fall."),
    ("max_drawdown", "Max drawdown", "percent", True, "Its deepest fall from a peak was {value}."),
    ("value_at_risk", "Value at risk, 1 day, 95 %", "percent", True, "One day in twenty ended at {value} or worse."),
    (
        "expected_shortfall",
        "Expected shortfall, 1 day, 95 %",
        "percent",
        True,
        "Such a day averaged {value}.",
    ),
)
# field of Relative, name, unit, what it means
BETWEEN: tuple[tuple[str, str, Unit, str], ...] = (
    ("beta", "Beta", "number", "For each 1 % of the benchmark it moved {value} %."),
    ("alpha", "Alpha a year", "percent", "It earned {value} a year beyond what its beta explains."),
    (
        "tracking_error",
        "Tracking error",
        "percent",
        "Two years in three its lead is within {value} of the average lead.",
    ),
    (
        "information_ratio",
        "Information ratio",
        "number",
        "Each point of tracking error earned {value} points of lead.",
    ),
    ("up_capture", "Up capture", "percent", "It took {value} of the benchmark's rise on rising days."),
    ("down_capture", "Down capture", "percent", "It took {value} of the benchmark's fall on falling days."),
)
UNDEFINED = "This history does not define it."


def scorecard(portfolio: Measures, benchmark: Measures | None, against: Relative | None) -> tuple[Score, ...]:
    """Portfolio and benchmark line by line, then what only exists between the two."""
    alone = [
        _score(name, unit, getattr(portfolio, field), getattr(benchmark, field, None), higher, reading)
        for field, name, unit, higher, reading in ALONE
    ]
    between = [
        _score(name, unit, getattr(against, field), None, True, reading)
        for field, name, unit, reading in BETWEEN
        if against is not None
    ]
    return (*alone, *between)


def _score(name: str, unit: Unit, mine: float, other: float | None, higher: bool, reading: str) -> Score:
    text = t(reading, value=show(unit, mine)) if math.isfinite(mine) else t(UNDEFINED)
    return Score(name, unit, mine, other, _better(mine, other, higher), text)


def _better(mine: float, other: float | None, higher: bool) -> bool | None:
    if other is None or not (math.isfinite(mine) and math.isfinite(other)) or mine == other:
        return None
    return (mine > other) == higher


def show(unit: Unit, value: float | None) -> str:
    """The value as a person reads it in the scorecard."""
    return percent(value) if unit == "percent" else number(value)
