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
    bought: Floats
    """Spent on purchases at the end of the month."""
    purse: Floats
    """Put aside and not yet spent, at the end of the month."""


def trend(growth: Floats, years: int) -> Floats:
    """(years + 1, 1, n) index of dividends per share: (1 + growth) ** year."""
    index: Floats = (1 + growth) ** np.arange(years + 1)[:, None, None]
    return index


def roll(rows: Rows, index: Floats, factor: Floats, plan: Plan) -> Rolled:
    """Roll forward Y years, M = 12 Y months.

    `index` (Y + 1, P, n): dividends per share against today's, before any cut. `factor` (Y, n): what a cut leaves.
    """
    dividends = np.repeat(index[:-1] * factor[:, None, :], 12, axis=0)
    per_unit = dividends * np.tile(rows.pay.T, (len(factor), 1))[:, None, :]
    units = _buy_month_by_month(rows, per_unit, _prices(rows, index), plan)
    gross = (_held_units(rows, units) * per_unit).sum(axis=-1)
    net = (_held_units(rows, units) * per_unit * rows.keep).sum(axis=-1)
    return Rolled(per_unit, units.from_dividends, units.from_contributions, gross, net, *units.money)


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    from_dividends: Floats
    from_contributions: Floats
    money: tuple[Floats, Floats, Floats]


def _held_units(rows: Rows, units: _Units) -> Floats:
    return rows.held + units.from_dividends + units.from_contributions


def _prices(rows: Rows, index: Floats) -> Floats:
    """(M, P, n) price of a unit at each month's end."""
    step = (np.arange(12) + 1)[None, :, None, None] / 12
    smooth = index[:-1, None] * (index[1:, None] / index[:-1, None]) ** step
    return rows.price * smooth.reshape(-1, *index.shape[1:])


def _buy_month_by_month(rows: Rows, per_unit: Floats, prices: Floats, plan: Plan) -> _Units:
    """The only loop. Units of month t are those before its purchases."""
    shape = per_unit.shape
    from_dividends, from_contributions = np.empty(shape), np.empty(shape)
    taken, bought, purse = np.empty(shape[:2]), np.zeros(shape[:2]), np.empty(shape[:2])
    kept, per_money = per_unit * rows.keep, np.divide(1, prices, out=np.zeros(shape), where=prices > 0)
    pooled = per_money * plan.split
    contributed, needed = (np.broadcast_to(flow, shape[:2]) for flow in (plan.contributed, plan.needed))
    d, c, own = np.zeros(shape[1:]), np.zeros(shape[1:]), np.zeros(shape[1:])
    pool, new, selfish = np.zeros(shape[1]), np.zeros(shape[1]), bool(plan.own.any())
    for t in range(shape[0]):
        from_dividends[t], from_contributions[t] = d, c
        net = (rows.held + d + c) * kept[t]
        total = net.sum(axis=-1)
        taken[t] = np.minimum(needed[t], np.maximum(total, 0))
        saved = plan.share * (total - taken[t])
        if selfish:
            direct = net * plan.own * _share_of(saved, total)[:, None]
            own += direct
            saved -= direct.sum(axis=-1)
        pool, new = pool + saved, new + contributed[t]
        if (t + 1) % plan.every == 0:
            spent = np.maximum(pool, 0)  # dividends owed on shorts wait until the others cover them
            d = d + spent[:, None] * pooled[t] + own * per_money[t]
            c = c + new[:, None] * pooled[t]
            bought[t] = own.sum(axis=-1) + spent + new
            own, pool, new = np.zeros(shape[1:]), pool - spent, np.zeros(shape[1])
        purse[t] = own.sum(axis=-1) + pool + new
    return _Units(from_dividends, from_contributions, (taken, bought, purse))


def _share_of(saved: Floats, total: Floats) -> Floats:
    """The share of the month's net dividends that is saved; of dividends that are owed in all, the whole."""
    return np.divide(saved, total, out=np.ones_like(total), where=total > 0)
