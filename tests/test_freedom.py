"""The second light: the plan's probability against the target, in one sentence with what it assumes; never the first's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alm.advice import Advice
from alm.balance_sheet import Quote
from alm.briefing import Past, brief, without_fire
from alm.changes import Change
from alm.freedom import ModelAnswer, Probability, Reach
from alm.lenders import profiles
from alm.lights import change_sentence, lights, next_steps
from alm.settings import Settings
from tests.households import AS_OF, reference_household

LENDERS = profiles()
FIRE = Probability(
    0.639, 0.0048, model="lognormal", parameters="given", years=40, work_years=12.0,
    p_forced_sale={"1": 0.001, "5": 0.059, "all": 0.384},
    spread=(ModelAnswer("lognormal", "given", 0.639, 0.0048), ModelAnswer("bootstrap", "history", 0.896, 0.005)),
    reaches=(Reach("spend_less", 89_062.5, 0.8004), Reach("work_longer", 3.0, 0.81), Reach("owe_less", None, 0.717)),
    target=0.80,
)  # fmt: skip


def briefing(fire: Probability | None = FIRE, sheet=None, **settings):
    return brief(sheet or reference_household(), (), replace(Settings(), **settings), LENDERS, fire=fire)


@pytest.mark.parametrize(
    ("probability", "level", "limit"), [(0.80, "SAFE", 0.80), (0.79, "CAUTION", 0.80), (0.49, "DANGER", 0.50)]
)
def test_the_probability_is_judged_against_the_household_s_own_target(probability, level, limit):
    found = briefing(replace(FIRE, probability=probability)).freedom
    (check,) = found.checks
    assert (found.verdict, check.level, check.limit, found.target) == (level, level, limit, 0.80)


def test_it_never_moves_the_first_light():
    alone = briefing(None)
    for fire in (FIRE, replace(FIRE, probability=0.1), replace(FIRE, probability=1.0)):
        found = briefing(fire)
        assert (found.verdict, found.binding, found.checks) == (alone.verdict, alone.binding, alone.checks)
    assert "fire_probability" not in {check.name for check in alone.checks}


def test_one_sentence_says_the_probability_what_it_assumes_and_what_was_asked_for():
    _, free = lights(briefing())
    assert free.number == "63.9%"
    assert free.sentence == (
        "Your plan works in 63.9% of simulated lives, with income from work for 12 of 40 years, the model lognormal and "
        "the returns you set; you asked for 80.0%."
    )
    assert free.notes == (
        "A forced sale comes within 1 year in 0.1% of these lives, within 5 years in 5.9%, at any time in 38.4%.",
        "± 0.48 pt covers chance only. Other models and sources of returns give 63.9% to 89.6%: that is the real "
        "uncertainty.",
    )


def test_work_for_all_years_and_for_none_are_said():
    assert "income from work for all 40 years" in briefing(replace(FIRE, work_years=40.0)).freedom.sentence
    assert "no income from work" in briefing(replace(FIRE, work_years=0.0)).freedom.sentence


def test_means_that_were_measured_count_with_one_standard_error_less():
    measured = replace(FIRE, probability=0.97, parameters="measured")
    assert briefing(replace(measured, mean_band=(0.85, 0.99))).freedom.verdict == "SAFE"
    doubted = briefing(replace(measured, mean_band=(0.72, 0.99))).freedom
    assert (doubted.verdict, doubted.checks[0].value, doubted.probability) == ("CAUTION", 0.72, 0.97)
    assert doubted.sentence.startswith("With every mean one standard error lower, your plan works in 72.0%")


def test_what_reaches_the_target_has_its_amount_and_what_cannot_is_named_and_not_offered():
    found = briefing()
    free = [one for one in found.actions if one.light == "free"]
    assert [(one.action, one.amount) for one in free] == [("spend_less", 89_062.5), ("work_longer", 3.0)]
    assert [one.why for one in free] == [
        "To reach 80.0%, spend ¥89,100 a month less.",
        "To reach 80.0%, work 3 years longer.",
    ]
    assert [one.why for one in found.not_enough] == ["Not enough: repaying the whole loan reaches 71.7%, not 80.0%."]
    assert found.not_enough[0].why in next_steps(found).remarks


def test_a_reason_that_several_ways_share_is_said_once():
    wall = "Loan: its lender sells from a fall of 47.7% on, whatever money is at hand."
    ways = tuple(Advice(way, None, wall, enough=False) for way in ("add_cash", "enlarge_line", "sell_unpledged"))
    assert next_steps(replace(briefing(), not_enough=ways)).remarks.count(wall) == 1


def test_a_target_that_is_reached_asks_for_nothing():
    found = briefing(replace(FIRE, probability=0.9, reaches=()))
    assert found.actions == found.not_enough == ()
    assert "Am I free? Nothing to do: your plan reaches what you asked for." in next_steps(found).remarks


def test_what_is_not_known_yet_is_said():
    found = briefing(replace(FIRE, spread=None, reaches=None))
    assert found.actions == ()
    assert "What reaches the target is not computed yet: the daily snapshot does." in next_steps(found).remarks
    assert "other models are not computed yet" in lights(found)[1].notes[-1]


def test_left_out_it_is_unknown_and_says_so():
    found = briefing(None)
    assert (found.freedom.verdict, found.freedom.probability, found.freedom.checks) == ("UNKNOWN", None, ())
    assert found.freedom.sentence == "Not computed: the simulation was left out."


def test_a_simulation_that_failed_is_unknown_with_the_reason_and_the_first_light_stands():
    found = without_fire(briefing(None), "The history is too short.")
    assert (found.verdict, found.freedom.verdict, found.freedom.checks[0].level) == ("SAFE", "UNKNOWN", "UNKNOWN")
    assert found.freedom.sentence == "The FIRE probability could not be computed: The history is too short."


def test_old_prices_make_it_unknown_and_keep_its_figure():
    sheet = reference_household()
    old = replace(sheet.holdings[0], price=Quote(125_000, AS_OF - timedelta(days=9)))
    found = briefing(sheet=sheet.with_(holdings=(old,))).freedom
    assert (found.verdict, found.probability, found.checks) == ("UNKNOWN", 0.639, ())
    assert found.sentence.startswith("Data are too old: PORT is 9 days old")


def test_a_household_without_spending_has_no_plan_to_judge():
    found = briefing(None, reference_household().with_(expenses=())).freedom
    assert (found.verdict, found.sentence) == ("UNKNOWN", "No spending is entered: there is no plan to judge.")


@pytest.mark.parametrize(("now", "told"), [(0.6388, False), (0.6479, False), (0.65, True)])
def test_a_change_within_its_error_is_no_change(now, told):
    """Two lives of 10,000, or 0.9 points at an error of 2 × 0.48, are chance; 1.1 points are told with their cause."""
    moved = replace(FIRE, probability=now, before=0.639, parts=(Change("cash", now - 0.6388), Change("loan", -0.0002)))
    past = Past(AS_OF - timedelta(days=1), "SAFE", reference_household(AS_OF - timedelta(days=1)), "CAUTION")
    found = brief(reference_household(), (past,), Settings(), LENDERS, fire=moved)
    change = next(x for x in found.changes if x.figure == "fire_probability")
    assert change.error == pytest.approx(0.0096)
    assert sum(part.amount for part in change.parts) == pytest.approx(now - 0.639 if told else 0.0)
    shown = change_sentence(found, change)
    if told:
        assert [part.cause for part in change.parts] == ["cash", "causes within the error"]
        assert shown.startswith(
            "FIRE probability +1.10 pt since 2026-11-19: cash +1.12 pt, causes within the error −0.02 pt"
        )
    else:
        assert change.parts == ()
        assert shown == "FIRE probability: no change since 2026-11-19 (a difference of less than 1.0 pt is chance)"
