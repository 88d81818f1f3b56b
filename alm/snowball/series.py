"""The textbook series: one payer that grows, and money that buys one yield. The household's own roll-forward."""

from __future__ import annotations

import numpy as np

from alm.snowball.roll import Floats, Plan, Rows, roll, trend


def series(
    base: float,
    *,
    growth_pa: float,
    contribution_monthly: float,
    bought_yield: float,
    bought_growth_pa: float = 0.0,
    tax: float = 0.0,
    years: int = 10,
    buy_every_months: int = 12,
) -> Floats:
    """(years + 1,) gross dividends of years 0 … `years`; all of it, less `tax`, is reinvested.

    With the default, yearly buying, and `bought_growth_pa` 0:
        gross[y] = base · (1 + growth)^y + bought_yield · Σ_{k<y} (gross[k] · (1 − tax) + 12 · contribution).
    Year 0 pays `base`; a year's dividends and contributions buy at its end and pay from the next year on.
    """
    rows = Rows(
        pay=np.array([[base / 12] * 12, [bought_yield / 12] * 12]),
        price=np.array([0.0, 1.0]),
        keep=np.full(2, 1 - tax),
        held=np.array([1.0, 0.0]),
    )
    months = 12 * (years + 1)
    plan = Plan(
        contributed=np.full((months, 1), contribution_monthly),
        needed=np.zeros((months, 1)),
        split=np.array([0.0, 1.0]),
        own=np.array([False, False]),
        every=buy_every_months,
    )
    index = trend(np.array([growth_pa, bought_growth_pa]), years + 1)
    gross = roll(rows, index, np.ones((years + 1, 2)), plan).gross
    yearly: Floats = gross[:, 0].reshape(-1, 12).sum(axis=1)
    return yearly
