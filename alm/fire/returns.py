"""From a plan's assumptions to the rules one path's market is drawn by.

*Lognormal*: log growth of a step is normal with variance σ²·dt and mean (ln(1 + m) − σ²/2)·dt, so that the expected
growth of a year is 1 + m: `total_return_pa` is the arithmetic mean. *Student-t* and *regime* keep the mean and variance
of log growth and change its shape; exp of a Student-t has no mean, so there 1 + m is the lognormal equivalent.
*Bootstrap* and *cohorts* take equity, bonds, cash-like holdings and inflation together from history, as they
were; gold, crypto, other kinds and the currency have no packaged history and stay lognormal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alm.elementary import log1p, power, product
from alm.errors import BadInput, Infeasible
from alm.fire.draw import BOOTSTRAP, COHORTS, MarketRules
from alm.fire.plan import MODELS, Asset, Plan
from alm.history import History, history
from alm.language import t

Floats = npt.NDArray[np.float64]

# Which column of history stands for a kind; the others have none.
COLUMN = {"equity": "stocks", "bond": "notes", "cash_like": "bills"}

# M. Hardy, "A Regime-Switching Model of Long-Term Stock Returns", NAAJ 5 (2001): S&P 500, months 1956-1999.
HARDY_MEAN = (0.0126, -0.0185)
HARDY_DEVIATION = (0.0350, 0.0748)
HARDY_LEAVE = (0.0398, 0.3798)


@dataclass(frozen=True, slots=True)
class Series:
    """What one or more assets' returns are drawn as."""

    kind: str
    total_return_pa: float
    volatility_pa: float
    foreign: bool
    column: str = ""
    """Column of history that stands for it, or none."""


def series_of(plan: Plan) -> tuple[Series, ...]:
    """Distinct series, in the order assets first use them: assets with equal assumptions move together."""
    return tuple(dict.fromkeys(as_series(asset) for asset in plan.assets)) or (Series("cash_like", 0.0, 0.0, False),)


def as_series(asset: Asset) -> Series:
    column = asset.column or COLUMN.get(asset.kind, "")
    return Series(asset.kind, asset.total_return_pa, asset.volatility_pa, asset.foreign, column)


def market_rules(plan: Plan) -> MarketRules:
    """The rules for `draw_year`."""
    market, series = plan.market, series_of(plan)
    model = MODELS.index(market.model)
    past = _past(plan) if model >= BOOTSTRAP else None
    names, correlation = _factors(plan, series)
    loading = _loading(plan, series, names, past)
    shift, scale, leave = _regimes(plan.steps_per_year)
    width = 1 if past is None else plan.steps_per_year // past.per_year
    return MarketRules(
        model=model,
        steps_per_year=plan.steps_per_year,
        drift=_drift(plan, series, past),
        loading=product(loading, _cholesky(correlation, names)),
        bridged=np.array([past is not None and name in COLUMN for name in names], dtype=np.bool_),
        covariance=_covariance(plan, series, names, correlation),
        inflation_pa=market.inflation_pa,
        inflation_sd=market.inflation_volatility_pa,
        dividend_sd=market.dividend_growth_volatility_pa,
        freedom=market.freedom,
        regime_shift=shift,
        regime_scale=scale,
        regime_leave=leave,
        past=np.ones((1, len(series))) if past is None else power(_past_growth(series, past), 1.0 / width),
        past_inflation=np.ones(1) if past is None else power(1.0 + past.column("inflation"), 1.0 / width),
        steps_per_row=width,
        block_end=0.0 if past is None or model != BOOTSTRAP else 1.0 / block_rows(plan, past),
    )


def _past(plan: Plan) -> History:
    past = history(plan.market.history)
    if plan.steps_per_year % past.per_year:
        raise BadInput("annual history with yearly steps", column="market.history", value=plan.market.history)
    return past


def cohort_count(plan: Plan) -> int:
    """Start dates whose whole horizon lies inside the history."""
    past = _past(plan)
    count = len(past.rows) - plan.years * past.per_year + 1
    if count < 1:
        raise Infeasible(
            t(
                "The {name} history has {length} years, fewer than the plan's {years}: no cohort fits.",
                name=past.name,
                length=f"{past.years:.0f}",
                years=plan.years,
            )
        )
    return count


def _factors(plan: Plan, series: tuple[Series, ...]) -> tuple[tuple[str, ...], Floats]:
    """One factor for each kind that moves, equity first, and `fx`; with their correlation matrix."""
    kinds = {s.kind for s in series if s.volatility_pa > 0}
    moving = plan.market.fx_volatility_pa > 0 and any(s.foreign for s in series)
    names = tuple(sorted(kinds, key=lambda kind: (kind != "equity", kind))) + (("fx",) if moving else ())
    matrix = np.eye(len(names))
    for pair in plan.market.correlations:
        if pair.first in names and pair.second in names:
            i, j = names.index(pair.first), names.index(pair.second)
            matrix[i, j] = matrix[j, i] = pair.value if i != j else 1.0
    return names, matrix


def _cholesky(correlation: Floats, names: tuple[str, ...]) -> Floats:
    if not names:
        return np.zeros((0, 0))
    root = np.zeros_like(correlation)
    for i, row in enumerate(correlation):
        for j in range(i + 1):
            left = row[j] - float((root[i, :j] * root[j, :j]).sum())
            if i == j and left <= 0.0:
                raise BadInput("correlations that can hold together", column="market.correlations")
            root[i, j] = math.sqrt(left) if i == j else left / root[j, j]
    return root


def _exposure(plan: Plan, series: tuple[Series, ...], names: tuple[str, ...]) -> Floats:
    """(S, F) deviation per step of each series by factor, before correlation."""
    step = math.sqrt(1.0 / plan.steps_per_year)
    matrix = np.zeros((len(series), len(names)))
    for row, item in enumerate(series):
        if item.kind in names:
            matrix[row, names.index(item.kind)] = item.volatility_pa * step
        if item.foreign and "fx" in names:
            matrix[row, names.index("fx")] = plan.market.fx_volatility_pa * step
    return matrix


def _loading(plan: Plan, series: tuple[Series, ...], names: tuple[str, ...], past: History | None) -> Floats:
    """Exposure; for kinds with history only what bridges the steps inside one of its rows."""
    matrix = _exposure(plan, series, names)
    if past is not None and past.per_year == plan.steps_per_year:
        for column, name in enumerate(names):
            if name in COLUMN:
                matrix[:, column] = 0.0
    return matrix


def _covariance(plan: Plan, series: tuple[Series, ...], names: tuple[str, ...], correlation: Floats) -> Floats:
    exposure = _exposure(plan, series, names)
    return product(product(exposure, correlation), exposure.T)


def _drift(plan: Plan, series: tuple[Series, ...], past: History | None) -> Floats:
    """Log drift of a step: (ln(1 + m) − σ²/2) / steps, 0 where history carries it; the currency's own is added."""
    drifts = []
    abroad = log1p(plan.market.fx_drift_pa) - plan.market.fx_volatility_pa * plan.market.fx_volatility_pa / 2
    for item in series:
        own = log1p(item.total_return_pa) - item.volatility_pa * item.volatility_pa / 2
        carried = past is not None and item.column != ""
        currency = abroad if item.foreign else 0.0
        drifts.append((0.0 if carried else own) + currency)
    return np.array(drifts) / plan.steps_per_year


def _past_growth(series: tuple[Series, ...], past: History) -> Floats:
    columns = [1.0 + past.column(s.column) if s.column else np.ones(len(past.rows)) for s in series]
    return np.ascontiguousarray(np.column_stack(columns))


def _regimes(steps_per_year: int) -> tuple[Floats, Floats, Floats]:
    """Hardy's regimes in units of their own unconditional mean and deviation, and the chance of leaving in a step."""
    leave = np.array(HARDY_LEAVE)
    weight = leave[::-1] / leave.sum()
    mean, deviation = np.array(HARDY_MEAN), np.array(HARDY_DEVIATION)
    overall = float((weight * mean).sum())
    total = math.sqrt(float((weight * (deviation**2 + (mean - overall) ** 2)).sum()))
    step_leave = 1.0 - power(1.0 - leave, 12.0 / steps_per_year)
    return (mean - overall) / total, deviation / total, step_leave


def block_rows(plan: Plan, past: History) -> float:
    """Mean block length in rows: the plan's, else Politis and White's for stocks (at least one row)."""
    if plan.market.block_years is not None:
        return max(1.0, plan.market.block_years * past.per_year)
    return optimal_block_rows(past)


def optimal_block_rows(past: History) -> float:
    """Politis and White (2004, corrected 2009), stationary bootstrap: the longest over stocks, bonds and inflation."""
    from arch.bootstrap import optimal_block_length

    columns = [past.column(name) for name in ("stocks", "notes", "inflation")]
    lengths = optimal_block_length(np.column_stack(columns))["stationary"]
    return max(1.0, round(float(lengths.max()), 9))  # the last digits of its sums depend on the processor


__all__ = ["BOOTSTRAP", "COHORTS", "Series", "cohort_count", "market_rules", "series_of"]
