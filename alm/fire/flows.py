"""Who pays a shortfall, and what a surplus does. Plain functions of rows that also compile with numba.

The order of both is the plan's. Sources of a waterfall: cash and dividends (dividends are paid into cash, so both are
cash here), undrawn credit lines, sale of what is not pledged, sale of what is. Pledged holdings are sold to live on
only as far as the loan stays at its freeze; what the sale must repay for that is repaid.
"""

from __future__ import annotations

from alm.fire.books import grow_by_purchase, kept_of_all, lending_value, market_value, owed, repay, sell_share, shrink
from alm.fire.rows import AssetRow, World
from alm.mechanics.sale import keep_share, release

SOURCES = ("", "cash", "dividends", "credit_line", "unpledged_sale", "pledged_sale")
CASH, CREDIT_LINE, UNPLEDGED_SALE, PLEDGED_SALE = 1, 3, 4, 5
USES = ("", "repay_line", "repay_loan", "buy")
REPAY_LINE, REPAY_LOAN, BUY = 1, 2, 3

# Money below a millionth of a unit is rounding, not a shortfall.
DUST = 1e-6


def packed(names: tuple[str, ...], known: tuple[str, ...]) -> int:
    """An order as one number: three bits a name, the first name lowest."""
    return sum(known.index(name) << 3 * place for place, name in enumerate(names))


def raise_money(world: World, need: float, keep_cash: float, step: int, release: bool) -> float:
    """Take `need` from the waterfall, leaving `keep_cash` in cash; returns what could not be found.

    With `release`, pledged holdings count as far as their loans allow.
    """
    sources = world.sources
    while sources > 0 and need > 0.0:
        source = sources & 7
        sources >>= 3
        if source == CASH:
            paid = min(need, max(0.0, world.cash - keep_cash))
            world.cash -= paid
            need -= paid
        elif source == CREDIT_LINE:
            need -= draw(world, need, step)
        elif source == UNPLEDGED_SALE:
            need -= sell_unpledged(world, need)
        elif source == PLEDGED_SALE and release:
            need -= release_pledged(world, need)
    return need


def draw(world: World, need: float, step: int) -> float:
    """Draw on the lines in their order until the need or the last limit; returns what came."""
    came = 0.0
    for j in range(world.line_count):
        if step < world.lines[j].expires:
            more = min(need - came, max(0.0, world.lines[j].limit - world.lines[j].drawn))
            world.lines[j].drawn += more
            came += more
    return came


def line_exhausted(world: World) -> bool:
    """Whether there are lines and nothing of them is left undrawn."""
    undrawn, limit = 0.0, 0.0
    for j in range(world.line_count):
        undrawn += max(0.0, world.lines[j].limit - world.lines[j].drawn)
        limit += world.lines[j].limit
    return limit > 0.0 and undrawn <= DUST


def sell_unpledged(world: World, need: float) -> float:
    """Sell the same share of everything unpledged, to raise `need` net of cost and tax; returns what came."""
    kept = kept_of_all(world, -1)
    if kept <= 0.0:
        return 0.0
    sell_share(world, -1, min(1.0, need / kept))
    return min(need, kept)


def release_pledged(world: World, need: float) -> float:
    """Sell pledged holdings, loan by loan, taking out what the freeze allows; returns what came."""
    came = 0.0
    for i in range(world.loan_count):
        loan = world.loans[i]
        room, kept = loan.freeze_ltv * lending_value(world, i), kept_of_all(world, i)
        taken, share, back = release(need - came, owed(loan), room, kept)
        if taken > 0.0:
            sell_share(world, i, share)
            repay(loan, back)
            came += taken
    return came


def borrow(world: World, need: float) -> float:
    """Draw on the first loan as far as its freeze allows; returns what came."""
    if world.loan_count == 0 or world.loans[0].frozen:
        return 0.0
    room = world.loans[0].freeze_ltv * lending_value(world, 0) * (1.0 - 1e-6) - owed(world.loans[0])
    more = max(0.0, min(need, room))
    world.loans[0].balance += more
    return more


def use_surplus(world: World, surplus: float) -> None:
    """Put what cash holds above its target to the plan's uses; what none of them takes stays cash."""
    uses = world.uses
    while uses > 0 and surplus > DUST:
        use = uses & 7
        uses >>= 3
        if use == REPAY_LINE:
            used = repay_lines(world, surplus)
        elif use == REPAY_LOAN:
            used = repay_loans(world, surplus)
        else:
            used = buy(world, surplus)
        world.cash -= used
        surplus -= used


def repay_lines(world: World, amount: float) -> float:
    paid = 0.0
    for j in range(world.line_count):
        part = min(amount - paid, world.lines[j].drawn)
        world.lines[j].drawn -= part
        paid += part
    return paid


def repay_loans(world: World, amount: float) -> float:
    paid = 0.0
    for i in range(world.loan_count):
        part = min(amount - paid, owed(world.loans[i]))
        repay(world.loans[i], part)
        paid += part
    return paid


def buy(world: World, amount: float) -> float:
    """Buy more of every asset in proportion to the plan's values, at no cost; returns what was spent."""
    spent = 0.0
    for k in range(world.asset_count):
        part = amount * world.assets[k].share
        grow_by_purchase(world.assets[k], part)
        spent += part
    return spent


def rebalance(world: World, pledge: int) -> None:
    """Back to the plan's weights within one pledge; what is sold pays its cost and tax."""
    market = market_value(world, pledge)
    proceeds, wanted = 0.0, 0.0
    for k in range(world.asset_count):
        if world.assets[k].pledged == pledge:
            excess = world.assets[k].value - world.assets[k].weight * market
            wanted += max(0.0, -excess)
            if excess > 0.0:
                proceeds += sell_one(world, world.assets[k], excess)
    for k in range(world.asset_count):
        lack = world.assets[k].weight * market - world.assets[k].value
        if world.assets[k].pledged == pledge and lack > 0.0 and wanted > 0.0:
            grow_by_purchase(world.assets[k], lack * proceeds / wanted)


def sell_one(world: World, asset: AssetRow, amount: float) -> float:
    """Sell an amount of one asset; returns what it brings."""
    keep = keep_share(asset.value, asset.cost, world.sale_cost, asset.gains_tax)
    shrink(asset, 1.0 - amount / asset.value)
    return amount * keep
