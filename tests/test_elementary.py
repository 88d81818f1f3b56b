"""exp, ln and powers against the library's and against decimals of fifty digits; products against whole numbers."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alm import elementary as own

ANY = st.floats(-700.0, 700.0)
POSITIVE = st.floats(1e-300, 1e300)
TWO_LAST_PLACES = 4.5e-16


def exactly(function: str, x: float) -> float:
    """Decimal's exp or ln, to fifty digits before it is rounded."""
    with localcontext() as context:
        context.prec = 50
        return float(getattr(Decimal(x), function)())


@given(ANY)
def test_the_exponential_is_right_to_two_units_of_the_last_place(x: float) -> None:
    assert own.exp(x) == pytest.approx(exactly("exp", x), rel=TWO_LAST_PLACES, abs=0.0)


@given(POSITIVE)
def test_the_logarithm_is_right_to_two_units_of_the_last_place(x: float) -> None:
    assert own.log(x) == pytest.approx(exactly("ln", x), rel=TWO_LAST_PLACES, abs=0.0)


@given(st.floats(-0.999, 1e6))
def test_near_zero_nothing_is_lost(x: float) -> None:
    assert own.log1p(x) == pytest.approx(math.log1p(x), rel=1e-15, abs=0.0)
    assert own.expm1(min(x, 700.0)) == pytest.approx(math.expm1(min(x, 700.0)), rel=1e-15, abs=0.0)


@given(st.floats(0.5, 2.0), st.floats(-50.0, 50.0))
def test_a_power_is_the_librarys(base: float, exponent: float) -> None:
    assert own.power(base, exponent) == pytest.approx(base**exponent, rel=1e-14)


@given(st.lists(st.floats(-800.0, 800.0), min_size=1))
def test_a_number_among_others_is_what_it_is_alone(numbers: list[float]) -> None:
    array = np.array(numbers)
    for function in (own.exp, own.expm1, own.log, own.log1p):
        np.testing.assert_array_equal(function(array), [function(x) for x in numbers])
    np.testing.assert_array_equal(own.power(abs(array), 1.5), [own.power(abs(x), 1.5) for x in numbers])


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (own.exp, -math.inf, 0.0), (own.exp, math.inf, math.inf), (own.exp, math.nan, math.nan), (own.exp, 0.0, 1.0),
        (own.log, 0.0, -math.inf), (own.log, -1.0, math.nan), (own.log, math.inf, math.inf), (own.log, 1.0, 0.0),
        (own.log1p, -1.0, -math.inf), (own.log1p, math.inf, math.inf), (own.log1p, 0.0, 0.0), (own.expm1, 0.0, 0.0),
    ],
)  # fmt: skip
def test_at_the_ends_it_says_what_numpy_says(function, x, expected) -> None:
    np.testing.assert_equal(function(x), expected)
    np.testing.assert_array_equal(function(np.array([x])), [expected])


def test_powers_of_nothing() -> None:
    assert own.power(0.0, 0) == 1.0
    assert own.power(0.0, 2.0) == 0.0
    np.testing.assert_array_equal(own.power(np.zeros(3), np.array([0.0, 1.0, 0.5])), [1.0, 0.0, 0.0])


def test_a_product_is_the_exact_one_rounded() -> None:
    """Rows and columns of very different size, and a sum that nearly cancels."""
    random = np.random.default_rng(3)
    a = random.normal(size=(4, 301)) * np.array([[1.0], [1e-9], [1e12], [1.0]])
    b = random.normal(size=(301, 3)) * np.array([1e-3, 1.0, 1e7])
    a[3] = np.tile(a[3, :1], 301)
    found = own.product(a, b)
    for i in range(4):
        for j in range(3):
            exact = sum(Fraction(x) * Fraction(y) for x, y in zip(a[i], b[:, j], strict=True))
            scale = abs(a[i]).max() * abs(b[:, j]).max()
            assert abs(Fraction(found[i, j]) - exact) <= Fraction(scale) * Fraction(1, 2**52)


def test_a_product_with_nothing_is_nothing() -> None:
    np.testing.assert_array_equal(own.product(np.zeros((2, 3)), np.full((3, 2), 1e-320)), np.zeros((2, 2)))
    assert own.product(np.ones((2, 0)), np.ones((0, 2))).shape == (2, 2)


def test_the_covariance_is_numpys() -> None:
    returns = np.random.default_rng(5).normal(size=(500, 4))
    np.testing.assert_allclose(own.covariance(returns), np.cov(returns, rowvar=False), rtol=1e-13, atol=1e-16)
    weights = np.array([0.1, 0.2, 0.3, 0.4])
    assert own.variance(weights, own.covariance(returns)) == pytest.approx(np.var(returns @ weights, ddof=1))
