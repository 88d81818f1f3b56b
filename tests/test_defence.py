"""Credit-line defence: runway, survival horizon, coverage, capacity, actions and borrowing, worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alm.balance_sheet import BalanceSheet, CashBalance, CashFlow, CreditLine, Quote, SecuredLoan
from alm.defence import (
    Action,
    Month,
    actions,
    capacity,
    coverage_ratio,
    further_borrowing,
    line_choices,
    runway_months,
    survival_horizon_months,
    ways,
    who_pays,
)
from alm.errors import BadInput, Infeasible
from alm.lenders import profiles
from alm.margin import max_survivable_fall, positions, resources
from alm.scenarios import Scenario, fall, find_scenario, stressed
from alm.settings import WATERFALL_SOURCES, Settings
from tests.households import AS_OF, NISA, TAXABLE, holding, reference_household

LENDERS = profiles()
DEFAULTS = Settings()
RULES = Settings(sale_cost=0.0, stress_haircut=0.3)


def with_cash(sheet: BalanceSheet, amount: float) -> BalanceSheet:
    return sheet.with_(cash_balances=(CashBalance(TAXABLE, "JPY", amount, Quote(1.0, AS_OF)),))


def owing(sheet: BalanceSheet, amount: float) -> BalanceSheet:
    return sheet.with_(secured_loans=(replace(sheet.secured_loans[0], balance=amount),))


def with_free(sheet: BalanceSheet, value: float, **more: object) -> BalanceSheet:
    return sheet.with_(holdings=(*sheet.holdings, holding("FREE", value, pledged_to=None, **more)))  # type: ignore[arg-type]


def survives(sheet: BalanceSheet) -> float:
    return max_survivable_fall(positions(sheet, LENDERS, RULES), resources(sheet, RULES).total)


def by_kind(sheet: BalanceSheet, fall: float) -> dict[str, Action]:
    return {a.action: a for a in ways(sheet, LENDERS, RULES, fall)}


# --- How long money lasts -------------------------------------------------------------------------------------------


def test_runway_of_the_reference_household() -> None:
    """4,500,000 / (800,000 + 50,000,000 · 2 % / 12 = 83,333) = 5.09 months; work income is not counted."""
    assert runway_months(reference_household(), RULES) == pytest.approx(4_500_000 / 883_333.33)


def test_runway_counts_liquid_cash_only() -> None:
    sheet = reference_household()
    assert runway_months(with_cash(sheet, -1_000_000), RULES) == 0
    locked = replace(TAXABLE, tax_treatment="deferred")
    pension = (*sheet.cash_balances, CashBalance(locked, "JPY", 9e6, Quote(1.0, AS_OF)))
    assert runway_months(sheet.with_(cash_balances=pension), RULES) == runway_months(sheet, RULES)
    assert runway_months(BalanceSheet(AS_OF, "JPY"), RULES) == math.inf


def test_the_survival_horizon_when_income_stops() -> None:
    """Need 883,333 a month; cash 4,500,000 + line 10,000,000 + 70 % of 3,000,000 unpledged = 16,600,000."""
    after = stressed(with_free(reference_household(), 3e6), find_scenario("income-lost"))
    assert survival_horizon_months(after, RULES) == pytest.approx(16_600_000 / 883_333.33)
    assert survival_horizon_months(after, RULES, dividends_pa=1_200_000) == pytest.approx(16_600_000 / 783_333.33)
    assert survival_horizon_months(after, RULES, owed_at_once=6.6e6) == pytest.approx(1e7 / 883_333.33)
    assert survival_horizon_months(after, RULES, owed_at_once=17e6) == 0


def test_with_its_income_the_reference_household_lasts() -> None:
    """1,000,000 of income covers 883,333: reserves never run out, unless the lender asks for more than there is."""
    sheet = reference_household()
    assert survival_horizon_months(sheet, RULES) == math.inf
    assert survival_horizon_months(sheet, RULES, owed_at_once=20e6) == 0


def test_only_committed_unexpired_lines_count_in_the_horizon() -> None:
    after = stressed(reference_household(), Scenario("x", income_loss=1.0))
    gone = replace(after.credit_lines[0], committed=False)
    assert survival_horizon_months(after.with_(credit_lines=(gone,)), RULES) == pytest.approx(4_500_000 / 883_333.33)


def test_coverage_of_twelve_months() -> None:
    """(4.5 M + 10 M + 12 M income) / (9.6 M + 1 M interest) = 2.5; a cure of 10.6 M at once halves it."""
    sheet = reference_household()
    assert coverage_ratio(sheet, RULES) == pytest.approx(26.5e6 / 10.6e6)
    assert coverage_ratio(sheet, RULES, owed_at_once=10.6e6) == pytest.approx(26.5e6 / 21.2e6)
    assert coverage_ratio(BalanceSheet(AS_OF, "JPY"), RULES) == math.inf


# --- What each source can give --------------------------------------------------------------------------------------


def test_correlated_capacity_shrinks_and_orthogonal_does_not() -> None:
    """Today 0.6 · 125 M − 50 M = 25 M can be borrowed; at −20 % 10 M; at −33.3 % nothing. Cash and line stay."""
    points = capacity(with_free(reference_household(), 10e6), LENDERS, RULES, (0.0, 0.2, 0.4, 0.6))
    assert [p.further_borrowing for p in points] == pytest.approx([25e6, 10e6, 0, 0])
    assert [p.unpledged_sale for p in points] == pytest.approx([10e6, 8e6, 6e6, 4e6])
    assert [p.orthogonal for p in points] == [14.5e6] * 4
    assert [p.needed for p in points] == pytest.approx([0, 0, 0, 7.5e6])
    assert points[1].correlated == pytest.approx(18e6)


def test_a_contract_limit_caps_the_capacity() -> None:
    sheet = reference_household()
    capped = sheet.with_(secured_loans=(replace(sheet.secured_loans[0], limit=53e6),))
    assert capacity(capped, LENDERS, RULES, (0.0,))[0].further_borrowing == pytest.approx(3e6)


# --- Month by month -------------------------------------------------------------------------------------------------


def months_after(sheet: BalanceSheet, *shocks: Scenario, rules: Settings = RULES, **more: float) -> tuple[Month, ...]:
    return who_pays(stressed(sheet, *shocks), LENDERS, rules, **more)  # type: ignore[arg-type]


def test_after_a_fall_of_half_cash_and_line_pay_the_call_and_income_pays_life() -> None:
    """The call is cured to 60 %: 12.5 M = 4.5 M cash + 8 M line. Then a month takes 800,000 and interest of
    37.5 M · 2 % / 12 + 8 M · 3 % / 12 = 82,500; income of 1 M leaves 117,500, which repays the line."""
    cures, first, *_ = months_after(reference_household(), fall(0.5))
    assert (cures.paid.cash, cures.paid.credit_line, cures.unpaid) == pytest.approx((4.5e6, 8e6, 0))
    assert cures.ltv == pytest.approx(0.6)
    assert (first.spending, first.interest) == pytest.approx((800_000, 82_500))
    assert first.paid.income == pytest.approx(882_500)
    assert first.line_left == pytest.approx(2_117_500)


def test_without_income_the_sources_follow_the_order() -> None:
    """At −20 % nobody calls. Life takes 883,333 a month: five months of cash, then the line."""
    rows = months_after(reference_household(), fall(0.2), Scenario("x", income_loss=1.0))
    assert rows[0].paid.total == 0
    assert sum(r.paid.cash for r in rows) == pytest.approx(4.5e6)
    assert rows[5].paid.cash == pytest.approx(883_333.33)
    assert rows[6].paid.cash == pytest.approx(4.5e6 - 5 * 883_333.33)
    assert rows[6].paid.credit_line == pytest.approx(883_333.33 - rows[6].paid.cash)
    first_line = replace(RULES, waterfall_order=("credit_line", "cash", "dividends", "unpledged_sale", "pledged_sale"))
    other = months_after(reference_household(), fall(0.2), Scenario("x", income_loss=1.0), rules=first_line)
    assert (other[1].paid.cash, other[1].paid.credit_line) == pytest.approx((0, 883_333.33))


def test_a_line_pays_until_it_expires() -> None:
    """Expiring in 45 days: month 1 can draw, month 2 cannot."""
    sheet = with_cash(reference_household(), 0)
    line = replace(sheet.credit_lines[0], expires=AS_OF + timedelta(days=45))
    rows = months_after(sheet.with_(credit_lines=(line,)), Scenario("x", income_loss=1.0))
    assert rows[1].paid.credit_line == pytest.approx(883_333.33)
    assert rows[2].paid.credit_line == 0


def test_a_call_beyond_cash_and_line_sells_what_is_pledged() -> None:
    """At −55 % V = 56.25 M: 35.5 M still owed after 14.5 M; sell (35.5 − 33.75) / 0.4 = 4.375 M."""
    cures = months_after(reference_household(), fall(0.55))[0]
    assert (cures.paid.cash, cures.paid.credit_line) == pytest.approx((4.5e6, 10e6))
    assert cures.paid.pledged_sale == pytest.approx(4.375e6)
    assert cures.ltv == pytest.approx(0.6)


def test_what_nobody_can_pay_is_said() -> None:
    """At −80 % V = 25 M: 14.5 M and a sale of all 25 M leave 10.5 M owed."""
    cures = months_after(reference_household(), fall(0.8))[0]
    assert cures.unpaid == pytest.approx(10.5e6)
    assert cures.cure == pytest.approx(50e6)


def test_the_living_reserve_pays_for_life_and_not_for_cures() -> None:
    rules = replace(RULES, living_reserve_months=2.0)
    cures, first, *_ = months_after(reference_household(), fall(0.5), Scenario("x", income_loss=1.0), rules=rules)
    assert cures.paid.cash == pytest.approx(2.9e6)
    assert cures.cash_left == 0
    assert first.paid.cash == pytest.approx(min(1.6e6, first.spending + first.interest))


@given(st.floats(0, 0.95), st.floats(0, 1), st.floats(0, 3e7), st.floats(0, 2e7), st.permutations(WATERFALL_SOURCES))
@settings(max_examples=60)
def test_every_yen_is_attributed_and_the_order_never_changes_what_is_due(
    size: float, loss: float, free: float, money: float, order: list[str]
) -> None:
    sheet = with_cash(with_free(reference_household(), free, cost=free / 2), money)
    rules = replace(DEFAULTS, waterfall_order=tuple(order))
    for row in months_after(sheet, fall(size), Scenario("x", income_loss=loss), rules=rules, dividends_pa=3e6):
        assert row.cure + row.interest + row.spending == pytest.approx(row.paid.total + row.unpaid, abs=1e-3)
        assert min(row.unpaid, row.cash_left, row.line_left) >= -1e-6
        assert min(getattr(row.paid, source) for source in row.paid.__slots__) >= 0
        assert row.spending == pytest.approx(800_000 if row.month else 0)


# --- Actions --------------------------------------------------------------------------------------------------------


def test_no_action_when_the_fall_is_survived() -> None:
    assert actions(reference_household(), LENDERS, RULES, 0.5) == ()
    assert actions(reference_household(), LENDERS, RULES, survives(reference_household())) == ()


def test_actions_are_the_ways_that_can_smallest_first() -> None:
    found = actions(reference_household(), LENDERS, RULES, 0.7)
    assert [a.action for a in found] == ["repay", "add_cash", "enlarge_line", "sell_pledged"]
    assert len(ways(reference_household(), LENDERS, RULES, 0.7)) == 6


def test_the_smallest_actions_to_survive_seventy_percent() -> None:
    """At −70 % V = 37.5 M and the forced level carries 31.875 M: 18.125 M needed, 14.5 M there, gap 3.625 M.
    Selling x today: 50 − x − 0.255·(125 − x) ≤ 14.5 gives x = 3.625/0.745 = 4,865,772."""
    found = by_kind(reference_household(), 0.7)
    for kind in ("repay", "add_cash", "enlarge_line"):
        assert found[kind].amount == pytest.approx(3_625_000)
    assert found["sell_pledged"].amount == pytest.approx(4_865_771.8)
    assert found["sell_unpledged"].amount is None
    assert found["pledge_more"].amount is None
    assert found["repay"].why.startswith("Repay ¥3,625,000 with money from outside")


def test_unpledged_holdings_can_be_sold_or_pledged() -> None:
    """3.625 M of cash from a sale; pledged, 0.255 of each yen counts after the fall: 14,215,686."""
    found = by_kind(with_free(reference_household(), 15e6), 0.7)
    assert found["sell_unpledged"].amount == pytest.approx(3_625_000)
    assert found["pledge_more"].amount == pytest.approx(14_215_686.3)
    tax_free = by_kind(with_free(reference_household(), 15e6, account=NISA), 0.7)
    assert tax_free["sell_unpledged"].amount == pytest.approx(3_625_000)
    assert tax_free["pledge_more"].amount is None
    assert "only ¥0 of unpledged holdings may be pledged" in tax_free["pledge_more"].why


def test_new_cash_first_fills_an_overdraft_and_the_living_reserve() -> None:
    """Overdrawn by 1 M with a reserve of one month (800,000): S is the line, G = 8.125 M, cash needs 1.8 M more."""
    rules = replace(RULES, living_reserve_months=1.0)
    sheet = with_free(with_cash(reference_household(), -1e6), 50e6)
    found = {a.action: a.amount for a in ways(sheet, LENDERS, rules, 0.7)}
    assert found["repay"] == pytest.approx(8.125e6)
    assert found["add_cash"] == pytest.approx(9.925e6)
    assert found["sell_unpledged"] == pytest.approx(9.925e6)


def test_a_sale_that_cannot_help_is_said_plainly() -> None:
    """Owing 124 of 125 M, selling everything leaves 1 M and no debt; with 5 % cost and no cash even that fails."""
    broke = with_cash(owing(reference_household(), 124e6), 0).with_(credit_lines=())
    costly = Settings(sale_cost=0.05)
    found = {a.action: a for a in ways(broke, LENDERS, costly, 0.5)}
    assert found["sell_pledged"].amount is None
    assert found["sell_pledged"].why == "Selling pledged holdings today cannot make a fall of 50.0% survivable."


@pytest.mark.parametrize("fall", [-0.1, 1.0, math.nan])
def test_a_fall_that_makes_no_sense_is_refused(fall: float) -> None:
    with pytest.raises(BadInput, match=r"survive: .* expected a fall from 0 to below 1"):
        actions(reference_household(), LENDERS, RULES, fall)


def test_two_loans_sell_where_it_helps_most() -> None:
    """Both loans are short at −50 %: One (forced level 0.425 of 60 against 40: 14.5), Two (0.425 · 40 − 30: 13).
    A unit sold closes 0.575 of either; 27.5 / 0.575 = 47.83 in all, One at most 25.2, Two at most 22.6."""
    sheet = with_cash(reference_household(), 0).with_(
        holdings=(holding("A", 60.0, pledged_to="One"), holding("B", 40.0, pledged_to="Two")),
        secured_loans=(
            SecuredLoan("One", 40.0, 0.0, 0.02, "standard-60-70-85", "JPY"),
            SecuredLoan("Two", 30.0, 0.0, 0.02, "standard-60-70-85", "JPY"),
        ),
        credit_lines=(),
    )
    assert by_kind(sheet, 0.5)["sell_pledged"].amount == pytest.approx(27.5 / 0.575)
    assert by_kind(sheet, 0.5)["repay"].amount == pytest.approx(27.5)


AMOUNT = st.floats(1e6, 2e8)


@given(AMOUNT, AMOUNT, st.floats(0, 3e7), st.floats(0, 2e7), st.floats(0.05, 0.9), st.floats(0.5, 1.5))
@settings(max_examples=100)
def test_every_action_makes_the_fall_just_survivable(
    owed: float, value: float, money: float, free: float, fall: float, cost: float
) -> None:
    """Each amount, applied to the sheet, moves the largest survivable fall to the one asked for."""
    sheet = with_free(with_cash(owing(reference_household(), owed), money), free)
    sheet = sheet.with_(holdings=(holding("PORT", value, cost=value * cost), sheet.holdings[1]))
    for action in actions(sheet, LENDERS, DEFAULTS, fall):
        if action.amount is not None:
            assert applied(sheet, action, action.amount) == pytest.approx(fall, abs=1e-6)


def applied(sheet: BalanceSheet, action: Action, amount: float) -> float:
    pledged, free = sheet.holdings
    loan, line = sheet.secured_loans[0], sheet.credit_lines[0]
    keep = 0.995 - 0.20315 * max(0.0, 0.995 - pledged.cost / pledged.value)
    changed = {
        "repay": lambda: owing(sheet, loan.balance - amount),
        "add_cash": lambda: with_cash(sheet, sheet.cash + amount),
        "enlarge_line": lambda: sheet.with_(credit_lines=(replace(line, limit=line.limit + amount),)),
        "sell_pledged": lambda: owing(sheet, loan.balance - keep * amount).with_(
            holdings=(holding("PORT", pledged.value - amount), free)
        ),
        "sell_unpledged": lambda: with_cash(sheet, sheet.cash + 0.995 * amount),
        "pledge_more": lambda: sheet.with_(holdings=(holding("PORT", pledged.value + amount), free)),
    }[action.action]()
    return max_survivable_fall(positions(changed, LENDERS, DEFAULTS), resources(changed, DEFAULTS).total)


# --- Borrowing and the line -----------------------------------------------------------------------------------------


def test_further_borrowing_that_survives_half() -> None:
    """At −50 %: 0.85 · 62.5 M + 14.5 M − 50 M = 17,625,000 to spend; the freeze today allows 25 M."""
    (spent,) = further_borrowing(reference_household(), LENDERS, RULES, 0.5)
    assert (spent.amount, spent.binding) == (pytest.approx(17_625_000), "survival")
    (invested,) = further_borrowing(reference_household(), LENDERS, RULES, 0.5, use="invest")
    assert (invested.amount, invested.binding) == (pytest.approx(17_625_000 / 0.575), "survival")
    (shallow,) = further_borrowing(reference_household(), LENDERS, RULES, 0.1)
    assert (shallow.amount, shallow.binding) == (pytest.approx(25_000_000), "freeze")


def test_the_contract_limit_stops_borrowing() -> None:
    sheet = reference_household()
    capped = sheet.with_(secured_loans=(replace(sheet.secured_loans[0], limit=51e6),))
    (spent,) = further_borrowing(capped, LENDERS, RULES, 0.5)
    assert (spent.amount, spent.binding) == (pytest.approx(1e6), "limit")


def test_no_borrowing_when_the_fall_is_not_survived() -> None:
    with pytest.raises(Infeasible, match="not survivable as it is"):
        further_borrowing(reference_household(), LENDERS, RULES, 0.7)


@given(st.floats(0.0, 0.65))
@settings(max_examples=50)
def test_what_may_be_borrowed_and_spent_still_survives(fall: float) -> None:
    sheet = reference_household()
    (more,) = further_borrowing(sheet, LENDERS, RULES, fall)
    assert survives(owing(sheet, 50e6 + more.amount)) >= fall - 1e-9


def test_drawing_the_line_now_insures_against_losing_it() -> None:
    """10 M at 3 % costs 300,000 a year against a fee of 0.25 %: 25,000. Both survive 66.588 %; withdrawn, 57.176 %."""
    sheet = reference_household().with_(
        credit_lines=(CreditLine("Line", 10e6, 0.0, 0.03, commitment_fee_pa=0.0025, expires=date(2027, 3, 1)),)
    )
    (choice,) = line_choices(sheet, LENDERS, RULES)
    assert (choice.cost_drawn_pa, choice.cost_kept_pa, choice.extra_cost_pa) == pytest.approx((300e3, 25e3, 275e3))
    assert choice.survivable_fall_drawn == pytest.approx(0.66588, abs=5e-6)
    assert choice.survivable_fall_kept == pytest.approx(0.66588, abs=5e-6)
    assert choice.survivable_fall_withdrawn == pytest.approx(0.57176, abs=5e-6)


def test_a_cancellable_line_counts_only_when_drawn() -> None:
    sheet = reference_household()
    (choice,) = line_choices(
        sheet.with_(credit_lines=(replace(sheet.credit_lines[0], committed=False),)), LENDERS, RULES
    )
    assert choice.survivable_fall_drawn == pytest.approx(0.66588, abs=5e-6)
    assert choice.survivable_fall_kept == choice.survivable_fall_withdrawn == pytest.approx(0.57176, abs=5e-6)
    expired = replace(sheet.credit_lines[0], expires=date(2026, 1, 1))
    assert line_choices(sheet.with_(credit_lines=(expired,)), LENDERS, RULES) == ()


def test_income_that_is_not_there_is_not_counted() -> None:
    sheet = reference_household().with_(incomes=(CashFlow("Work", 1e6, ends=date(2026, 1, 1)),))
    assert survival_horizon_months(sheet, RULES) == pytest.approx(14.5e6 / 883_333.33)
