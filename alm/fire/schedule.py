"""Dated money as arrays: what comes in and goes out in each step whatever the market does.

A flow is paid in the steps that begin at or after its start and before its end; it grows once a year from its start
(or from today, when it has begun). A one-off falls in the step its date lies in. Term debts pay a fixed amount until
they are repaid; interest of a step is balance · rate / steps.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alm.elementary import power
from alm.fire.plan import Debt, Flow, Plan

Floats = npt.NDArray[np.float64]


class Schedule(NamedTuple):
    """Each (T,), per step: nominal amounts, and amounts in today's money that follow prices."""

    income: Floats
    income_real: Floats
    expense: Floats
    expense_real: Floats
    debt: Floats
    """Owed on term debts at the end of each step."""


def schedule(plan: Plan) -> Schedule:
    """Every flow and term debt of the plan, summed."""
    steps = plan.steps
    nominal, real = _summed(plan, plan.incomes)
    expense, expense_real = _summed(plan, plan.expenses)
    owed = np.zeros(steps)
    for debt in plan.debts:
        balance, paid = amortised(debt, steps, plan.steps_per_year)
        owed += balance
        expense += paid
    return Schedule(nominal, real, expense, expense_real, owed)


def _summed(plan: Plan, flows: tuple[Flow, ...]) -> tuple[Floats, Floats]:
    nominal, real = np.zeros(plan.steps), np.zeros(plan.steps)
    for flow in flows:
        amounts = flow_amounts(flow, plan.steps, plan.steps_per_year, plan.retire_year)
        if flow.real:
            real += amounts
        else:
            nominal += amounts
    return nominal, real


def flow_amounts(flow: Flow, steps: int, per_year: int, retire_year: float | None) -> Floats:
    """The flow's amount in each step, shape (steps,)."""
    amounts = np.zeros(steps)
    first = math.ceil(flow.starts_year * per_year - 1e-9)
    if flow.once:
        if math.floor(flow.starts_year * per_year) < steps:
            amounts[math.floor(flow.starts_year * per_year)] = flow.amount_pa
        return amounts
    ends = math.inf if flow.ends_year is None else flow.ends_year
    if flow.work and retire_year is not None:
        ends = min(ends, retire_year)
    last = steps if ends == math.inf else min(steps, math.ceil(ends * per_year - 1e-9))
    for step in range(first, last):
        amounts[step] = flow.amount_pa / per_year * power(1.0 + flow.growth_pa, (step - first) // per_year)
    return amounts


def amortised(debt: Debt, steps: int, per_year: int) -> tuple[Floats, Floats]:
    """(owed at the end of each step, paid in each step); the last payment is what is left."""
    balance, owed, paid = debt.balance, np.zeros(steps), np.zeros(steps)
    for step in range(steps):
        balance *= 1.0 + debt.rate_pa / per_year
        paid[step] = min(balance, debt.payment_pa / per_year)
        balance -= paid[step]
        owed[step] = balance
    return owed, paid
