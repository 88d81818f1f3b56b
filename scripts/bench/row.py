"""One line of `make bench`: what was timed, against which baseline, and how much faster it has to be."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`goal` is the speed-up promised, None where the figure is for information."""

    what: str
    seconds: float
    baseline: str
    baseline_seconds: float
    goal: float | None = None

    @property
    def speedup(self) -> float:
        return self.baseline_seconds / self.seconds

    @property
    def met(self) -> bool:
        return self.goal is None or self.speedup >= self.goal


def best_of(runs: int, work: Callable[[], object]) -> float:
    """The shortest of several runs: what the machine can do when nobody else asks it to do something."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
