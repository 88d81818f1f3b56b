"""The year in which dividends alone pay for life: for one projection, and as a distribution over many.

The headline is the first year whose net dividends reach spending and interest, interest being what debts take: of the
securities-backed loans and lines, and the payments of term loans. The same without interest stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alm.errors import BadInput
from alm.snowball.roll import Floats


@dataclass(frozen=True, slots=True)
class Crossover:
    """Years from now (0: the coming twelve months); None: not within the horizon, or no spending is known."""

    gross: int | None
    net: int | None
    net_after_interest: int | None
    """The headline: net dividends reach spending and interest."""


@dataclass(frozen=True, slots=True)
class CrossoverDistribution:
    """Over paths: `crossed_by[y]` is the share of paths whose first crossover is in year y or earlier."""

    paths: int
    crossed_by: tuple[float, ...]
    never: float
    p10: int | None
    median: int | None
    p90: int | None
    """The first year by which 10, 50, 90 % of the paths have crossed; None: not within the horizon."""


def with_interest(spending: Floats, interest: Floats) -> Floats:
    """What dividends have to pay in a year; interest alone, without a life to pay for, is no need."""
    needs: Floats = np.where(spending > 0, spending + interest, 0.0)
    return needs


def first_year(dividends: Floats, needs: Floats) -> int | None:
    """The first year in which dividends reach needs; both (Y,). No needs is no answer."""
    reached = (needs > 0) & (dividends >= needs)
    return int(np.argmax(reached)) if reached.any() else None


def distribution(dividends: Floats, needs: Floats) -> CrossoverDistribution:
    """From yearly `dividends` (paths, Y) and `needs` (paths, Y) or (Y,), in the same money, of any engine."""
    if dividends.ndim != 2 or dividends.size == 0 or needs.shape not in (dividends.shape, dividends.shape[1:]):
        raise BadInput(
            "dividends by path and year, and needs of the same shape", value=f"{dividends.shape} and {needs.shape}"
        )
    crossed = np.logical_or.accumulate((needs > 0) & (dividends >= needs), axis=1).mean(axis=0)
    return CrossoverDistribution(
        paths=len(dividends),
        crossed_by=tuple(float(share) for share in crossed),
        never=1 - float(crossed[-1]),
        p10=_first_at(crossed, 0.1),
        median=_first_at(crossed, 0.5),
        p90=_first_at(crossed, 0.9),
    )


def _first_at(crossed: Floats, share: float) -> int | None:
    reached = crossed >= share
    return int(np.argmax(reached)) if reached.any() else None
