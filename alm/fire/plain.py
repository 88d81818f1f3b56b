"""The first lives by the interpreter: what is known before the simulation is compiled.

The functions of the compiled loop as they are written, on plain objects: life for life what the machine code answers,
a thousand times slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from alm.fire.books import net_worth, open_books
from alm.fire.draw import WITHIN, Market, MarketRules, draw_year, empty_market, start_market
from alm.fire.horizon import last_survivor
from alm.fire.kernel import length_of_life
from alm.fire.plan import Plan
from alm.fire.result import standard_error
from alm.fire.terms import desk
from alm.fire.walk import UNRECORDED, begin_year, walk_step

TOGETHER = 32
"""Lives drawn at a time."""


@dataclass(frozen=True, slots=True)
class Early:
    """The share of the first lives that succeed, and its standard error."""

    success_probability: float
    standard_error: float
    paths: int


class Life(NamedTuple):
    """One drawn life: the key of its uniforms inside steps, its steps until the last death."""

    key: np.uint64
    steps: list[SimpleNamespace]


def early(plan: Plan, paths: int) -> Iterator[Early]:
    """The answer after each few lives more, up to `paths` of them."""
    succeeded, done = 0, 0
    for found in outcomes(plan, paths):
        succeeded, done = succeeded + sum(found), done + len(found)
        share = succeeded / done
        yield Early(share, standard_error(share, done), done)


def outcomes(plan: Plan, paths: int) -> Iterator[list[bool]]:
    """Whether the first `paths` lives succeed, in their order and a few at a time."""
    rows = desk(plan)
    survival = last_survivor(plan.lives, plan.steps, plan.steps_per_year)
    world, dated = as_plain(rows.worlds[0]), [as_plain(row) for row in rows.dated]
    for begin in range(0, paths, TOGETHER):
        some = range(begin, min(begin + TOGETHER, paths))
        with np.errstate(over="ignore"):  # the random numbers are what overflows
            found = [walk(world, dated, life) for life in drawn(rows.rules, survival, plan.seed, some)]
        yield found


def walk(world: SimpleNamespace, dated: list[SimpleNamespace], life: Life) -> bool:
    """Whether one life pays for everything in every step and owns more than it owes at its end."""
    world.key = life.key
    open_books(world)
    level, debt = 1.0, world.debt_today
    for step, now in enumerate(life.steps):
        if step % world.steps_per_year == 0:
            begin_year(world, debt, step, level)
        if not walk_step(world, dated[step], now, step, level, UNRECORDED):
            return False
        level, debt = now.prices, dated[step].debt
    return bool(net_worth(world) > debt)


def drawn(rules: MarketRules, survival: np.ndarray, seed: int, paths: range) -> list[Life]:
    """The lives of some paths."""
    market = empty_market(rules, len(paths))
    for lane, path in enumerate(paths):
        start_market(rules, np.uint64(seed), np.uint64(path), lane, market)
    keys = market.streams[WITHIN, 0].copy()
    lengths = [length_of_life(market, lane, survival) for lane in range(len(paths))]
    steps: list[list[SimpleNamespace]] = [[] for _ in paths]
    for begin in range(0, max(lengths), rules.steps_per_year):
        draw_year(rules, begin, len(paths), market)
        for lane, so_far in enumerate(steps):
            so_far += _year(market, lane)
    return [Life(key, taken[:length]) for key, taken, length in zip(keys, steps, lengths, strict=True)]


def _year(market: Market, lane: int) -> Iterator[SimpleNamespace]:
    """The steps of a drawn year of one life."""
    dividends = float(market.dividends[lane])
    columns = (market.growth[:, :, lane], market.prices[:, lane], market.narrow[:, lane])
    for growth, prices, narrow in zip(*(column.tolist() for column in columns), strict=True):
        yield SimpleNamespace(growth=growth, prices=prices, narrow=narrow, dividends=dividends)


def as_plain(record: np.void) -> Any:
    """A record as plain Python objects, arrays staying arrays: the interpreter reads them several times as fast."""
    found = {}
    for name in record.dtype.names or ():
        value = record[name]
        if isinstance(value, np.ndarray):
            found[name] = [as_plain(row) for row in value] if value.dtype.names else value
        else:
            found[name] = value.item()
    return SimpleNamespace(**found)
