"""Many projections at once: dividends that grow unevenly, prices that rise unevenly, and the same roll-forward.

Growth of dividends per share and inflation vary from year to year, log-normally around their expectation:
    index[y+1] = index[y] · (1 + growth) · exp(σ z − σ²/2), z standard normal, one draw a year for all holdings
(dividend cuts come together, assumption). Year 0 is known. The draws of dividends and of inflation are independent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alm.balance_sheet import BalanceSheet
from alm.elementary import exp
from alm.errors import BadInput
from alm.settings import Settings
from alm.snowball.crossover import with_interest
from alm.snowball.cuts import Cut
from alm.snowball.policy import Policy
from alm.snowball.project import Model, build, plan_of
from alm.snowball.roll import Floats, roll, trend

CHUNK = 4_000
"""Paths times rows rolled together: enough to outweigh the loop, few enough to stay in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class DividendPaths:
    """Yearly figures of each path, (paths, years), nominal base currency."""

    gross: Floats
    net: Floats
    spending: Floats
    interest: Floats

    @property
    def needs(self) -> Floats:
        """Spending and interest: what net dividends have to reach."""
        return with_interest(self.spending, self.interest)


def dividend_paths(
    sheet: BalanceSheet,
    settings: Settings,
    policy: Policy | None = None,
    *,
    years: int | None = None,
    cut: Cut | None = None,
    paths: int = 1_000,
    seed: int | None = None,
) -> DividendPaths:
    """Paths of `project`, by default with the settings' seed. Volatilities of 0 give the projection itself."""
    if not 1 <= paths <= 1_000_000:
        raise BadInput("a number of paths from 1 to 1,000,000", column="paths", value=paths)
    horizon = settings.fire_years if years is None else years
    model, _ = build(sheet, settings, policy or Policy(), horizon, cut)
    random = np.random.default_rng(settings.fire_seed if seed is None else seed)
    shape = (paths, len(model.factor))
    growth = _levels(random.standard_normal(shape), settings.dividend_growth_volatility_pa)
    prices = _levels(random.standard_normal(shape), settings.inflation_volatility_pa)
    step = max(CHUNK // len(model.growth), 1)
    chunks = [_roll(model, growth[i : i + step], prices[i : i + step]) for i in range(0, paths, step)]
    gross, net, spending = (np.concatenate(part) for part in zip(*chunks, strict=True))
    interest = np.broadcast_to(model.interest.reshape(-1, 12).sum(axis=1), gross.shape)
    return DividendPaths(gross, net, spending, interest)


def _levels(draws: Floats, volatility: float) -> Floats:
    """(paths, Y + 1) what unevenness alone makes of a level of 1: the mean stays 1, the first is 1. The draws are
    rounded to 1e-12: in the tail of the normal NumPy's last bit depends on the processor."""
    draws = draws.round(12)
    steps = exp(volatility * draws - volatility * volatility / 2)
    levels: Floats = np.cumprod(np.concatenate([np.ones((len(draws), 1)), steps], axis=1), axis=1)
    return levels


def _roll(model: Model, growth: Floats, prices: Floats) -> tuple[Floats, Floats, Floats]:
    """Yearly (gross, net, spending), each (paths, Y), of a chunk of paths."""
    index = trend(model.growth, len(model.factor)) * growth.T[:, :, None]
    spending = model.spending[:, None] * np.repeat(prices.T[:-1], 12, axis=0)
    rolled = roll(model.rows, index, model.factor, plan_of(model, spending))
    return _yearly(rolled.gross), _yearly(rolled.net), _yearly(spending)


def _yearly(months: Floats) -> Floats:
    """(M, P) to (P, Y)."""
    total: Floats = months.reshape(-1, 12, months.shape[1]).sum(axis=1).T
    return total
