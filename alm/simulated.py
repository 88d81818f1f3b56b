"""The plan simulated for the second light: its probability, other models' answers, and what would reach the target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alm.fire import estimate
from alm.fire.plan import REPLAYED, Flow, Plan
from alm.freedom import ModelAnswer, Probability, Reach

SPREAD_PATHS = 2_000
"""Lives of each other model: a standard error of 1.1 points at most, where the models differ by several."""
HORIZONS = (1, 5)


def probability(plan: Plan) -> Probability:
    """The plan's own answer, by its own seed and number of paths, and the chance of a forced sale beside it."""
    found = estimate(plan)
    sold = found.forced_sale_by_year
    return Probability(
        found.success_probability, found.standard_error, model=found.model, parameters=source_of(plan),
        mean_band=found.mean_band, years=plan.years, work_years=work_years(plan),
        p_forced_sale={**{str(n): sold[min(n, plan.years) - 1] for n in HORIZONS}, "all": sold[-1]},
    )  # fmt: skip


def source_of(plan: Plan) -> str:
    """Whose returns: history's own where the model replays it."""
    return "history" if plan.market.model in REPLAYED else plan.market.parameters


def work_years(plan: Plan) -> float:
    """Years until the last income from work ends, at most the horizon."""
    ends = [_end(flow, plan) for flow in plan.incomes if flow.work and not flow.once and flow.amount_pa > 0]
    return max(ends, default=0.0)


def _end(flow: Flow, plan: Plan) -> float:
    limits = (flow.ends_year, plan.retire_year, float(plan.years))
    return min(limit for limit in limits if limit is not None)


def explored(plan: Plan, measured: Plan, fire: Probability, target: float) -> Probability:
    """The answer with the spread between models and what reaches the target; `measured` is the plan with what its
    holdings returned, which one source of the spread needs."""
    return replace(fire, spread=spread(measured, fire), reaches=reaches(plan, fire, target), target=target)


def spread(plan: Plan, fire: Probability) -> tuple[ModelAnswer, ...]:
    """Every model and source that can answer for the plan; the plan's own answer is `fire` itself."""
    from alm.fire.what_if import compare_models

    rows = compare_models(replace(plan, paths=min(plan.paths, SPREAD_PATHS)))
    answers = [
        ModelAnswer(row.model, row.parameters, row.success_probability, row.standard_error)
        for row in rows
        if row.success_probability is not None
        and row.standard_error is not None
        and (row.model, row.parameters) != (fire.model, fire.parameters)
    ]
    answers.append(ModelAnswer(fire.model, fire.parameters, fire.probability, fire.standard_error))
    return tuple(sorted(answers, key=lambda answer: (answer.model, answer.parameters)))


def reaches(plan: Plan, fire: Probability, target: float) -> tuple[Reach, ...]:
    """The least of each decision that reaches the target, or how far all of it goes; nothing where it is reached.

    Where means were measured or estimated they are taken one standard error lower, as the verdict counts them.
    """
    from alm.fire.what_if import with_means

    if fire.prudent >= target:
        return ()
    return tuple(_reaches(plan if fire.mean_band is None else with_means(plan, -1.0), target))


def _reaches(plan: Plan, target: float) -> Iterator[Reach]:
    if plan.spending.amount_pa > 0 and plan.spending.rule in ("constant", "guyton_klinger"):
        yield _spend_less(plan, target)
    if work_years(plan) > 0:
        yield _work_longer(plan, target)
    if any(loan.balance > 0 for loan in plan.loans):
        yield _owe_less(plan, target)


def _spend_less(plan: Plan, target: float) -> Reach:
    from alm.fire.engine import success_probability
    from alm.fire.solve import largest_spending, with_spending

    nothing = success_probability(with_spending(plan, 0.0))
    if nothing < target:
        return Reach("spend_less", None, nothing)
    found = largest_spending(plan, target)
    return Reach("spend_less", (plan.spending.amount_pa - found.value) / 12, found.probability)


def _owe_less(plan: Plan, target: float) -> Reach:
    from alm.fire.engine import success_probability
    from alm.fire.solve import largest_loan, with_loan

    nothing = success_probability(with_loan(plan, 0.0))
    if nothing < target:
        return Reach("owe_less", None, nothing)
    found = largest_loan(plan, target)
    return Reach("owe_less", sum(loan.balance for loan in plan.loans) - found.value, found.probability)


def _work_longer(plan: Plan, target: float) -> Reach:
    """The fewest whole years, by bisection: more work fails no life that succeeded."""
    from alm.fire.engine import success_probability

    now = work_years(plan)
    low, high = 0, int(-(-(plan.years - now) // 1))
    best = success_probability(working_until(plan, now + high))
    if best < target:
        return Reach("work_longer", None, best)
    while high - low > 1:
        middle = (low + high) // 2
        found = success_probability(working_until(plan, now + middle))
        low, high, best = (low, middle, found) if found >= target else (middle, high, best)
    return Reach("work_longer", float(high), best)


def working_until(plan: Plan, year: float) -> Plan:
    """No income from work ends before that year."""
    retire = None if plan.retire_year is None else min(max(plan.retire_year, year), 120.0)
    return replace(plan, retire_year=retire, incomes=tuple(_lasting(flow, year) for flow in plan.incomes))


def _lasting(flow: Flow, year: float) -> Flow:
    if not flow.work or flow.once or flow.ends_year is None:
        return flow
    return replace(flow, ends_year=max(flow.ends_year, year))
