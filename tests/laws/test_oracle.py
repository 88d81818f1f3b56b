"""The oracle itself: what is worked by hand, and its limits against plain simulation."""

from __future__ import annotations

from random import Random

import pytest

from alm.lenders import profiles
from alm.settings import Settings
from tests.laws.days import at_constant_speed, sells
from tests.laws.households import random_household
from tests.laws.oracle import falls
from tests.laws.worked_falls import WORKED_FALLS, WorkedFalls, sheet
from tests.laws.worked_paths import WORKED_PATHS, WorkedPath

LENDERS, SETTINGS = profiles(), Settings()
TO = 1e-5


@pytest.mark.parametrize("worked", WORKED_FALLS, ids=lambda worked: worked.why)
def test_falls_worked_by_hand(worked: WorkedFalls) -> None:
    found = falls(*worked.asked_with)
    assert {name: getattr(found, name) for name in worked.falls} == pytest.approx(worked.falls, abs=TO)


@pytest.mark.parametrize("worked", WORKED_PATHS, ids=lambda worked: worked.why)
def test_a_path_worked_by_hand(worked: WorkedPath) -> None:
    assert sells(worked.sheet, LENDERS, SETTINGS, worked.path) is worked.sold


@pytest.mark.parametrize(("cash", "fall"), [(0, 1 - 0.65 / 0.50), (19, 1 - 0.50 / 0.70)])
def test_a_call_that_the_books_remember_stays_open_under_the_threshold(cash: float, fall: float) -> None:
    """65 % today, called before: only the target of 50 % ends it."""
    today = sheet(81.25, "jp-cure-60", cash=cash)
    assert falls(today, LENDERS, SETTINGS, ("Loan",)).at_any_speed == pytest.approx(fall, abs=TO)


@pytest.mark.parametrize("seed", range(40))
def test_figures_stand_in_order_and_more_looks_come_to_the_slow_one(seed: int) -> None:
    """any speed ≤ slowly ≤ prepaid, any speed ≤ selling; 40,000 looks a step sell just beyond `slowly`, not before."""
    one = random_household(seed)
    found = falls(one.sheet, one.profiles, one.settings)
    assert found.at_any_speed <= found.slowly + 1e-7 <= found.prepaid + 2e-7  # the figures are known to 1e-8
    assert found.at_any_speed <= found.selling + 1e-9
    if 0.0 < found.slowly < 0.99:
        near, beyond = (at_constant_speed(found.slowly + by, 40_000) for by in (-1e-3, 2e-3))
        assert not sells(one.sheet, one.profiles, one.settings, near)
        assert sells(one.sheet, one.profiles, one.settings, beyond)


@pytest.mark.parametrize("seed", range(40))
def test_one_day_is_the_worst_speed(seed: int) -> None:
    """Random paths that never close below the bottom sell nothing where a single day to it does not."""
    one, random = random_household(seed), Random(seed)
    found = falls(one.sheet, one.profiles, one.settings)
    for sells_own in (False, True):
        bottom = (found.selling if sells_own else found.at_any_speed) - 1e-6
        if bottom > 0.0:
            path = [1 - bottom * random.random() ** 0.3 for _ in range(300)]
            assert not sells(one.sheet, one.profiles, one.settings, [1 - bottom], sells_own=sells_own)
            assert not sells(one.sheet, one.profiles, one.settings, path, sells_own=sells_own)
