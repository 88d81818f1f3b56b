"""A calm step of many paths at once: no lender acts, and everything that must be paid can be paid.

It is `alm.fire.walk` part by part, each over all lanes before the next; the formulas are the same functions. A lane is
`odd` where something happens that only a path alone can settle: a lender who may act, a need that stays unpaid, an
event that is noted for the first time. What is left behind in an odd lane is thrown away. Compiles with numba.
"""

from __future__ import annotations

import numpy as np

from alm.fire.abreast_flows import lending_abreast, settle_abreast
from alm.fire.books import dividend_paid, line_cost
from alm.fire.draw import Market
from alm.fire.flows import DUST
from alm.fire.lanes import Lanes, copy, fill, keep
from alm.fire.margin import LINE_EXHAUSTED, NEARLY
from alm.fire.random import uniform_at
from alm.fire.rows import Dated, Floats, LoanRow, World
from alm.fire.spending import CONSTANT, DIVIDENDS
from alm.fire.within import out_of_reach, room_at_the_ends, sharpness
from alm.mechanics.interest import accrual


def walk_abreast(world: World, lanes: Lanes, dated: Dated, market: Market, now: int, step: int) -> None:
    """One step of every lane: the `now`-th of the year drawn in `market`, the `step`-th of the plan."""
    n = lanes.count
    keep(world, lanes)
    fill(n, lanes.dividends, 0.0)
    for lane in range(n):
        lanes.odd[lane] = 1.0 if lanes.alone[lane] > 0 else 0.0
    if not world.spends_first:
        grow_abreast(world, lanes, market, now, step)
        copy(n, market.prices[now], lanes.level)
    spend_abreast(world, lanes)
    settle_abreast(world, lanes, dated, step)
    if world.spends_first:
        grow_abreast(world, lanes, market, now, step)
        copy(n, market.prices[now], lanes.level)
    look_abreast(world, lanes)
    if world.line_count > 0:
        watch_lines(world, lanes)
    if world.borrows:
        thaw(world, lanes)


def grow_abreast(world: World, lanes: Lanes, market: Market, now: int, step: int) -> None:
    """`grow`: returns, dividends out of them, interest."""
    n, money, dividends, rising = lanes.count, lanes.money[0], lanes.dividends, market.dividends
    if world.continuous and world.loan_count > 0:
        watch_within(world, lanes, market, now, step)
    cap, dt = world.highest_yield * world.dt, world.dt
    for k in range(world.asset_count):
        value, dividend, growth = money.value[k], money.dividend[k], market.growth[now, world.assets[k].series]
        kept = 1.0 - world.assets[k].dividend_tax
        for lane in range(n):
            grown = value[lane] * growth[lane]
            dividend[lane] *= rising[lane]
            paid = dividend_paid(dividend[lane], grown, dt, cap)
            value[lane] = grown - paid
            dividends[lane] += paid * kept
    for i in range(world.loan_count):
        balance, accrued, rate = money.balance[i], money.accrued[i], lanes.rate
        rate_abreast(world, lanes, world.loans[i], balance)
        for lane in range(n):
            accrued[lane] += accrual(balance[lane], rate[lane], dt)
    for j in range(world.line_count):
        line, drawn, interest = world.lines[j], money.drawn[j], money.interest[j]
        limit, rate_pa, fee = line.limit, line.rate, line.fee
        for lane in range(n):
            interest[lane] = line_cost(drawn[lane], limit, rate_pa, fee, dt)
    cash, cash_rate = money.cash, world.cash_rate
    for lane in range(n):
        cash[lane] = cash[lane] + max(0.0, cash[lane]) * cash_rate * dt + dividends[lane]


def rate_abreast(world: World, lanes: Lanes, loan: LoanRow, balance: Floats) -> None:
    """Into `rate`: that of a loan, or `tier_rate` of each balance where it has tiers."""
    n, out = lanes.count, lanes.rate
    fill(n, out, loan.rate)
    for tier in range(loan.first_tier, loan.last_tier):
        floor, rate, first = world.tier_floor[tier], world.tier_rate[tier], tier == loan.first_tier
        for lane in range(n):
            out[lane] = rate if first or balance[lane] >= floor else out[lane]


def watch_within(world: World, lanes: Lanes, market: Market, now: int, step: int) -> None:
    """`look_within`: odd where what is pledged may come down to where a lender acts, inside the step."""
    n, money, odd, key, narrow = lanes.count, lanes.money[0], lanes.odd, lanes.key, market.narrow[now]
    pledged, ended, widest, lending = lanes.kept, lanes.paid, lanes.left, lanes.lending
    for i in range(world.loan_count):
        lending_abreast(world, lanes, i, lending)
        ends_abreast(world, lanes, market.growth[now], i)
        balance, accrued, watched = money.balance[i], money.accrued[i], lanes.watched[i]
        for lane in range(n):
            debt, u = balance[lane] + accrued[lane], uniform_at(key[lane], np.uint64(step))
            lower = room_at_the_ends(watched[lane] * lending[lane] * NEARLY, pledged[lane], ended[lane])
            sharp = sharpness(pledged[lane], widest[lane], narrow[lane])
            far = debt < lower and out_of_reach(1.0 - debt / lower, sharp, u)
            odd[lane] += 0.0 if debt <= DUST or far else 1.0


def ends_abreast(world: World, lanes: Lanes, growth: Floats, pledge: int) -> None:
    """`ends` of every lane, into `kept`, `paid` and `left`, which are free here."""
    n, pledged, ended, widest = lanes.count, lanes.kept, lanes.paid, lanes.left
    fill(n, pledged, 0.0)
    fill(n, ended, 0.0)
    fill(n, widest, 0.0)
    for k in range(world.asset_count):
        if world.assets[k].start_pledged == pledge:
            value, grown, deviation = lanes.money[0].value[k], growth[world.assets[k].series], world.assets[k].deviation
            for lane in range(n):
                pledged[lane] += value[lane]
                ended[lane] += value[lane] * grown[lane]
                widest[lane] += value[lane] * deviation


def spend_abreast(world: World, lanes: Lanes) -> None:
    """`spent_now`; odd where it is below the floor."""
    n, spent, level, odd, year = lanes.count, lanes.spent, lanes.level, lanes.odd, lanes.year_spending
    amount, floor, dt = world.amount_pa * world.dt, world.floor_pa * world.dt, world.dt
    if world.rule == CONSTANT:
        for lane in range(n):
            spent[lane] = amount * level[lane]
    elif world.rule == DIVIDENDS:
        copy(n, lanes.dividends, spent)
    else:
        for lane in range(n):
            spent[lane] = year[lane] * dt
    if floor > 0.0:
        for lane in range(n):
            odd[lane] += 0.0 if spent[lane] >= floor * level[lane] else 1.0


def look_abreast(world: World, lanes: Lanes) -> None:
    """`looked_at`: odd where a lender may act."""
    n, money, lending, odd = lanes.count, lanes.money[0], lanes.lending, lanes.odd
    for i in range(world.loan_count):
        lending_abreast(world, lanes, i, lending)
        balance, accrued, watched = money.balance[i], money.accrued[i], lanes.watched[i]
        for lane in range(n):
            owed = balance[lane] + accrued[lane]
            odd[lane] += 1.0 if owed > DUST and owed >= watched[lane] * lending[lane] * NEARLY else 0.0


def watch_lines(world: World, lanes: Lanes) -> None:
    """Odd where the lines are exhausted for the first time."""
    n, undrawn, odd, noted, total = lanes.count, lanes.paid, lanes.odd, lanes.first[LINE_EXHAUSTED], 0.0
    fill(n, undrawn, 0.0)
    for j in range(world.line_count):
        limit, drawn = world.lines[j].limit, lanes.money[0].drawn[j]
        total += limit
        for lane in range(n):
            undrawn[lane] += max(0.0, limit - drawn[lane])
    if total > 0.0:
        for lane in range(n):
            odd[lane] += 1.0 if undrawn[lane] <= DUST and noted[lane] < 0 else 0.0


def thaw(world: World, lanes: Lanes) -> None:
    """A calm step ends below every freeze of a household that borrows to spend; no other asks whether it is frozen."""
    for i in range(world.loan_count):
        frozen = lanes.frozen[i]
        for lane in range(lanes.count):
            frozen[lane] = frozen[lane] if lanes.odd[lane] > 0.0 else 0
