"""The month that `docs/method.md` works on paper: its arithmetic, and the step, cell by cell."""

from __future__ import annotations

import math
import re
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from alm.fire.plan import Asset, Flow, Lender, Line, Loan, Plan, Spending, Tier
from alm.fire.plan import Market as Assumptions
from alm.fire.terms import as_plain, dated_rows, house, interpreted, plain_book
from alm.step.block import (
    CALL,
    CASH,
    CREDIT_LINE,
    EVENTS,
    FORCED_SALE,
    FREEZE,
    LENDER,
    LIFE,
    LINE_EXHAUSTED,
    PLEDGED_SALE,
    REPAY_LINE,
    SOURCES,
    Book,
)
from alm.step.books import kept, lending, market, net_worth, open_books, owed
from alm.step.events import CALLED, LATE_INTEREST, PAID_IN, SOLD_BY_LENDER
from alm.step.intraperiod import lowest_point
from alm.step.margin import margin_checks, pay_in
from alm.step.market import Market
from alm.step.step import grow, settle, spend, take_step
from alm.step.waterfall import exhausted_lines

PAGE = Path(__file__).parents[2] / "docs" / "method.md"
CELLS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| (−?[\d,]+\.\d+) \|$", PAGE.read_text(), re.MULTILINE)

PLAN = Plan(
    years=1, cash=2e6, cash_rate_pa=0.006, cash_target=1.5e6, reserve_months=3.0, sale_cost=0.01, margin_check="step",
    surplus=("repay_line",),
    assets=(
        Asset("A", 60e6, 20e6, total_return_pa=0.07, dividends_pa=1.2e6, dividend_tax=0.2, gains_tax=0.2, pledged_to="Loan"),
        Asset("B", 30e6, 30e6, total_return_pa=0.07, dividend_tax=0.2, gains_tax=0.2, pledged_to="Loan"),
    ),
    loans=(
        Loan("Loan", 50e6, tiers=(Tier(0.0, 0.03), Tier(1e7, 0.024)),
             lender=Lender(freeze_ltv=0.60, call_ltv=0.70, forced_ltv=0.85, cure_ltv=0.60, cure_days=5.0,
                           settlement_days=2.0, late_rate_pa=0.14)),
    ),
    lines=(Line("Line", 5e6, 1e6, rate_pa=0.03, commitment_fee_pa=0.006),),
    incomes=(Flow("Work", 3.6e6),), expenses=(Flow("School", 120e3, real=True),), spending=Spending(amount_pa=4.8e6),
    market=Assumptions(highest_yield=0.10, dividend_lag_years=3.0),
)  # fmt: skip
HOUSE = interpreted(house(PLAN, [0, 1], np.zeros((2, 2)), recorded=True))
ROW = HOUSE.terms
MONTH = Market([[[0.70], [0.80]]], [[1.002]], [1.0], [[1.0]], np.zeros(1, dtype=np.uint64))
FIRST = as_plain(dated_rows(PLAN)[0])


def stages() -> SimpleNamespace:
    """The month in its parts: the book after the growth, after bills and surplus, after the call is paid, at its end."""
    book, one = plain_book(ROW, 1), plain_book(ROW, 1)
    open_books(HOUSE, book, 1)
    grow(HOUSE, book, one, MONTH, 0, 0, 1)
    grown = deepcopy(book)
    spend(HOUSE, book, 1)
    settle(HOUSE, book, FIRST, 0, 1)
    settled, answered = deepcopy(book), deepcopy(book)
    pay_in(HOUSE, answered, 0, ROW.before_pledged, 0)
    HOUSE.log[0][0] = 0.0
    margin_checks(HOUSE, book, one, 0, ROW.days, 1)
    exhausted_lines(HOUSE, book, 0, 1)
    log = {int(entry[0]): entry for entry in deepcopy(HOUSE.log[1 : int(HOUSE.log[0][0]) + 1])}
    return SimpleNamespace(grown=grown, settled=settled, answered=answered, end=book, log=log)


def paid(book: Book, purpose: int, source: int) -> float:
    return book[ROW.paid + purpose * len(SOURCES) + source][0]


def until_the_look(s: SimpleNamespace) -> dict[str, float]:
    grown, settled = s.grown, s.settled
    return {
        "dividend of A": grown[ROW.dividends][0] / (1.0 - HOUSE.assets[0].dividend_tax),
        "A after it": grown[ROW.value][0],
        "B": grown[ROW.value + 1][0],
        "payout that A's price supports, a year": grown[ROW.payout][0],
        "A's dividends a year before they follow it": 1.2e6 * HOUSE.assets[0].trend,
        "A's dividends a year": grown[ROW.dividend][0],
        "dividend after tax": grown[ROW.dividends][0],
        "cash with its interest and the dividend": grown[ROW.cash][0],
        "interest on the loan": grown[ROW.accrued][0],
        "cost of the line": grown[ROW.line_cost][0],
        "spending": settled[ROW.spent][0],
        "bills": sum(paid(settled, LIFE, source) for source in range(len(SOURCES))),
        "bills paid from cash, after income and dividends": paid(settled, LIFE, CASH),
        "cash after the bills": settled[ROW.cash][0] + settled[ROW.used + REPAY_LINE][0],
        "surplus repaid to the line": settled[ROW.used + REPAY_LINE][0],
        "drawn of the line": settled[ROW.drawn][0],
    }


def from_the_look_on(s: SimpleNamespace) -> dict[str, float]:
    settled, answered, end, worth = s.settled, s.answered, s.end, [0.0]
    net_worth(HOUSE, end, worth, 1)
    return {
        "lending value": lending(HOUSE, settled, 0),
        "ratio at the look": owed(HOUSE, settled, 0) / lending(HOUSE, settled, 0),
        "called": s.log[CALLED][3],
        "reserve": end[ROW.cash][0],
        "call paid from cash": paid(end, LENDER, CASH),
        "call paid from the line": paid(end, LENDER, CREDIT_LINE),
        "owed then; 5 days end inside the 21": owed(HOUSE, answered, 0),
        "late interest": s.log[LATE_INTEREST][3],
        "tax if all were sold, B's loss against A's gain": market(HOUSE, answered, 0) * 0.99 - kept(HOUSE, answered, 0),
        "what all would leave": kept(HOUSE, answered, 0),
        "share sold": 1.0 - end[ROW.value][0] / settled[ROW.value][0],
        "sold by the lender": s.log[SOLD_BY_LENDER][3],
        "its cost and tax": end[ROW.sale_cost_tax][0],
        "its proceeds": s.log[SOLD_BY_LENDER][4],
        "loan at the end": owed(HOUSE, end, 0),
        "A at the end": end[ROW.value][0],
        "B at the end": end[ROW.value + 1][0],
        "A's dividends a year at the end": end[ROW.dividend][0],
        "A's cost at the end": end[ROW.cost][0],
        "ratio at the end": owed(HOUSE, end, 0) / lending(HOUSE, end, 0),
        "cash at the end, the reserve": end[ROW.cash][0],
        "drawn of the line at the end": end[ROW.drawn][0],
        "net worth at the end": worth[0],
        "lowest log price of a month of −10 % (log), deviation 6 %, u = 0.05": lowest_point(-0.10, 0.06, 0.05),
    }


def by_the_step() -> dict[str, float]:
    """Every cell of the page, read from what the step leaves."""
    parts = stages()
    return until_the_look(parts) | from_the_look_on(parts)


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def arithmetic(worked: str) -> float:
    """What the words of a cell come to."""
    python = re.sub(r"(?<=\d),(?=\d{3})", "", worked)
    python = re.sub(r"([\d.]+) %", r"(\1/100)", python)
    for sign, operator in (("·", "*"), ("÷", "/"), ("−", "-"), ("^", "**"), ("√", "sqrt"), ("ln(", "log(")):
        python = python.replace(sign, operator)
    return float(eval(python, {"__builtins__": {}}, {"min": min, "e": math.e, "sqrt": math.sqrt, "log": math.log}))


def half_a_digit(amount: str) -> float:
    return 0.5 * 10.0 ** -len(amount.partition(".")[2])


@pytest.mark.parametrize(("cell", "worked", "amount"), CELLS, ids=[cell for cell, _, _ in CELLS])
def test_the_arithmetic_of_the_page_is_right(cell: str, worked: str, amount: str) -> None:
    carried = 0.02 if number(amount) > 1.0 else 1e-9  # cells above are rounded where they are used again
    assert arithmetic(worked) == pytest.approx(number(amount), abs=half_a_digit(amount) + carried)


@pytest.mark.parametrize(("cell", "amount"), [(cell, amount) for cell, _, amount in CELLS])
def test_the_step_says_what_the_page_says(cell: str, amount: str) -> None:
    assert by_the_step()[cell] == pytest.approx(number(amount), abs=half_a_digit(amount) * 1.000001)


def test_the_page_works_every_cell_and_no_other() -> None:
    assert [cell for cell, _, _ in CELLS] == list(by_the_step())


def test_the_step_as_a_whole_ends_where_its_parts_end() -> None:
    book, one, s = plain_book(ROW, 1), plain_book(ROW, 1), stages()
    open_books(HOUSE, book, 1)
    HOUSE.log[0][0] = 0.0
    take_step(HOUSE, book, one, FIRST, MONTH, 0, 0, 1)
    assert book[: ROW.dividends] == s.end[: ROW.dividends], "all but work space"
    assert [int(entry[0]) for entry in HOUSE.log[1 : int(HOUSE.log[0][0]) + 1]] == [
        CALLED, PAID_IN, PAID_IN, SOLD_BY_LENDER, LATE_INTEREST,
    ]  # fmt: skip


def test_what_happened_is_noted_and_the_call_is_over() -> None:
    book, one = plain_book(ROW, 1), plain_book(ROW, 1)
    open_books(HOUSE, book, 1)
    take_step(HOUSE, book, one, FIRST, MONTH, 0, 0, 1)
    happened = {event: book[ROW.first + event][0] >= 0.0 for event in range(len(EVENTS))}
    assert [event for event, was in happened.items() if was] == [FREEZE, CALL, FORCED_SALE, LINE_EXHAUSTED]
    assert book[ROW.call_open][0] == book[ROW.liquidating][0] == book[ROW.answered][0] == 0.0
    assert paid(book, LENDER, PLEDGED_SALE) == pytest.approx(16_048_454.92, abs=0.005)
