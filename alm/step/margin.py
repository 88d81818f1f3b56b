"""The lenders look: freeze, call, cure, sale. What one lender does is a scalar affair of one path.

The rules themselves are `alm.step.lender`; here they meet the path's money. The household answers a call on the day it
comes with all it can find before it would sell what is pledged; the lender sells what is missing when the last day has
passed. A step that contains the deadline contains the sale.
"""

from __future__ import annotations

import math

from alm.step.block import (
    CALL,
    END,
    FORCED_SALE,
    FREEZE,
    LENDER,
    MONEY_TOLERANCE,
    PLEDGED_SALE,
    RUIN,
    SOURCES,
    UNPLEDGED_SALE,
    Book,
    House,
)
from alm.step.books import (
    fill,
    gather,
    kept,
    lending,
    lending_value,
    market,
    owed,
    record_first,
    repay,
    scatter,
    sell_share,
)
from alm.step.events import CALLED, LATE_INTEREST, PAID_IN, PLEDGED_MORE, SOLD_BY_LENDER, log_event
from alm.step.interest import late_interest
from alm.step.lender import (
    CALM,
    CURE,
    NOTHING,
    SELL_ALL,
    SELL_DUE,
    SELL_PART,
    LenderRules,
    LenderState,
    after_sale,
    cured,
    kind_at_forced,
    look,
    reached,
    sale_target,
    unanswered,
)
from alm.step.sale import cash_to_cure, sale_to_cure
from alm.step.waterfall import raise_money

NEARLY = 0.999999
"""A ratio this close below a threshold is looked at as if it were there: rounding must not hide a look."""


def margin_checks(house: House, book: Book, one: Book, step: int, days: float, n: int) -> None:
    """Every lender looks at every path, `days` business days after the last look."""
    row = house.terms
    needs_look, done = book[row.needs_look], book[row.done]
    fill(needs_look, 0.0, n)
    for i in range(row.loan_count):
        lending_value(house, book, i, n)
        counted, watched = book[row.lending], book[row.watched + i]
        balance, accrued = book[row.balance + i], book[row.accrued + i]
        for p in range(n):
            debt = balance[p] + accrued[p]
            owing = 0.0 if debt <= MONEY_TOLERANCE else 1.0 - done[p]
            needs_look[p] += owing if debt >= watched[p] * counted[p] * NEARLY else 0.0
    for p in range(n):
        if needs_look[p] > 0.0:
            gather(house, book, p, one)
            margin_check(house, one, step, days)
            scatter(house, one, book, p)
    if row.borrows or row.recorded:
        thaw(house, book, n)


def thaw(house: House, book: Book, n: int) -> None:
    """No draw is frozen where no lender had anything to look at."""
    needs_look = book[house.terms.needs_look]
    for i in range(house.terms.loan_count):
        frozen = book[house.terms.frozen + i]
        for p in range(n):
            frozen[p] = frozen[p] if needs_look[p] > 0.0 else 0.0


def margin_check(house: House, one: Book, step: int, days: float) -> None:
    """The lenders look at one path, in the order of the books, and what is then owed without collateral is due."""
    row = house.terms
    for i in range(row.loan_count):
        debt = owed(house, one, i)
        if debt <= MONEY_TOLERANCE:
            remember(house, one, i, CALM)
        elif debt >= one[row.watched + i][0] * lending(house, one, i) * NEARLY:
            act(house, one, i, step, days)
        else:
            one[row.frozen + i][0] = 0.0
    for i in range(row.loan_count):
        if owed(house, one, i) > MONEY_TOLERANCE and market(house, one, i) <= MONEY_TOLERANCE:
            settle_uncovered(house, one, i, step)


def watched_ltv(house: House, one: Book, loan: int) -> float:
    """Below it a look changes nothing: 0 while a call or a sale runs; the freeze until a path has met its first, and as
    long as the household borrows to spend or the block is recorded; the call or the forced sale from then on."""
    row, call, forced = house.terms, float(house.loans[loan].call_ltv), float(house.loans[loan].forced_ltv)
    if one[row.call_open + loan][0] > 0.0 or one[row.liquidating + loan][0] > 0.0:
        return 0.0
    freeze = one[row.freeze_ltv + loan][0]
    if row.borrows or row.recorded or one[row.first + FREEZE][0] < 0.0:
        return min(freeze, forced)
    return min(freeze if call < freeze else call, forced)


def act(house: House, one: Book, i: int, step: int, days: float) -> None:
    """One lender's look at one path, `days` business days after his last: demand, the household's payment, his sale.

    A deadline inside those days has passed by the end of the look, and what is then missing is sold in it.
    """
    row = house.terms
    rules, was_open = rules_of(house, one, i), one[row.call_open + i][0] > 0.0
    debt, counted = owed(house, one, i), lending(house, one, i)
    state, demand = look(rules, remembered(house, one, i), debt, counted, 0.0, days, one[row.answered + i][0])
    if state.frozen:
        record_first(house, one, FREEZE, step, 0)
    if demand != NOTHING and reached(debt, counted, rules.call_ltv):
        record_first(house, one, CALL, step, 0)
    if state.call_open and not was_open:
        log_event(house, one, CALLED, i, cash_to_cure(debt, counted, rules.cure_ltv), 0.0, 0)
    if demand == CURE:
        if cure(house, one, i, step):
            state, demand = LenderState(state.frozen, False, 0.0, False, 0.0), NOTHING
        else:
            demand = unanswered(rules, state, owed(house, one, i), lending(house, one, i), days)
    if state.liquidating and one[row.liquidating + i][0] == 0.0:
        one[row.ordered + i][0] = share_to_sell(house, one, i, sale_target(rules, kind_at_forced(rules), 0.0), 0.0)
    if demand in (SELL_PART, SELL_ALL, SELL_DUE):
        if sell_for_lender(house, one, i, sale_target(rules, demand, 0.0)):
            record_first(house, one, FORCED_SALE, step, 0)
        state = after_sale(state, demand)
    remember(house, one, i, state)


def cure(house: House, one: Book, i: int, step: int) -> bool:
    """Pay a call from what the household's order puts before the sale of what is pledged; True when it is met."""
    row = house.terms
    if row.posts:
        if pay_in(house, one, i, row.liquid, step):
            return True
        pledge_more(house, one, i)
    return pay_in(house, one, i, row.before_pledged, step)


def pay_in(house: House, one: Book, i: int, sources: int, step: int) -> bool:
    """Pay L − cure · Λ from some sources; True when all of it is paid. A part payment stays with the lender."""
    row = house.terms
    one[row.need][0] = cash_to_cure(owed(house, one, i), lending(house, one, i), one[row.cure_ltv + i][0])
    one[row.answered + i][0] += pay_into(house, one, i, sources, True, step)
    return one[row.need][0] <= MONEY_TOLERANCE


def pay_into(house: House, one: Book, i: int, sources: int, reserved: bool, step: int) -> float:
    """Repay a loan with `need`, source by source, as far as they go; what was paid. Each part is an event."""
    row, whole = house.terms, 0.0
    while sources > 0:
        source = sources & 7
        sources >>= 3
        need, sold = one[row.need][0], one[row.sold + row.loan_count][0]
        raise_money(house, one, source, reserved, LENDER, step, 1)
        paid = need - one[row.need][0]
        if paid > 0.0:
            gross = one[row.sold + row.loan_count][0] - sold if source == UNPLEDGED_SALE else paid
            log_event(house, one, PAID_IN, i, gross, paid, source)
            one[row.surplus][0] = paid
            repay(house, one, i, one[row.surplus], 1)
            whole += paid
    return whole


def pledge_more(house: House, one: Book, i: int) -> None:
    """Pledge further assets, each whole, in their order until the call is met."""
    row = house.terms
    for k in range(row.first_free, row.asset_count):
        twin = house.twins[k * row.loan_count + i]
        target = one[row.cure_ltv + i][0]
        if twin < 0 or one[row.value + k][0] <= 0.0:
            continue
        if cured(owed(house, one, i), lending(house, one, i), target):
            return
        log_event(house, one, PLEDGED_MORE, i, one[row.value + k][0], 0.0, 0)
        for rows in (row.value, row.cost, row.dividend, row.payout):
            one[rows + twin][0] += one[rows + k][0]
            one[rows + k][0] = 0.0


def sell_for_lender(house: House, one: Book, i: int, target: float) -> bool:
    """The lender's own sale down to a target ratio; whether anything was sold.

    Late interest z, as the contract charges it, is added first; proceeds s · K repay it, then the principal, and what
    exceeds both is cash. s is what restores the target at today's prices, or the share of an order made earlier.
    """
    row = house.terms
    whole = market(house, one, i)
    if whole <= 0.0:
        return False
    late = late_charge(house, one, i)
    ordered = one[row.liquidating + i][0] > 0.0
    share = one[row.ordered + i][0] if ordered else share_to_sell(house, one, i, target, late)
    if share <= 0.0:
        return False
    one[row.accrued + i][0] += late
    proceeds = share * kept(house, one, i)
    log_event(house, one, SOLD_BY_LENDER, i, share * whole, proceeds, PLEDGED_SALE)
    if late > 0.0:
        log_event(house, one, LATE_INTEREST, i, late, late, 0)
    one[row.share][0] = share
    sell_share(house, one, i, 1)
    debt = owed(house, one, i)
    one[row.surplus][0] = min(debt, proceeds)
    one[row.paid + LENDER * len(SOURCES) + PLEDGED_SALE][0] += min(debt, proceeds)
    repay(house, one, i, one[row.surplus], 1)
    one[row.cash][0] += max(0.0, proceeds - debt)
    return True


def late_charge(house: House, one: Book, i: int) -> float:
    """Late interest of one sale: on what the contract says, until the trade or until its proceeds are applied."""
    loan = house.loans[i]
    charged = one[house.terms.balance + i][0] if loan.late_on_principal else owed(house, one, i)
    days = loan.execution_days if loan.late_until_trade else loan.settlement_days
    return late_interest(charged, loan.late_rate_pa, days)


def share_to_sell(house: House, one: Book, i: int, target: float, late: float) -> float:
    """s = (L + late − target · Λ) / (K − target · Λ), with K what selling all leaves: the share of what is pledged
    whose sale restores the target. 1 where none does, or where this lender sells everything."""
    whole = market(house, one, i)
    if target < 0.0 or whole <= 0.0:
        return 1.0
    ratio = target * lending(house, one, i) / whole
    return min(1.0, sale_to_cure(owed(house, one, i) + late, whole, kept(house, one, i) / whole, ratio) / whole)


def settle_uncovered(house: House, one: Book, i: int, step: int) -> None:
    """What a lender is still owed once nothing pledged is left is due now, from every source, the living reserve
    included; a path that cannot pay it is ruined."""
    one[house.terms.need][0] = owed(house, one, i)
    pay_into(house, one, i, house.terms.sources, False, step)
    if one[house.terms.need][0] > MONEY_TOLERANCE:
        ruin(house, one, one[house.terms.need][0], step, 0)


def ruin(house: House, book: Book, unpaid: float, step: int, p: int) -> None:
    """A path ends in the step in which something stays unpaid."""
    row = house.terms
    if book[row.done][p] == 0.0:
        record_first(house, book, RUIN, step, p)
        record_first(house, book, END, step, p)
        book[row.done][p] = 1.0
    book[row.unpaid][p] += unpaid


def rules_of(house: House, one: Book, i: int) -> LenderRules:
    """The contract with the thresholds in force on one path; a concentration rule is already in them."""
    loan = house.loans[i]
    freeze, target = one[house.terms.freeze_ltv + i][0], one[house.terms.cure_ltv + i][0]
    return LenderRules(
        freeze, loan.call_ltv, loan.forced_ltv, target, loan.cure_days, loan.forced_days, loan.call_stays_open,
        loan.full_liquidation, loan.execution_days, loan.settlement_days, loan.late_rate_pa, math.inf, freeze, target,
        loan.forced_cure_ltv, loan.forced_above,
    )  # fmt: skip


def remembered(house: House, one: Book, i: int) -> LenderState:
    """What a lender knows of one path since his last look."""
    row = house.terms
    return LenderState(
        one[row.frozen + i][0] > 0.0, one[row.call_open + i][0] > 0.0, one[row.days_left + i][0],
        one[row.liquidating + i][0] > 0.0, one[row.due_days + i][0],
    )  # fmt: skip


def remember(house: House, one: Book, i: int, state: LenderState) -> None:
    """Write it for his next look; what answered a call is forgotten with the call."""
    row = house.terms
    one[row.frozen + i][0] = 1.0 if state.frozen else 0.0
    one[row.call_open + i][0] = 1.0 if state.call_open else 0.0
    one[row.answered + i][0] = one[row.answered + i][0] if state.call_open else 0.0
    one[row.days_left + i][0] = state.days_left
    one[row.liquidating + i][0] = 1.0 if state.liquidating else 0.0
    one[row.due_days + i][0] = state.due_days
    one[row.watched + i][0] = watched_ltv(house, one, i)
