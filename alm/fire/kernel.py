"""The loop over paths that is compiled: draw a market, walk it, keep its years and its events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from alm.fire.books import Dated, Firsts, Floats, World
from alm.fire.draw import LIFE, WITHIN, Market, MarketRules, draw_market
from alm.fire.random import Words, start_stream, uniform
from alm.fire.walk import walk


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
        draw_market(rules, seed, np.uint64(path), market)
        start_stream(market.stream, seed, np.uint64(path), WITHIN)
        world.key = market.stream[0]
        life = length_of_life(market.stream, seed, np.uint64(path), survival)
        years = worth[:, path]
        prepare(world, years, life)
        walk(world, dated, market.drawn, life, years, record)
        for event in range(first.shape[1]):
            first[path, event] = world.first[event]


def length_of_life(stream: Words, seed: np.uint64, path: np.uint64, survival: Floats) -> int:
    """Steps until the last death, that step included, at most the horizon."""
    if survival[survival.size - 1] >= 1.0:
        return survival.size
    start_stream(stream, seed, path, LIFE)
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
