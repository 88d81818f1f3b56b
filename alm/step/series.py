"""exp and ln of many numbers at once, as series the processor runs side by side. Compiles with numba.

A number outside the range of its series is brought into it by powers of two, alone; there are few of those. The C
library is not asked: its last bit depends on the processor.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from alm.elementary import LN2_HIGH, LN2_LOW, PER_LN2

Floats = npt.NDArray[np.float64]

EXP_RANGE = 1.0
LOG_RANGE = 0.2
_HUGE = 700.0
"""e to this is taken for infinite, e to its negative for 0."""
_LN_THREE_HALVES = 0.405465108108164381978


def exponentials(count: int, values: Floats) -> None:
    """e^x of the first `count` in place, to 3e-13."""
    outside = 0
    for p in range(count):
        x = values[p]
        outside += 0 if -EXP_RANGE <= x <= EXP_RANGE else 1
    if outside > 0:
        for p in range(count):
            values[p] = exponential(values[p])
        return
    for p in range(count):
        values[p] = _exp_series(values[p])


def logarithms(count: int, values: Floats) -> None:
    """ln x of the first `count` in place, to 1e-15."""
    outside = 0
    for p in range(count):
        x = values[p] - 1.0
        outside += 0 if -LOG_RANGE <= x <= LOG_RANGE else 1
    if outside > 0:
        for p in range(count):
            values[p] = logarithm(values[p])
        return
    for p in range(count):
        values[p] = _log_series(values[p])


def exponential(x: float) -> float:
    """e^x of one number, the same to the last bit as among others."""
    if -EXP_RANGE <= x <= EXP_RANGE:
        return _exp_series(x)
    if not -_HUGE < x < _HUGE:
        return 0.0 if x <= -_HUGE else x * math.inf
    twos = math.floor(x * PER_LN2 + 0.5)
    found = _exp_series((x - twos * LN2_HIGH) - twos * LN2_LOW)
    for _ in range(abs(twos)):
        found *= 2.0 if twos > 0 else 0.5
    return found


def logarithm(x: float) -> float:
    """ln x of one number, the same to the last bit as among others."""
    if -LOG_RANGE <= x - 1.0 <= LOG_RANGE:
        return _log_series(x)
    if not 0.0 < x < math.inf:
        return -math.inf if x == 0.0 else x if x > 0.0 else math.nan
    twos, more = 0.0, 0.0
    while x > 1.0 + LOG_RANGE:
        x, twos = 0.5 * x, twos + 1.0
    while x < 0.6:
        x, twos = 2.0 * x, twos - 1.0
    if x < 1.0 - LOG_RANGE:
        x, more = 1.5 * x, _LN_THREE_HALVES
    return twos * LN2_HIGH + ((_log_series(x) - more) + twos * LN2_LOW)


def _exp_series(x: float) -> float:
    """|x| ≤ 1: the Taylor series of x / 8, squared three times."""
    y = 0.125 * x
    y2 = y * y
    y4 = y2 * y2
    low = (1.0 + y) + y2 * (0.5 + y * (1.0 / 6.0))
    high = (1.0 / 24.0 + y * (1.0 / 120.0)) + y2 * (1.0 / 720.0 + y * (1.0 / 5040.0))
    power = low + y4 * (high + y4 * (1.0 / 40320.0))
    power *= power
    power *= power
    return power * power


def _log_series(x: float) -> float:
    """|x − 1| ≤ 0.2: 2 artanh((x − 1) / (x + 1))."""
    s = (x - 1.0) / (x + 1.0)
    s2 = s * s
    s4 = s2 * s2
    low = (1.0 + s2 * (1.0 / 3.0)) + s4 * (1.0 / 5.0 + s2 * (1.0 / 7.0))
    high = (1.0 / 9.0 + s2 * (1.0 / 11.0)) + s4 * (1.0 / 13.0 + s2 * (1.0 / 15.0))
    return 2.0 * s * (low + s4 * s4 * high)
