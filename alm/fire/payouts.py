"""How the dividends of a plan's assets follow their prices: what the step reads.

Per asset, with D its dividends a year, V its value, y its payout yield, and dt the length of a step in years:

    V ← V · total return − D · dt
    D ← D · (1 + growth)^dt · noise
    D ← D + (y · V − D) · (1 − e^(−dt / lag))

`growth` is that of prices, so at zero volatility D = y · V in every step and nothing is pulled. In a fall y · V is
below D and draws it down over `market.dividend_lag_years`: a cut, as deep as the fall if it lasts (Lintner, 1956:
payouts move by about 0.3 of their distance to the target each year). Nothing lets dividends grow through a crash.

A household may state another growth (`market.dividend_growth_pa`). Then D grows as stated and y is multiplied by
(1 + drift)^dt each step, 1 + drift = (1 + stated) ÷ (1 + growth of prices), so that the target keeps pace.
"""

from __future__ import annotations

from typing import NamedTuple

from alm.dividends import price_growth
from alm.fire.plan import Asset, Plan


class PayoutTerms(NamedTuple):
    """Of one asset; fractions."""

    start_yield: float
    """Dividends a year ÷ value, today. What is bought later has the asset's `reinvest_yield`: the yield of both is
    their mean by value."""
    dividend_growth_pa: float
    yield_drift_pa: float
    """0 unless a growth is stated."""


def payout_terms(plan: Plan) -> tuple[PayoutTerms, ...]:
    """One for each asset of an informed plan (`parameters.informed`), in the plan's order."""
    return tuple(_terms(asset, plan) for asset in plan.assets)


def _terms(asset: Asset, plan: Plan) -> PayoutTerms:
    """Growth of prices is what a step's total return leaves after the step's dividends, compounded to a year."""
    pays = asset.dividends_pa / asset.value if asset.value > 0 else 0.0
    prices, stated = price_growth(asset.total_return_pa, pays, plan.steps_per_year), plan.market.dividend_growth_pa
    if stated is None:
        return PayoutTerms(pays, prices, 0.0)
    return PayoutTerms(pays, stated, (1.0 + stated) / (1.0 + prices) - 1.0)
