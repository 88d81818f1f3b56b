"""Who pays a shortfall, and what a surplus does: the household's order, over a span of paths.

Sources: cash and dividends (dividends are paid into cash, so both are cash here), undrawn credit lines, sale of what is
free, sale of what is pledged. Pledged holdings are sold to live on only as far as the loan stays at its freeze; what
the sale must repay for that is repaid. A recorded block adds every source's part to `paid`.
"""

from __future__ import annotations

from alm.step.block import (
    BUY,
    CASH,
    CREDIT_LINE,
    FREE,
    LINE_EXHAUSTED,
    MONEY_TOLERANCE,
    PLEDGED_SALE,
    REPAY_LINE,
    REPAY_LOAN,
    SOURCES,
    UNPLEDGED_SALE,
    Book,
    House,
)
from alm.step.books import (
    assets_of,
    buy,
    fill,
    kept_of_all,
    lending_value,
    repay,
    sell_share,
    shrink,
)
from alm.step.sale import release


def raise_money(house: House, book: Book, sources: int, reserved: bool, purpose: int, step: int, n: int) -> None:
    """Take `need` from the sources in their order; what none of them pays stays in `need`.

    `reserved`: the living reserve stays in cash. `purpose`: whose ledger the parts go to.
    """
    row, need, taken = house.terms, book[house.terms.need], book[house.terms.taken]
    while sources > 0:
        source = sources & 7
        sources >>= 3
        fill(taken, 0.0, n)
        if source == CASH:
            take_cash(house, book, reserved, n)
        elif source == CREDIT_LINE:
            draw_lines(house, book, step, n)
        elif source == UNPLEDGED_SALE:
            sell_free(house, book, n)
        elif source == PLEDGED_SALE:
            release_pledged(house, book, n)
        for p in range(n):
            need[p] = max(0.0, need[p] - taken[p])
        if row.recorded:
            paid = book[row.paid + purpose * len(SOURCES) + source]
            for p in range(n):
                paid[p] += taken[p]


def take_cash(house: House, book: Book, reserved: bool, n: int) -> None:
    """Into `taken`: from cash, above the living reserve (months / 12 · essential spending · level) if `reserved`."""
    row = house.terms
    cash, level, need, taken = book[row.cash], book[row.level], book[row.need], book[row.taken]
    reserve = row.reserve_months * row.reserve_pa / 12.0 if reserved else 0.0
    for p in range(n):
        part = max(0.0, min(need[p], cash[p] - reserve * level[p]))
        cash[p] -= part
        taken[p] = part


def draw_lines(house: House, book: Book, step: int, n: int) -> None:
    """Into `taken`: the lines in their order, each to its limit, none from the step in which it expires."""
    row = house.terms
    need, taken = book[row.need], book[row.taken]
    for j in range(row.line_count):
        if step < house.lines[j].expires:
            drawn, limit = book[row.drawn + j], house.lines[j].limit
            for p in range(n):
                more = max(0.0, min(need[p] - taken[p], limit - drawn[p]))
                drawn[p] += more
                taken[p] += more


def sell_free(house: House, book: Book, n: int) -> None:
    """Into `taken`: the share need / K of everything free, at most all, with K what selling it all leaves after cost
    and tax."""
    row = house.terms
    kept_of_all(house, book, FREE, n)
    need, taken, kept, share = book[row.need], book[row.taken], book[row.kept], book[row.share]
    for p in range(n):
        share[p] = min(1.0, need[p] / kept[p]) if kept[p] > 0.0 else 0.0
        taken[p] = min(need[p], kept[p]) if kept[p] > 0.0 else 0.0
    sell_share(house, book, FREE, n)


def release_pledged(house: House, book: Book, n: int) -> None:
    """Into `taken`: pledged holdings, loan by loan, as far as each lender releases them."""
    row = house.terms
    need, taken, surplus, share = book[row.need], book[row.taken], book[row.surplus], book[row.share]
    for i in range(row.loan_count):
        lending_value(house, book, i, n)
        kept_of_all(house, book, i, n)
        lending, kept, freeze = book[row.lending], book[row.kept], book[row.freeze_ltv + i]
        balance, accrued = book[row.balance + i], book[row.accrued + i]
        for p in range(n):
            owed, room = balance[p] + accrued[p], freeze[p] * lending[p]
            released, share[p], surplus[p] = release(need[p] - taken[p], owed, room, kept[p])
            taken[p] += released
        sell_share(house, book, i, n)
        repay(house, book, i, surplus, n)


def borrow(house: House, book: Book, n: int) -> None:
    """Draw on the first loan towards `need`: up to freeze · Λ − L, a millionth less: rounding freezes nothing."""
    row = house.terms
    lending_value(house, book, 0, n)
    lending, need, freeze, frozen = book[row.lending], book[row.need], book[row.freeze_ltv], book[row.frozen]
    balance, accrued = book[row.balance], book[row.accrued]
    for p in range(n):
        room = freeze[p] * lending[p] * (1.0 - 1e-6) - balance[p] - accrued[p]
        more = max(0.0, min(need[p], room)) if frozen[p] == 0.0 else 0.0
        balance[p] += more
        need[p] -= more


def use_surplus(house: House, book: Book, n: int) -> None:
    """Put `surplus` to the plan's uses in their order; what none of them takes stays cash."""
    row = house.terms
    surplus, taken, cash, uses = book[row.surplus], book[row.taken], book[row.cash], row.uses
    while uses > 0:
        use = uses & 7
        uses >>= 3
        for p in range(n):
            surplus[p] = surplus[p] if surplus[p] > MONEY_TOLERANCE else 0.0
            taken[p] = 0.0
        if use == REPAY_LINE:
            repay_lines(house, book, n)
        elif use == REPAY_LOAN:
            repay_loans(house, book, n)
        elif use == BUY:
            for k in range(row.asset_count):
                buy(house, book, k, surplus, house.assets[k].share, n)
            for p in range(n):
                taken[p] = surplus[p]
        for p in range(n):
            cash[p] -= taken[p]
            surplus[p] -= taken[p]
        if row.recorded:
            used = book[row.used + use]
            for p in range(n):
                used[p] += taken[p]


def repay_lines(house: House, book: Book, n: int) -> None:
    """Into `taken`: of `surplus`, what lines are drawn, in their order."""
    row = house.terms
    surplus, taken = book[row.surplus], book[row.taken]
    for j in range(row.line_count):
        drawn = book[row.drawn + j]
        for p in range(n):
            part = min(surplus[p] - taken[p], drawn[p])
            drawn[p] -= part
            taken[p] += part


def repay_loans(house: House, book: Book, n: int) -> None:
    """Into `taken`: of `surplus`, what loans are owed, in their order, interest first."""
    row = house.terms
    surplus, taken, part = book[row.surplus], book[row.taken], book[row.kept]
    for i in range(row.loan_count):
        balance, accrued = book[row.balance + i], book[row.accrued + i]
        for p in range(n):
            part[p] = min(surplus[p] - taken[p], balance[p] + accrued[p])
            taken[p] += part[p]
        repay(house, book, i, part, n)


def rebalance(house: House, book: Book, pledge: int, n: int) -> None:
    """Back to the plan's weights within one pledge: sell the excess V − weight · Σ V of each, buy with what is left
    after cost and tax, in proportion to what each lacks. Gains and losses of taxable accounts are set against each
    other. What was pledged later has no weight and is held as it is."""
    row, (begin, end) = house.terms, assets_of(house, pledge)
    market, proceeds, lacking, gain = book[row.market], book[row.taken], book[row.need], book[row.gain]
    for out in (market, proceeds, lacking, gain):
        fill(out, 0.0, n)
    for k in range(begin, end):
        if house.assets[k].weight > 0.0:
            value = book[row.value + k]
            for p in range(n):
                market[p] += value[p]
    for k in range(begin, end):
        if house.assets[k].weight > 0.0:
            sell_excess(house, book, k, n)
    for p in range(n):
        proceeds[p] -= max(0.0, gain[p])
    part = book[row.surplus]
    for k in range(begin, end):
        value, weight = book[row.value + k], house.assets[k].weight
        for p in range(n):
            lack = max(0.0, weight * market[p] - value[p])
            part[p] = lack * proceeds[p] / lacking[p] if lacking[p] > 0.0 else 0.0
        buy(house, book, k, part, 1.0, n)


def sell_excess(house: House, book: Book, k: int, n: int) -> None:
    """What one asset has above its weight: proceeds into `taken`, its taxed gain into `gain`, what it lacks into
    `need`."""
    row, asset, net = house.terms, house.assets[k], 1.0 - house.terms.sale_cost
    market, proceeds, lacking, gain = book[row.market], book[row.taken], book[row.need], book[row.gain]
    value, cost, left, weight, rate = (
        book[row.value + k],
        book[row.cost + k],
        book[row.share],
        asset.weight,
        asset.gains_tax,
    )
    pooled = 1.0 if asset.offsets else 0.0
    for p in range(n):
        excess = value[p] - weight * market[p]
        lacking[p] += max(0.0, -excess)
        sold = max(0.0, excess) / value[p] if excess > 0.0 else 0.0
        taxed = sold * rate * (value[p] * net - cost[p])
        proceeds[p] += sold * value[p] * net - (1.0 - pooled) * max(0.0, taxed)
        gain[p] += pooled * taxed
        left[p] = 1.0 - sold
    shrink(house, book, k, left, n)


def exhausted_lines(house: House, book: Book, step: int, n: int) -> None:
    """Note the paths on which there are lines and nothing of them is left undrawn."""
    row, undrawn, total = house.terms, book[house.terms.taken], 0.0
    fill(undrawn, 0.0, n)
    for j in range(row.line_count):
        limit, drawn = house.lines[j].limit, book[row.drawn + j]
        total += limit
        for p in range(n):
            undrawn[p] += max(0.0, limit - drawn[p])
    if total <= 0.0:
        return
    noted, done = book[row.first + LINE_EXHAUSTED], book[row.done]
    for p in range(n):
        spent = float(step) if undrawn[p] <= MONEY_TOLERANCE else -1.0
        noted[p] = spent if noted[p] + done[p] < 0.0 else noted[p]
