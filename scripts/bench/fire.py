"""How fast a life is simulated, against the forms it could have had and against a published peer.

Reference: the leveraged household of `data/plans/reference.toml`, 10,000 lives of up to 480 months, the lender's full
rules, lognormal, all cores, warm. A life ends in ruin, so fewer months are lived than 10,000 · 480; the NumPy form and
the peer step through all of them. The plain-Python form is the interpreter on the very functions that are compiled.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
from row import Row, Time, best_of, compared, time_of

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from alm.drill import course_of, crises, drill
from alm.fire.engine import run, simulate
from alm.fire.interpreted import TOGETHER, outcomes
from alm.fire.payouts import payout_terms
from alm.fire.plan import Asset, Plan, Spending
from alm.fire.plan_file import plan_with, read_plan
from alm.fire.solve import solve
from alm.lenders import profiles
from alm.scenarios import find_scenario
from alm.settings import Settings, data_folder
from alm.step.block import END, RUIN
from tests.households import reference_household

PEER = "monteplan==0.6.0"
PEER_RUN = """
import time
from monteplan import *
plan = PlanConfig(current_age=59, retirement_age=60, end_age=99, monthly_income=0, monthly_spending=3333,
                  accounts=[AccountConfig(account_type="roth", balance=1_000_000, annual_contribution=0)])
market = MarketAssumptions(assets=[AssetClass(name="stocks", weight=1.0)], expected_annual_returns=[0.07],
                           annual_volatilities=[0.2], correlation_matrix=[[1.0]], inflation_mean=0.02,
                           inflation_vol=0.01)
walls, cpus = [], []
for _ in range(3):
    wall, cpu = time.perf_counter(), time.process_time()
    simulate(plan, market, PolicyBundle(), SimulationConfig(n_paths=10_000, seed=1))
    walls.append(time.perf_counter() - wall)
    cpus.append(time.process_time() - cpu)
print(min(walls), min(cpus))
"""
FIRST_RESULT = """
import sys, time
start = time.perf_counter()
from pathlib import Path
from alm.fire import compile, simulate
from alm.fire.plan_file import read_plan
compile.installed_folder = lambda: Path(sys.argv[2])
early = []
def meanwhile(answer):
    if answer.paths >= 200:
        early.append(time.perf_counter() - start)
simulate(read_plan(Path(sys.argv[1])), meanwhile=meanwhile)
print(time.perf_counter() - start, *early[:1])
"""
MILLION = """
import resource, sys
from dataclasses import replace
from pathlib import Path
from alm.fire import simulate
from alm.fire.plan_file import read_plan
simulate(replace(read_plan(Path(sys.argv[1])), paths=1_000_000))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
REFERENCE = data_folder() / "plans" / "reference.toml"
RUNS = 30
"""Of what takes a tenth of a second: somebody else always runs too."""
ONE_ASSET = Plan(assets=(Asset("Shares", 1e6, 1e6),), sale_cost=0.0, spending=Spending(amount_pa=40_000.0))


def numpy_market(plan: Plan, paths: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(growth, price level, shock to dividends), each (months, paths)."""
    asset, market, months = plan.assets[0], plan.market, plan.steps
    drift = (np.log1p(asset.total_return_pa) - asset.volatility_pa**2 / 2) / 12
    growth = np.exp(drift + asset.volatility_pa / 12**0.5 * generator.standard_normal((months, paths)))
    years = generator.standard_normal((2, plan.years, paths))
    inflation = (1 + market.inflation_pa + market.inflation_volatility_pa * years[0]) ** (1 / 12)
    dividends = (1 + market.dividend_growth_volatility_pa * years[1]) ** (1 / 12)
    return growth, np.cumprod(np.repeat(inflation, 12, axis=0), axis=0), np.repeat(dividends, 12, axis=0)


class Across:
    """The same household with NumPy across paths: one array operation for all lives, month by month."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.asset, self.loan, self.line = plan, plan.assets[0], plan.loans[0], plan.lines[0]
        n = plan.paths
        self.value, self.cost = np.full(n, self.asset.value), np.full(n, self.asset.cost)
        self.dividend, self.cash = np.full(n, self.asset.dividends_pa), np.full(n, plan.cash)
        self.payout, self.payouts = self.dividend.copy(), payout_terms(plan)[0]
        self.debt, self.drawn, self.alive = np.full(n, self.loan.balance), np.zeros(n), np.ones(n, dtype=bool)

    def success(self) -> float:
        plan, asset = self.plan, self.asset
        generator = np.random.default_rng(plan.seed)
        growth, prices, shocks = numpy_market(plan, plan.paths, generator)
        deviation = asset.volatility_pa / 12**0.5
        trend, drift = (1 + self.payouts.dividend_growth_pa) ** (1 / 12), (1 + self.payouts.yield_drift_pa) ** (1 / 12)
        follow = 1 - np.exp(-1 / 12 / plan.market.dividend_lag_years)
        for month in range(plan.steps):
            self.worst_moment(growth[month], deviation, generator)
            before, self.value = self.value, self.value * growth[month]
            paid = np.minimum(self.dividend / 12, plan.market.highest_yield / 12 * self.value)
            self.value -= paid
            self.payout *= drift * self.value / np.maximum(before, 1e-9)
            self.dividend *= trend * shocks[month]
            self.dividend += (self.payout - self.dividend) * follow
            income = plan.incomes[0].amount_pa / 12 * (1 + plan.incomes[0].growth_pa) ** (month // 12)
            self.cash += paid * (1 - asset.dividend_tax) + income - plan.spending.amount_pa / 12 * prices[month]
            self.cash -= (self.debt * self.loan.rate_pa + self.drawn * self.line.rate_pa) / 12
            self.settle(prices[month])
            self.look(self.alive)
        return float(np.mean(self.alive & (self.value + self.cash - self.debt - self.drawn > 0)))

    def keep(self) -> np.ndarray:
        net = 1 - self.plan.sale_cost
        gain = np.maximum(0, net - self.cost / np.maximum(self.value, 1e-9))
        return net - self.asset.gains_tax * gain

    def sell(self, amount: np.ndarray) -> None:
        left = np.clip(1 - amount / np.maximum(self.value, 1e-9), 0, 1)
        self.value *= left
        self.cost *= left
        self.dividend *= left
        self.payout *= left

    def settle(self, prices: np.ndarray) -> None:
        """Surplus repays the line, then buys; a shortfall draws the line, then sells down to the freeze."""
        surplus = np.maximum(0, self.cash - self.plan.cash_target * prices)
        repaid = np.minimum(surplus, self.drawn)
        self.drawn -= repaid
        self.cash -= surplus
        bought = surplus - repaid
        self.value += bought
        self.cost += bought
        self.dividend += bought * self.asset.reinvest_yield
        self.payout += bought * self.asset.reinvest_yield
        need = np.maximum(0, -self.cash)
        self.cash = np.maximum(0, self.cash)
        more = np.minimum(need, self.line.limit - self.drawn)
        self.drawn += more
        self.release(need - more)

    def release(self, need: np.ndarray) -> None:
        freeze, keep = self.loan.lender.freeze_ltv, self.keep()
        free = keep * np.maximum(0, self.value - self.debt / freeze)
        take = np.minimum(need, np.where(keep > freeze, np.maximum(free, keep * self.value - self.debt), free))
        take = np.maximum(take, 0)
        sold = take / keep
        over = self.debt > freeze * (self.value - sold)
        sold = np.where(over, np.minimum(self.value, (take + self.debt - freeze * self.value) / (keep - freeze)), sold)
        repaid = np.where(over & (take > 0), np.maximum(0, keep * sold - take), 0)
        self.sell(np.where(take > 0, sold, 0))
        self.debt -= repaid
        self.alive &= need - take <= 1e-6 + 1e-12 * need

    def worst_moment(self, growth: np.ndarray, deviation: float, generator: np.random.Generator) -> None:
        end = np.log(growth)
        u = generator.random(end.size)
        lowest = np.exp(0.5 * (end - np.sqrt(end**2 - 2 * deviation**2 * np.log(u))))
        self.value *= lowest
        self.look(self.alive & (self.debt >= self.loan.lender.freeze_ltv * self.value))
        self.value /= lowest

    def look(self, seen: np.ndarray) -> None:
        """A month holds every deadline: what is called is cured by cash, the line and a sale, or sold."""
        lender = self.loan.lender
        forced = seen & (self.debt >= lender.forced_ltv * self.value) & (self.debt > 1e-6)
        called = seen & (self.debt >= (lender.call_ltv or np.inf) * self.value) & ~forced & (self.debt > 1e-6)
        if not (forced.any() or called.any()):
            return
        need = np.where(called, np.maximum(0, self.debt - lender.cure_ltv * self.value), 0)
        cash = np.minimum(need, self.cash)
        drawn = np.minimum(need - cash, self.line.limit - self.drawn)
        self.cash -= cash
        self.drawn += drawn
        self.debt -= cash + drawn
        late = lender.late_rate_pa * lender.settlement_days * 7 / 5 / 365
        self.debt = np.where(forced, self.debt * (1 + late), self.debt)
        keep, short = self.keep(), self.debt - lender.cure_ltv * self.value
        sold = np.where((forced | called) & (short > 1e-6), short / (keep - lender.cure_ltv), 0)
        sold = np.where(sold < self.value, sold, self.value)
        proceeds = sold * keep
        self.sell(sold)
        self.cash += np.maximum(0, proceeds - self.debt)
        self.debt = np.maximum(0, self.debt - proceeds)
        self.alive &= ~((self.value <= 1e-6) & (self.debt > self.cash + self.line.limit - self.drawn))


def in_a_new_process(script: str, *words: str, **environment: str) -> list[float]:
    ran = subprocess.run(
        [sys.executable, "-c", script, *words], check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **environment},
    )  # fmt: skip
    return [float(word) for word in ran.stdout.split()]


def peer_time() -> Time | None:
    """The peer's own times in its own environment below the cache folder; None when it cannot be installed."""
    from alm.settings import cache_folder

    folder = cache_folder() / "bench" / PEER.replace("==", "-")
    python = folder / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
            subprocess.run([str(python), "-m", "pip", "install", "-q", PEER], check=True, capture_output=True)
        ran = subprocess.run([str(python), "-c", PEER_RUN], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        print(f"{PEER} could not be installed; its row is left out.")
        return None
    return Time(*map(float, ran.stdout.split()))


def normals_seconds(count: int) -> float:
    """The raw limit: the same number of normals drawn on every core by NumPy's generators, and nothing else."""
    from concurrent.futures import ThreadPoolExecutor

    cores = os.cpu_count() or 1
    buffers = [(np.random.default_rng(core), np.empty(count // cores)) for core in range(cores)]
    with ThreadPoolExecutor(cores) as pool:
        return best_of(5, lambda: list(pool.map(lambda pair: pair[0].standard_normal(out=pair[1]), buffers)))


def path_months(first: np.ndarray) -> int:
    """Months lived until ruin, that month included, or the horizon; `first` as `engine.run` returns it."""
    return int(np.sum(first[:, END]) + np.count_nonzero(first[:, RUIN] >= 0))


def longest_drill() -> tuple[str, float]:
    """The crisis whose replay on the reference household takes longest, and its seconds in this process."""
    sheet, lenders, settings = reference_household(), profiles(), Settings()
    taken = {}
    for name, crisis in crises().items():
        course, scenario = course_of(crisis), find_scenario(name)
        taken[name] = best_of(3, lambda: drill(sheet, course, scenario, lenders, settings))  # noqa: B023  # timed now
    return max(taken.items(), key=lambda item: item[1])


def lives() -> Iterator[Row]:
    """Whole lives, against the other forms they could have."""
    plan = read_plan(REFERENCE)
    _, first = run(plan)
    probability, other = float(np.mean(first[:, RUIN] < 0)), Across(plan)
    lived = path_months(first)
    ours = time_of(RUNS, lambda: run(plan))
    print(f"  {lived:,} path-months lived of {plan.paths * plan.steps:,}: {lived / ours.wall / 1e6:.1f} M a second")
    plain = time_of(1, lambda: next(outcomes(plan, TOGETHER))).times(plan.paths / TOGETHER)
    what = f"{plan.paths:,} leveraged lives of {plan.steps} months"
    yield from compared(what, ours, f"plain Python ({TOGETHER} lives, scaled)", plain, 100)
    print(f"  success: {probability:.3f}, by NumPy across paths {other.success():.3f}")
    yield from compared(what, ours, "NumPy across paths", time_of(5, lambda: Across(plan).success()), 8)
    normals = normals_seconds(plan.paths * plan.steps)
    yield Row("drawing its normals alone", normals, "the whole simulation (ratio for information)", ours.wall)
    peer = peer_time()
    if peer is not None:
        yield from compared("one asset, no loan, 10,000 lives", time_of(RUNS, lambda: run(ONE_ASSET)), PEER, peer, 35)


def questions() -> Iterator[Row]:
    """What a person waits for, in a process that runs already."""
    plan = read_plan(REFERENCE)
    yield Row("a what-if: fresh run and its summary", best_of(5, lambda: simulate(plan)), "the 400 ms allowed", 0.4, 1)
    feasible = plan_with(plan, spending__amount_pa=5e6)
    single = best_of(3, lambda: run(feasible))
    solving = best_of(1, lambda: solve(feasible, "spending", 0.95))
    yield Row("largest spending at 95 %", solving, "25 single runs", 25 * single, 1)
    name, seconds = longest_drill()
    yield Row(f"the longest drill in process, {name}", seconds, "the 100 ms allowed", 0.1, 1)


def first_results() -> Iterator[Row]:
    """From the start of a process to its first answer."""
    path = str(REFERENCE)
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as another:
        cold, early = in_a_new_process(FIRST_RESULT, path, "none", XDG_CACHE_HOME=empty)
        (warm,) = in_a_new_process(FIRST_RESULT, path, "none", XDG_CACHE_HOME=empty)
        (installed,) = in_a_new_process(FIRST_RESULT, path, f"{empty}/alm/kernels", XDG_CACHE_HOME=another)
    yield Row("first result of a new process, warm cache", warm, "the second allowed", 1.0, 1)
    yield Row("the same for a new user of an installation", installed, "the second allowed", 1.0, 1)
    yield Row("where nothing was compiled, what 200 lives say", early, "the 10 s allowed", 10.0, 1)
    yield Row("there, all 10,000 lives (for information)", cold, "a warm cache", warm)


def rows() -> Iterator[Row]:
    yield from lives()
    yield from questions()
    yield from first_results()
    (megabytes,) = in_a_new_process(MILLION, str(REFERENCE))
    yield Row(f"1,000,000 lives: {megabytes:.0f} MB, as a share of 600", megabytes / 600, "1", 1.0, 1)


if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}, numba {version('numba')}, {os.cpu_count()} cores")
    for row in rows():
        goal = "" if row.goal is None else f" (goal {row.goal:g}, {'met' if row.met else 'NOT met'})"
        print(f"{row.what}: {row.seconds * 1e3:.1f} ms, {row.speedup:.1f} times {row.baseline}{goal}", flush=True)
