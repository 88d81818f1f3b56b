"""The engine against figures computed or published elsewhere. Each states its timing and its tolerance.

Tolerances of sampled figures are four standard errors, √(p (1 − p) / n) each: a right engine fails one such check in
sixteen thousand, and with fixed seeds never again once it has passed.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from alm.fire.engine import run, simulate, walk_one
from alm.fire.plan import Asset, Lender, Loan, Market, Plan, Spending
from alm.fire.plan_file import plan_with
from alm.history import History, annual_history
from alm.step.block import FREEZE
from tests.fire.plans import FLAT, borrower, stocks_only

NET_WORTH, LOANS, LTV = 4, 2, 9


def survivors(plan: Plan) -> int:
    result = simulate(plan)
    return round(result.success_probability * result.paths)


def test_without_volatility_it_is_the_closed_recursion() -> None:
    # Yearly steps, the draw 0.025 · 1.03^y at the start of year y, added to a loan at 3 % while assets grow 7 %.
    plan = Plan(
        years=30, paths=1, steps_per_year=1, spend_at="start", borrow_to_spend=True, capitalise_interest=True,
        assets=(Asset("W", 1.0, 1.0, total_return_pa=0.07, volatility_pa=0.0, pledged_to="D"),),
        loans=(Loan("D", 0.0, 0.03, lender=Lender(freeze_ltv=0.9, forced_ltv=0.95, cure_ltv=0.9)),),
        spending=Spending(amount_pa=0.025),
        market=Market(inflation_pa=0.03, inflation_volatility_pa=0.0),
    )  # fmt: skip
    record, _ = walk_one(plan, 0)
    debt, wealth = 0.0, 1.0
    for year in range(30):
        debt = (debt + 0.025 * 1.03**year) * 1.03
        wealth *= 1.07
        assert record[year, LOANS] == pytest.approx(debt, abs=1e-9)
        assert record[year, NET_WORTH] == pytest.approx(wealth - debt, abs=1e-9)
    assert record[29, LOANS] == pytest.approx(1.820447, abs=5e-7)
    assert record[29, NET_WORTH] == pytest.approx(5.791808, abs=5e-7)
    assert int(record[:, LTV].argmax()) + 1 == 26
    assert record[:, LTV].max() == pytest.approx(0.24138, abs=5e-6)


@pytest.mark.parametrize(
    ("threshold", "known"),
    [(0.60, (0.0179, 0.2276, 0.4714)), (0.70, (0.0012, 0.1060, 0.3453)), (0.85, (0.0000, 0.0340, 0.2282))],
)
def test_ltv_first_passage_of_a_continuous_watch(threshold: float, known: tuple[float, float, float]) -> None:
    # Monthly steps whose minimum is drawn from the Brownian bridge, so the watch is continuous.
    _, first = run(borrower(threshold))
    touched = first[:, FREEZE]
    for years, expected in zip((1, 5, 30), known, strict=True):
        share = float(np.mean((touched >= 0) & (touched < 12 * years)))
        error = math.sqrt(max(expected, 0.0002) * (1 - expected) / len(touched))
        assert share == pytest.approx(expected, abs=4 * error + 5e-5)


def test_month_ends_alone_miss_calls_that_a_continuous_watch_sees() -> None:
    plan = borrower(0.60, years=5, paths=5_000)
    continuous, month_ends = simulate(plan), simulate(plan_with(plan, margin_check="step"))
    assert month_ends.p_freeze < continuous.p_freeze - 0.02


def test_a_daily_look_is_a_continuous_watch_with_its_barrier_moved() -> None:
    # First passage of log LTV, drift −(6 − 1.62 − 2) %, deviation 18 %, barrier ln(0.6 / 0.4) moved by 0.5826 σ √dt
    # (Broadie, Glasserman and Kou 1997): Φ(−(b + μt) / s) + exp(−2 μ b / σ²) Φ(−(b − μt) / s).
    plan = plan_with(borrower(0.60, years=3, paths=10_000, steps_per_year=252), margin_check="step")
    barrier, drift, deviation = math.log(0.6 / 0.4) + 0.5826 * 0.18 / math.sqrt(252), 0.0238, 0.18 * math.sqrt(3)

    def tail(x: float) -> float:
        return 0.5 * math.erfc(x / math.sqrt(2))

    expected = tail((barrier + 3 * drift) / deviation) + math.exp(-2 * drift * barrier / 0.18**2) * tail(
        (barrier - 3 * drift) / deviation
    )
    assert simulate(plan).p_freeze == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / 10_000))


def test_perpetual_real_spending_of_4_percent() -> None:
    # P(stochastic perpetuity of 1 a year > 25) for a continuous drift of 7 %: the reciprocal gamma law, 0.4506
    # (Milevsky 1997). 120 years stand for ever: ruin later than that is below 0.001. Spending at the start and at the
    # end of each month brackets spending through the month; their mean is compared.
    plan = Plan(
        years=120, paths=20_000, seed=5, sale_cost=0.0,
        assets=(Asset("Shares", 1.0, 1.0, total_return_pa=math.expm1(0.07), volatility_pa=0.20),),
        spending=Spending(amount_pa=0.04), market=FLAT,
    )  # fmt: skip
    late = simulate(plan)
    early = simulate(plan_with(plan, spend_at="start"))
    error = math.sqrt(0.4506 * 0.5494 / plan.paths)
    assert (late.p_ruin + early.p_ruin) / 2 == pytest.approx(0.4506, abs=4 * error)
    assert late.p_ruin < early.p_ruin


def test_every_cohort_withdrawn_at_the_start_of_each_year() -> None:
    # 68 starts 1928-1995, 30 years, stocks; the first withdrawal today, the next inflated by the CPI since.
    assert [survivors(until_1995(stocks_only(rate / 100))) for rate in range(3, 9)] == [68, 63, 53, 46, 40, 31]


def test_every_cohort_withdrawn_at_the_end_of_each_year() -> None:
    assert [survivors(until_1995(stocks_only(rate / 100, end=True))) for rate in range(3, 9)] == [
        68,
        65,
        55,
        46,
        42,
        38,
    ]


def until_1995(plan: Plan) -> Plan:
    """97 years hold 68 cohorts of 30 years: the last starts in 1995."""
    assert len(annual_history().rows) - plan.years + 1 == 68
    return plan


def largest_for_all(plan: Plan) -> tuple[float, int]:
    """(largest spending every cohort survives, the year the first to fail starts in)."""
    low, high = 0.02, 0.06
    while high - low > 1e-7:
        middle = (low + high) / 2
        all_survive = simulate(plan_with(plan, spending__amount_pa=middle)).p_ruin == 0
        low, high = (middle, high) if all_survive else (low, middle)
    failing = simulate(plan_with(plan, spending__amount_pa=high)).first_failing_path
    assert failing is not None
    return low, 1928 + failing


def test_the_largest_spending_every_cohort_of_stocks_survives() -> None:
    rate, year = largest_for_all(stocks_only(0.03))
    assert (round(rate, 5), year) == (0.03493, 1929)


def test_the_largest_spending_every_cohort_of_75_percent_stocks_and_25_percent_baa_survives() -> None:
    mixed = stocks_only(0.03, rebalance=True)
    mixed = Plan(**{  # type: ignore[arg-type]
        **{name: getattr(mixed, name) for name in Plan.__dataclass_fields__},
        "assets": (Asset("Stocks", 0.75, 0.75), Asset("Baa", 0.25, 0.25, kind="bond", column="baa")),
    })  # fmt: skip
    rate, year = largest_for_all(mixed)
    assert (round(rate, 5), year) == (0.03882, 1966)


def trinity_history() -> History:
    """The packaged table with 1926 and 1927 before it: stocks 11.62 and 37.49 %, CPI -1.49 and -2.08 %."""
    table = annual_history()
    earlier = np.zeros((2, len(table.columns)))
    earlier[:, table.columns.index("stocks")] = (0.1162, 0.3749)
    earlier[:, table.columns.index("inflation")] = (-0.0149, -0.0208)
    rows = np.vstack([earlier, table.rows])
    return History("annual", table.source, 1, 1926, 1, table.columns, rows).between(1926, 1995)


@pytest.mark.parametrize(
    ("adjusted", "rates", "published", "within"),
    [
        (True, range(3, 8), (100, 95, 85, 68, 59), 2),
        (False, range(3, 13), (100, 98, 95, 90, 85, 78, 68, 54, 49, 34), 3),
    ],
)
def test_the_trinity_study(
    monkeypatch: pytest.MonkeyPatch, adjusted: bool, rates: range, published: tuple[int, ...], within: int
) -> None:
    # Cooley, Hubbard and Walz (1998): 41 periods of 30 years, withdrawn at year end.
    past = trinity_history()
    if not adjusted:
        past.rows[:, past.columns.index("inflation")] = 0.0
    monkeypatch.setattr("alm.fire.returns.history", lambda _name: past)
    for rate, percent in zip(rates, published, strict=True):
        assert abs(survivors(stocks_only(rate / 100, end=True)) - percent / 100 * 41) <= within + 0.5
