"""The same household under other models, other assumptions and other decisions, on the same random numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from alm.errors import AlmError
from alm.fire.engine import Progress, simulate, success_probability
from alm.fire.parameters import evidence, informed
from alm.fire.plan import MODELS, REPLAYED, SOURCES, Asset, Flow, Plan
from alm.fire.solve import with_loan, with_spending


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One return model's answer with one source of its parameters; `refused` says why there is none for this plan.

    `parameters` is `history` for the models that replay it. `mean_band` stands in the first row of each source that has
    one: the other models share its means.
    """

    model: str
    parameters: str
    success_probability: float | None
    standard_error: float | None
    p_forced_sale: float | None
    paths: int
    refused: str = ""
    mean_band: tuple[float, float] | None = None


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
    """The plan under every model, those that need figures with each source of them: given, measured, estimated.

    The spread between the rows is the honest uncertainty, not the standard error.
    """
    drawn = [(model, source) for source in SOURCES for model in MODELS if model not in REPLAYED]
    wanted = [*drawn, *((model, plan.market.parameters) for model in REPLAYED)]
    rows = []
    for done, (model, source) in enumerate(wanted, 1):
        asked = replace(plan, market=replace(plan.market, model=model, parameters=source))
        rows.append(_row(asked, banded=model == MODELS[0]))
        if progress is not None:
            progress(done / len(wanted))
    return tuple(rows)


def _row(plan: Plan, *, banded: bool) -> ModelRow:
    model = plan.market.model
    name = "history" if model in REPLAYED else plan.market.parameters
    try:
        result = simulate(plan)
    except AlmError as refusal:
        return ModelRow(model, name, None, None, None, 0, str(refusal))
    return ModelRow(
        model, name, result.success_probability, result.standard_error, result.p_forced_sale, result.paths,
        mean_band=mean_band(plan) if banded else None,
    )  # fmt: skip


def mean_band(plan: Plan) -> tuple[float, float] | None:
    """(probability with every measured or estimated mean a standard error lower, and a standard error higher).

    All means move together, which is the cautious case; inflation stays. None where the figures were only given, and
    for the models that replay history.
    """
    if plan.market.model in REPLAYED or not any(_mean_errors(plan)):
        return None
    return success_probability(with_means(plan, -1.0)), success_probability(with_means(plan, 1.0))


def with_means(plan: Plan, errors: float) -> Plan:
    """Every measured or estimated mean that many of its standard errors higher."""
    base = informed(plan)
    pairs = zip(base.assets, _mean_errors(plan), strict=False)
    assets = (replace(a, total_return_pa=min(1.0, max(-0.5, a.total_return_pa + errors * e))) for a, e in pairs)
    return replace(base, assets=tuple(assets))


def _mean_errors(plan: Plan) -> list[float]:
    return [row.standard_error or 0.0 for row in evidence(plan)]


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
    plan = informed(plan)
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
    """What a tenth of the loan repaid, a tenth less spent, a tenth more earned and a year more of work buy.

    A year more is one in which all work goes on that would have ended within the horizon.
    """
    base = success_probability(plan)
    owed = sum(loan.balance for loan in plan.loans)
    changes: list[tuple[str, float, Plan]] = []
    if owed > 0:
        changes.append(("repay", 0.1 * owed, with_loan(plan, 0.9 * owed)))
    if plan.spending.amount_pa > 0:
        changes.append(("spend less", 0.1 * plan.spending.amount_pa, _spending(plan, -0.1)))
    if plan.incomes:
        changes.append(("earn more", 0.1 * sum(x.amount_pa for x in plan.incomes if not x.once), _income(plan, 0.1)))
    if (longer := _working_longer(plan, 1.0)) != plan:
        changes.append(("work longer", 1.0, longer))
    found = [(name, amount, success_probability(changed)) for name, amount, changed in changes]
    return tuple(Lever(name, amount, probability, probability - base) for name, amount, probability in found)


def _working_longer(plan: Plan, years: float) -> Plan:
    """Retirement and the end of each work income later; the same plan when no work ends within the horizon."""
    incomes = tuple(_longer(flow, plan.years, years) for flow in plan.incomes)
    ends = plan.retire_year is not None and plan.retire_year < plan.years and any(flow.work for flow in plan.incomes)
    retire_year = plan.retire_year + years if ends and plan.retire_year is not None else plan.retire_year
    return replace(plan, incomes=incomes, retire_year=retire_year)


def _longer(flow: Flow, horizon: int, years: float) -> Flow:
    if not flow.work or flow.once or flow.ends_year is None or flow.ends_year >= horizon:
        return flow
    return replace(flow, ends_year=flow.ends_year + years)
