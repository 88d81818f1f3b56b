"""How fast a life is simulated, against the forms it could have had and against a published peer.

Reference: the leveraged household of `data/plans/reference.toml`, 10,000 lives of 480 months, the lender's full rules,
lognormal, all cores, warm. The plain-Python form runs the engine's own functions uncompiled, on plain objects.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version

import numpy as np
from row import Row, best_of

from alm.fire.payouts import payout_terms
from alm.fire.plain import Life, as_plain, drawn, walk
from alm.fire.plan import Asset, Plan, Spending
from alm.fire.plan_file import plan_with, read_plan
from alm.fire.terms import desk
from alm.settings import data_folder

PEER = "monteplan==0.6.0"
PEER_RUN = """
import time
from monteplan import *
plan = PlanConfig(current_age=59, retirement_age=60, end_age=99, monthly_income=0, monthly_spending=3333,
                  accounts=[AccountConfig(account_type="roth", balance=1_000_000, annual_contribution=0)])
market = MarketAssumptions(assets=[AssetClass(name="stocks", weight=1.0)], expected_annual_returns=[0.07],
                           annual_volatilities=[0.2], correlation_matrix=[[1.0]], inflation_mean=0.02,
                           inflation_vol=0.01)
times = []
for _ in range(3):
    start = time.perf_counter()
    simulate(plan, market, PolicyBundle(), SimulationConfig(n_paths=10_000, seed=1))
    times.append(time.perf_counter() - start)
print(min(times))
"""
FIRST_RESULT = """
import sys, time
start = time.perf_counter()
from pathlib import Path
from alm.fire import machine_code, simulate
from alm.fire.plan_file import read_plan
machine_code.installed_folder = lambda: Path(sys.argv[2])
if "changed" in sys.argv:
    machine_code.Sources.digest = lambda _sources: "of other sources"
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
ONE_ASSET = Plan(assets=(Asset("Shares", 1e6, 1e6),), sale_cost=0.0, spending=Spending(amount_pa=40_000.0))
PLAIN_PATHS = 30


def plain_python(plan: Plan, lives: list[Life]) -> list[bool]:
    """The engine's own walk by the interpreter on drawn lives: whether each succeeds. Draws are not timed."""
    rows = desk(plan)
    world, dated = as_plain(rows.worlds[0]), [as_plain(row) for row in rows.dated]
    with np.errstate(over="ignore"):
        return [walk(world, dated, life) for life in lives]


def plain_lives(plan: Plan) -> list[Life]:
    """As many of the plan's own lives as the plain loop walks."""
    survival = np.ones(plan.steps)
    with np.errstate(over="ignore"):
        return drawn(desk(plan).rules, survival, plan.seed, range(PLAIN_PATHS))


def numpy_market(plan: Plan, paths: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(growth, price level, dividend growth), each (months, paths)."""
    asset, market, months = plan.assets[0], plan.market, plan.steps
    drift = (np.log1p(asset.total_return_pa) - asset.volatility_pa**2 / 2) / 12
    growth = np.exp(drift + asset.volatility_pa / 12**0.5 * generator.standard_normal((months, paths)))
    years = generator.standard_normal((2, plan.years, paths))
    inflation = (1 + market.inflation_pa + market.inflation_volatility_pa * years[0]) ** (1 / 12)
    dividends = (1 + payout_terms(plan)[0].dividend_growth_pa + market.dividend_growth_volatility_pa * years[1]) ** (
        1 / 12
    )
    return growth, np.cumprod(np.repeat(inflation, 12, axis=0), axis=0), np.repeat(dividends, 12, axis=0)


class Across:
    """The same household with NumPy across paths: one array operation for all lives, month by month."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.asset, self.loan, self.line = plan, plan.assets[0], plan.loans[0], plan.lines[0]
        n = plan.paths
        self.value, self.cost = np.full(n, self.asset.value), np.full(n, self.asset.cost)
        self.dividend, self.cash = np.full(n, self.asset.dividends_pa), np.full(n, plan.cash)
        self.debt, self.drawn, self.alive = np.full(n, self.loan.balance), np.zeros(n), np.ones(n, dtype=bool)

    def success(self) -> float:
        plan, asset = self.plan, self.asset
        generator = np.random.default_rng(plan.seed)
        growth, prices, dividend_growth = numpy_market(plan, plan.paths, generator)
        deviation = asset.volatility_pa / 12**0.5
        for month in range(plan.steps):
            self.worst_moment(growth[month], deviation, generator)
            self.value *= growth[month]
            self.dividend *= dividend_growth[month]
            paid = np.minimum(self.dividend / 12, plan.market.highest_yield / 12 * self.value)
            self.value -= paid
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


def peer_seconds() -> float | None:
    """The peer's own time in its own environment below the cache folder; None when it cannot be installed."""
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
    return float(ran.stdout)


def normals_seconds(count: int) -> float:
    """The raw limit: the same number of normals drawn on every core by NumPy's generators, and nothing else."""
    from concurrent.futures import ThreadPoolExecutor

    cores = os.cpu_count() or 1
    buffers = [(np.random.default_rng(core), np.empty(count // cores)) for core in range(cores)]
    with ThreadPoolExecutor(cores) as pool:
        return best_of(5, lambda: list(pool.map(lambda pair: pair[0].standard_normal(out=pair[1]), buffers)))


def rows() -> Iterator[Row]:
    from alm.fire.engine import run, simulate
    from alm.fire.solve import solve

    plan = read_plan(REFERENCE)
    ours = best_of(7, lambda: run(plan))
    lives = plain_lives(plan)
    loops = best_of(1, lambda: plain_python(plan, lives)) * plan.paths / PLAIN_PATHS
    yield Row("10,000 leveraged lives of 480 months", ours, f"plain Python ({PLAIN_PATHS} lives, scaled)", loops, 100)
    yield Row("the same", ours, "NumPy across paths", best_of(2, lambda: Across(plan).success()), 8)
    normals = normals_seconds(plan.paths * plan.steps)
    yield Row("drawing its normals alone", normals, "the whole simulation (ratio for information)", ours)
    peer = peer_seconds()
    if peer is not None:
        yield Row("one asset, no loan, 10,000 lives", best_of(7, lambda: run(ONE_ASSET)), PEER, peer, 25)
    yield Row("a what-if: fresh run and its summary", best_of(5, lambda: simulate(plan)), "the 400 ms allowed", 0.4, 1)
    feasible = plan_with(plan, spending__amount_pa=5e6)
    single = best_of(3, lambda: run(feasible))
    solving = best_of(1, lambda: solve(feasible, "spending", 0.95))
    yield Row("largest spending at 95 %", solving, "25 single runs", 25 * single, 1)
    path = str(REFERENCE)
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as another:
        cold, *_ = in_a_new_process(FIRST_RESULT, path, "none", XDG_CACHE_HOME=empty)
        (warm,) = in_a_new_process(FIRST_RESULT, path, "none", XDG_CACHE_HOME=empty)
        (installed,) = in_a_new_process(FIRST_RESULT, path, f"{empty}/alm/kernels", XDG_CACHE_HOME=another)
        changed, early = in_a_new_process(FIRST_RESULT, path, "none", "changed", XDG_CACHE_HOME=empty)
    yield Row("first result of a new process, warm cache", warm, "the second allowed", 1.0, 1)
    yield Row("the same for a new user of an installation", installed, "the second allowed", 1.0, 1)
    yield Row("the same where nothing was ever compiled", cold, "the 3 s allowed", 3.0, 1)
    yield Row("after a change of the simulation's sources", changed, "the 3 s allowed else (for information)", 3.0)
    yield Row("there, what the first 200 lives say meanwhile", early, "the same", 3.0)
    (megabytes,) = in_a_new_process(MILLION, path)
    yield Row(f"1,000,000 lives: {megabytes:.0f} MB, as a share of 600", megabytes / 600, "1", 1.0, 1)


if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}, numba {version('numba')}, {os.cpu_count()} cores")
    for row in rows():
        goal = "" if row.goal is None else f" (goal {row.goal:g}, {'met' if row.met else 'NOT met'})"
        print(f"{row.what}: {row.seconds * 1e3:.1f} ms, {row.speedup:.1f} times {row.baseline}{goal}", flush=True)
