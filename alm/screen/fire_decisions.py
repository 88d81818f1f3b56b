"""Two decisions at once: the probability over spending and the loan, or over spending and when work ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from alm.charts.fire import heat_map
from alm.screen.drawing import draw
from alm.screen.fire_runs import Progress, progress_bar
from alm.screen.page import fragment
from alm.text import t

if TYPE_CHECKING:
    from alm.fire.decisions import HeatMap
    from alm.fire.plan import Plan

NAMES = {"loan": "Loan", "retire_year": "End of work"}


@fragment
def two_decisions(plan: Plan) -> None:
    """Drawn when asked for, with its progress."""
    from alm.fire.decisions import CELL_PATHS, choices

    offered = choices(plan)
    if not offered or not st.toggle(t("Two decisions at once"), key="fire-decisions"):
        return
    chosen = st.segmented_control(
        t("Against spending"), offered, default=offered[0], format_func=lambda name: t(NAMES[name]), key="fire-against"
    )
    with progress_bar() as bar:
        grid = _grid(plan, chosen or offered[0], bar)
    draw(heat_map(grid, plan.currency), key="fire-heat")
    st.caption(t("Each cell is {paths} lives on the same random numbers.", paths=f"{min(plan.paths, CELL_PATHS):,}"))


@st.cache_resource(max_entries=8, show_spinner=False)
def _grid(plan: Plan, against: str, _progress: Progress) -> HeatMap:
    from alm.fire.decisions import two_decisions as grid

    return grid(plan, against, _progress)
