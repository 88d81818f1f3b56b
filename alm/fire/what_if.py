"""The same household under other models, other assumptions and other decisions, on the same random numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from alm.errors import AlmError
from alm.fire.engine import Progress, simulate, success_probability
from alm.fire.plan import MODELS, Asset, Plan
from alm.fire.solve import with_loan, with_spending


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One return model's answer; `refused` says why a model cannot answer for this plan."""

    model: str
    success_probability: float | None
    standard_error: float | None
    p_forced_sale: float | None
    paths: int
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Driver:
    """One bar of the tornado: the probability with an assumption lower and higher."""

    name: str
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def swing(self) -> float:
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True)
class Lever:
    """What one decision buys: the probability with it, less the one without."""

    name: str
    amount: float
    probability: float
    gain: float


def compare_models(plan: Plan, progress: Progress | None = None) -> tuple[ModelRow, ...]:
    """The plan under every model. The spread between models is the honest uncertainty, not the standard error."""
    rows = []
    for done, model in enumerate(MODELS, 1):
        rows.append(_row(replace(plan, market=replace(plan.market, model=model))))
        if progress is not None:
            progress(done / len(MODELS))
    return tuple(rows)


def _row(plan: Plan) -> ModelRow:
    try:
        result = simulate(plan)
    except AlmError as refusal:
        return ModelRow(plan.market.model, None, None, None, 0, str(refusal))
    return ModelRow(
        plan.market.model, result.success_probability, result.standard_error, result.p_forced_sale, result.paths
    )


def _assets(plan: Plan, change: Callable[[Asset], Asset]) -> Plan:
    return replace(plan, assets=tuple(change(asset) for asset in plan.assets))


def _returns(plan: Plan, shift: float) -> Plan:
    return _assets(plan, lambda asset: replace(asset, total_return_pa=asset.total_return_pa + shift))


def _volatility(plan: Plan, factor: float) -> Plan:
    return _assets(plan, lambda asset: replace(asset, volatility_pa=asset.volatility_pa * (1.0 + factor)))


def _spending(plan: Plan, factor: float) -> Plan:
    return with_spending(plan, plan.spending.amount_pa * (1.0 + factor))


def _income(plan: Plan, factor: float) -> Plan:
    scaled = tuple(replace(flow, amount_pa=flow.amount_pa * (1.0 + factor)) for flow in plan.incomes)
    return replace(plan, incomes=scaled)


def _inflation(plan: Plan, shift: float) -> Plan:
    return replace(plan, market=replace(plan.market, inflation_pa=plan.market.inflation_pa + shift))


def _loan_rate(plan: Plan, shift: float) -> Plan:
    dearer = tuple(
        replace(x, rate_pa=x.rate_pa + shift, tiers=tuple(replace(t, rate_pa=t.rate_pa + shift) for t in x.tiers))
        for x in plan.loans
    )
    return replace(plan, loans=dearer)


def _loan(plan: Plan, factor: float) -> Plan:
    return with_loan(plan, sum(loan.balance for loan in plan.loans) * (1.0 + factor))


# Name, size of the step down and up, how it changes the plan. Sizes are assumptions about what may be wrong.
DRIVERS: tuple[tuple[str, float, Callable[[Plan, float], Plan]], ...] = (
    ("expected return", 0.01, _returns),
    ("volatility", 0.25, _volatility),
    ("spending", 0.10, _spending),
    ("income", 0.10, _income),
    ("inflation", 0.01, _inflation),
    ("loan rate", 0.01, _loan_rate),
    ("loan", 0.10, _loan),
)


def tornado(plan: Plan, progress: Progress | None = None) -> tuple[Driver, ...]:
    """Each assumption a step lower and higher, everything else equal; the widest swing first."""
    used = [driver for driver in DRIVERS if (plan.loans or "loan" not in driver[0]) and _moves(plan, driver[0])]
    rows = []
    for done, (name, size, change) in enumerate(used, 1):
        low, high = success_probability(change(plan, -size)), success_probability(change(plan, size))
        rows.append(Driver(name, -size, size, low, high))
        if progress is not None:
            progress(done / len(used))
    return tuple(sorted(rows, key=lambda row: -row.swing))


def _moves(plan: Plan, name: str) -> bool:
    return bool(plan.incomes) if name == "income" else plan.spending.amount_pa > 0 if name == "spending" else True


def levers(plan: Plan) -> tuple[Lever, ...]:
    """What a tenth of the loan repaid, a tenth less spent, a tenth more earned and a year more of work buy."""
    base = success_probability(plan)
    owed = sum(loan.balance for loan in plan.loans)
    changes: list[tuple[str, float, Plan]] = []
    if owed > 0:
        changes.append(("repay", 0.1 * owed, with_loan(plan, 0.9 * owed)))
    if plan.spending.amount_pa > 0:
        changes.append(("spend less", 0.1 * plan.spending.amount_pa, _spending(plan, -0.1)))
    if plan.incomes:
        changes.append(("earn more", 0.1 * sum(x.amount_pa for x in plan.incomes if not x.once), _income(plan, 0.1)))
    if plan.retire_year is not None:
        changes.append(("work longer", 1.0, replace(plan, retire_year=plan.retire_year + 1.0)))
    found = [(name, amount, success_probability(changed)) for name, amount, changed in changes]
    return tuple(Lever(name, amount, probability, probability - base) for name, amount, probability in found)


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
