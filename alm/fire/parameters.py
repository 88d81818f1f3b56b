"""Where each asset's return and volatility come from: given, measured from its own prices, or estimated from history.

*Given*: the plan's own figures. *Measured*: what the asset's own prices did, which the plan carries beside the given
figures; a plan of a household is filled by `alm.measuring`. *Estimated*: the long history that stands for its kind,
with inflation of the same years, because a return without the inflation it came with is not a real return; kinds
without a history (gold, crypto, other) keep what was given.

A mean of n years is known to σ / √n only (independent years): 5 years at 20 % leave ± 9 points, 97 leave ± 2. That
error is shown beside every measured or estimated mean and is not part of the probability's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from alm.elementary import expm1, log, log1p
from alm.errors import Infeasible
from alm.fire.plan import Asset, Measured, Plan, Source
from alm.fire.returns import as_series
from alm.history import History, history, log_volatility_pa
from alm.language import t

Floats = npt.NDArray[np.float64]

MIN_YEARS = 3.0
"""Of its own prices before a mean is measured at all (assumption): at 20 % volatility still ± 11.5 points."""
COVERAGE = 0.8
"""Share of the value that must be measured for the rest to keep what was given (assumption)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one asset, or inflation, is simulated with and where that comes from; `years` is 0 for what was given."""

    asset: str
    source: Source
    total_return_pa: float
    volatility_pa: float
    of: str = ""
    first: str = ""
    last: str = ""
    years: float = 0.0
    left_out: str = ""
    note: str = ""
    """Why an asset keeps what was given although another source was asked for."""

    @property
    def standard_error(self) -> float | None:
        """Of the mean: σ / √years; None for what was given, which nobody measured."""
        return self.volatility_pa / math.sqrt(self.years) if self.years > 0 else None


def informed(plan: Plan) -> Plan:
    """The plan with the figures its `parameters` ask for in place of the given ones; refused with too little history.

    What comes back says `given`, so informing twice is informing once.
    """
    if plan.market.parameters == "given":
        return plan
    found = evidence(plan)
    assets = tuple(
        replace(asset, total_return_pa=row.total_return_pa, volatility_pa=row.volatility_pa)
        for asset, row in zip(plan.assets, found, strict=False)
    )
    market = replace(plan.market, parameters="given")
    if plan.market.parameters == "estimated":
        prices = found[-1]
        market = replace(market, inflation_pa=prices.total_return_pa, inflation_volatility_pa=prices.volatility_pa)
    return replace(plan, assets=assets, market=market)


def evidence(plan: Plan) -> tuple[Evidence, ...]:
    """One row for each asset, in the plan's order; with `estimated`, inflation last.

    Raises Infeasible when less than `COVERAGE` of the value has enough history of its own to be measured.
    """
    source = plan.market.parameters
    if source == "measured":
        return _all_measured(plan.assets)
    if source == "estimated":
        past = history(plan.market.history)
        return (*(_estimated(asset, past) for asset in plan.assets), _inflation(past))
    return tuple(_given(asset) for asset in plan.assets)


def _given(asset: Asset, note: str = "") -> Evidence:
    return Evidence(asset.name, "given", asset.total_return_pa, asset.volatility_pa, note=note)


def _all_measured(assets: tuple[Asset, ...]) -> tuple[Evidence, ...]:
    rows: list[Evidence] = []
    refused: list[tuple[float, Infeasible]] = []
    for asset in assets:
        try:
            rows.append(_measured(asset))
        except Infeasible as reason:
            rows.append(_given(asset, str(reason)))
            refused.append((asset.value, reason))
    if refused and sum(value for value, _ in refused) >= (1.0 - COVERAGE) * sum(asset.value for asset in assets):
        raise max(refused, key=lambda pair: pair[0])[1]
    return tuple(rows)


def _measured(asset: Asset) -> Evidence:
    known = asset.measured
    if known is None:
        raise Infeasible(
            t(
                "{asset}: measuring its return needs {needed} years of its own prices, and there are none.",
                asset=asset.name,
                needed=f"{MIN_YEARS:g}",
            )
        )
    if known.years < MIN_YEARS:
        raise Infeasible(
            t(
                "{asset}: measuring its return needs {needed} years of its own prices, and there are {years}, "
                "{first} to {last}.",
                asset=asset.name,
                needed=f"{MIN_YEARS:g}",
                years=f"{known.years:.1f}",
                first=known.first.isoformat(),
                last=known.last.isoformat(),
            )
        )
    _check_range(asset, known)
    return Evidence(
        asset.name, "measured", known.total_return_pa, known.volatility_pa, known.of, known.first.isoformat(),
        known.last.isoformat(), known.years, known.left_out,
    )  # fmt: skip


def _check_range(asset: Asset, known: Measured) -> None:
    """What a plan takes: the burst of a few years is not what decades are simulated with."""
    low, high = (Asset.__dataclass_fields__["total_return_pa"].metadata[end] for end in ("low", "high"))
    if not low <= known.total_return_pa <= high:
        raise Infeasible(
            t(
                "{asset}: its prices returned {measured} a year from {first} to {last}; expected {low} to {high}, "
                "which decades can be simulated with.",
                asset=asset.name,
                measured=f"{known.total_return_pa:.0%}",
                first=known.first.isoformat(),
                last=known.last.isoformat(),
                low=f"{low:.0%}",
                high=f"{high:.0%}",
            )
        )


def _estimated(asset: Asset, past: History) -> Evidence:
    column = as_series(asset).column
    if not column:
        return _given(asset)
    mean, volatility = estimated(past, column)
    return _from_history(asset.name, past, column, mean, volatility)


def _inflation(past: History) -> Evidence:
    """Mean and deviation (n − 1) of whole years' inflation."""
    years = log1p(past.column("inflation"))
    whole = len(years) // past.per_year * past.per_year
    yearly = expm1(years[:whole].reshape(-1, past.per_year).sum(axis=1))
    return _from_history("inflation", past, "inflation", float(yearly.mean()), float(yearly.std(ddof=1)))


def _from_history(name: str, past: History, column: str, mean: float, volatility: float) -> Evidence:
    last = past.label(len(past.rows) - 1)
    return Evidence(name, "estimated", mean, volatility, column, past.label(0), last, past.years)


def measured(closes: Floats, years: float) -> tuple[float, float]:
    """(arithmetic mean, log volatility) a year of one series of total-return prices that spans `years`."""
    if closes.size < 3 or not np.all(np.isfinite(closes)) or np.any(closes <= 0):
        raise Infeasible("A mean and a volatility need at least three positive prices.")
    logs = np.diff(log(closes))
    volatility = float(logs.std(ddof=1) * math.sqrt(logs.size / years))
    return expm1(float(logs.sum()) / years + volatility * volatility / 2), volatility


def estimated(past: History, column: str) -> tuple[float, float]:
    """(arithmetic mean, log volatility) a year of one historical column."""
    logs = log1p(past.column(column))
    volatility = log_volatility_pa(past.column(column), past.per_year)
    return expm1(float(logs.mean()) * past.per_year + volatility * volatility / 2), volatility
