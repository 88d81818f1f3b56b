"""The crossover year over simulated lives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alm.crossing import simulated_crossover
from alm.errors import BadInput
from alm.fire.engine import walk_one
from alm.fire.household import plan_from
from alm.fire.kernel import RECORD
from alm.lenders import profiles
from alm.settings import Settings
from tests.households import reference_household


@pytest.fixture(scope="module")
def plan():
    settings = Settings(fire_years=30, fire_paths=200)
    return plan_from(reference_household(), settings, profiles())


def test_the_first_life_crosses_where_its_own_record_says(plan):
    """Interest: 2 % a year of what the loan and 3 % of what the line owed at the end of the month before."""
    frugal = replace(plan, spending=replace(plan.spending, amount_pa=4e6))
    record, _ = walk_one(frugal, 0)
    column = {name: record[:, RECORD.index(name)] for name in ("dividends", "spending", "loans", "lines")}
    owed, drawn = np.r_[50e6, column["loans"][:-1]], np.r_[0.0, column["lines"][:-1]]
    needs = column["spending"] + owed * 0.02 / 12 + drawn * 0.03 / 12
    paid, asked = (money.reshape(30, 12).sum(axis=1) for money in (column["dividends"], needs))
    expected = [bool((paid[: y + 1] >= asked[: y + 1]).any()) for y in range(30)]
    assert 0 < sum(expected) < 30
    assert simulated_crossover(frugal, 1).crossed_by == tuple(map(float, expected))


def test_interest_delays_the_crossover(plan):
    """Dividends of 12,700,000 gross, 10,119,995 net, pay for 9,600,000 at once and not for interest of 1,000,000 too."""
    paying = replace(plan, assets=(replace(plan.assets[0], dividends_pa=12.7e6, volatility_pa=0.0),))
    free = replace(paying, loans=(replace(plan.loans[0], rate_pa=0.0),))
    assert simulated_crossover(free, 1).crossed_by[0] == 1.0
    assert simulated_crossover(paying, 1).crossed_by[0] == 0.0


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
