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
from alm.engines.survivable import max_survivable_fall
from alm.errors import BadInput, Infeasible
from alm.lenders import profiles
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
    return max_survivable_fall(sheet, LENDERS, RULES)


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
    assert [p.needed for p in points] == pytest.approx([0, 0, 0, 20e6]), "at −60 % 50 M stand against 0.6 · 50 M"
    assert points[1].correlated == pytest.approx(18e6)


def test_a_contract_limit_caps_the_capacity() -> None:
    sheet = reference_household()
    capped = sheet.with_(secured_loans=(replace(sheet.secured_loans[0], limit=53e6),))
    assert capacity(capped, LENDERS, RULES, (0.0,))[0].further_borrowing == pytest.approx(3e6)


# --- Month by month -------------------------------------------------------------------------------------------------


def months_after(
    sheet: BalanceSheet, *shocks: Scenario, rules: Settings = RULES, dividends: bool = False
) -> tuple[Month, ...]:
    """Without dividends, unless they are asked for."""
    after = stressed(sheet, *shocks)
    return who_pays(after if dividends else after.with_(dividends=()), LENDERS, rules)


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
    """At −20 % nobody calls. Life takes 883,333 a month: five months of cash, then the line. Bills are paid from cash;
    the order says who pays what cash does not, and who answers a lender."""
    rows = months_after(reference_household(), fall(0.2), Scenario("x", income_loss=1.0))
    assert rows[0].paid.total == 0
    assert sum(r.paid.cash for r in rows) == pytest.approx(4.5e6)
    assert rows[5].paid.cash == pytest.approx(883_333.33)
    assert rows[6].paid.cash == pytest.approx(4.5e6 - 5 * 883_333.33)
    assert rows[6].paid.credit_line == pytest.approx(883_333.33 - rows[6].paid.cash)
    first_line = replace(RULES, waterfall_order=("credit_line", "cash", "dividends", "unpledged_sale", "pledged_sale"))
    cures, life, *_ = months_after(reference_household(), fall(0.5), rules=first_line)
    assert (cures.paid.credit_line, cures.paid.cash) == pytest.approx((10e6, 2.5e6))
    assert (life.cash_left, life.unpaid) == (pytest.approx(2e6), 0)


def test_a_line_pays_until_it_expires() -> None:
    """Expiring in 45 days: month 1 can draw, month 2 cannot."""
    sheet = with_cash(reference_household(), 0)
    line = replace(sheet.credit_lines[0], expires=AS_OF + timedelta(days=45))
    rows = months_after(sheet.with_(credit_lines=(line,)), Scenario("x", income_loss=1.0))
    assert rows[1].paid.credit_line == pytest.approx(883_333.33)
    assert rows[2].paid.credit_line == 0


def test_a_call_beyond_cash_and_line_sells_what_is_pledged() -> None:
    """At −52.8 % V = 59 M, 84.7 %: 35.5 M still owed after 14.5 M; sell (35.5 − 35.4) / 0.4 = 0.25 M."""
    cures = months_after(reference_household(), fall(0.528))[0]
    assert (cures.paid.cash, cures.paid.credit_line) == pytest.approx((4.5e6, 10e6))
    assert cures.paid.pledged_sale == pytest.approx(0.25e6)
    assert cures.ltv == pytest.approx(0.6)


def test_past_the_forced_threshold_the_lender_sells_whatever_money_is_at_hand() -> None:
    """At −55 % V = 56.25 M: sell x with 50 − x = 0.6 (56.25 − x), x = 40.625 M; cash and line stay."""
    forced = months_after(reference_household(), fall(0.55))[0]
    assert (forced.paid.cash, forced.paid.credit_line) == (0, 0)
    assert forced.paid.pledged_sale == pytest.approx(40.625e6)
    assert (forced.cash_left, forced.line_left) == pytest.approx((4.5e6, 10e6))


def test_what_nobody_can_pay_is_said() -> None:
    """At −80 % V = 25 M: 14.5 M and a sale of all 25 M leave 10.5 M owed."""
    cures = months_after(reference_household(), fall(0.8))[0]
    assert cures.unpaid == pytest.approx(10.5e6)
    assert cures.cure == pytest.approx(50e6)


def test_the_living_reserve_pays_for_life_and_not_for_cures() -> None:
    rules = replace(RULES, living_reserve_months=2.0)
    cures, first, *_ = months_after(reference_household(), fall(0.5), Scenario("x", income_loss=1.0), rules=rules)
    assert cures.paid.cash == pytest.approx(2.9e6)
    assert cures.cash_left == pytest.approx(1.6e6)
    assert first.paid.cash == pytest.approx(min(1.6e6, first.spending + first.interest))


@given(st.floats(0, 0.95), st.floats(0, 1), st.floats(0, 3e7), st.floats(0, 2e7), st.permutations(WATERFALL_SOURCES))
@settings(max_examples=60)
def test_every_yen_is_attributed_and_the_order_never_changes_what_is_due(
    size: float, loss: float, free: float, money: float, order: list[str]
) -> None:
    sheet = with_cash(with_free(reference_household(), free, cost=free / 2), money)
    rules = replace(DEFAULTS, waterfall_order=tuple(order))
    for row in months_after(sheet, fall(size), Scenario("x", income_loss=loss), rules=rules, dividends=True):
        assert row.cure + row.interest + row.spending == pytest.approx(row.paid.total + row.unpaid, abs=1e-3)
        assert min(row.unpaid, row.cash_left, row.line_left) >= -1e-6
        assert min(getattr(row.paid, source) for source in row.paid.__slots__) >= 0
        assert row.spending == pytest.approx(800_000 if row.month else 0)


def test_months_pay_dividends_net_of_tax() -> None:
    """5,000,000 a year less 20.315 % is 332,021 a month; they come before cash."""
    month = months_after(reference_household(), Scenario("x", income_loss=1.0), dividends=True)[1]
    assert month.paid.dividends == pytest.approx(5e6 * (1 - 0.20315) / 12)
    assert month.paid.cash == pytest.approx(883_333.33 - month.paid.dividends)


# --- Actions --------------------------------------------------------------------------------------------------------


def test_no_action_when_the_fall_is_survived() -> None:
    assert actions(reference_household(), LENDERS, RULES, 0.5) == ()
    assert actions(reference_household(), LENDERS, RULES, survives(reference_household())) == ()


def test_actions_are_the_ways_that_can_smallest_first() -> None:
    sheet = with_free(reference_household(), 5e6)
    found = actions(sheet, LENDERS, RULES, 0.528)
    kinds = ["repay", "add_cash", "enlarge_line", "sell_unpledged", "sell_pledged", "pledge_more"]
    assert sorted(a.action for a in found) == sorted(kinds)
    amounts = [a.amount for a in found if a.amount is not None]
    assert amounts == sorted(amounts)
    assert len(ways(sheet, LENDERS, RULES, 0.7)) == 6


def test_the_smallest_actions_to_survive_a_call() -> None:
    """At −52.8 % V = 59 M: the cure carries 35.4 M, 14.5 M are there, 100,000 are missing. Selling x today:
    50 − x − 0.6 · 0.472 · (125 − x) = 14.5, x = 100,000 / 0.7168; pledging y: 0.6 · 0.472 · y = 100,000."""
    found = by_kind(with_free(reference_household(), 5e6), 0.528)
    for kind in ("repay", "add_cash", "enlarge_line", "sell_unpledged"):
        assert found[kind].amount == pytest.approx(100_000, rel=1e-5)
    assert found["sell_pledged"].amount == pytest.approx(100_000 / 0.7168, rel=1e-5)
    assert found["pledge_more"].amount == pytest.approx(100_000 / 0.2832, rel=1e-5)
    assert found["repay"].why.startswith("Repay ¥100,000 with new money")


def test_beyond_the_forced_threshold_only_less_debt_or_more_collateral_helps() -> None:
    """At −70 % V = 37.5 M; the lender sells unasked from 31.875 M on: repay 18.125 M, or sell x today with
    50 − x = 0.255 (125 − x), x = 18.125 / 0.745. No cash and no line lifts the fall above 1 − 0.4 / 0.85 = 52.9 %."""
    found = by_kind(with_free(reference_household(), 15e6), 0.7)
    assert found["repay"].amount == pytest.approx(18.125e6, rel=1e-5)
    assert found["sell_pledged"].amount == pytest.approx(18.125e6 / 0.745, rel=1e-5)
    for kind in ("add_cash", "enlarge_line", "sell_unpledged"):
        assert found[kind].amount is None
        assert found[kind].why.startswith("Loan: its lender sells from a fall of 52.9% on, whatever money is at hand.")
    assert found["pledge_more"].why.startswith("Only ¥15,000,000 of unpledged holdings may be pledged")


def test_an_advice_that_is_enough() -> None:
    """56.25 M of 125 M, 3.625 M of cash, no line: at −55 % a call asks for 22.5 M, so only what avoids the call helps
    with less: 56.25 − 0.7 · 56.25 = 16.875 M. What only avoids the forced sale, 4.8 M, leaves a call nobody answers."""
    sheet = with_cash(owing(reference_household(), 56.25e6), 3.625e6).with_(credit_lines=())
    assert by_kind(sheet, 0.55)["repay"].amount == pytest.approx(16.875e6, rel=1e-5)
    assert survives(owing(sheet, 56.25e6 - 4.8125e6)) < 0.55


def test_a_tax_free_account_is_sold_and_never_pledged() -> None:
    found = by_kind(with_free(reference_household(), 15e6, account=NISA), 0.528)
    assert found["sell_unpledged"].amount == pytest.approx(100_000, rel=1e-5)
    assert found["pledge_more"].amount is None
    assert "Only ¥0 of unpledged holdings may be pledged" in found["pledge_more"].why


def test_new_cash_first_fills_an_overdraft_and_the_living_reserve() -> None:
    """Overdrawn by 1 M with a reserve of one month (800,000): 35.4 M and the line leave 4.6 M missing at −52.8 %, and
    cash needs 1.8 M more."""
    rules = replace(RULES, living_reserve_months=1.0)
    sheet = with_free(with_cash(reference_household(), -1e6), 50e6)
    found = {a.action: a.amount for a in ways(sheet, LENDERS, rules, 0.528)}
    assert found["repay"] == pytest.approx(4.6e6, rel=1e-5)
    assert found["add_cash"] == pytest.approx(6.4e6, rel=1e-5)
    assert found["sell_unpledged"] == pytest.approx(6.4e6, rel=1e-5)


def test_a_sale_that_cannot_help_is_said_plainly() -> None:
    """Owing 124 of 125 M, selling everything with 5 % cost and no cash leaves a debt without collateral."""
    broke = with_cash(owing(reference_household(), 124e6), 0).with_(credit_lines=())
    costly = Settings(sale_cost=0.05)
    found = {a.action: a for a in ways(broke, LENDERS, costly, 0.5)}
    assert found["sell_pledged"].amount is None
    assert found["sell_pledged"].why == "Selling pledged holdings today cannot make a fall of 50.0% survivable."


@pytest.mark.parametrize("fall", [-0.1, 1.0, math.nan])
def test_a_fall_that_makes_no_sense_is_refused(fall: float) -> None:
    with pytest.raises(BadInput, match=r"survive: .* expected a fall from 0 to below 1"):
        actions(reference_household(), LENDERS, RULES, fall)


def test_two_loans_are_repaid_where_it_helps_most() -> None:
    """At −50 % One owes 40 against 30: below its call at 21 with 19 repaid, below its forced sale anyway. Two owes 30
    against 20: below its call at 14 with 16. A cure asks for 22 and 18, and nothing is there to pay it: 35 in all."""
    sheet = with_cash(reference_household(), 0).with_(
        holdings=(holding("A", 60.0, pledged_to="One"), holding("B", 40.0, pledged_to="Two")),
        secured_loans=(
            SecuredLoan("One", 40.0, 0.0, 0.02, "standard-60-70-85", "JPY"),
            SecuredLoan("Two", 30.0, 0.0, 0.02, "standard-60-70-85", "JPY"),
        ),
        credit_lines=(),
    )
    repay = by_kind(sheet, 0.5)["repay"]
    assert repay.amount == pytest.approx(35, rel=1e-5)
    assert repay.parts == pytest.approx({"One": 19, "Two": 16}, rel=1e-5)
    assert "By loan: One ¥19, Two ¥16." in repay.why


AMOUNT = st.floats(1e6, 2e8)


@given(AMOUNT, AMOUNT, st.floats(0, 3e7), st.floats(0, 2e7), st.floats(0.05, 0.9), st.floats(0.5, 1.5))
@settings(max_examples=40)
def test_every_action_is_enough_and_not_a_thousandth_more(
    owed: float, value: float, money: float, free: float, fall: float, cost: float
) -> None:
    """Applied to the sheet, each amount makes the fall survivable, and 99.9 % of it does not."""
    sheet = with_free(with_cash(owing(reference_household(), owed), money), free)
    sheet = sheet.with_(holdings=(holding("PORT", value, cost=value * cost), sheet.holdings[1]))
    for action in actions(sheet, LENDERS, DEFAULTS, fall):
        assert action.amount is not None
        assert applied(sheet, action, action.amount * (1 + 1e-6) + 1e-3) >= fall - 1e-7
        if action.amount > 100:
            assert applied(sheet, action, action.amount * 0.999) < fall


def applied(sheet: BalanceSheet, action: Action, amount: float) -> float:
    pledged, free = sheet.holdings
    loan, line = sheet.secured_loans[0], sheet.credit_lines[0]
    keep = 0.995 - 0.20315 * max(0.0, 0.995 - pledged.cost / pledged.value)
    left = {"PORT": pledged.value, "FREE": free.value}
    if action.action in ("sell_pledged", "pledge_more"):
        left["PORT"] += amount if action.action == "pledge_more" else -amount
    if action.action in ("sell_unpledged", "pledge_more"):
        left["FREE"] -= amount
    new = tuple(
        holding(h.ticker, max(left[h.ticker], 0.0), cost=h.cost, pledged_to=h.pledged_to) for h in sheet.holdings
    )
    repaid = {"repay": amount, "sell_pledged": keep * amount}.get(action.action, 0.0)
    came = {"add_cash": amount, "sell_unpledged": 0.995 * amount}.get(action.action, 0.0)
    more = amount if action.action == "enlarge_line" else 0.0
    changed = with_cash(
        owing(sheet, max(0.0, loan.balance - repaid)), sheet.cash + came + max(0.0, repaid - loan.balance)
    )
    changed = changed.with_(credit_lines=(replace(line, limit=line.limit + more),), holdings=new)
    return max_survivable_fall(changed, LENDERS, DEFAULTS)


# --- Borrowing and the line -----------------------------------------------------------------------------------------


def test_further_borrowing_that_survives_half() -> None:
    """At −50 %: 0.6 · 62.5 M + 14.5 M − 50 M = 2,000,000 to spend; the freeze today allows 25 M."""
    (spent,) = further_borrowing(reference_household(), LENDERS, RULES, 0.5)
    assert (spent.amount, spent.binding) == (pytest.approx(2e6), "survival")
    (invested,) = further_borrowing(reference_household(), LENDERS, RULES, 0.5, use="invest")
    assert (invested.amount, invested.binding) == (pytest.approx(2e6 / 0.7), "survival")
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


@given(st.floats(0.0, 0.52))
@settings(max_examples=20)
def test_what_may_be_borrowed_and_spent_still_survives(fall: float) -> None:
    sheet = reference_household()
    (more,) = further_borrowing(sheet, LENDERS, RULES, fall)
    assert survives(owing(sheet, 50e6 + more.amount)) >= fall - 1e-6


def test_drawing_the_line_now_insures_against_losing_it() -> None:
    """10 M at 3 % costs 300,000 a year against a fee of 0.25 %: 25,000. Both survive 52.667 %; withdrawn, 42.857 %."""
    sheet = reference_household().with_(
        credit_lines=(CreditLine("Line", 10e6, 0.0, 0.03, commitment_fee_pa=0.0025, expires=date(2027, 3, 1)),)
    )
    (choice,) = line_choices(sheet, LENDERS, RULES)
    assert (choice.cost_drawn_pa, choice.cost_kept_pa, choice.extra_cost_pa) == pytest.approx((300e3, 25e3, 275e3))
    assert choice.survivable_fall_drawn == pytest.approx(0.52667, abs=5e-6)
    assert choice.survivable_fall_kept == pytest.approx(0.52667, abs=5e-6)
    assert choice.survivable_fall_withdrawn == pytest.approx(0.42857, abs=5e-6)


def test_a_cancellable_line_counts_only_when_drawn() -> None:
    sheet = reference_household()
    (choice,) = line_choices(
        sheet.with_(credit_lines=(replace(sheet.credit_lines[0], committed=False),)), LENDERS, RULES
    )
    assert choice.survivable_fall_drawn == pytest.approx(0.52667, abs=5e-6)
    assert choice.survivable_fall_kept == choice.survivable_fall_withdrawn == pytest.approx(0.42857, abs=5e-6)
    expired = replace(sheet.credit_lines[0], expires=date(2026, 1, 1))
    assert line_choices(sheet.with_(credit_lines=(expired,)), LENDERS, RULES) == ()


def test_income_that_is_not_there_is_not_counted() -> None:
    sheet = reference_household().with_(incomes=(CashFlow("Work", 1e6, ends=date(2026, 1, 1)),))
    assert survival_horizon_months(sheet, RULES) == pytest.approx(14.5e6 / 883_333.33)
