"""The crossover year over simulated lives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alm.crossing import simulated_crossover
from alm.errors import BadInput
from alm.fire.engine import walk_one
from alm.fire.household import plan_from
from alm.fire.walk import RECORD
from alm.lenders import profiles
from alm.settings import Settings
from tests.households import reference_household


@pytest.fixture(scope="module")
def plan():
    settings = Settings(fire_years=30, fire_paths=200)
    return plan_from(reference_household(), settings, profiles())


def test_the_first_life_crosses_where_its_own_record_says(plan):
    record, _ = walk_one(plan, 0)
    years = record.reshape(30, 12, len(RECORD)).sum(axis=1)
    dividends, spending = years[:, RECORD.index("dividends")], years[:, RECORD.index("spending")]
    expected = [bool((dividends[: y + 1] >= spending[: y + 1]).any()) for y in range(30)]
    assert simulated_crossover(plan, 1).crossed_by == tuple(map(float, expected))


def test_shares_rise_and_repeat(plan):
    found = simulated_crossover(plan, 100)
    assert found.paths == 100
    assert list(found.crossed_by) == sorted(found.crossed_by)
    assert found == simulated_crossover(plan, 100)
    assert 0 < found.crossed_by[-1] <= 1


def test_spending_more_crosses_later(plan):
    dearer = replace(plan, spending=replace(plan.spending, amount_pa=plan.spending.amount_pa * 1.5))
    assert np.all(
        np.array(simulated_crossover(dearer, 60).crossed_by) <= np.array(simulated_crossover(plan, 60).crossed_by)
    )


def test_more_paths_than_the_plan_has_are_refused(plan):
    with pytest.raises(BadInput, match="from 1 to the plan's 200"):
        simulated_crossover(plan, 201)
