"""Two decisions at once: the probability over spending and the loan, or over spending and when work ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from alm.charts.fire import heat_map
from alm.screen.drawing import draw
from alm.screen.page import fragment
from alm.text import t

if TYPE_CHECKING:
    from collections.abc import Callable

    from alm.fire.plan import Plan
    from alm.fire.what_if import HeatMap

SPENDING = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)
LOANS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25)
YEARS = (0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0)
PATHS = 2_000
"""Lives of a cell: a standard error of 1.1 points at most, in two seconds for the whole map."""


@fragment
def two_decisions(plan: Plan) -> None:
    """Drawn when asked for, with its progress."""
    choices = choices_of(plan)
    if not choices or not st.toggle(t("Two decisions at once"), key="fire-decisions"):
        return
    chosen = st.segmented_control(t("Against spending"), choices, default=choices[0], format_func=t, key="fire-against")
    bar = st.progress(0.0, t("Simulating"))
    grid = _grid(replace(plan, paths=min(plan.paths, PATHS)), chosen or choices[0], lambda share: _show(bar, share))
    bar.empty()
    draw(heat_map(grid, plan.currency), key="fire-heat")
    st.caption(t("Each cell is {paths} lives on the same random numbers.", paths=f"{min(plan.paths, PATHS):,}"))


def choices_of(plan: Plan) -> list[str]:
    """What can be set against spending: a loan that exists, work that can end; nothing without spending."""
    if plan.spending.amount_pa <= 0:
        return []
    working = any(flow.work for flow in plan.incomes)
    owing = any(loan.balance > 0 for loan in plan.loans)
    return ["Loan"] * owing + ["End of work"] * working


def _show(bar: st.delta_generator.DeltaGenerator, share: float) -> None:
    bar.progress(share, t("Simulating"))


@st.cache_resource(max_entries=8, show_spinner=False)
def _grid(plan: Plan, against: str, _progress: Callable[[float], None]) -> HeatMap:
    from alm.fire.what_if import spending_by_loan, spending_by_retirement

    spending = tuple(share * plan.spending.amount_pa for share in SPENDING)
    if against == "Loan":
        owed = sum(loan.balance for loan in plan.loans)
        return spending_by_loan(plan, spending, tuple(share * owed for share in LOANS), _progress)
    years = tuple(year for year in YEARS if year <= plan.years)
    return spending_by_retirement(plan, spending, years, _progress)
