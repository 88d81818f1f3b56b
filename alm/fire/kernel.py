"""The loop over paths that is compiled: draw a market, walk it, keep its years and its events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from alm.fire.books import Dated, Firsts, Floats, World, net_worth, open_books
from alm.fire.draw import LIFE, WITHIN, Market, MarketRules, draw_year, start_market
from alm.fire.margin import END, RUIN, note
from alm.fire.random import Words, uniform
from alm.fire.walk import begin_year, walk_year

HOT = ("live",)


def run_block(
    worlds: Sequence[World], dated: Sequence[Dated], rules: MarketRules, market: Market, survival: Floats,
    seed: np.uint64, begin: int, stop: int, worth: npt.NDArray[np.float32], first: Firsts, record: Floats,
) -> None:  # fmt: skip
    """Walk paths `begin` to `stop` into `worth` (years + 1, paths) and `first` (paths, events).

    `worlds` has one row: with `market`, the work space of one thread. `survival` (T,) is the chance that somebody is
    alive at the end of each step; `record` is (T, columns) to keep every step of a path, or (0, columns).
    """
    world = worlds[0]
    for path in range(begin, stop):
        start_market(rules, seed, np.uint64(path), market)
        world.key = market.streams[WITHIN, 0]
        life = length_of_life(market.streams[LIFE], survival)
        years = worth[:, path]
        prepare(world, years, life)
        live(world, dated, rules, market, life, years, record)
        for event in range(first.shape[1]):
            first[path, event] = world.first[event]


def live(
    world: World, dated: Sequence[Dated], rules: MarketRules, market: Market, life: int,
    worth: npt.NDArray[np.float32], record: Floats,
) -> None:  # fmt: skip
    """One path of `life` steps, drawn and walked year by year; `worth` gets real net worth at year ends, 0 once ruined.

    A path ends in ruin in the first step whose needs cannot be paid, or at its horizon.
    """
    open_books(world)
    level, step, debt, ruin = 1.0, 0, world.debt_today, -1
    while ruin < 0 and step < life:
        draw_year(rules, step, market)
        begin_year(world, debt, step, level)
        stop = min(step + world.steps_per_year, life)
        reached = walk_year(world, dated, market.drawn, step, stop, level, record)
        ruin = reached if reached < stop else -1
        level, debt, step = market.drawn[stop - 1 - step].prices, dated[stop - 1].debt, stop
        if ruin < 0 and step % world.steps_per_year == 0:
            worth[step // world.steps_per_year] = (net_worth(world) - debt) / level
    if ruin < 0 and net_worth(world) <= debt:
        ruin = life - 1
    note(world, RUIN, ruin, ruin >= 0)
    note(world, END, ruin if ruin >= 0 else life, True)


def length_of_life(stream: Words, survival: Floats) -> int:
    """Steps until the last death, that step included, at most the horizon."""
    if survival[survival.size - 1] >= 1.0:
        return survival.size
    drawn = uniform(stream)
    life = 1
    while life < survival.size and survival[life - 1] > drawn:
        life += 1
    return life


def prepare(world: World, worth: npt.NDArray[np.float32], life: int) -> None:
    """0 for the years lived (ruined until walked), NaN for those after the last death."""
    for year in range(worth.size):
        worth[year] = 0.0 if year * world.steps_per_year <= life else np.nan
    worth[0] = world.wealth
