"""The books of many paths side by side: one lane for each, and one lane's books taken out and put back.

A calm step is walked in all lanes at once (`alm.fire.abreast`); what is out of the ordinary is walked by one path
alone, in the books of `alm.fire.books`. Compiles with numba.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from alm.fire.books import open_books
from alm.fire.margin import watched_ltv
from alm.fire.rows import ASSETS, EVENTS, LINES, LOANS, Floats, World, dtype_of

Integers = npt.NDArray[np.int64]
# Bytes: the compiler takes no nested array of bool.
Flags = npt.NDArray[np.uint8]

# Enough that the work of the lanes outweighs that of starting a loop, few enough to stay in a near cache.
LANES = 256


class Money(Protocol):
    """What `World` and its rows call the same; the last axis is the lane."""

    cash: Floats
    value: Floats
    cost: Floats
    dividend: Floats
    balance: Floats
    accrued: Floats
    drawn: Floats
    interest: Floats


class Lanes(Protocol):
    """Every array has the lane as its last axis."""

    count: int
    """Lanes in use, from the first."""
    path: Integers
    money: Sequence[Money]
    """(2,) now, and before the step."""
    key: npt.NDArray[np.uint64]
    life: Integers
    """Steps until the last death, that step included."""
    done: Flags
    """The path has ended; its lane is given up with the year."""
    alone: Flags
    """The path walks every step alone: a lender waits for it, or it has pledged more than the others."""
    odd: Floats
    """Above 0 where the step has something that a calm one has not."""
    first: npt.NDArray[np.int32]
    level: Floats
    """Price level at the last look."""
    before: Floats
    """Price level at the look before the step."""
    pledged: Integers
    frozen: Flags
    call_open: Flags
    liquidating: Flags
    days_left: Floats
    watched: Floats
    """The ratio from which a look matters (`watched_ltv`)."""
    year_spending: Floats
    first_rate: Floats
    year_level: Floats
    year_wealth: Floats

    spent: Floats
    """What one part of a step leaves for the next, down to the end."""
    dividends: Floats
    surplus: Floats
    need: Floats
    paid: Floats
    rate: Floats
    lending: Floats
    kept: Floats
    left: Floats


_LANE = {
    Floats: (np.float64, (LANES,)), Integers: (np.int64, (LANES,)), Flags: (np.uint8, (LANES,)), int: np.int64,
}  # fmt: skip
_ASSETS, _LOANS, _LINES = ((np.float64, (rows, LANES)) for rows in (ASSETS, LOANS, LINES))
_FLAGS = (np.uint8, (LOANS, LANES))
MONEY = dtype_of(
    Money, _LANE, value=_ASSETS, cost=_ASSETS, dividend=_ASSETS, balance=_LOANS, accrued=_LOANS, drawn=_LINES,
    interest=_LINES,
)  # fmt: skip
LANE_ROWS = dtype_of(
    Lanes, _LANE, money=(MONEY, (2,)), key=(np.uint64, (LANES,)), first=(np.int32, (EVENTS, LANES)),
    pledged=(np.int64, (ASSETS, LANES)), frozen=_FLAGS, call_open=_FLAGS, liquidating=_FLAGS, days_left=_LOANS,
    watched=_LOANS,
)  # fmt: skip


def open_lanes(world: World, lanes: Lanes) -> None:
    """Every lane in use at the start of the plan."""
    open_books(world)
    for lane in range(lanes.count):
        lanes.level[lane], lanes.done[lane] = 1.0, 0
        put_back(world, lanes, lane)


def take_out(world: World, lanes: Lanes, lane: int, money: Money) -> None:
    """The books of one lane, as `money` has them."""
    world.key, world.cash = lanes.key[lane], money.cash[lane]
    world.year_spending, world.first_rate = lanes.year_spending[lane], lanes.first_rate[lane]
    world.year_level, world.year_wealth = lanes.year_level[lane], lanes.year_wealth[lane]
    for event in range(EVENTS):
        world.first[event] = lanes.first[event, lane]
    for k in range(world.asset_count):
        asset = world.assets[k]
        asset.value, asset.cost = money.value[k, lane], money.cost[k, lane]
        asset.dividend, asset.pledged = money.dividend[k, lane], lanes.pledged[k, lane]
    for i in range(world.loan_count):
        loan = world.loans[i]
        loan.balance, loan.accrued = money.balance[i, lane], money.accrued[i, lane]
        loan.frozen, loan.call_open = lanes.frozen[i, lane] > 0, lanes.call_open[i, lane] > 0
        loan.liquidating, loan.days_left = lanes.liquidating[i, lane] > 0, lanes.days_left[i, lane]
    for j in range(world.line_count):
        world.lines[j].drawn, world.lines[j].interest = money.drawn[j, lane], money.interest[j, lane]


def put_back(world: World, lanes: Lanes, lane: int) -> None:
    """The books of one path into its lane, as they are now."""
    money, alone = lanes.money[0], False
    money.cash[lane] = world.cash
    lanes.year_spending[lane], lanes.first_rate[lane] = world.year_spending, world.first_rate
    lanes.year_level[lane], lanes.year_wealth[lane] = world.year_level, world.year_wealth
    for event in range(EVENTS):
        lanes.first[event, lane] = world.first[event]
    for k in range(world.asset_count):
        asset = world.assets[k]
        money.value[k, lane], money.cost[k, lane] = asset.value, asset.cost
        money.dividend[k, lane], lanes.pledged[k, lane] = asset.dividend, asset.pledged
        alone = alone or asset.pledged != asset.start_pledged
    for i in range(world.loan_count):
        loan = world.loans[i]
        money.balance[i, lane], money.accrued[i, lane] = loan.balance, loan.accrued
        lanes.frozen[i, lane], lanes.call_open[i, lane] = loan.frozen, loan.call_open
        lanes.liquidating[i, lane], lanes.days_left[i, lane] = loan.liquidating, loan.days_left
        lanes.watched[i, lane] = watched_ltv(world, loan)
        alone = alone or loan.call_open or loan.liquidating
    for j in range(world.line_count):
        money.drawn[j, lane], money.interest[j, lane] = world.lines[j].drawn, world.lines[j].interest
    lanes.alone[lane] = alone


def move(world: World, lanes: Lanes, source: int, target: int) -> None:
    """One path into the lane of another, between two years."""
    take_out(world, lanes, source, lanes.money[0])
    put_back(world, lanes, target)
    lanes.path[target], lanes.key[target], lanes.life[target] = (
        lanes.path[source],
        lanes.key[source],
        lanes.life[source],
    )
    lanes.done[target], lanes.level[target] = lanes.done[source], lanes.level[source]


def keep(world: World, lanes: Lanes) -> None:
    """Remember the money of every lane before a step."""
    n, now, before = lanes.count, lanes.money[0], lanes.money[1]
    copy(n, lanes.level, lanes.before)
    copy(n, now.cash, before.cash)
    for k in range(world.asset_count):
        copy(n, now.value[k], before.value[k])
        copy(n, now.cost[k], before.cost[k])
        copy(n, now.dividend[k], before.dividend[k])
    for i in range(world.loan_count):
        copy(n, now.balance[i], before.balance[i])
        copy(n, now.accrued[i], before.accrued[i])
    for j in range(world.line_count):
        copy(n, now.drawn[j], before.drawn[j])
        copy(n, now.interest[j], before.interest[j])


def copy(count: int, source: Floats, target: Floats) -> None:
    for lane in range(count):
        target[lane] = source[lane]


def fill(count: int, target: Floats, number: float) -> None:
    for lane in range(count):
        target[lane] = number


def net_worths(world: World, lanes: Lanes, out: Floats) -> None:
    """`net_worth` of every lane."""
    n, money = lanes.count, lanes.money[0]
    copy(n, money.cash, out)
    for k in range(world.asset_count):
        value = money.value[k]
        for lane in range(n):
            out[lane] += value[lane]
    for i in range(world.loan_count):
        balance, accrued = money.balance[i], money.accrued[i]
        for lane in range(n):
            out[lane] -= balance[lane] + accrued[lane]
    for j in range(world.line_count):
        drawn = money.drawn[j]
        for lane in range(n):
            out[lane] -= drawn[lane]
