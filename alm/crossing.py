"""The crossover year over whole simulated lives: FIRE's paths asked the snowball's question.

The snowball's own paths vary growth and inflation and leave the balance sheet alone. Here every path is a life of the
simulation, in which markets fall, lenders call, holdings are sold and their dividends go with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from alm.errors import BadInput
from alm.language import t
from alm.snowball import CrossoverDistribution, distribution
from alm.snowball.crossover import with_interest
from alm.step.interest import tier_rate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alm.fire.plan import Loan, Plan

RECORDED = ("dividends", "spending", "loans", "lines")


def simulated_crossover(plan: Plan, paths: int) -> CrossoverDistribution:
    """Over the first `paths` lives of the plan: when net dividends of a year first reach its spending and interest.

    A life that has ended, by ruin or death, no longer crosses. One millisecond a path; imports the compiled engine.
    """
    from alm.fire.engine import path_count

    if not 1 <= paths <= path_count(plan):
        raise BadInput(
            t("a number of paths from 1 to the plan's {most}", most=f"{path_count(plan):,}"),
            column="paths",
            value=paths,
        )
    years = [_dividends_and_needs(plan, path) for path in range(paths)]
    return distribution(np.array([dividends for dividends, _ in years]), np.array([needs for _, needs in years]))


def _dividends_and_needs(plan: Plan, path: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Yearly net dividends, and spending with interest, of one life, nominal; 0 after its end."""
    from alm.fire.engine import walk_one
    from alm.fire.kernel import RECORD

    record = np.nan_to_num(walk_one(plan, path)[0])
    dividends, spending, loans, lines = (record[:, RECORD.index(name)] for name in RECORDED)
    interest = _interest(plan, loans, lines)
    by_year = np.stack([dividends, spending, interest]).reshape(3, -1, plan.steps_per_year).sum(axis=2)
    return by_year[0], with_interest(by_year[1], by_year[2])


def _interest(plan: Plan, loans: NDArray[np.float64], lines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Interest of each step on what loans and lines owed at its start, and payments of term debts.

    A record holds the sum of all loans and of all lines: each sum has the mean rate of today's balances and limits.
    """
    from alm.fire.schedule import amortised

    owed = np.concatenate([[sum(x.balance for x in plan.loans)], loans[:-1]])
    drawn = np.concatenate([[sum(x.drawn for x in plan.lines)], lines[:-1]])
    undrawn = np.maximum(sum(x.limit for x in plan.lines) - drawn, 0.0)
    on_loans = _mean((x.balance, _rate(x)) for x in plan.loans)
    on_lines, fee = (
        _mean((x.limit, getattr(x, name)) for x in plan.lines) for name in ("rate_pa", "commitment_fee_pa")
    )
    paid = sum((amortised(x, plan.steps, plan.steps_per_year)[1] for x in plan.debts), start=np.zeros(len(owed)))
    return (owed * on_loans + drawn * on_lines + undrawn * fee) / plan.steps_per_year + paid


def _rate(loan: Loan) -> float:
    """Of the tier that today's balance is in."""
    floors, rates = (np.array([getattr(x, name) for x in loan.tiers]) for name in ("from_balance", "rate_pa"))
    return tier_rate(loan.balance, floors, rates) if loan.tiers else loan.rate_pa


def _mean(weighted: Iterable[tuple[float, float]]) -> float:
    pairs = list(weighted)
    whole = sum(weight for weight, _ in pairs)
    return sum(weight * value for weight, value in pairs) / whole if whole > 0 else 0.0
