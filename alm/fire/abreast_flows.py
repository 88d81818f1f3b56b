"""Income, spending and debt service of many paths at once: what a surplus does, who pays a shortfall.

It is `settle` of `alm.fire.walk` and `alm.fire.flows` over all lanes, in the same order of sources and uses and by the
same formulas. Nothing to use or to pay changes nothing, so every lane goes through. Compiles with numba.
"""

from __future__ import annotations

from alm.fire.books import money_in, net_of_sale, repaid
from alm.fire.flows import BUY, CREDIT_LINE, DUST, PLEDGED_SALE, REPAY_LINE, REPAY_LOAN, UNPLEDGED_SALE
from alm.fire.lanes import Lanes, fill
from alm.fire.rows import Dated, Floats, World
from alm.mechanics.sale import release


def settle_abreast(world: World, lanes: Lanes, dated: Dated, step: int) -> None:
    """`settle`: odd where something stays unpaid, or the household would borrow to pay it."""
    n, money, surplus, need, odd, level = lanes.count, lanes.money[0], lanes.surplus, lanes.need, lanes.odd, lanes.level
    pay_interest(world, lanes, dated)
    cash, target, short, over = money.cash, world.cash_target_real, 0, 0
    for lane in range(n):
        need[lane] = max(0.0, -cash[lane])
        cash[lane] = max(0.0, cash[lane])
        surplus[lane] = cash[lane] - target * level[lane]
        short += 1 if need[lane] > 0.0 else 0
        over += 1 if surplus[lane] > DUST else 0
    if over > 0:
        use_abreast(world, lanes)
    if short > 0:
        unpaid = lanes.surplus
        for lane in range(n):
            unpaid[lane] = DUST + 1e-12 * need[lane]
            odd[lane] += 1.0 if world.borrows and need[lane] > 0.0 else 0.0
        raise_abreast(world, lanes, step)
        for lane in range(n):
            odd[lane] += 1.0 if need[lane] > unpaid[lane] else 0.0


def pay_interest(world: World, lanes: Lanes, dated: Dated) -> None:
    """Income into cash; spending, and interest on loans and lines, out of it, below zero where it is not enough."""
    n, money, spent, level, cash = lanes.count, lanes.money[0], lanes.spent, lanes.level, lanes.money[0].cash
    for lane in range(n):
        cash[lane] += money_in(dated, spent[lane], level[lane])
    for i in range(world.loan_count):
        balance, accrued = money.balance[i], money.accrued[i]
        if world.capitalised:
            for lane in range(n):
                balance[lane] += accrued[lane]
                accrued[lane] = 0.0
        else:
            for lane in range(n):
                cash[lane] -= accrued[lane]
                accrued[lane] = 0.0
    for j in range(world.line_count):
        interest = money.interest[j]
        for lane in range(n):
            cash[lane] -= interest[lane]


def use_abreast(world: World, lanes: Lanes) -> None:
    """`use_surplus`."""
    n, cash, surplus, paid, uses = lanes.count, lanes.money[0].cash, lanes.surplus, lanes.paid, world.uses
    while uses > 0:
        use = uses & 7
        uses >>= 3
        for lane in range(n):
            surplus[lane] = surplus[lane] if surplus[lane] > DUST else 0.0
            paid[lane] = 0.0
        if use == REPAY_LINE:
            repay_lines_abreast(world, lanes, surplus, paid)
        elif use == REPAY_LOAN:
            repay_loans_abreast(world, lanes, surplus, paid)
        elif use == BUY:
            buy_abreast(world, lanes, surplus, paid)
        for lane in range(n):
            cash[lane] -= paid[lane]
            surplus[lane] -= paid[lane]


def repay_lines_abreast(world: World, lanes: Lanes, amount: Floats, paid: Floats) -> None:
    for j in range(world.line_count):
        drawn = lanes.money[0].drawn[j]
        for lane in range(lanes.count):
            part = min(amount[lane] - paid[lane], drawn[lane])
            drawn[lane] -= part
            paid[lane] += part


def repay_loans_abreast(world: World, lanes: Lanes, amount: Floats, paid: Floats) -> None:
    for i in range(world.loan_count):
        balance, accrued = lanes.money[0].balance[i], lanes.money[0].accrued[i]
        for lane in range(lanes.count):
            part = min(amount[lane] - paid[lane], balance[lane] + accrued[lane])
            balance[lane], accrued[lane] = repaid(balance[lane], accrued[lane], part)
            paid[lane] += part


def buy_abreast(world: World, lanes: Lanes, amount: Floats, paid: Floats) -> None:
    money = lanes.money[0]
    for k in range(world.asset_count):
        value, cost, dividend = money.value[k], money.cost[k], money.dividend[k]
        share, reinvested = world.assets[k].share, world.assets[k].reinvest_yield
        for lane in range(lanes.count):
            part = amount[lane] * share
            value[lane] += part
            cost[lane] += part
            dividend[lane] += part * reinvested
            paid[lane] += part


def raise_abreast(world: World, lanes: Lanes, step: int) -> None:
    """`raise_money` where cash is used up already: what could not be found stays in `need`."""
    n, sources, need, paid = lanes.count, world.sources, lanes.need, lanes.paid
    while sources > 0:
        source = sources & 7
        sources >>= 3
        if source < CREDIT_LINE:
            continue
        for lane in range(n):
            need[lane] = max(0.0, need[lane])
            paid[lane] = 0.0
        if source == CREDIT_LINE:
            draw_abreast(world, lanes, need, paid, step)
        elif source == UNPLEDGED_SALE:
            sell_abreast(world, lanes, need, paid)
        elif source == PLEDGED_SALE:
            release_abreast(world, lanes, need, paid)
        for lane in range(n):
            need[lane] -= paid[lane]


def draw_abreast(world: World, lanes: Lanes, need: Floats, paid: Floats, step: int) -> None:
    for j in range(world.line_count):
        if step < world.lines[j].expires:
            drawn, limit = lanes.money[0].drawn[j], world.lines[j].limit
            for lane in range(lanes.count):
                more = min(need[lane] - paid[lane], max(0.0, limit - drawn[lane]))
                drawn[lane] += more
                paid[lane] += more


def sell_abreast(world: World, lanes: Lanes, need: Floats, paid: Floats) -> None:
    kept, left = lanes.kept, lanes.left
    kept_abreast(world, lanes, -1, kept)
    for lane in range(lanes.count):
        share = min(1.0, need[lane] / kept[lane]) if kept[lane] > 0.0 else 0.0
        left[lane] = max(0.0, 1.0 - share)
        paid[lane] = min(need[lane], kept[lane]) if kept[lane] > 0.0 else 0.0
    shrink_abreast(world, lanes, -1, left)


def release_abreast(world: World, lanes: Lanes, need: Floats, paid: Floats) -> None:
    lending, kept, left = lanes.lending, lanes.kept, lanes.left
    for i in range(world.loan_count):
        lending_abreast(world, lanes, i, lending)
        kept_abreast(world, lanes, i, kept)
        balance, accrued = lanes.money[0].balance[i], lanes.money[0].accrued[i]
        freeze = world.loans[i].freeze_ltv
        for lane in range(lanes.count):
            owed, room = balance[lane] + accrued[lane], freeze * lending[lane]
            taken, sold, back = release(need[lane] - paid[lane], owed, room, kept[lane])
            left[lane] = max(0.0, 1.0 - sold)
            balance[lane], accrued[lane] = repaid(balance[lane], accrued[lane], back)
            paid[lane] += taken
        shrink_abreast(world, lanes, i, left)


def lending_abreast(world: World, lanes: Lanes, pledge: int, out: Floats) -> None:
    """`lending_value` of every lane."""
    fill(lanes.count, out, 0.0)
    for k in range(world.asset_count):
        if world.assets[k].start_pledged == pledge:
            value, advance = lanes.money[0].value[k], world.assets[k].advance
            for lane in range(lanes.count):
                out[lane] += value[lane] * advance


def kept_abreast(world: World, lanes: Lanes, pledge: int, out: Floats) -> None:
    """`kept_of_all` of every lane."""
    fill(lanes.count, out, 0.0)
    for k in range(world.asset_count):
        if world.assets[k].start_pledged == pledge:
            value, cost, tax = lanes.money[0].value[k], lanes.money[0].cost[k], world.assets[k].gains_tax
            for lane in range(lanes.count):
                out[lane] += net_of_sale(value[lane], cost[lane], world.sale_cost, tax)


def shrink_abreast(world: World, lanes: Lanes, pledge: int, left: Floats) -> None:
    money = lanes.money[0]
    for k in range(world.asset_count):
        if world.assets[k].start_pledged == pledge:
            value, cost, dividend = money.value[k], money.cost[k], money.dividend[k]
            for lane in range(lanes.count):
                value[lane] *= left[lane]
                cost[lane] *= left[lane]
                dividend[lane] *= left[lane]
