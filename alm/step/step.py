"""One step of a block of paths: the place where a household's money moves.

In this order, on every path: assets grow, dividends are paid out of them and interest accrues (`grow`); income,
spending and debt service, then surplus or shortfall through the waterfall (`settle`); the lenders look
(`margin_checks`), and before the growth at the step's worst moment (`barrier_checks`) where the plan asks for it. With
`spends_first` money moves before the growth. A path ends in ruin in the first step whose needs cannot be paid.

Amounts in the base currency; rates per year times `dt`, the step's length in years; `market.growth` is gross total
return, dividends are paid out of it.
"""

from __future__ import annotations

import math

from alm.step.block import CASH, DIVIDENDS, INCOME, LIFE, MONEY_TOLERANCE, SOURCES, Book, Dated, House, Row
from alm.step.books import fill, net_worth
from alm.step.interest import accrual
from alm.step.intraperiod import LEAST, barrier_checks
from alm.step.margin import margin_checks, ruin
from alm.step.market import Market
from alm.step.spending import CONSTANT, ONLY_DIVIDENDS, SpendingRules, first_year, next_year
from alm.step.waterfall import borrow, exhausted_lines, raise_money, rebalance, use_surplus


def take_step(house: House, book: Book, one: Book, dated: Dated, market: Market, now: int, step: int, n: int) -> None:
    """One step of the first `n` paths: the `now`-th of the year drawn in `market`, the `step`-th of the plan.
    `one` is work space, a block of one."""
    row = house.terms
    fill(book[row.dividends], 0.0, n)
    if not row.spends_first:
        grow(house, book, one, market, now, step, n)
    spend(house, book, n)
    settle(house, book, dated, step, n)
    if row.spends_first:
        grow(house, book, one, market, now, step, n)
    if row.loan_count > 0:
        margin_checks(house, book, one, step, row.days, n)
    if row.line_count > 0:
        exhausted_lines(house, book, step, n)


def begin_year(house: House, book: Book, debt: float, step: int, n: int) -> None:
    """The portfolio back to its weights, and this year's spending where a rule sets it."""
    row = house.terms
    if row.rebalanced and step > 0:
        for pledge in range(-1, row.loan_count):
            rebalance(house, book, pledge, n)
    if row.rule == CONSTANT or row.rule == ONLY_DIVIDENDS:
        return
    net_worth(house, book, book[row.surplus], n)
    for p in range(n):
        if book[row.done][p] == 0.0:
            set_spending(house, book, book[row.surplus][p] - debt, step, p)


def set_spending(house: House, book: Book, wealth: float, step: int, p: int) -> None:
    """This year's spending of one path by its rule, nominal; `wealth` is net worth less term debts, nominal too."""
    row = house.terms
    rules = SpendingRules(
        row.rule, row.amount_pa, row.rate_of_wealth, row.floor_pa, row.ceiling_pa, row.real_return_pa, row.years,
        row.forgo_raise_after_loss,
    )  # fmt: skip
    spending, initial, level = book[row.year_spending], book[row.first_rate], book[row.level][p]
    if step == 0:
        spending[p] = first_year(rules, wealth)
        initial[p] = spending[p] / wealth if wealth > 0.0 else math.inf
    else:
        inflation = level / book[row.year_level][p] - 1.0
        spending[p] = next_year(
            rules, spending[p], initial[p], inflation, level, wealth, book[row.year_wealth][p],
            step // row.steps_per_year,
        )  # fmt: skip
    book[row.year_level][p] = level
    book[row.year_wealth][p] = wealth


def grow(house: House, book: Book, one: Book, market: Market, now: int, step: int, n: int) -> None:
    """Returns, dividends out of them into cash, interest; the price level moves on.

    A step's dividends D·dt are paid out of the grown value, at most the highest yield's part of it; then they follow
    the payout Y that the price supports (`alm.fire.payouts`): D ← D · trend · shock, D ← D + (Y − D) · follow. At zero
    volatility D grows with the price; after a fall it comes down to it with the lag.
    """
    row = house.terms
    if row.continuous and row.loan_count > 0:
        barrier_checks(house, book, one, market, now, step, n)
    for k in range(row.asset_count):
        grow_asset(house, book, k, market.growth[now][house.assets[k].series], market.dividends, n)
    accrue(house, book, n)
    cash, level, prices, dividends = book[row.cash], book[row.level], market.prices[now], book[row.dividends]
    rate = row.cash_rate * row.dt
    for p in range(n):
        cash[p] += max(0.0, cash[p]) * rate + dividends[p]
        level[p] = prices[p]


def grow_asset(house: House, book: Book, k: int, growth: Row, shock: Row, n: int) -> None:
    """One asset's growth, and its dividends after tax into `dividends`; where the market's growth is that of prices
    they are not taken out of the value."""
    row, asset = house.terms, house.assets[k]
    value, dividend, payout, received = (
        book[row.value + k],
        book[row.dividend + k],
        book[row.payout + k],
        book[row.dividends],
    )
    cap, dt, follow, trend, drift = row.highest_yield * row.dt, row.dt, row.follow, asset.trend, asset.payout_drift
    after_tax, paid_out = 1.0 - asset.dividend_tax, 0.0 if row.priced else 1.0
    for p in range(n):
        before, grown = value[p], value[p] * growth[p]
        paid = min(dividend[p] * dt, cap * grown)
        value[p] = grown - paid * paid_out
        payout[p] *= drift * value[p] / max(before, LEAST)
        due = dividend[p] * (trend * shock[p])
        dividend[p] = due + (payout[p] - due) * follow
        received[p] += paid * after_tax


def accrue(house: House, book: Book, n: int) -> None:
    """Simple interest of a step on opening balances: accrued += balance · rate · dt, the rate of the tier that the
    balance reaches for all of it; a line costs (drawn · rate + (limit − drawn) · fee) · dt."""
    row, dt = house.terms, house.terms.dt
    rate = book[row.rate]
    for i in range(row.loan_count):
        loan, balance, accrued = house.loans[i], book[row.balance + i], book[row.accrued + i]
        fill(rate, loan.rate, n)
        for tier in range(loan.first_tier, loan.last_tier):
            floor, rate_pa, lowest = house.tiers[tier][0], house.tiers[tier][1], tier == loan.first_tier
            for p in range(n):
                rate[p] = rate_pa if lowest or balance[p] > floor else rate[p]
        for p in range(n):
            accrued[p] += accrual(balance[p], rate[p], dt)
    for j in range(row.line_count):
        line, drawn, cost = house.lines[j], book[row.drawn + j], book[row.line_cost + j]
        limit, rate_pa, fee = line.limit, line.rate, line.fee
        for p in range(n):
            cost[p] = (drawn[p] * rate_pa + fee * max(0.0, limit - drawn[p])) * dt


def spend(house: House, book: Book, n: int) -> None:
    """Into `spent`: amount · dt · level by the constant rule, what came in by `dividends`, else the year's · dt."""
    row = house.terms
    spent, level = book[row.spent], book[row.level]
    if row.rule == CONSTANT:
        amount = row.amount_pa * row.dt
        for p in range(n):
            spent[p] = amount * level[p]
    elif row.rule == ONLY_DIVIDENDS:
        copy(book[row.dividends], spent, n)
    else:
        year, dt = book[row.year_spending], row.dt
        for p in range(n):
            spent[p] = year[p] * dt


def copy(source: Row, target: Row, n: int) -> None:
    """The first `n` paths of one row into another."""
    for p in range(n):
        target[p] = source[p]


def settle(house: House, book: Book, dated: Dated, step: int, n: int) -> None:
    """The bills, then surplus = cash − target · level to its uses, and shortfall = −cash from the waterfall.

    Cash is not negative afterwards. What stays unpaid is ruin; so is spending less than the floor · level.
    """
    row = house.terms
    pay_bills(house, book, dated, n)
    cash, level, need, surplus = book[row.cash], book[row.level], book[row.need], book[row.surplus]
    target, short, over = row.cash_target_real, 0, 0
    for p in range(n):
        need[p] = max(0.0, -cash[p])
        cash[p] = max(0.0, cash[p])
        surplus[p] = cash[p] - target * level[p]
        short += 1 if need[p] > 0.0 else 0
        over += 1 if surplus[p] > MONEY_TOLERANCE else 0
    if over > 0:
        use_surplus(house, book, n)
    if short > 0:
        pay_shortfall(house, book, step, n)
    if row.floor_pa > 0.0:
        floor, spent = row.floor_pa * row.dt, book[row.spent]
        for p in range(n):
            if spent[p] < floor * level[p]:
                ruin(house, book, floor * level[p] - spent[p], step, p)


def pay_bills(house: House, book: Book, dated: Dated, n: int) -> None:
    """Income into cash; spending, dated expenses, accrued interest and the cost of lines out of it, below zero where
    it is not enough. Real amounts are taken at the step's price level; capitalised interest goes to the balance."""
    row = house.terms
    if row.recorded:
        note_bills(house, book, dated, n)
    cash, spent, level, paid = book[row.cash], book[row.spent], book[row.level], dated.income - dated.expense
    real = dated.income_real - dated.expense_real
    for p in range(n):
        cash[p] += paid + real * level[p] - spent[p]
    for i in range(row.loan_count):
        balance, accrued = book[row.balance + i], book[row.accrued + i]
        owing = balance if row.capitalised else cash
        sign = 1.0 if row.capitalised else -1.0
        for p in range(n):
            owing[p] += sign * accrued[p]
            accrued[p] = 0.0
    for j in range(row.line_count):
        cost = book[row.line_cost + j]
        for p in range(n):
            cash[p] -= cost[p]


def note_bills(house: House, book: Book, dated: Dated, n: int) -> None:
    """Who pays the step's bills before the waterfall is asked: income, then dividends, then cash."""
    row = house.terms
    for p in range(n):
        level = book[row.level][p]
        due = book[row.spent][p] + dated.expense + dated.expense_real * level
        for i in range(row.loan_count):
            due += 0.0 if row.capitalised else book[row.accrued + i][p]
        for j in range(row.line_count):
            due += book[row.line_cost + j][p]
        income = dated.income + dated.income_real * level
        for source, most in ((INCOME, income), (DIVIDENDS, book[row.dividends][p]), (CASH, book[row.cash][p])):
            part = max(0.0, min(due, most - (book[row.dividends][p] if source == CASH else 0.0)))
            book[row.paid + LIFE * len(SOURCES) + source][p] += part
            due -= part


def pay_shortfall(house: House, book: Book, step: int, n: int) -> None:
    """`need`, which cash did not pay, from the waterfall; a path on which more than rounding stays unpaid is ruined."""
    row = house.terms
    need, asked = book[row.need], book[row.rate]
    for p in range(n):
        asked[p] = need[p]
    if row.borrows and row.loan_count > 0:
        borrow(house, book, n)
    raise_money(house, book, row.sources, False, LIFE, step, n)
    unpaid = 0
    for p in range(n):
        unpaid += 1 if need[p] > MONEY_TOLERANCE + 1e-12 * asked[p] else 0
    if unpaid > 0:
        for p in range(n):
            if need[p] > MONEY_TOLERANCE + 1e-12 * asked[p]:
                ruin(house, book, need[p], step, p)
