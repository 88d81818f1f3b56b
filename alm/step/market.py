"""What the market does in the steps of a year, for every path of a block: the part of it that a step reads."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from alm.step.block import Book, Row

Words = npt.NDArray[np.uint64]


class Cube(Protocol):
    """Books by their number."""

    def __getitem__(self, number: int, /) -> Book: ...


class Market(NamedTuple):
    """N steps, S series, P paths."""

    growth: Cube
    """(N, S, P) gross total return of each series in a step; of prices alone where the terms say `priced`."""
    prices: Book
    """(N, P) price level at the end of each step, 1 at the start of the plan."""
    dividends: Row
    """(P,) gross shock to dividends per share in each step; 1 for none."""
    variance_ratio: Book
    """(N, P) the usual variance of the step relative to its own."""
    keys: Any
    """(P,) where a path's uniforms inside steps start."""
