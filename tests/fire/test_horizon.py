"""Lengths of life."""

import numpy as np
import pytest

from alm.errors import BadInput
from alm.fire.horizon import Life, alive, last_survivor


def test_gompertz_survival_is_the_integral_of_its_hazard() -> None:
    life = Life(60.0, modal_age=88.0, dispersion=9.5)
    ages = np.linspace(60.0, 90.0, 300_001)
    hazard = np.exp((ages - 88.0) / 9.5) / 9.5
    integral = np.sum((hazard[1:] + hazard[:-1]) / 2) * (ages[1] - ages[0])
    assert alive(life, np.array([30.0]))[0] == pytest.approx(np.exp(-integral), rel=1e-9)


def test_deaths_are_densest_at_the_modal_age() -> None:
    years = np.linspace(0, 50, 5001)
    density = -np.diff(alive(Life(50.0), years))
    assert 50 + years[density.argmax()] == pytest.approx(88.0, abs=0.02)


def test_a_table_of_one_in_ten_a_year() -> None:
    life = Life(70.0, deaths=(0.1,))
    np.testing.assert_allclose(alive(life, np.array([0.0, 1.0, 2.0, 2.5])), [1, 0.9, 0.81, 0.9**2.5], rtol=1e-12)


def test_a_table_that_ends_in_certain_death() -> None:
    np.testing.assert_allclose(alive(Life(100.0, deaths=(0.5, 1.0)), np.array([1.0, 2.0, 9.0])), [0.5, 0, 0], atol=0)


def test_a_table_that_is_not_of_probabilities_is_refused() -> None:
    with pytest.raises(BadInput, match="deaths: expected probabilities of death from 0 to 1"):
        Life(70.0, deaths=(0.1, 1.2))


def test_two_lives_end_with_the_last_survivor() -> None:
    pair = (Life(70.0, deaths=(0.1,)), Life(70.0, deaths=(0.2,)))
    # After one year: 1 - 0.1 · 0.2; after two: 1 - 0.19 · 0.36.
    np.testing.assert_allclose(last_survivor(pair, 2, 1), [0.98, 0.9316], rtol=1e-12)


def test_without_lives_the_horizon_is_fixed() -> None:
    np.testing.assert_array_equal(last_survivor((), 3, 12), [1.0, 1.0, 1.0])
