"""Recorded blocks the tests open and step by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from alm.engines.household_block import NO_FLOWS, HouseholdBlock
from alm.fire.plan import Plan
from alm.fire.terms import Clock, house, interpreted, plain_book
from alm.step.block import SOURCES, packed
from alm.step.books import open_books
from alm.step.market import Market
from alm.step.step import take_step
from alm.step.waterfall import raise_money

A_MONTH = Clock(1.0 / 12.0, 21.0)
A_DAY = Clock(1.0 / 252.0, 1.0)


def opened(plan: Plan, paths: int = 1, *, clock: Clock = A_MONTH, deviation: float = 0.0) -> HouseholdBlock:
    """A plan today; every asset has its own series of that deviation a step."""
    series = range(len(plan.assets))
    terms = interpreted(house(plan, series, np.eye(len(series)) * deviation**2, clock=clock, recorded=True))
    book, one = plain_book(terms.terms, paths), plain_book(terms.terms, 1)
    open_books(terms, book, paths)
    book[terms.terms.path] = [float(p) for p in range(paths)]
    return HouseholdBlock(terms, book, one, (), paths)


def step(
    block: HouseholdBlock, growth: Sequence[Sequence[float]], *, number: int = 0, level: float = 1.0, dated: Any = NO_FLOWS
) -> None:  # fmt: skip
    """One step in which the plan's k-th asset grows by `growth[k][path]`, to the price level `level`."""
    n = block.paths
    keys = np.arange(number, number + n, dtype=np.uint64)
    market = Market([growth], [[level] * n], [1.0] * n, [[1.0] * n], keys)  # type: ignore[list-item]  # lists are books
    take_step(block.terms, block.book, block.one, dated, market, 0, number, n)


def raised(
    block: HouseholdBlock, need: float, *order: str, reserved: bool = False, purpose: int = 0, number: int = 0
) -> dict[str, float]:
    """What each source pays of a need, in this order; what nobody pays is left under "nobody"."""
    block.row("need")[0] = need
    raise_money(block.terms, block.book, packed(order, SOURCES), reserved, purpose, number, 1)
    return {source: block.paid(purpose, source)[0] for source in order} | {"nobody": block.row("need")[0]}
