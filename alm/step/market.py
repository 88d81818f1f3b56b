"""What the market does in the steps of a year, for every path of a block: the part of it that a step reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]


class Market(NamedTuple):
    """N steps, S series, P paths."""

    growth: Sequence[Sequence[Floats]]
    """(N, S, P) gross total return of each series in a step; of prices alone where the terms say `priced`."""
    prices: Sequence[Floats]
    """(N, P) price level at the end of each step, 1 at the start of the plan."""
    dividends: Floats
    """(P,) gross shock to dividends per share in each step; 1 for none."""
    variance_ratio: Sequence[Floats]
    """(N, P) the usual variance of the step relative to its own."""
    keys: Words
    """(P,) where a path's uniforms inside steps start."""
