"""The series against the library's exp and ln, alone and among others."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alm.step.series import exponential, exponentials, logarithm, logarithms


@given(st.floats(-600.0, 600.0) | st.floats(-3.0, 3.0))
def test_the_exponential_is_the_librarys(x: float) -> None:
    assert exponential(x) == pytest.approx(math.exp(x), rel=5e-13)


@given(st.floats(1e-300, 1e300) | st.floats(0.01, 3.0))
def test_the_logarithm_is_the_librarys(x: float) -> None:
    assert logarithm(x) == pytest.approx(math.log(x), rel=1e-14, abs=1e-15)


@given(st.lists(st.floats(0.01, 3.0), min_size=1, max_size=20))
def test_a_number_among_others_is_what_it_is_alone(numbers: list[float]) -> None:
    found = np.array(numbers)
    exponentials(len(numbers), found)
    assert list(found) == [exponential(x) for x in numbers]
    found = np.array(numbers)
    logarithms(len(numbers) - 1, found)
    assert list(found) == [*(logarithm(x) for x in numbers[:-1]), numbers[-1]]


def test_at_the_ends_it_says_what_numpy_says() -> None:
    assert [exponential(x) for x in (-800.0, 800.0, math.inf, -math.inf)] == [0.0, math.inf, math.inf, 0.0]
    assert [logarithm(x) for x in (0.0, math.inf)] == [-math.inf, math.inf]
    assert all(map(math.isnan, (exponential(math.nan), logarithm(math.nan), logarithm(-1.0))))
