"""The briefing of the reference household, figure by figure, and of households that cannot be known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alm.balance_sheet import BalanceSheet, CashBalance, Quote
from alm.briefing import Past, brief
from alm.freedom import Probability
from alm.lenders import profiles
from alm.lights import change_sentence
from alm.settings import Settings
from alm.telling import lines
from tests.households import AS_OF, holding, reference_household

SETTINGS = Settings()
LENDERS = profiles()
YESTERDAY = AS_OF - timedelta(days=1)


def briefing(sheet=None, history=(), **settings):
    return brief(
        sheet or reference_household(), history, replace(SETTINGS, **settings), LENDERS, fire=Probability(0.9, 0.003)
    )


def test_the_reference_household_figure_by_figure():
    found = briefing()
    assert found.verdict == "SAFE"
    assert found.ltv == 0.4
    assert found.fall_to_freeze == pytest.approx(1 / 3)
    assert found.fall_to_call == pytest.approx(0.42857, abs=5e-6)
    assert found.fall_to_forced == pytest.approx(0.52941, abs=5e-6)
    assert found.max_survivable_fall_prepaid == pytest.approx(0.59429, abs=5e-6)
    # one day, before anything can be paid: a call of 60 % is cured from 14,500,000 up to (50 − 14.5) / (0.6 · 125)
    assert found.max_survivable_fall == pytest.approx(1 - 35.5 / 75)
    assert found.net_worth == 79_500_000
    assert found.runway_months == pytest.approx(4_500_000 / (800_000 + 50_000_000 * 0.02 / 12))
    # income 1,000,000 + dividends 5,000,000 after 20.315 % over 12 − spending 800,000 − interest 83,333
    assert found.monthly_cash_flow == pytest.approx(
        1_000_000 + 5_000_000 * 0.79685 / 12 - 800_000 - 50_000_000 * 0.02 / 12
    )
    assert found.fire_ratio_gross == pytest.approx(5_000_000 / 9_600_000)
    assert found.actions == ()


def fallen(fall: float) -> BalanceSheet:
    sheet = reference_household()
    port = sheet.holdings[0]
    return sheet.with_(holdings=(replace(port, price=Quote(125_000 * (1 - fall), AS_OF)),))


def test_after_a_fall_of_40_percent_it_is_danger_and_says_the_least_to_do():
    found = briefing(fallen(0.40))  # LTV 66.7 %, the call 4.8 % away
    assert found.verdict == "DANGER"
    assert found.binding.name == "margin_distance"
    assert (
        found.binding.sentence
        == "Prices can fall 4.7%, ¥3.57M of collateral, before the lender calls; you ask for 35.0%."
    )
    # 50,000,000 − 0.70 · 0.65 · 75,000,000: the call 35 % away again
    assert found.actions[0].action == "repay"
    assert found.actions[0].amount == pytest.approx(15_875_000)


def test_a_short_runway_asks_for_the_cash_that_is_missing():
    sheet = reference_household()
    found = briefing(sheet.with_(cash_balances=(replace(sheet.cash_balances[0], amount=883_333.0),)))
    advice = next(action for action in found.actions if action.action == "add_cash")
    assert advice.amount == pytest.approx(4 * (800_000 + 50_000_000 * 0.02 / 12) - 883_333)


def test_dividends_that_buy_targets_nobody_set_leave_the_crossover_open_and_the_verdict_standing():
    found = briefing(reinvest_into="targets")
    assert (found.verdict, found.crossover_year) == ("SAFE", None)
    assert found.warnings == (
        "The crossover year stays open. No target weights: this figure cannot be computed without it.",
    )
    notes = " ".join(line.note for line in lines(found))
    assert "crossover —" in notes
    assert "never" not in notes


def test_a_missing_price_of_something_pledged_hides_the_loan_and_no_more():
    sheet = reference_household()
    found = briefing(sheet.with_(holdings=(replace(sheet.holdings[0], price=None),)))
    assert (found.verdict, found.net_worth, found.ltv, found.max_survivable_fall) == ("UNKNOWN", None, None, None)
    assert (found.actions, found.freedom.verdict) == ((), "UNKNOWN")
    assert "no price for PORT" in found.binding.sentence
    # 4,500,000 / (800,000 + 50,000,000 × 2 % / 12): cash and the loan's balance need no price
    assert (found.cash, found.debt, found.runway_months) == (4_500_000, 50_000_000, pytest.approx(5.0943, abs=1e-4))


def test_a_missing_price_of_something_unpledged_hides_no_figure_of_the_loans():
    sheet = reference_household()
    free = replace(holding("FREE", 10_000_000, pledged_to=None), price=None)
    whole, found = briefing(sheet), briefing(sheet.with_(holdings=(*sheet.holdings, free)))
    assert (found.verdict, found.binding.name) == ("UNKNOWN", "data_health")
    for name in ("ltv", "zone", "fall_to_freeze", "fall_to_call", "fall_to_forced", "max_survivable_fall", "cash"):
        assert getattr(found, name) == getattr(whole, name), name
    assert (found.portfolio_value, found.net_worth, found.max_survivable_fall_selling) == (None, None, None)


def test_a_loan_whose_own_collateral_is_priced_keeps_its_figures():
    sheet = reference_household()
    second = replace(sheet.secured_loans[0], name="Second", balance=10_000_000.0)
    other = replace(holding("OTHER", 20_000_000, pledged_to="Second"), price=None)
    found = briefing(sheet.with_(holdings=(*sheet.holdings, other), secured_loans=(*sheet.secured_loans, second)))
    first, hidden = found.loans
    assert (first.loan, first.ltv, first.fall_to_call) == ("Loan", 0.4, pytest.approx(1 - 0.4 / 0.7))
    assert (hidden.loan, hidden.ltv, hidden.zone) == ("Second", None, None)
    assert (found.ltv, found.max_survivable_fall) == (None, None), "over all loans nobody knows"


def test_a_loan_that_is_called_is_told_although_another_one_is_not_known():
    sheet = fallen(0.45)  # 50 of 68.75 million is 72.7 %: over the call at 70 %
    second = replace(sheet.secured_loans[0], name="Second", balance=10_000_000.0)
    other = replace(holding("OTHER", 20_000_000, pledged_to="Second"), price=None)
    found = briefing(sheet.with_(holdings=(*sheet.holdings, other), secured_loans=(*sheet.secured_loans, second)))
    assert (found.verdict, found.binding.name) == ("UNKNOWN", "open_call")
    assert found.warnings[:2] == ("On the figures at hand it would be DANGER.", "Data are missing: no price for OTHER.")


def test_a_missing_rate_of_cash_hides_what_cash_pays_and_not_the_ratio():
    sheet = reference_household()
    dollars = CashBalance(sheet.holdings[0].account, "USD", 1_000.0, None)
    found = briefing(sheet.with_(cash_balances=(*sheet.cash_balances, dollars)))
    assert (found.ltv, found.portfolio_value, found.dividends_gross) == (0.4, 125_000_000, 5_000_000)
    assert (found.cash, found.runway_months, found.max_survivable_fall) == (None, None, None)


def test_stale_prices_give_unknown_with_figures_and_say_what_it_would_be():
    sheet = fallen(0.40)
    old = replace(sheet.holdings[0], price=Quote(75_000, AS_OF - timedelta(days=9)))
    found = briefing(sheet.with_(holdings=(old,)))
    assert found.verdict == "UNKNOWN"
    assert found.ltv == pytest.approx(2 / 3)
    assert found.warnings[0] == "On the figures at hand it would be DANGER."
    assert found.actions == ()


def test_without_a_loan_nothing_can_be_called():
    sheet = reference_household().with_(secured_loans=())
    found = briefing(sheet.with_(holdings=(replace(sheet.holdings[0], pledged_to=None),)))
    assert found.verdict == "SAFE"
    assert {check.name for check in found.checks} == {"data_health", "runway"}
    assert found.ltv == 0.0


def test_an_empty_household_is_unknown():
    assert briefing(BalanceSheet(AS_OF, "JPY")).binding.sentence == "Nothing has been entered yet."


def test_what_changed_since_yesterday_names_its_parts():
    past = Past(YESTERDAY, "SAFE", reference_household(YESTERDAY))
    found = briefing(fallen(0.02), (past,))
    assert found.since == YESTERDAY
    net_worth = next(change for change in found.changes if change.figure == "net_worth")
    assert sum(part.amount for part in net_worth.parts) == net_worth.after - net_worth.before == -2_500_000
    assert change_sentence(found, net_worth) == "Net worth −¥2,500,000 since 2026-11-19: prices −¥2,500,000"


def test_only_an_earlier_day_is_compared():
    today = Past(AS_OF, "SAFE", reference_household())
    assert briefing(fallen(0.02), (today,)).since is None


def test_every_figure_shows_its_working_with_todays_numbers():
    told = {line.key: line for line in lines(briefing())}
    assert told["ltv"].value == "40.0%"
    assert told["ltv"].working == "¥50,000,000 ÷ ¥125,000,000 = 40.00%"
    assert told["fall_to_call"].working == "1 − 40.00% ÷ 70.00% = 42.85%"
    assert told["runway_months"].working.startswith("cash ¥4,500,000 ÷ (essential spending ¥800,000 + interest ¥83,333")
    assert all(line.source for line in told.values())


def test_the_figures_of_an_unknown_household_are_dashes_not_zeros():
    sheet = reference_household()
    found = briefing(sheet.with_(holdings=(replace(sheet.holdings[0], price=None),)))
    hidden = {"ltv", "fall_to_call", "fall_to_forced", "max_survivable_fall", "net_worth", "portfolio_value"}
    assert {line.value for line in lines(found) if line.key in hidden} == {"—"}


def test_a_lender_nobody_wrote_down_makes_it_unknown():
    sheet = reference_household()
    loan = replace(sheet.secured_loans[0], profile="my-bank")
    found = briefing(sheet.with_(secured_loans=(loan,)))
    assert (found.verdict, found.ltv) == ("UNKNOWN", None)
    assert found.binding.sentence == "Loan: there are no rules of a lender named my-bank."


def test_what_only_the_books_know_is_told_beside_the_verdict():
    found = brief(reference_household(), (), SETTINGS, LENDERS, notices=("PORT was split on 2026-11-18.",))
    assert found.warnings == ("PORT was split on 2026-11-18.",)
