"""exp, ln, powers and products of matrices, the same to the last bit on every processor.

NumPy's exp, the C library's and a BLAS product choose their instructions by the processor, and their last bits with
them. Here everything is + − × ÷ and powers of two, which IEEE 754 rounds in one way. Errors are within 2 units of the
last place, of a power within that times |y ln x|. Numbers are floats or arrays; outside its domain a function says
NaN or ±inf, as NumPy does.
"""

from __future__ import annotations

import math
from typing import TypeVar, overload

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Number = TypeVar("Number", float, Floats)

LN2_HIGH, LN2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10
"""ln 2 in two parts: the first has 33 bits, so that its product with an exponent is exact."""
PER_LN2 = 1.44269504088896340736
_LEAST, _MOST = -746.0, 710.0
"""e to these is 0 and infinite."""
_ROOT_HALF = 0.70710678118654752440
_EXP = tuple(1.0 / math.factorial(n) for n in range(13, 0, -1))
_LOG = tuple(1.0 / n for n in range(21, 1, -2))
"""Coefficients of the series, the highest power's first."""


@overload
def exp(x: float) -> float: ...
@overload
def exp(x: Floats) -> Floats: ...
def exp(x: float | Floats) -> float | Floats:
    """e^x: Taylor's series of what is left of x beside a multiple of ln 2."""
    if isinstance(x, np.ndarray):
        within = np.clip(x, _LEAST, _MOST)
        twos = np.nan_to_num(np.rint(within * PER_LN2))
        with np.errstate(over="ignore"):
            found: Floats = np.ldexp(1.0 + _less_one(_left(within, twos)), twos.astype(np.int64))
        return found
    if not _LEAST < x < _MOST:
        return math.inf if x >= _MOST else 0.0 if x <= _LEAST else math.nan
    two = math.floor(x * PER_LN2 + 0.5)
    grown = 1.0 + _less_one(_left(x, two))
    return math.ldexp(grown, two) if two < 1024 else math.ldexp(grown, 1023) * 2.0


@overload
def expm1(x: float) -> float: ...
@overload
def expm1(x: Floats) -> Floats: ...
def expm1(x: float | Floats) -> float | Floats:
    """e^x − 1, exact near 0."""
    if isinstance(x, np.ndarray):
        return np.where(abs(x) < 0.35, _less_one(np.clip(x, -0.35, 0.35)), exp(x) - 1.0)
    return _less_one(x) if abs(x) < 0.35 else exp(x) - 1.0


@overload
def log(x: float) -> float: ...
@overload
def log(x: Floats) -> Floats: ...
def log(x: float | Floats) -> float | Floats:
    """ln x: 2 artanh((m − 1) / (m + 1)) of its mantissa in √½ … √2."""
    if isinstance(x, np.ndarray):
        usual = np.isfinite(x) & (x > 0)
        mantissa, exponent = np.frexp(np.where(usual, x, 1.0))
        small = mantissa < _ROOT_HALF
        found = _of_parts(np.where(small, 2.0 * mantissa, mantissa), exponent - small)
        return np.where(usual, found, np.where(x == 0, -np.inf, np.where(x > 0, x, np.nan)))
    if not 0.0 < x < math.inf:
        return -math.inf if x == 0.0 else x if x > 0.0 else math.nan
    part, two = math.frexp(x)
    return _of_parts(2.0 * part, two - 1) if part < _ROOT_HALF else _of_parts(part, two)


@overload
def log1p(x: float) -> float: ...
@overload
def log1p(x: Floats) -> Floats: ...
def log1p(x: float | Floats) -> float | Floats:
    """ln(1 + x), exact near 0: what 1 + x loses of x is given back (Kahan)."""
    total = 1.0 + x
    kept = total - 1.0
    if isinstance(x, np.ndarray):
        lost = (kept != 0) & np.isfinite(kept)
        ratio = np.divide(x, kept, out=np.ones_like(x), where=lost)
        return np.where(kept == 0, x, log(np.asarray(total)) * ratio)
    return x if kept == 0.0 else log(total) * (x / kept if math.isfinite(kept) else 1.0)


@overload
def power(base: float, exponent: float) -> float: ...
@overload
def power(base: Floats, exponent: float | Floats) -> Floats: ...
@overload
def power(base: float, exponent: Floats) -> Floats: ...
def power(base: float | Floats, exponent: float | Floats) -> float | Floats:
    """base^exponent of a base ≥ 0; 1 for an exponent of 0."""
    if isinstance(base, np.ndarray) or isinstance(exponent, np.ndarray):
        bases, exponents = np.broadcast_arrays(np.asarray(base, np.float64), np.asarray(exponent, np.float64))
        with np.errstate(invalid="ignore"):  # 0 times −inf, which is not taken
            return np.where(exponents == 0, 1.0, exp(exponents * log(bases)))
    return 1.0 if exponent == 0 else exp(exponent * log(base))


def _left(x: Number, twos: Number) -> Number:
    """x less a multiple of ln 2."""
    return (x - twos * LN2_HIGH) - twos * LN2_LOW


def _less_one(x: Number) -> Number:
    """e^x − 1 for |x| ≤ 0.35."""
    found = _EXP[0] * x
    for coefficient in _EXP[1:]:
        found = (found + coefficient) * x
    return found


def _of_parts(mantissa: Number, twos: Number) -> Number:
    """ln of mantissa · 2^twos."""
    s = (mantissa - 1.0) / (mantissa + 1.0)
    square = s * s
    rest = _LOG[0] * square
    for coefficient in _LOG[1:]:
        rest = (rest + coefficient) * square
    return twos * LN2_HIGH + (2.0 * s + (2.0 * s * rest + twos * LN2_LOW))


def product(a: Floats, b: Floats) -> Floats:
    """a @ b of two matrices: each is cut into parts so short that every sum of their products is exact, in any order
    (Ozaki, Ogita, Oishi and Rump 2012); what the three parts leave is below the last bit of the largest."""
    bits = (53 - max(a.shape[1], 1).bit_length()) // 2
    left, right = _parts(a, bits, axis=1), _parts(b, bits, axis=0)
    small: Floats = left[0] @ right[2] + left[1] @ right[1] + left[2] @ right[0]
    return small + (left[0] @ right[1] + left[1] @ right[0]) + left[0] @ right[0]


def _parts(matrix: Floats, bits: int, axis: int) -> list[Floats]:
    """Three parts of so many bits each, counted from the largest number of each row or column."""
    largest = np.abs(matrix).max(axis=axis, keepdims=True, initial=0.0)
    unit, found, rest = np.ldexp(1.0, np.maximum(np.frexp(largest)[1], -900)), list[Floats](), matrix
    for _ in range(3):
        unit = np.ldexp(unit, -bits)
        found.append(np.rint(rest / unit) * unit)
        rest = rest - found[-1]
    return found


def covariance(returns: Floats) -> Floats:
    """(n, n) sample covariance (n − 1) of n columns."""
    centred = returns - returns.mean(axis=0)
    return product(np.ascontiguousarray(centred.T), centred) / (len(returns) - 1)


def variance(weights: Floats, covariances: Floats) -> float:
    """w'Σw of what is held together."""
    return float((weights[:, None] * covariances * weights).sum())
