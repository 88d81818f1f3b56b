"""Weights restored between two steps, path by path, by the step's own `rebalance`: what it sold and what it cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alm.backtest.path import Rule
from alm.engines.household_block import HouseholdBlock
from alm.step.block import FREE
from alm.step.books import assets_of, gather, scatter
from alm.step.waterfall import rebalance


class Rebalancer:
    """`sold`, `lost` (cost and tax) and `times` by path, since its start."""

    def __init__(self, block: HouseholdBlock, rule: Rule, paths: int) -> None:
        self.block, self.rule = block, rule
        self.sold, self.lost, self.times = np.zeros(paths), np.zeros(paths), np.zeros(paths, dtype=int)

    def restore(self, columns: Sequence[int], begins: bool) -> None:
        """Every path whose rule says so; `begins`: a period of the calendar begins today."""
        if self.rule.when == "never" or not (begins or self.rule.when == "band"):
            return
        for column, number in enumerate(columns):
            due = [pledge for pledge in range(FREE, len(self.block.terms.loans)) if self._due(pledge, column, begins)]
            if due and self.block.row("done")[column] == 0.0:
                self._restore(due, column, number)

    def done(self, number: int) -> tuple[float, float, int]:
        return float(self.sold[number]), float(self.lost[number]), int(self.times[number])

    def _due(self, pledge: int, column: int, begins: bool) -> bool:
        """Not while its lender holds still, nor once something without a weight of its own was pledged later."""
        begin, end = assets_of(self.block.terms, pledge)
        held = [(self.block.row("value", k)[column], self.block.terms.assets[k].weight) for k in range(begin, end)]
        whole = sum(value for value, _ in held)
        if whole <= 0.0 or self._still(pledge, column) or any(value > 0.0 == weight for value, weight in held):
            return False
        return begins or max(abs(value / whole - weight) for value, weight in held) >= self.rule.band

    def _still(self, pledge: int, column: int) -> bool:
        names = ("frozen", "call_open", "liquidating")
        return pledge != FREE and any(self.block.row(name, pledge)[column] > 0.0 for name in names)

    def _restore(self, due: Sequence[int], column: int, number: int) -> None:
        terms, one = self.block.terms, self.block.one
        gather(terms, self.block.book, column, one)
        before = self._values()
        for pledge in due:
            rebalance(terms, one, pledge, 1)
        change = self._values() - before
        scatter(terms, one, self.block.book, column)
        sold = float(-change[change < 0.0].sum())
        self.sold[number] += sold
        self.lost[number] -= float(change.sum())
        self.times[number] += sold > 0.0

    def _values(self) -> np.ndarray:
        row, count = self.block.terms.terms.value, len(self.block.terms.assets)
        return np.array([self.block.one[row + k][0] for k in range(count)])
