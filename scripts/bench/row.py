"""One line of `make bench`: what was timed, against which baseline, and how much faster it has to be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
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


@dataclass(frozen=True, slots=True)
class Time:
    """Seconds of one piece of work: by the clock on the wall, and of all cores together."""

    wall: float
    cpu: float

    def times(self, factor: float) -> Time:
        return Time(self.wall * factor, self.cpu * factor)


def compared(what: str, ours: Time, baseline: str, theirs: Time, goal: float | None = None) -> Iterator[Row]:
    """By wall, against the goal; and by CPU, which a busy machine changes least."""
    yield Row(what, ours.wall, baseline, theirs.wall, goal)
    yield Row("the same by CPU", ours.cpu, baseline, theirs.cpu)


def time_of(runs: int, work: Callable[[], object]) -> Time:
    """The shortest of several runs by each clock; CPU of this process and its threads."""
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Time(min(walls), min(cpus))


def best_of(runs: int, work: Callable[[], object]) -> float:
    """The shortest of several runs: what the machine can do when nobody else asks it to do something."""
    return time_of(runs, work).wall
