"""The loop over paths that is compiled: draw a year, walk it abreast, and alone what is odd; keep years and events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from alm.fire.abreast import walk_abreast
from alm.fire.draw import LIFE, WITHIN, Market, MarketRules, draw_year, move_market, start_market
from alm.fire.lanes import LANES, Lanes, move, net_worths, open_lanes, put_back, take_out
from alm.fire.margin import END, RUIN
from alm.fire.random import out_of_lanes, uniform
from alm.fire.rows import Dated, Firsts, Floats, World
from alm.fire.spending import CONSTANT, DIVIDENDS
from alm.fire.walk import begin_year, walk_step


def run_block(
    worlds: Sequence[World], tables: Sequence[Lanes], dated: Sequence[Dated], rules: MarketRules, market: Market,
    survival: Floats, seed: np.uint64, worth: npt.NDArray[np.float32], first: Firsts, record: Floats, begin: int,
    stop: int,
) -> None:  # fmt: skip
    """Walk paths `begin` to `stop` into `worth` (years + 1, paths) and `first` (paths, events).

    `worlds` and `tables` have one row each: with `market`, the work space of one thread. `survival` (T,) is the chance
    that somebody is alive at the end of each step; `record` is (T, columns) to keep every step of the one path that is
    walked, or (0, columns). `worth` is real net worth at year ends, 0 once ruined, NaN after the last death.
    """
    world, lanes = worlds[0], tables[0]
    for start in range(begin, stop, LANES):
        lanes.count = min(LANES, stop - start)
        for lane in range(lanes.count):
            lanes.path[lane] = start + lane
            start_market(rules, seed, np.uint64(start + lane), lane, market)
            lanes.key[lane] = market.streams[WITHIN, 0, lane]
            lanes.life[lane] = length_of_life(market, lane, survival)
        open_lanes(world, lanes)
        prepare(world, lanes, worth)
        live(world, lanes, dated, rules, market, worth, first, record)


def length_of_life(market: Market, lane: int, survival: Floats) -> int:
    """Steps until the last death, that step included, at most the horizon."""
    if survival[survival.size - 1] >= 1.0:
        return survival.size
    out_of_lanes(market.streams[LIFE], lane, market.alone)
    drawn = uniform(market.alone)
    life = 1
    while life < survival.size and survival[life - 1] > drawn:
        life += 1
    return life


def prepare(world: World, lanes: Lanes, worth: npt.NDArray[np.float32]) -> None:
    """0 for the years lived (ruined until walked), NaN for those after the last death."""
    for year in range(worth.shape[0]):
        for lane in range(lanes.count):
            lived = year * world.steps_per_year <= lanes.life[lane]
            worth[year, lanes.path[lane]] = world.wealth if year == 0 else 0.0 if lived else np.nan


def live(
    world: World, lanes: Lanes, dated: Sequence[Dated], rules: MarketRules, market: Market,
    worth: npt.NDArray[np.float32], first: Firsts, record: Floats,
) -> None:  # fmt: skip
    """All lanes year by year until each path has ended, in ruin or at its horizon."""
    step, debt = 0, world.debt_today
    while lanes.count > 0 and step < len(dated):
        draw_year(rules, step, lanes.count, market)
        begin_years(world, lanes, debt, step)
        for now in range(world.steps_per_year):
            walk_abreast(world, lanes, dated[step], market, now, step)
            walk_alone(world, lanes, dated[step], market, now, step, record)
            step, debt = step + 1, dated[step].debt
            if step % world.steps_per_year == 0:
                end_year(world, lanes, debt, worth[step // world.steps_per_year])
            end_lives(world, lanes, debt, step)
        close_ranks(world, lanes, rules, market, first)


def close_ranks(world: World, lanes: Lanes, rules: MarketRules, market: Market, first: Firsts) -> None:
    """Keep the events of the paths that have ended, and give their lanes to the last that have not."""
    lane = 0
    while lane < lanes.count:
        if lanes.done[lane] == 0:
            lane += 1
            continue
        for event in range(first.shape[1]):
            first[lanes.path[lane], event] = lanes.first[event, lane]
        lanes.count -= 1
        if lane < lanes.count:
            move(world, lanes, lanes.count, lane)
            move_market(rules, lanes.count, lane, market)


def begin_years(world: World, lanes: Lanes, debt: float, step: int) -> None:
    """`begin_year` of every path, where a year's beginning changes anything."""
    if world.rebalanced or (world.rule != CONSTANT and world.rule != DIVIDENDS):
        for lane in range(lanes.count):
            if lanes.done[lane] == 0:
                take_out(world, lanes, lane, lanes.money[0])
                begin_year(world, debt, step, lanes.level[lane])
                put_back(world, lanes, lane)


def walk_alone(
    world: World, lanes: Lanes, dated: Dated, market: Market, now: int, step: int, record: Floats,
) -> None:  # fmt: skip
    """Walk the step again in each odd lane, by itself and from where it began."""
    for lane in range(lanes.count):
        if lanes.done[lane] > 0 or (lanes.odd[lane] <= 0.0 and record.shape[0] == 0):
            continue
        take_out(world, lanes, lane, lanes.money[1])
        look_at_market(world, market, now, lane)
        if not walk_step(world, dated, world.drawn, step, lanes.before[lane], record):
            world.first[RUIN], world.first[END] = step, step
            lanes.done[lane] = 1
        put_back(world, lanes, lane)


def look_at_market(world: World, market: Market, now: int, lane: int) -> None:
    """One lane of a drawn step."""
    drawn = world.drawn
    drawn.prices, drawn.dividends, drawn.narrow = (
        market.prices[now, lane],
        market.dividends[lane],
        market.narrow[now, lane],
    )
    for series in range(market.growth.shape[1]):
        drawn.growth[series] = market.growth[now, series, lane]


def end_year(world: World, lanes: Lanes, debt: float, worth: npt.NDArray[np.float32]) -> None:
    """Net worth in today's money of every path that lives."""
    net_worths(world, lanes, lanes.kept)
    for lane in range(lanes.count):
        if lanes.done[lane] == 0:
            worth[lanes.path[lane]] = (lanes.kept[lane] - debt) / lanes.level[lane]


def end_lives(world: World, lanes: Lanes, debt: float, step: int) -> None:
    """Paths that have reached their horizon after `step` steps. One that owes more than it has then is ruined."""
    ended = 0
    for lane in range(lanes.count):
        ended += 1 if lanes.life[lane] == step and lanes.done[lane] == 0 else 0
    if ended > 0:
        net_worths(world, lanes, lanes.kept)
        for lane in range(lanes.count):
            if lanes.life[lane] == step and lanes.done[lane] == 0:
                ruined = lanes.kept[lane] <= debt
                lanes.first[RUIN, lane] = step - 1 if ruined else -1
                lanes.first[END, lane] = step - 1 if ruined else step
                lanes.done[lane] = 1
