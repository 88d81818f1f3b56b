"""One path, step by step, under a drawn market. Plain functions that also compile with numba.

A step is: growth of assets with dividends paid out of them and interest accruing (`grow`), then income, spending and
debt service, surplus or shortfall (`settle`), then the lenders' look. With `spend_at = "start"` money moves first.
A path ends in ruin in the first step whose needs cannot be paid, or at its horizon.
"""

from __future__ import annotations

import math

import numpy as np

from alm.fire.books import dividend_paid, line_cost, money_in, net_worth, owed
from alm.fire.flows import DUST, borrow, line_exhausted, raise_money, rebalance, use_surplus
from alm.fire.margin import LINE_EXHAUSTED, lenders_look, note, settle_uncovered
from alm.fire.rows import Dated, Drawn, Floats, World
from alm.fire.spending import CONSTANT, DIVIDENDS, SpendingRules, first_year, next_year
from alm.fire.within import look_within
from alm.mechanics.interest import accrual, tier_rate

BUSINESS_DAYS = 252.0

# Columns of a recorded step, and where the steps go that nobody reads.
RECORD = ("assets", "cash", "loans", "lines", "net_worth", "prices", "spending", "income", "dividends", "ltv")
UNRECORDED = np.empty((0, len(RECORD)))


def walk_step(
    world: World, dated: Dated, now: Drawn, step: int, level: float, record: Floats,
) -> bool:  # fmt: skip
    """One step from price level `level`; False when it is not survived. `record` has a row per step of the plan, or no
    rows when nothing is to be recorded."""
    dividends = 0.0 if world.spends_first else grow(world, now, step)
    level = level if world.spends_first else now.prices
    spent = spent_now(world, level, dividends)
    alive = settle(world, dated, step, spent, level) and spent >= world.floor_pa * world.dt * level
    if world.spends_first and alive:
        dividends = grow(world, now, step)
    alive = alive and looked_at(world, step, now.prices)
    if record.shape[0] > 0:
        write(record[step], world, dated, now.prices, spent, dividends)
    return alive


def begin_year(world: World, debt: float, step: int, level: float) -> None:
    """This year's spending, and the portfolio back to its weights."""
    if world.rebalanced and step > 0:
        for pledge in range(-1, world.loan_count):
            rebalance(world, pledge)
    if world.rule == CONSTANT or world.rule == DIVIDENDS:
        return
    wealth = net_worth(world) - debt
    rules = SpendingRules(
        world.rule, world.amount_pa, world.rate, world.floor_pa, world.ceiling_pa, world.real_return_pa, world.years,
        world.forgo_raise_after_loss,
    )  # fmt: skip
    if step == 0:
        world.year_spending = first_year(rules, wealth)
        world.first_rate = world.year_spending / wealth if wealth > 0.0 else math.inf
    else:
        inflation = level / world.year_level - 1.0
        world.year_spending = next_year(
            rules, world.year_spending, world.first_rate, inflation, level, wealth, world.year_wealth,
            step // world.steps_per_year,
        )  # fmt: skip
    world.year_level, world.year_wealth = level, wealth


def spent_now(world: World, level: float, dividends: float) -> float:
    """What is spent in a step: the constant rule follows prices step by step, `dividends` spends what came in."""
    if world.rule == CONSTANT:
        return world.amount_pa * world.dt * level
    return dividends if world.rule == DIVIDENDS else world.year_spending * world.dt


def grow(world: World, now: Drawn, step: int) -> float:
    """Returns, dividends out of them and interest; net dividends, which are paid into cash."""
    if world.continuous and world.loan_count > 0:
        look_within(world, now, step, BUSINESS_DAYS * world.dt / 2.0, kept_cash(world, now.prices))
    dividends = 0.0
    cap = world.highest_yield * world.dt
    for k in range(world.asset_count):
        asset = world.assets[k]
        value = asset.value * now.growth[asset.series]
        if asset.dividend > 0.0:
            asset.dividend *= now.dividends
            paid = dividend_paid(asset.dividend, value, world.dt, cap)
            value -= paid
            dividends += paid * (1.0 - asset.dividend_tax)
        asset.value = value
    accrue(world)
    world.cash = world.cash + max(0.0, world.cash) * world.cash_rate * world.dt + dividends
    return dividends


def accrue(world: World) -> None:
    """Interest of a step on loans and lines."""
    for i in range(world.loan_count):
        loan = world.loans[i]
        rate = loan.rate
        if loan.last_tier > loan.first_tier:
            floors = world.tier_floor[loan.first_tier : loan.last_tier]
            rate = tier_rate(loan.balance, floors, world.tier_rate[loan.first_tier : loan.last_tier])
        loan.accrued += accrual(loan.balance, rate, world.dt)
    for j in range(world.line_count):
        line = world.lines[j]
        line.interest = line_cost(line.drawn, line.limit, line.rate, line.fee, world.dt)


def kept_cash(world: World, level: float) -> float:
    """The living reserve, which no cure may touch."""
    return world.reserve_months * world.amount_pa * level / 12.0


def settle(world: World, dated: Dated, step: int, spent: float, level: float) -> bool:
    """Income in, spending and debt service out, then surplus or shortfall; False when something stays unpaid."""
    cash = world.cash + money_in(dated, spent, level)
    for i in range(world.loan_count):
        if world.capitalised:
            world.loans[i].balance += world.loans[i].accrued
        else:
            cash -= world.loans[i].accrued
        world.loans[i].accrued = 0.0
    for j in range(world.line_count):
        cash -= world.lines[j].interest
    world.cash = max(0.0, cash)
    if cash >= 0.0:
        surplus = cash - world.cash_target_real * level
        if surplus > DUST:
            use_surplus(world, surplus)
        return True
    need = -cash
    if world.borrows:
        need -= borrow(world, need)
    return raise_money(world, need, 0.0, step, True) <= DUST - 1e-12 * cash


def looked_at(world: World, step: int, level: float) -> bool:
    """The lenders' look at the end of a step; False when a debt with nothing pledged behind it cannot be paid."""
    if world.loan_count > 0:
        near = lenders_look(world, step, BUSINESS_DAYS * world.dt, kept_cash(world, level))
        if near and not settle_uncovered(world, step):
            return False
    if world.line_count > 0:
        note(world, LINE_EXHAUSTED, step, line_exhausted(world))
    return True


def write(row: Floats, world: World, dated: Dated, level: float, spent: float, dividends: float) -> None:
    """One recorded step, in the columns of RECORD."""
    for column in range(len(RECORD)):
        row[column] = 0.0
    pledged = 0.0
    for k in range(world.asset_count):
        row[0] += world.assets[k].value
        pledged += world.assets[k].value if world.assets[k].pledged >= 0 else 0.0
    row[1] = world.cash
    for i in range(world.loan_count):
        row[2] += owed(world.loans[i])
    for j in range(world.line_count):
        row[3] += world.lines[j].drawn
    row[4] = net_worth(world) - dated.debt
    row[5], row[6], row[8] = level, spent, dividends
    row[7] = dated.income + dated.income_real * level
    row[9] = row[2] / pledged if pledged > 0.0 else 0.0
