"""Each figure's working, with today's numbers, ends in the figure that is shown."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from alm.briefing import Probability, brief
from alm.lenders import profiles
from alm.settings import Settings
from alm.telling import Line, lines
from tests.households import reference_household

BRIEF = brief(reference_household(), (), Settings(), profiles(), fire=Probability(0.616, 0.0218))
NUMBER = re.compile(r"[+−]?[¥$]?\d[\d,]*\.?\d*")


def amount(text: str) -> float:
    return float(NUMBER.findall(text)[-1].replace("−", "-").replace("¥", "").replace(",", ""))


WORKED = [line for line in lines(BRIEF) if line.key not in ("fire_probability", "max_survivable_fall")]


@pytest.mark.parametrize("line", WORKED, ids=lambda line: line.key)
def test_the_working_ends_in_the_figure(line: Line) -> None:
    formula, _, result = line.working.partition(" (gross")[0].rpartition("=")
    assert amount(result) == pytest.approx(amount(line.value), abs=0.1)
    assert len(NUMBER.findall(formula)) >= 2, "a formula has numbers in it"
    assert line.source


def test_a_fall_that_is_survived_is_rounded_down() -> None:
    """1 − (50 − 14.5) ÷ (0.60 × 125) is 52.667 %, and the call at 42.857 % is not 42.9 % away."""
    told = {line.key: line for line in lines(BRIEF)}
    assert (told["max_survivable_fall"].value, told["fall_to_call"].value) == ("52.6%", "42.8%")
    assert "up to a fall of 52.66% at any speed" in told["max_survivable_fall"].working


def test_the_probability_says_its_share_and_its_error() -> None:
    (line,) = (line for line in lines(BRIEF) if line.key == "fire_probability")
    assert line.working == (
        "61.6% of the simulated lives meet their spending in full every month to the horizon; "
        "standard error √(p (1 − p) ÷ lives) = 2.18%"
    )


def test_a_measured_probability_says_what_its_short_history_leaves_of_it() -> None:
    known = Probability(1.0, 0.0, model="regime", parameters="measured", mean_band=(0.969, 1.0))
    (line,) = (x for x in lines(replace(BRIEF, fire_probability=known)) if x.key == "fire_probability")
    assert line.note == "96.9% to 100.0% by the means' error"
    assert line.working.endswith("; with every measured mean one standard error lower 96.9%, higher 100.0%")
    assert "model regime, return and volatility measured" in line.source


def test_what_is_pledged_and_what_is_not_add_up_to_the_portfolio() -> None:
    half = replace(BRIEF, portfolio_value=125_000_000.0, collateral_value=100_000_000.0)
    (line,) = (line for line in lines(half) if line.key == "portfolio_value")
    assert line.working == "pledged ¥100,000,000 + not pledged ¥25,000,000 = ¥125,000,000"
    unknown = replace(BRIEF, portfolio_value=None)
    (line,) = (line for line in lines(unknown) if line.key == "portfolio_value")
    assert line.working == "pledged ¥125,000,000 + not pledged — = —"


def crossover_note(ratio: float | None, after: int | None, before: int | None) -> str:
    changed = replace(BRIEF, fire_ratio_net=ratio, crossover_year=after, crossover_year_before_interest=before)
    (line,) = (line for line in lines(changed) if line.key == "fire_ratio_net")
    return line.note


def test_a_crossover_nobody_knows_is_not_called_never() -> None:
    assert crossover_note(None, None, None) == "crossover —"
    assert crossover_note(0.4, None, None) == "crossover never at this pace"
    assert crossover_note(1.2, 0, 0) == "crossover now"


def test_the_year_without_interest_stands_beside_the_headline() -> None:
    assert crossover_note(0.3, 32, 29) == "crossover in 32 years; before interest in 29 years"
    assert crossover_note(0.1, None, 29) == "crossover never at this pace; before interest in 29 years"
