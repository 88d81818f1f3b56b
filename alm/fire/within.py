"""What happens between two looks: the lowest point of the collateral inside a step. Compiles with numba.

Lenders look once a day and a step is a month; looking only at month ends misses about two calls in five. Given the log
growth x of what is pledged over a step with deviation s, its lowest point is (x − √(x² − 2 s² ln u)) / 2 for a uniform
u, exactly, for a lognormal asset (the minimum of a Brownian bridge; Glasserman 2004, section 6.4). When that crosses
what the lender watches, the step is cut there: what is pledged falls to it, lenders look and act, and it goes on to
the step's end.
"""

from __future__ import annotations

import math

import numpy as np

from alm.fire.books import lending_value, market_value, owed
from alm.fire.flows import DUST
from alm.fire.margin import NEARLY, lenders_look, watched_ltv
from alm.fire.random import uniform_at
from alm.fire.rows import Drawn, World

_LEAST = 1e-300
"""Far below any amount of money: what is worth nothing divides without an error, and changes nothing else."""


def look_within(world: World, now: Drawn, step: int, days: float, keep_cash: float) -> None:
    """Every lender's look at the worst moment of a step that has not happened yet; `now` is its draw."""
    for i in range(world.loan_count):
        debt = owed(world.loans[i])
        if debt <= DUST:
            continue
        room = watched_ltv(world, world.loans[i]) * lending_value(world, i) * NEARLY
        if not world.loans[i].call_open:
            market, ended, widest = ends(world, now, i)
            lower, sharp = room_at_the_ends(room, market, ended), sharpness(market, widest, now.narrow)
            if debt < lower and out_of_reach(1.0 - debt / lower, sharp, uniform_at(world.key, np.uint64(step))):
                continue
        look_near(world, now, i, room, step, days, keep_cash)


def ends(world: World, now: Drawn, pledge: int) -> tuple[float, float, float]:
    """What is pledged, in market value: before the step, after it, and times the usual deviation of each asset."""
    market, ended, widest = 0.0, 0.0, 0.0
    for k in range(world.asset_count):
        if world.assets[k].pledged == pledge:
            value = world.assets[k].value
            market += value
            ended += value * now.growth[world.assets[k].series]
            widest += value * world.assets[k].deviation
    return market, ended, widest


def room_at_the_ends(room: float, market: float, ended: float) -> float:
    """The debt that what is pledged carries at the lower end of the step; `room` is what it carries at its start."""
    return room * min(market, ended) / max(market, _LEAST)


def sharpness(market: float, widest: float, narrow: float) -> float:
    """At most 1 / variance of the log growth of the whole: its deviation is no more than its parts', weighted."""
    sharp = market / (widest + 1e-100 * market + _LEAST)
    return sharp * sharp * narrow


def out_of_reach(gap: float, sharpness: float, u: float) -> bool:
    """Whether the uniform u cannot mean a crossing, told without a logarithm. `sharpness` is 1 / s².

    A bridge whose ends both stay at least `gap` above the barrier, in logs, crosses when u ≤ exp(−2 b (b − x) / s²),
    which is at most exp(−y) with y = 2 gap² / s²; and exp(y) exceeds its Taylor polynomial.
    """
    y = 2.0 * gap * gap * sharpness
    return u * (1.0 + y * (1.0 + y * (0.5 + y * (1.0 / 6.0 + y * (1.0 / 24.0 + y / 120.0))))) > 1.0 + 1e-9


def look_near(world: World, now: Drawn, i: int, room: float, step: int, days: float, keep_cash: float) -> None:
    """Draw the lowest point; when it crosses the freeze, the lenders look there."""
    end, deviation = pledged_growth(world, now, i)
    lowest = lowest_point(end, deviation / math.sqrt(now.narrow), uniform_at(world.key, np.uint64(step)))
    crossed = math.exp(lowest) * room <= owed(world.loans[i])
    if lowest < min(0.0, end) and (crossed or world.loans[i].call_open):
        scale(world, i, math.exp(lowest))
        lenders_look(world, step, days, keep_cash)
        scale(world, i, math.exp(-lowest))


def pledged_growth(world: World, now: Drawn, pledge: int) -> tuple[float, float]:
    """(log growth of what is pledged over the step, its usual deviation)."""
    value = market_value(world, pledge)
    if value <= 0.0:
        return 0.0, 0.0
    growth, variance = 0.0, 0.0
    for k in range(world.asset_count):
        if world.assets[k].pledged == pledge:
            share = world.assets[k].value / value
            growth += share * now.growth[world.assets[k].series]
            for other in range(world.asset_count):
                if world.assets[other].pledged == pledge:
                    weight = share * world.assets[other].value / value
                    variance += weight * world.covariance[world.assets[k].series, world.assets[other].series]
    return math.log(growth), math.sqrt(max(0.0, variance))


def lowest_point(end: float, deviation: float, u: float) -> float:
    """Of a Brownian bridge from 0 to `end`: at most min(0, end)."""
    return 0.5 * (end - math.sqrt(end * end - 2.0 * deviation * deviation * math.log(u)))


def scale(world: World, pledge: int, factor: float) -> None:
    for k in range(world.asset_count):
        if world.assets[k].pledged == pledge:
            world.assets[k].value *= factor
