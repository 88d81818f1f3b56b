"""The roll-forward: units held and bought, month by month, vectorised over holdings and paths.

One path of code serves every projection here: the household's, a cut, a distribution, and the textbook series.

A *row* is one holding or the fund that new money buys. A *unit* of a holding is all of it as it stands today; a unit
of the fund is one of base currency at the start. Month t (0 first) belongs to year y = t // 12.

- Dividends of month t: units at its start · pay[t % 12] · dps[y]. A dividend per share steps once a year.
- What was put aside buys at the end of every `every`-th month; it pays from the next month on.
- Price of a unit at the end of month t: price · trend[y] · (trend[y+1] / trend[y]) ** ((t % 12 + 1) / 12).
  Prices follow the trend of dividends (a constant yield, assumption) and do not fall when dividends are cut: a cut
  buys no bargains.

With yearly buying, money of year y buys at the start of year y + 1 and yields in it exactly the stated yield.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alm.elementary import power

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """n rows. `pay` is (n, 12), gross per unit by projected month of the year; the others are (n,)."""

    pay: Floats
    price: Floats
    """Base currency per unit at the start; 0 where nothing can be bought."""
    keep: Floats
    """Share of a gross dividend left after tax."""
    held: Floats
    """Units today: 1 for a holding, 0 for the fund."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What happens to the money. Flows are (M, P) by month and path, or (M, 1) for the same on every path."""

    contributed: Floats
    needed: Floats
    """What life takes out of dividends before anything is reinvested."""
    split: Floats
    """(n,) shares of pooled money by row; they sum to 1."""
    own: NDArray[np.bool_]
    """(n,) rows whose dividends buy the row itself; the others' are pooled."""
    share: float = 1.0
    """Share of the dividends left after `needed` that is reinvested."""
    every: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Rolled:
    """(M, P, n) by month, path and row for units; (M, P) for money, base currency."""

    per_unit: Floats
    """Gross dividends of one unit."""
    from_dividends: Floats
    """Units bought with dividends before the month."""
    from_contributions: Floats
    """Units bought with contributions before the month."""
    gross: Floats
    net: Floats
    taken: Floats
    """Dividends that paid for life."""


def trend(growth: Floats, years: int) -> Floats:
    """(years + 1, 1, n) index of dividends per share: (1 + growth) ** year."""
    return power(1 + growth, np.arange(years + 1.0)[:, None, None])


def roll(rows: Rows, index: Floats, factor: Floats, plan: Plan) -> Rolled:
    """Roll forward Y years, M = 12 Y months.

    `index` (Y + 1, P, n): dividends per share against today's, before any cut. `factor` (Y, n): what a cut leaves.
    """
    dividends = np.repeat(index[:-1] * factor[:, None, :], 12, axis=0)
    per_unit = dividends * np.tile(rows.pay.T, (len(factor), 1))[:, None, :]
    prices = _prices(rows, index)
    per_money = np.divide(1, prices, out=np.zeros(prices.shape), where=prices > 0)
    contributed = _contributed_units(per_money, plan)
    reinvested, taken = _reinvest(rows.held + contributed, per_unit * rows.keep, per_money, plan)
    gross = (rows.held + reinvested + contributed) * per_unit
    return Rolled(per_unit, reinvested, contributed, gross.sum(axis=-1), (gross * rows.keep).sum(axis=-1), taken)


def _prices(rows: Rows, index: Floats) -> Floats:
    """(M, P, n) price of a unit at each month's end."""
    monthly = power(index[1:, None] / index[:-1, None], 1 / 12)
    smooth = index[:-1, None] * np.cumprod(np.repeat(monthly, 12, axis=1), axis=1)
    return rows.price * smooth.reshape(-1, *index.shape[1:])


def _contributed_units(per_money: Floats, plan: Plan) -> Floats:
    """(M, P, n) units bought with contributions before each month."""
    months, paths, _ = per_money.shape
    flows = np.broadcast_to(plan.contributed, (months, paths)).reshape(-1, plan.every, paths).sum(axis=1)
    bought = np.zeros(per_money.shape)
    bought[plan.every :: plan.every] = (flows[:, :, None] * per_money[plan.every - 1 :: plan.every] * plan.split)[:-1]
    units: Floats = bought.cumsum(axis=0)
    return units


def _reinvest(others: Floats, kept: Floats, per_money: Floats, plan: Plan) -> tuple[Floats, Floats]:
    """(M, P, n) units bought with dividends before each month, and (M, P) what life took: the only loop.

    `others` are the units not bought with dividends, `kept` the net dividends of a unit.
    """
    reinvested, net_of_others = np.empty(kept.shape), others * kept
    total_of_others, pooled = net_of_others.sum(axis=-1), per_money * plan.split
    taken, needed = np.empty(kept.shape[:2]), np.broadcast_to(plan.needed, kept.shape[:2])
    units, own, pool = np.zeros(kept.shape[1:]), np.zeros(kept.shape[1:]), np.zeros(kept.shape[1])
    selfish = bool(plan.own.any())
    for t in range(len(kept)):
        reinvested[t] = units
        net = units * kept[t]
        total = net.sum(axis=-1) + total_of_others[t]
        taken[t] = np.minimum(needed[t], np.maximum(total, 0))
        saved = plan.share * (total - taken[t])
        if selfish:
            direct = (net + net_of_others[t]) * plan.own * _share_of(saved, total)[:, None]
            own += direct
            saved -= direct.sum(axis=-1)
        pool = pool + saved
        if (t + 1) % plan.every == 0:
            spent = np.maximum(pool, 0)  # dividends owed on shorts wait until the others cover them
            units = units + spent[:, None] * pooled[t]
            pool = pool - spent
            if selfish:
                units += own * per_money[t]
                own[:] = 0
    return reinvested, taken


def _share_of(saved: Floats, total: Floats) -> Floats:
    """The share of the month's net dividends that is saved; of dividends that are owed in all, the whole."""
    return np.divide(saved, total, out=np.ones_like(total), where=total > 0)
