"""What would reach the target: enough, and not more than needed; a lever that cannot is followed to its end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alm.fire.engine import success_probability
from alm.fire.plan import Asset, Flow, Lender, Loan, Plan, Spending
from alm.fire.solve import with_loan, with_spending
from alm.simulated import explored, probability, reaches, spread, work_years, working_until

PLAN = Plan(
    years=30, paths=1_000, cash=5e6,
    assets=(Asset("equity", 125e6, 100e6, pledged_to="Loan", dividends_pa=4e6),),
    loans=(Loan("Loan", 40e6, lender=Lender(call_ltv=0.70)),),
    incomes=(Flow("Work", 6e6, ends_year=10.0, real=True, work=True), Flow("Pension", 1e6, starts_year=15.0, real=True)),
    spending=Spending(amount_pa=6e6),
)  # fmt: skip
TARGET = 0.80


@pytest.fixture(scope="module")
def found():
    return {reach.lever: reach for reach in reaches(PLAN, probability(PLAN), TARGET)}


def test_the_plan_misses_its_target_and_every_decision_is_asked(found):
    assert success_probability(PLAN) < TARGET
    assert set(found) == {"spend_less", "work_longer", "owe_less"}


def test_spending_that_much_less_a_month_is_enough_and_a_hundredth_less_of_it_is_not(found):
    less = 12 * found["spend_less"].amount
    assert success_probability(with_spending(PLAN, 6e6 - less)) >= TARGET
    assert success_probability(with_spending(PLAN, 6e6 - 0.99 * less)) < TARGET


def test_the_years_of_work_are_the_fewest(found):
    years = found["work_longer"].amount
    assert success_probability(working_until(PLAN, 10 + years)) >= TARGET
    assert success_probability(working_until(PLAN, 10 + years - 1)) < TARGET


def test_a_loan_that_cannot_reach_it_says_how_far_repaying_all_of_it_goes(found):
    nothing = success_probability(with_loan(PLAN, 0.0))
    assert nothing < TARGET
    assert (found["owe_less"].amount, found["owe_less"].probability) == (None, nothing)


def test_repaying_that_much_is_enough_and_a_tenth_less_of_it_is_not():
    indebted, target = replace(PLAN, loans=(replace(PLAN.loans[0], balance=50e6, rate_pa=0.10),)), 0.50
    (reach,) = (x for x in reaches(indebted, probability(indebted), target) if x.lever == "owe_less")
    assert success_probability(with_loan(indebted, 50e6 - reach.amount)) >= target
    assert success_probability(with_loan(indebted, 50e6 - 0.9 * reach.amount)) < target


def test_a_target_that_is_reached_asks_for_nothing():
    assert reaches(PLAN, probability(PLAN), 0.01) == ()


def test_work_ends_with_the_last_income_from_work_or_with_the_plan():
    assert work_years(PLAN) == 10.0, "a pension is no work"
    assert work_years(replace(PLAN, retire_year=4.0)) == 4.0
    assert work_years(replace(PLAN, incomes=(Flow("Work", 6e6, work=True),))) == 30.0
    assert work_years(replace(PLAN, incomes=())) == 0.0


def test_the_chance_of_a_forced_sale_grows_with_the_years_and_ends_in_the_whole():
    told = probability(PLAN).p_forced_sale
    assert list(told) == ["1", "5", "all"]
    assert 0 <= told["1"] <= told["5"] <= told["all"] <= 1
    short = probability(replace(PLAN, years=3)).p_forced_sale
    assert short["5"] == short["all"]


def test_the_spread_holds_the_plan_s_own_answer_and_leaves_out_who_cannot_answer():
    fire = probability(PLAN)
    rows = {(row.model, row.parameters): row.probability for row in spread(PLAN, fire)}
    assert rows["lognormal", "given"] == fire.probability
    assert {"bootstrap", "cohorts", "regime"} <= {model for model, _ in rows}
    assert "measured" not in {source for _, source in rows}, "nothing of this plan was measured"
    assert list(rows) == sorted(rows)


def test_means_that_are_barely_known_are_taken_lower_before_anything_is_advised():
    estimated = replace(PLAN, market=replace(PLAN.market, parameters="estimated"))
    told = explored(estimated, estimated, probability(estimated), 0.97)
    assert told.mean_band is not None
    (less,) = (reach for reach in told.reaches if reach.lever == "spend_less")
    cheaper = with_spending(estimated, 6e6 - 12 * less.amount)
    assert success_probability(cheaper) > 0.97, "by its own means it reaches more than was asked for"
    assert probability(cheaper).prudent == pytest.approx(0.97, abs=0.005)
