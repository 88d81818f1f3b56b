"""What the household's own holdings returned, for a simulation that is to use it: stored prices into a plan.

Each asset of the plan is a group of holdings; its past is that of today's weights, restored daily, on the dates all of
them have a price: in the base currency, splits undone, dividends reinvested gross on their ex-dates. A holding too
young for the plan's least history is left out and named as long as the rest is most of the asset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from alm.balance_sheet import BalanceSheet, Holding
from alm.fire.household import grouped, plan_from
from alm.fire.parameters import COVERAGE, MIN_YEARS, measured
from alm.fire.plan import Measured, Plan

if TYPE_CHECKING:
    import pandas as pd

    from alm.lenders import LenderProfile
    from alm.settings import Settings
    from alm.store.market import Market


def own_plan(
    sheet: BalanceSheet, settings: Settings, profiles: Mapping[str, LenderProfile], market: Market | None
) -> Plan:
    """The household's plan; with its market, what its holdings returned stands beside every asset's given figures."""
    plan = plan_from(sheet, settings, profiles)
    return plan if market is None else with_measured(plan, sheet, market)


def with_measured(plan: Plan, sheet: BalanceSheet, market: Market) -> Plan:
    """The household's plan with what each asset's own prices did; one without prices stays without."""
    from alm.past import restated  # only here, as is the next: the verdict does not wait for pandas otherwise
    from alm.risk.series import in_base_currency

    prices = in_base_currency(
        restated(market, dividends=True).sort_index(), market.fx, market.currencies, sheet.base_currency
    )
    pairs = zip(plan.assets, grouped(sheet), strict=True)
    return replace(plan, assets=tuple(replace(asset, measured=measure(group, prices)) for asset, group in pairs))


def measure(group: tuple[Holding, ...], prices: pd.DataFrame) -> Measured | None:
    """Mean and volatility of a group at today's weights on its common dates; None without three of them."""
    from alm.risk.series import common_prices

    weights: dict[str, float] = {}
    for holding in group:
        if holding.value > 0 and holding.ticker in prices.columns:
            weights[holding.ticker] = weights.get(holding.ticker, 0.0) + holding.value
    old = {ticker: value for ticker, value in weights.items() if _years(prices[ticker].dropna()) >= MIN_YEARS}
    kept = old if sum(old.values()) >= COVERAGE * sum(holding.value for holding in group) else weights
    if not kept:
        return None
    common = common_prices(prices[list(kept)])
    if len(common) < 3:
        return None
    share = np.array(list(kept.values())) / sum(kept.values())
    growth = 1.0 + (common.pct_change().iloc[1:].to_numpy() * share).sum(axis=1)
    mean, volatility = measured(np.concatenate([[1.0], np.cumprod(growth)]), _years(common))
    left_out = ", ".join(sorted({holding.ticker for holding in group} - set(kept)))
    return Measured(mean, volatility, common.index[0].date(), common.index[-1].date(), ", ".join(kept), left_out)


def _years(dated: pd.Series | pd.DataFrame) -> float:
    return (dated.index[-1] - dated.index[0]).days / 365.25 if len(dated) else 0.0
