"""Dated flows and term debts, step by step."""

import numpy as np
import pytest

from alm.fire.plan import Debt, Flow, Plan
from alm.fire.schedule import amortised, flow_amounts, schedule


def test_a_salary_grows_each_year_and_ends_on_retirement() -> None:
    salary = Flow("Salary", 1_200.0, growth_pa=0.10, work=True)
    amounts = flow_amounts(salary, 36, 12, retire_year=2.5)
    np.testing.assert_allclose(amounts[[0, 11, 12, 24, 29, 30, 35]], [100, 100, 110, 121, 121, 0, 0])


def test_a_pension_starts_later_and_does_not_end_on_retirement() -> None:
    amounts = flow_amounts(Flow("Pension", 120.0, starts_year=1.5), 24, 12, retire_year=0.0)
    assert amounts[17] == 0.0
    assert amounts[18] == 10.0
    assert amounts.sum() == pytest.approx(60.0)


def test_a_one_off_falls_in_the_step_its_date_lies_in() -> None:
    amounts = flow_amounts(Flow("House", 500.0, starts_year=1.3, once=True), 24, 12, None)
    assert np.flatnonzero(amounts).tolist() == [15]
    assert flow_amounts(Flow("Far", 500.0, starts_year=9.0, once=True), 24, 12, None).sum() == 0.0


def test_real_flows_are_kept_apart_from_nominal_ones() -> None:
    plan = Plan(years=1, incomes=(Flow("Rent", 12.0, real=True), Flow("Fixed", 24.0)), expenses=(Flow("School", 36.0),))
    made = schedule(plan)
    assert (made.income_real[0], made.income[0], made.expense[0], made.expense_real[0]) == (1.0, 2.0, 3.0, 0.0)


def test_a_term_loan_is_repaid_by_its_annuity() -> None:
    # 1,000 at 10 % a year, 402.1148 a year for three years (annuity factor 2.486852).
    owed, paid = amortised(Debt("Car", 1_000.0, 0.10, 402.114804), 5, 1)
    np.testing.assert_allclose(owed, [697.885196, 365.558912, 0, 0, 0], atol=1e-3)
    np.testing.assert_allclose(paid, [402.114804, 402.114804, 402.1148, 0, 0], atol=1e-3)
