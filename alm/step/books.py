"""What is asked of a block's books, and what is done to them: values, sales, purchases, repayments.

Every function works on the first `n` paths of a block and leaves its answer in a row of the book that its text names.
"""

from __future__ import annotations

from alm.step.block import EVENTS, FREE, Book, House, Row


def open_books(house: House, book: Book, n: int) -> None:
    """The first `n` paths at the start of the plan."""
    row = house.terms
    for r in range(row.rows):
        fill(book[r], 0.0, n)
    fill(book[row.cash], row.start_cash, n)
    fill(book[row.level], 1.0, n)
    fill(book[row.counted], 1.0, n)
    for event in range(len(EVENTS)):
        fill(book[row.first + event], -1.0, n)
    for k in range(row.asset_count):
        fill(book[row.value + k], house.assets[k].start_value, n)
        fill(book[row.cost + k], house.assets[k].start_cost, n)
        fill(book[row.dividend + k], house.assets[k].start_dividend, n)
        fill(book[row.payout + k], house.assets[k].start_dividend, n)
    for i in range(row.loan_count):
        fill(book[row.balance + i], house.loans[i].start_balance, n)
        fill(book[row.accrued + i], house.loans[i].start_accrued, n)
        fill(book[row.freeze_ltv + i], house.loans[i].freeze_ltv, n)
        fill(book[row.cure_ltv + i], house.loans[i].cure_ltv, n)
        fill(book[row.watched + i], house.loans[i].freeze_ltv, n)
    for j in range(row.line_count):
        fill(book[row.drawn + j], house.lines[j].start_drawn, n)


def fill(row: Row, number: float, n: int) -> None:
    for p in range(n):
        row[p] = number


def assets_of(house: House, pledge: int) -> tuple[int, int]:
    """The range of assets pledged to a loan, or of the free ones."""
    if pledge == FREE:
        return house.terms.first_free, house.terms.asset_count
    return house.loans[pledge].first_asset, house.loans[pledge].last_asset


def market_value(house: House, book: Book, pledge: int, n: int) -> None:
    """Into `market`: Σ value of what has this pledge."""
    row, (begin, end) = house.terms, assets_of(house, pledge)
    out = book[row.market]
    fill(out, 0.0, n)
    for k in range(begin, end):
        value = book[row.value + k]
        for p in range(n):
            out[p] += value[p]


def lending_value(house: House, book: Book, loan: int, n: int) -> None:
    """Into `lending`: what the lender counts, Σ value · advance rate · counted."""
    row, (begin, end) = house.terms, assets_of(house, loan)
    out, counted = book[row.lending], book[row.counted]
    fill(out, 0.0, n)
    for k in range(begin, end):
        value, advance = book[row.value + k], house.assets[k].advance
        for p in range(n):
            out[p] += value[p] * advance
    for p in range(n):
        out[p] *= counted[p]


def kept_of_all(house: House, book: Book, pledge: int, n: int) -> None:
    """Into `kept`: what selling all of a pledge together leaves after cost and tax.

    Σ value·(1 − h) − tax. Gains and losses of taxable accounts are set against each other: their tax is
    max(0, Σ rate · (value·(1 − h) − cost)); any other asset's gain is taxed by itself. The same share of everything
    sold leaves the same share of it.
    """
    row, (begin, end) = house.terms, assets_of(house, pledge)
    kept, gain = book[row.kept], book[row.gain]
    fill(kept, 0.0, n)
    fill(gain, 0.0, n)
    net = 1.0 - row.sale_cost
    for k in range(begin, end):
        value, cost, rate = book[row.value + k], book[row.cost + k], house.assets[k].gains_tax
        if house.assets[k].offsets:
            for p in range(n):
                kept[p] += value[p] * net
                gain[p] += rate * (value[p] * net - cost[p])
        else:
            for p in range(n):
                kept[p] += value[p] * net - rate * max(0.0, value[p] * net - cost[p])
    for p in range(n):
        kept[p] -= max(0.0, gain[p])


def sell_share(house: House, book: Book, pledge: int, n: int) -> None:
    """Take `share` out of everything with a pledge, and leave in `share` what is left; proceeds are the caller's."""
    row, (begin, end) = house.terms, assets_of(house, pledge)
    share = book[row.share]
    if row.recorded:
        note_sale(house, book, pledge, n)
    for p in range(n):
        share[p] = max(0.0, 1.0 - share[p])
    for k in range(begin, end):
        shrink(house, book, k, share, n)


def shrink(house: House, book: Book, k: int, left: Row, n: int) -> None:
    """Leave a share of one asset: value, cost and dividends alike."""
    row = house.terms
    value, cost, dividend, payout = (
        book[row.value + k],
        book[row.cost + k],
        book[row.dividend + k],
        book[row.payout + k],
    )
    for p in range(n):
        value[p] *= left[p]
        cost[p] *= left[p]
        dividend[p] *= left[p]
        payout[p] *= left[p]


def note_sale(house: House, book: Book, pledge: int, n: int) -> None:
    """Into `sold` and `sale_cost_tax`: market value that is about to be sold, and what cost and tax take of it."""
    row, share = house.terms, book[house.terms.share]
    market_value(house, book, pledge, n)
    kept_of_all(house, book, pledge, n)
    market, kept, cost_tax = book[row.market], book[row.kept], book[row.sale_cost_tax]
    sold = book[row.sold + (row.loan_count if pledge == FREE else pledge)]
    for p in range(n):
        sold[p] += share[p] * market[p]
        cost_tax[p] += share[p] * (market[p] - kept[p])


def buy(house: House, book: Book, k: int, amount: Row, share: float, n: int) -> None:
    """Put `share` of an amount into one asset, at no cost."""
    row = house.terms
    value, cost, dividend, payout = (
        book[row.value + k],
        book[row.cost + k],
        book[row.dividend + k],
        book[row.payout + k],
    )
    reinvested = house.assets[k].reinvest_yield
    for p in range(n):
        part = amount[p] * share
        value[p] += part
        cost[p] += part
        dividend[p] += part * reinvested
        payout[p] += part * reinvested


def repay(house: House, book: Book, loan: int, amount: Row, n: int) -> None:
    """Accrued interest first, then principal; never below nothing owed."""
    balance, accrued = book[house.terms.balance + loan], book[house.terms.accrued + loan]
    for p in range(n):
        interest = max(0.0, min(amount[p], accrued[p]))
        balance[p] = max(0.0, balance[p] - (max(0.0, amount[p]) - interest))
        accrued[p] -= interest


def net_worth(house: House, book: Book, out: Row, n: int) -> None:
    """Into `out`, nominal: assets and cash less securities-backed loans, their accrued interest and lines. Term debts
    are dated money and not in it."""
    row = house.terms
    cash = book[row.cash]
    for p in range(n):
        out[p] = cash[p]
    for k in range(row.asset_count):
        value = book[row.value + k]
        for p in range(n):
            out[p] += value[p]
    for i in range(row.loan_count):
        balance, accrued = book[row.balance + i], book[row.accrued + i]
        for p in range(n):
            out[p] -= balance[p] + accrued[p]
    for j in range(row.line_count):
        drawn = book[row.drawn + j]
        for p in range(n):
            out[p] -= drawn[p]


def owed(house: House, one: Book, loan: int) -> float:
    """Balance and accrued interest of one loan in a block of one path."""
    return one[house.terms.balance + loan][0] + one[house.terms.accrued + loan][0]


def lending(house: House, one: Book, loan: int) -> float:
    """`lending_value` in a block of one path."""
    lending_value(house, one, loan, 1)
    return one[house.terms.lending][0]


def market(house: House, one: Book, pledge: int) -> float:
    """`market_value` in a block of one path."""
    market_value(house, one, pledge, 1)
    return one[house.terms.market][0]


def kept(house: House, one: Book, pledge: int) -> float:
    """`kept_of_all` in a block of one path."""
    kept_of_all(house, one, pledge, 1)
    return one[house.terms.kept][0]


def record_first(house: House, book: Book, event: int, step: int, p: int) -> None:
    """Write the step of an event that has not happened before."""
    row = book[house.terms.first + event]
    if row[p] < 0.0:
        row[p] = step


def gather(house: House, book: Book, p: int, one: Book) -> None:
    """One path of a block into a block of one."""
    for r in range(house.terms.rows):
        one[r][0] = book[r][p]


def scatter(house: House, one: Book, book: Book, p: int) -> None:
    """A block of one back into its path."""
    for r in range(house.terms.rows):
        book[r][p] = one[r][0]


def move_path(house: House, book: Book, source: int, target: int) -> None:
    """One path into the column of another."""
    for r in range(house.terms.rows):
        book[r][target] = book[r][source]
