"""Two decisions at once: the probability over spending and the loan, or over spending and when work ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from alm.errors import Infeasible
from alm.fire.engine import Progress, success_probability
from alm.fire.plan import Plan
from alm.fire.solve import with_loan, with_spending
from alm.language import t

SPENDING = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)
LOANS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25)
YEARS = (0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0)
CELL_PATHS = 2_000
"""Lives of a cell: a standard error of 1.1 points at most, in two seconds for the whole map."""


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """`probability[i, j]` at `rows[i]` and `columns[j]`."""

    row_name: str
    column_name: str
    rows: tuple[float, ...]
    columns: tuple[float, ...]
    probability: npt.NDArray[np.float64]


def spending_by_loan(
    plan: Plan, spending: Sequence[float], loans: Sequence[float], progress: Progress | None = None
) -> HeatMap:
    """Rows of spending, columns of the total of the loans; see `with_loan`."""
    return _map(plan, "loan", spending, loans, with_loan, progress)


def spending_by_retirement(
    plan: Plan, spending: Sequence[float], years: Sequence[float], progress: Progress | None = None
) -> HeatMap:
    """Rows of spending, columns of the year in which work ends."""
    return _map(plan, "retire_year", spending, years, lambda one, year: replace(one, retire_year=year), progress)


def two_decisions(plan: Plan, name: str, progress: Progress | None = None) -> HeatMap:
    """Spending from 70 to 130 % of the plan's against `loan` or `retire_year`, on at most `CELL_PATHS` lives a cell."""
    if name not in choices(plan):
        raise Infeasible(
            t("There is nothing to decide there: spending, and a loan that is owed or work that can end, are needed.")
        )
    plan = replace(plan, paths=min(plan.paths, CELL_PATHS))
    spending = tuple(share * plan.spending.amount_pa for share in SPENDING)
    if name == "loan":
        owed = sum(loan.balance for loan in plan.loans)
        return spending_by_loan(plan, spending, tuple(share * owed for share in LOANS), progress)
    return spending_by_retirement(plan, spending, tuple(year for year in YEARS if year <= plan.years), progress)


def choices(plan: Plan) -> list[str]:
    """What can be set against spending: a loan that is owed, work that can end; nothing where spending is not set."""
    if plan.spending.amount_pa <= 0 or plan.spending.rule not in ("constant", "guyton_klinger"):
        return []
    owing = any(loan.balance > 0 for loan in plan.loans)
    return ["loan"] * owing + ["retire_year"] * any(flow.work for flow in plan.incomes)


def _map(
    plan: Plan, name: str, spending: Sequence[float], columns: Sequence[float],
    change: Callable[[Plan, float], Plan], progress: Progress | None,
) -> HeatMap:  # fmt: skip
    cells = []
    for done, amount in enumerate(spending, 1):
        spent = with_spending(plan, amount)
        cells.append([success_probability(change(spent, column)) for column in columns])
        if progress is not None:
            progress(done / len(spending))
    return HeatMap("spending", name, tuple(spending), tuple(columns), np.array(cells))
