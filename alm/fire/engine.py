"""Runs a plan: blocks of paths on every core, and the answer with its sampling error.

Importing this module imports LLVM. Blocks are independent of each other and each path has its own random stream, so
the same plan gives the same answer to the last bit whatever the number of threads or the size of a block.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from threading import local

import numpy as np
import numpy.typing as npt

from alm.fire.compile import Kernel, cached, machine_code
from alm.fire.draw import Draws, MarketRules, empty_draws
from alm.fire.horizon import last_survivor
from alm.fire.interpreted import PreliminaryEstimate, preliminary
from alm.fire.kernel import RECORD
from alm.fire.parameters import informed
from alm.fire.plan import Plan
from alm.fire.result import Events, FireResult, percentiles_of_sorted, shares_by_year, standard_error, wilson
from alm.fire.returns import as_series, cohort_count, market_rules, series_of
from alm.fire.terms import dated_rows, house, new_book
from alm.step.block import CALL, EVENTS, FORCED_SALE, FREEZE, LINE_EXHAUSTED, RUIN, House

BLOCK = 256

PATIENCE = 2.5
"""Seconds until the first paths are told while the loop is compiled."""

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Steps = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]
Progress = Callable[[float], object]
WorkSpace = tuple[House, Floats, Floats, npt.NDArray[np.void], MarketRules, Draws, Floats, np.uint64]
UNRECORDED = np.empty((0, len(RECORD)))


@cache
def kernel() -> Kernel:
    """The compiled loop; compiled now where nothing was cached."""
    return Kernel(machine_code())


def ready() -> bool:
    """Whether the loop answers without being compiled first."""
    return kernel.cache_info().currsize > 0 or cached() is not None


def simulate(
    plan: Plan, *, threads: int | None = None, block: int = BLOCK, progress: Progress | None = None,
    meanwhile: Callable[[PreliminaryEstimate], object] | None = None,
) -> FireResult:  # fmt: skip
    """The whole answer. `progress` is called with the share done, `meanwhile` with what the first lives say while the
    loop is compiled; both from the calling thread."""
    if meanwhile is not None and not ready():
        _while_compiling(plan, meanwhile)
    worth, first = run(plan, threads=threads, block=block, progress=progress)
    return summarised(plan, worth, first)


def _while_compiling(plan: Plan, meanwhile: Callable[[PreliminaryEstimate], object]) -> None:
    with ThreadPoolExecutor(1) as pool:
        compiled = pool.submit(kernel)
        waiting = wait([compiled], PATIENCE).not_done
        for answer in preliminary(plan, path_count(plan)) if waiting else ():
            if compiled.done():
                break
            meanwhile(answer)
        compiled.result()


def path_count(plan: Plan) -> int:
    """The plan's paths; as many as there are start dates for historical cohorts."""
    return cohort_count(plan) if plan.market.model == "cohorts" else plan.paths


def run(
    plan: Plan,
    numbers: Numbers | None = None,
    *,
    threads: int | None = None,
    block: int = BLOCK,
    progress: Progress | None = None,
) -> tuple[Singles, Steps]:
    """(real net worth at year ends (years + 1, paths), first step of each event (paths, events), −1 for never).

    `numbers` are the paths to simulate, all of the plan's by default; each is what it is among all of them.
    """
    numbers = np.arange(path_count(plan)) if numbers is None else numbers
    paths = len(numbers)
    worth, first = _answers(plan, paths)
    own, compiled = local(), kernel()

    def work(begin: int) -> None:
        if not hasattr(own, "space"):
            own.space = _work_space(plan, min(block, BLOCK))
        space: WorkSpace = own.space
        compiled(*space, worth, first, UNRECORDED, numbers, begin, min(begin + block, paths))

    begins = range(0, paths, block)
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for done, _ in enumerate(pool.map(work, begins), 1):
            if progress is not None:
                progress(done / len(begins))
    return worth, first


def succeeds(plan: Plan, numbers: Numbers) -> npt.NDArray[np.bool_]:
    """Whether each of some paths succeeds, (paths,)."""
    _, first = run(plan, numbers)
    return first[:, RUIN] < 0


def _answers(plan: Plan, paths: int) -> tuple[Singles, Steps]:
    worth = np.empty((plan.years + 1, paths), dtype=np.float32)
    return worth, np.full((paths, len(EVENTS)), -1, dtype=np.int32)


def _work_space(plan: Plan, width: int) -> WorkSpace:
    """What the loop takes before its answers: the terms, and the work space of one thread, `width` paths at a time."""
    plan = informed(plan)
    rules, series = market_rules(plan), series_of(plan)
    terms = house(plan, [series.index(as_series(asset)) for asset in plan.assets], rules.covariance)
    survival = last_survivor(plan.lives, plan.steps, plan.steps_per_year)
    book, one = new_book(terms.terms, width), new_book(terms.terms, 1)
    return terms, book, one, dated_rows(plan), rules, empty_draws(rules, width), survival, np.uint64(plan.seed)


def walk_one(plan: Plan, path: int) -> tuple[Floats, Steps]:
    """One path of the same simulation, step by step: (T, RECORD) and its events. Rows after its end are NaN."""
    worth, first = _answers(plan, 1)
    record = np.full((plan.steps, len(RECORD)), np.nan)
    kernel()(*_work_space(plan, 1), worth, first, record, np.array([path]), 0, 1)
    return record, first[0]


def success_probability(plan: Plan, *, threads: int | None = None) -> float:
    """The share of successful paths alone, for solvers."""
    _, first = run(plan, threads=threads)
    return float(np.mean(first[:, RUIN] < 0))


def summarised(plan: Plan, worth: Singles, first: Steps) -> FireResult:
    """The result of a run; `worth` is sorted in place."""
    paths = first.shape[0]
    years = plan.years
    by_year = [shares_by_year(first[:, event], years, plan.steps_per_year) for event in range(RUIN + 1)]
    so_far = [np.cumsum(share) for share in by_year]
    success = float(np.mean(first[:, RUIN] < 0))
    median, fifth = _paths_at(worth, (0.5, 0.05))
    failing = np.flatnonzero(first[:, RUIN] >= 0)
    worth.sort(axis=1)
    return FireResult(
        plan=plan,
        model=plan.market.model,
        paths=paths,
        success_probability=success,
        standard_error=standard_error(success, paths),
        interval=wilson(success, paths),
        p_freeze=float(so_far[FREEZE][-1]),
        p_call=float(so_far[CALL][-1]),
        p_forced_sale=float(so_far[FORCED_SALE][-1]),
        p_line_exhausted=float(so_far[LINE_EXHAUSTED][-1]),
        p_ruin=float(so_far[RUIN][-1]),
        by_year=Events(*so_far),
        fan=np.array([percentiles_of_sorted(row) for row in worth]),
        ruin_years=by_year[RUIN],
        median_path=median,
        fifth_path=fifth,
        first_failing_path=int(failing[0]) if failing.size else None,
    )


def _paths_at(worth: Singles, shares: tuple[float, ...]) -> tuple[int, ...]:
    """The paths whose last known net worth is at each share of the paths, counted from the poorest."""
    last = worth[-1].copy()
    for row in worth[-2::-1]:
        unknown = np.isnan(last)
        if not unknown.any():
            break
        last[unknown] = row[unknown]
    order = np.argsort(last, kind="stable")
    return tuple(int(order[int(share * (order.size - 1))]) for share in shares)
