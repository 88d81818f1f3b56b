"""The series against the library's exp and ln, alone and among others."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alm.step.series import exponential, exponentials, logarithm, logarithms


@given(st.floats(-3.0, 3.0))
def test_the_exponential_is_the_librarys(x: float) -> None:
    assert exponential(x) == pytest.approx(math.exp(x), rel=5e-13)


@given(st.floats(0.01, 3.0))
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
