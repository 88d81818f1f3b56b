"""The lender acts inside a path: freeze, call, cure, sale. Plain functions that also compile with numba.

The rules themselves are `alm.mechanics.lender`; here they meet the path's money. A sale counts as forced when pledged
holdings are sold because the lender demands it, whether the lender sells or the household does to meet the call.
"""

from __future__ import annotations

import math

from alm.fire.books import (
    kept_of_all,
    lending_value,
    market_value,
    owed,
    remember,
    remembered,
    repay,
    rules_of,
    sell_share,
)
from alm.fire.flows import DUST, raise_money
from alm.fire.rows import LoanRow, World
from alm.mechanics.interest import late_interest
from alm.mechanics.lender import CALM, CURE, NOTHING, SELL_ALL, SELL_PART, cured, look, overdue, reached
from alm.mechanics.sale import cash_to_cure, sale_to_cure

# Columns of `first`: the step in which each thing happened first, −1 for never.
FREEZE, CALL, FORCED_SALE, LINE_EXHAUSTED, RUIN, END = range(6)
EVENTS = ("freeze", "call", "forced_sale", "line_exhausted", "ruin", "end")

# A ratio this close below a threshold is looked at as if it were there: rounding must not hide a look.
NEARLY = 0.999999


def lenders_look(world: World, step: int, days: float, keep_cash: float) -> bool:
    """Every lender looks once, `days` business days after the last; the household answers; what is overdue is sold.

    Returns whether any of them was near enough to act.
    """
    near = False
    for i in range(world.loan_count):
        loan = world.loans[i]
        if owed(loan) <= DUST:
            remember(loan, CALM)
            continue
        lending = lending_value(world, i)
        if loan.call_open or loan.liquidating or owed(loan) >= watched_ltv(world, loan) * lending * NEARLY:
            near = True
            _act(world, i, step, days, keep_cash)
        else:
            loan.frozen = reached(owed(loan), lending, loan.freeze_ltv)
    return near


def watched_ltv(world: World, loan: LoanRow) -> float:
    """Below it a look changes nothing but whether draws are frozen: the freeze itself until a path has met its first,
    and as long as the household borrows to spend; the call or the forced sale from then on."""
    if world.borrows or world.first[FREEZE] < 0:
        return loan.freeze_ltv
    return min(loan.freeze_ltv if loan.call_ltv < loan.freeze_ltv else loan.call_ltv, loan.forced_ltv)


def _act(
    world: World, i: int, step: int, days: float,
    keep_cash: float,
) -> None:  # fmt: skip
    loan, lending = world.loans[i], lending_value(world, i)
    rules = rules_of(loan)
    state, demand = look(rules, remembered(loan), owed(loan), lending, 0.0, days)
    note(world, FREEZE, step, state.frozen)
    note(world, CALL, step, demand != NOTHING and reached(owed(loan), lending, rules.call_ltv))
    if demand == CURE:
        if _cure(world, i, step, keep_cash):
            state, demand = CALM, NOTHING
        elif overdue(state, days):
            demand = SELL_ALL if rules.full_liquidation else SELL_PART
    if demand in (SELL_PART, SELL_ALL):
        note(world, FORCED_SALE, step, sell_for_lender(world, loan, i, demand == SELL_ALL))
        state = CALM
    remember(loan, state)


def _cure(world: World, i: int, step: int, keep_cash: float) -> bool:
    """Pay the call from the waterfall in its order; True when the target is reached.

    Where no sale of pledged holdings reaches it, what the order puts behind that sale pays before they are sold.
    """
    if world.posts:
        _cure_by_pledging(world, i, step, keep_cash)
    if _pay_in(world, i, step, keep_cash, world.before_pledged):
        return True
    if not math.isfinite(sale_needed(world, world.loans[i], i)) and _pay_in(world, i, step, keep_cash, world.sources):
        return True
    sold = sale_needed(world, world.loans[i], i)
    if not math.isfinite(sold):
        return False
    note(world, FORCED_SALE, step, sold > 0.0)
    repay(world.loans[i], _sell(world, i, sold))
    return True


def _pay_in(world: World, i: int, step: int, keep_cash: float, sources: int) -> bool:
    """Pay towards the cure target from some of the sources, nothing pledged sold; True when it is reached."""
    loan, order = world.loans[i], world.sources
    need = cash_to_cure(owed(loan), lending_value(world, i), loan.cure_ltv)
    world.sources = sources
    left = raise_money(world, need, keep_cash, step, False)
    world.sources = order
    repay(loan, need - left)
    return left <= DUST


def _cure_by_pledging(world: World, i: int, step: int, keep_cash: float) -> None:
    """What is liquid pays first, as far as it comes before any sale; then further assets are pledged, each whole."""
    loan = world.loans[i]
    _pay_in(world, i, step, keep_cash, world.liquid)
    for k in range(world.asset_count):
        asset = world.assets[k]
        if asset.pledgeable and asset.pledged == -1 and not cured(owed(loan), lending_value(world, i), loan.cure_ltv):
            asset.pledged = i


def sale_needed(world: World, loan: LoanRow, i: int) -> float:
    """Market value whose sale restores the cure target; infinite when none does."""
    market = market_value(world, i)
    if market <= 0.0:
        return math.inf
    target = loan.cure_ltv * lending_value(world, i) / market
    return sale_to_cure(owed(loan), market, kept_of_all(world, i) / market, target)


def _sell(world: World, i: int, sold: float) -> float:
    market = market_value(world, i)
    proceeds = sold / market * kept_of_all(world, i)
    sell_share(world, i, sold / market)
    return proceeds


def sell_for_lender(world: World, loan: LoanRow, i: int, everything: bool) -> bool:
    """The lender's own sale, with late interest until the proceeds are applied; what is left over is cash."""
    market = market_value(world, i)
    if market <= 0.0:
        return False
    loan.accrued += late_interest(owed(loan), loan.late_rate_pa, loan.settlement_days)
    sold = market if everything else min(market, sale_needed(world, loan, i))
    if sold <= 0.0:
        return False
    proceeds = _sell(world, i, sold)
    debt = owed(loan)
    repay(loan, min(debt, proceeds))
    world.cash += max(0.0, proceeds - debt)
    return True


def settle_uncovered(world: World, step: int) -> bool:
    """What a lender is still owed once nothing pledged is left must be paid now; False when it cannot be."""
    for i in range(world.loan_count):
        debt = owed(world.loans[i])
        if debt > DUST and market_value(world, i) <= DUST:
            left = raise_money(world, debt, 0.0, step, True)
            repay(world.loans[i], debt - left)
            if left > DUST:
                return False
    return True


def note(world: World, event: int, step: int, happened: bool) -> None:
    """Keep the first step of an event."""
    if happened and world.first[event] < 0:
        world.first[event] = step
