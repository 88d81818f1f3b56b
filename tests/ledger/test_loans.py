"""A loan by the day: balances, rates and interest worked by hand, and an oracle that walks the nights."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.balance_sheet import RateTier
from alm.errors import BadInput
from alm.ledger.loans import (
    LoanEvent,
    LoanEventKind,
    LoanHistory,
    LoanTerms,
    RateChange,
    Statement,
    check_statement,
    loan_history,
)

START, END = date(2026, 1, 1), date(2026, 12, 31)
TWO_PERCENT = LoanTerms((RateChange(START, 0.02),))
# Rakuten Bank's published tiers: over 10 M yen 1.875 %, 1-10 M 2.875 %, up to 1 M 3.875 %
TIERS = (RateTier(1_000_000, 0.02875), RateTier(10_000_000, 0.01875))


def event(on: str, kind: LoanEventKind, amount: float) -> LoanEvent:
    return LoanEvent(date.fromisoformat(on), kind, amount)


def history(*events: LoanEvent, terms: LoanTerms = TWO_PERCENT) -> LoanHistory:
    return loan_history(events, terms, START, END)


def test_fifty_million_at_two_percent_costs_2739_a_night_and_a_million_a_year() -> None:
    loan = history(event("2026-01-01", "draw", 50_000_000))
    assert loan.on(date(2026, 1, 1)) == (50_000_000, 0.02, 0)
    assert loan.on(date(2026, 1, 2))[2] == pytest.approx(2_739.73, abs=0.005)
    assert loan.on(END)[2] == pytest.approx(1_000_000 * 364 / 365)


def test_drawn_and_repaid_on_one_day_costs_nothing() -> None:
    loan = history(event("2026-03-01", "draw", 1e6), event("2026-03-01", "repayment", 1e6))
    assert loan.on(END) == (0, 0.02, 0)


def test_a_repayment_stops_its_interest_from_that_night() -> None:
    loan = history(event("2026-01-01", "draw", 36_500_000), event("2026-01-11", "repayment", 18_250_000))
    # ten nights of 2,000, then ten of 1,000
    assert loan.on(date(2026, 1, 21)) == (18_250_000, 0.02, pytest.approx(30_000))


def test_a_rate_change_holds_from_its_day() -> None:
    terms = LoanTerms((RateChange(START, 0.02), RateChange(date(2026, 1, 11), 0.03)))
    loan = history(event("2026-01-01", "draw", 36_500_000), terms=terms)
    assert loan.on(date(2026, 1, 21))[1:] == (0.03, pytest.approx(10 * 2_000 + 10 * 3_000))


def test_interest_paid_lowers_what_has_accrued_and_interest_charged_becomes_balance() -> None:
    draw = event("2026-01-01", "draw", 36_500_000)
    paid = history(draw, event("2026-01-11", "interest_paid", 20_000))
    assert paid.on(date(2026, 1, 11)) == (36_500_000, 0.02, pytest.approx(0))
    charged = history(draw, event("2026-01-11", "interest_charged", 20_000))
    assert charged.on(date(2026, 1, 11)) == (36_520_000, 0.02, pytest.approx(0))


def test_tiers_apply_to_the_whole_balance_each_night() -> None:
    terms = LoanTerms((RateChange(START, 0.03875, TIERS),))
    loan = history(event("2026-01-01", "draw", 1_000_000), event("2026-01-02", "draw", 1),
                   event("2026-01-03", "draw", 9_000_000), terms=terms)  # fmt: skip
    assert [loan.on(date(2026, 1, day))[1] for day in (1, 2, 3)] == [0.03875, 0.02875, 0.01875]


def test_with_month_end_tiers_the_rate_waits_for_the_next_month() -> None:
    terms = LoanTerms((RateChange(START, 0.03875, TIERS),), tier_basis="month_end")
    loan = history(event("2026-01-01", "draw", 500_000), event("2026-02-10", "draw", 20_000_000), terms=terms)
    rates = [loan.on(date.fromisoformat(day))[1] for day in ("2026-01-01", "2026-02-28", "2026-03-01")]
    assert rates == [0.03875, 0.03875, 0.01875]


def test_what_cannot_be_is_refused_in_one_sentence() -> None:
    draw = event("2026-01-01", "draw", 100)
    with pytest.raises(BadInput, match="exceeds it by 50"):
        history(draw, event("2026-02-01", "repayment", 150))
    with pytest.raises(BadInput, match="a rate from the first draw on"):
        history(draw, terms=LoanTerms((RateChange(date(2026, 2, 1), 0.02),)))
    with pytest.raises(BadInput, match="a day from 2026-01-01 to 2026-12-31"):
        history(event("2027-01-01", "draw", 1))
    with pytest.raises(BadInput, match="an amount above 0"):
        history(event("2026-01-01", "draw", -1))


EVENTS = (event("2026-01-01", "draw", 36_500_000), event("2026-03-01", "repayment", 500_000))


@pytest.mark.parametrize(
    ("balance", "accrued", "explanation"),
    [
        (36_500_000, 20_000, ""),
        (36_500_000, 20_000.9, ""),
        (36_520_000, None, "the lender charged the accrued interest of 20,000 to the balance; the ledger has not"),
        (36_400_000, None, "a repayment of 100,000 is not in the ledger"),
        (73_000_000, None, "the draw of 2026-01-01 is counted on one side only"),
        (36_500_000, 22_000, "1 day of interest: the lender counts both ends or a later day"),
        (36_500_000, 20_277.78, "the lender counts a year of 360 days"),
        (36_500_000, 27_100, "interest differs by +7,100: a rate change or an interest payment is not in the ledger"),
    ],
)
def test_a_statement_agrees_or_its_difference_is_named(balance: float, accrued: float | None, explanation: str) -> None:
    statement = Statement(date(2026, 1, 11), balance, accrued)
    check = check_statement(statement, history(*EVENTS), EVENTS)
    assert check.explanation == explanation
    assert check.agrees == (explanation == "")


steps = st.lists(st.tuples(st.integers(0, 364), st.integers(-2_000_000, 5_000_000).filter(bool)), max_size=12)


@settings(max_examples=60)
@given(steps, st.lists(st.tuples(st.integers(1, 364), st.integers(0, 80)), max_size=4))
def test_every_day_equals_nights_walked_one_by_one(
    moves: list[tuple[int, int]], changes: list[tuple[int, int]]
) -> None:
    balance, events = 1_000_000, [LoanEvent(START, "draw", 1_000_000)]
    for day, amount in sorted(moves):
        amount = max(amount, -balance)
        if amount:
            balance += amount
            kind: LoanEventKind = "draw" if amount > 0 else "repayment"
            events.append(LoanEvent(START + timedelta(days=day), kind, abs(amount)))
    by_day = {0: 20, **dict(changes)}
    terms = LoanTerms(
        tuple(RateChange(START + timedelta(days=day), permille / 1_000) for day, permille in by_day.items())
    )
    loan = loan_history(events, terms, START, END)

    owed, rate, accrued = Fraction(0), Fraction(0), Fraction(0)
    for number in range(365):
        today = START + timedelta(days=number)
        accrued += owed * rate / 365
        owed += sum((e.amount if e.kind == "draw" else -e.amount) for e in events if e.on == today)
        rate = Fraction(by_day.get(number, rate * 1_000)) / 1_000
        assert loan.on(today) == pytest.approx((float(owed), float(rate), float(accrued)), rel=1e-9, abs=1e-6)
