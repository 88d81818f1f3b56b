"""The verdict is the worst check, says why in one sentence, and is never green on what nobody knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alm.balance_sheet import BalanceSheet, Quote
from alm.settings import Settings
from alm.verdict import Figures, binding, checks, worst
from tests.households import AS_OF, reference_household

SETTINGS = Settings()
FINE = Figures(fall_to_call=0.42857, max_survivable_fall=0.58, runway_months=5.09, fire_probability=0.87)


def verdict(sheet=None, settings=SETTINGS, **figures):
    found = checks(sheet or reference_household(), replace(FINE, **figures), settings)
    return worst(tuple(check.level for check in found)), binding(found)


def test_the_reference_household_is_safe_and_the_constraint_with_least_room_binds():
    level, constraint = verdict()
    assert level == "SAFE"
    assert constraint.name == "fire_probability"  # 0.87 / 0.80 leaves less room than 0.429 / 0.35


@pytest.mark.parametrize(
    ("figure", "level", "name", "sentence"),
    [
        ({"fall_to_call": 0.34}, "CAUTION", "margin_distance", "A fall of 34.0% reaches the margin call; the limit is 35.0%."),
        ({"fall_to_call": 0.14}, "DANGER", "margin_distance", "A fall of 14.0% reaches the margin call; the limit is 15.0%."),
        ({"fall_to_call": -0.02}, "DANGER", "margin_distance", "The margin call has been reached: the loan is over its threshold."),
        ({"max_survivable_fall": 0.45}, "CAUTION", "survivable_fall", "Cash and credit survive a fall of 45.0%, however fast, and nothing is sold; the limit is 50.0%."),
        ({"max_survivable_fall": -0.1}, "DANGER", "survivable_fall", "Cash and credit together cannot keep off a sale at today's prices."),
        ({"runway_months": 0.5}, "DANGER", "runway", "Cash pays essential spending and interest for 0.5 months; the limit is 1.0 months."),
        ({"fire_probability": 0.72, "means_lowered": True}, "CAUTION", "fire_probability", "With every mean one standard error lower this life is sustained with a probability of 72.0%; the limit is 80.0%."),
        ({"fire_probability": 0.49}, "DANGER", "fire_probability", "This life is sustained to the horizon with a probability of 49.0%; the limit is 50.0%."),
    ],
)  # fmt: skip
def test_each_constraint_binds_with_its_number(figure, level, name, sentence):
    found, constraint = verdict(**figure)
    assert (found, constraint.name, constraint.sentence) == (level, name, sentence)


def test_a_threshold_itself_is_still_fine():
    assert verdict(fall_to_call=0.35)[0] == "SAFE"
    assert verdict(fall_to_call=0.15)[0] == "CAUTION"


def test_the_worst_of_two_wins():
    assert verdict(fall_to_call=0.34, runway_months=0.2)[1].name == "runway"


def test_a_missing_price_makes_everything_unknown_even_beside_danger():
    sheet = reference_household()
    sheet = sheet.with_(holdings=(replace(sheet.holdings[0], price=None),))
    level, constraint = verdict(sheet, fall_to_call=0.01)
    assert level == "UNKNOWN"
    assert constraint.sentence == "Data are missing: no price for PORT."


def test_a_stale_price_makes_it_unknown_with_its_age():
    sheet = reference_household()
    sheet = sheet.with_(holdings=(replace(sheet.holdings[0], price=Quote(125_000, AS_OF - timedelta(days=6))),))
    level, constraint = verdict(sheet)
    assert level == "UNKNOWN"
    assert constraint.sentence == "Data are too old: PORT is 6 days old; the limit is 5 days."


def test_a_loan_balance_from_an_old_statement_makes_it_unknown():
    sheet = reference_household()
    for age, level in ((45, "SAFE"), (46, "UNKNOWN")):
        loan = replace(sheet.secured_loans[0], balance_on=AS_OF - timedelta(days=age))
        found, constraint = verdict(sheet.with_(secured_loans=(loan,)))
        assert found == level
    assert constraint.sentence == "Data are too old: the balance of Loan is 46 days old; the limit is 45 days."


def test_an_empty_household_is_unknown_not_safe():
    assert verdict(BalanceSheet(AS_OF, "JPY"))[1].sentence == "Nothing has been entered yet."


def test_a_household_without_a_loan_has_no_margin_to_check():
    found = checks(reference_household(), replace(FINE, fall_to_call=float("inf")), SETTINGS)
    assert "margin_distance" not in {check.name for check in found}


@pytest.mark.parametrize(("days", "level"), [(89, "CAUTION"), (90, "SAFE"), (-1, "CAUTION")])
def test_a_line_that_expires_soon_is_a_caution(days, level):
    sheet = reference_household()
    line = replace(sheet.credit_lines[0], expires=AS_OF + timedelta(days=days))
    assert verdict(sheet.with_(credit_lines=(line,)))[0] == level
