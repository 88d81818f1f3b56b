"""Plan files: complete, exact, and refused in one sentence."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from alm.errors import BadInput, UnknownName
from alm.fire import estimate
from alm.fire.attribution import GROUPS, attribute
from alm.fire.decisions import spending_by_loan
from alm.fire.engine import success_probability
from alm.fire.household import plan_from
from alm.fire.plan import Plan
from alm.fire.plan_file import parse_setting, plan_from_tree, plan_set, plan_with, read_plan, write_plan
from alm.fire.solve import solve
from alm.fire.what_if import compare_models, levers, tornado
from alm.lenders import profiles
from alm.settings import FIRE_MODELS, Settings, data_folder
from tests.fire.plans import reference
from tests.households import reference_household

SETTINGS = Settings(fire_paths=500)


def test_a_written_plan_reads_back_to_the_same_value(tmp_path: Path) -> None:
    plan = plan_from(reference_household(), SETTINGS, profiles())
    file = tmp_path / "own.toml"
    file.write_text(write_plan(plan))
    assert read_plan(file) == plan
    assert "# expected (arithmetic) total return, dividends included" in file.read_text()


def test_a_written_plan_lists_every_key() -> None:
    text = write_plan(reference())
    assert all(
        f"{spec.name} =" in text or f"[{spec.name}]" in text or f"[[{spec.name}]]" in text for spec in fields(Plan)
    )


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ({"yearz": 3}, "yearz: expected a key of the plan"),
        ({"assets": [{"name": "A", "cost": 1.0}]}, "assets.0.value: expected a value, which this key needs."),
        ({"market": {"model": "gut"}}, "market.model: 'gut' is refused: expected one of lognormal, student_t"),
        ({"years": "forty"}, "years: 'forty' is refused: expected a whole number"),
        ({"years": 500}, "years: '500' is refused: expected a number from 1 to 120."),
        ({"assets": [{"name": "A", "value": -5, "cost": 1}]}, "assets.0.value: '-5.0' is refused: expected a finite"),
        ({"market": {"inflation_pa": float("nan")}}, "market.inflation_pa: 'nan' is refused: expected a number"),
        ({"waterfall": ["cash"]}, "waterfall: 'cash' is refused: expected each of cash, dividends,"),
        ({"assets": [{"name": "A", "value": 1, "cost": 1, "pledged_to": "X"}]}, "expected one of the loans (none)."),
        ({"lives": [{"age": 60, "sex": 1}]}, "lives.0.sex: expected a key of the plan"),
        ({"lives": [{"age": 58}, {"age": 300}]}, "lives.1.age: '300.0' is refused: expected a number from 0 to 130."),
        (
            {"spend_at": "start", "spending": {"rule": "dividends"}},
            "spend_at: 'start' is refused: expected end: with the",
        ),
        (
            {"market": {"parameters": "felt"}},
            "market.parameters: 'felt' is refused: expected one of given, measured, estim",
        ),
        (
            {"assets": [{"name": "A", "value": 1, "cost": 1, "measured": {"first": "2020-01-01"}}]},
            "measured.total_return",
        ),
    ],
)
def test_a_bad_plan_is_refused_with_its_key_and_what_was_expected(tree: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        plan_from_tree(tree, Path("plan.toml"))
    assert str(refusal.value).startswith("plan.toml, ")
    assert sentence in str(refusal.value)


def test_one_key_is_changed_and_checked() -> None:
    plan = plan_set(reference(), dict([parse_setting("assets.0.value=1e8"), parse_setting("market.model=regime")]))
    assert (plan.assets[0].value, plan.market.model) == (1e8, "regime")
    with pytest.raises(UnknownName, match=r"no plan key named 'spending\.amount'; known: rule, amount_pa"):
        plan_set(plan, {"spending.amount": 1.0})
    with pytest.raises(BadInput, match=r"assets.0.volatility_pa: '0.3' is refused: expected market.parameters = given"):
        plan_set(plan, {"market.parameters": "estimated", "assets.0.volatility_pa": 0.3})
    with pytest.raises(BadInput, match="--set: 'years' is refused: expected KEY=VALUE"):
        parse_setting("years")


def test_the_households_own_plan() -> None:
    plan = plan_from(reference_household(), SETTINGS, profiles())
    (asset,), (loan,), (line,) = plan.assets, plan.loans, plan.lines
    assert (asset.value, asset.dividends_pa, asset.pledged_to) == (125e6, 5e6, "Loan")
    assert (asset.dividend_tax, asset.total_return_pa, asset.volatility_pa) == (0.20315, 0.07, 0.20)
    assert (loan.balance, loan.lender.freeze_ltv, loan.lender.call_ltv, loan.lender.forced_ltv) == (
        50e6,
        0.6,
        0.7,
        0.85,
    )
    assert (line.limit, plan.cash, plan.spending.amount_pa) == (10e6, 4.5e6, 9.6e6)
    assert plan.incomes[0].amount_pa == 12e6
    assert plan.wealth == 79.5e6


def test_the_mornings_estimate_is_the_plans_probability() -> None:
    plan = plan_from(reference_household(), SETTINGS, profiles())
    found = estimate(plan)
    assert found.success_probability == success_probability(plan)
    assert found.interval[0] < found.success_probability < found.interval[1]


def test_the_largest_spending_is_a_crossing_found_within_25_runs() -> None:
    plan = plan_with(reference(), paths=500)
    found = solve(plan, "spending", 0.9)
    assert found.runs <= 25
    assert found.probability >= 0.9
    assert success_probability(plan_with(plan, spending__amount_pa=found.value * 1.002)) < 0.9


def test_the_earliest_retirement_is_the_first_year_that_reaches_the_target() -> None:
    plan = plan_with(reference(), paths=500, spending__amount_pa=7e6)
    found = solve(plan, "retire-year", 0.42)
    assert success_probability(plan_with(plan, retire_year=found.value)) >= 0.42
    assert found.value > 0
    assert success_probability(plan_with(plan, retire_year=found.value - 1)) < 0.42


def test_the_parts_of_a_change_add_up_and_name_what_moved() -> None:
    old = plan_with(reference(), paths=500, spending__amount_pa=6e6)
    new = plan_with(old, spending__amount_pa=6.6e6, loans__0__balance=45e6, cash=6e6)
    before, after, causes = attribute(old, new)
    assert [cause.name for cause in causes] == ["loan", "cash", "spending"]
    assert sum(cause.part for cause in causes) == pytest.approx(after - before, abs=1e-15)
    assert after == success_probability(new)
    assert causes[2].part < 0 < causes[0].part


def test_every_key_of_a_plan_belongs_to_one_cause() -> None:
    grouped = [key for _, keys in GROUPS for key in keys]
    assert len(grouped) == len(set(grouped))
    assert {spec.name for spec in fields(Plan)} - set(grouped) == {"name", "currency"}


def test_models_tornado_levers_and_heat_map_answer_for_the_same_household() -> None:
    plan = plan_with(reference(), paths=300)
    rows = compare_models(plan)
    assert [row.model for row in rows if row.parameters in ("given", "history")] == list(FIRE_MODELS)
    assert rows[0].success_probability == success_probability(plan)
    drivers = {row.name: row for row in tornado(plan)}
    assert drivers["expected return"].at_low < drivers["expected return"].at_high
    assert drivers["spending"].at_low > drivers["spending"].at_high
    assert {lever.name for lever in levers(plan)} == {"repay", "spend less", "earn more"}
    grid = spending_by_loan(plan, (5e6, 10e6), (20e6, 50e6))
    assert grid.probability.shape == (2, 2)
    assert (grid.probability[0] >= grid.probability[1]).all()


@pytest.mark.parametrize("file", sorted((data_folder() / "plans").glob("*.toml")), ids=lambda path: path.stem)
def test_packaged_plans_are_valid(file: Path) -> None:
    plan = read_plan(file)
    assert 0.0 <= success_probability(plan_with(plan, paths=100)) <= 1.0
    assert file.read_text(encoding="utf-8") == write_plan(plan), "a packaged plan lists every assumption"
