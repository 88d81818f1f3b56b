"""Any single life of the simulation, month by month, with its events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from alm.charts import fire as charts
from alm.screen.drawing import draw
from alm.screen.fire_runs import progress_of, simulated
from alm.screen.page import fragment
from alm.screen.tables import show_table
from alm.text import t

if TYPE_CHECKING:
    from alm.fire.plan import Plan
    from alm.fire.result import FireResult

NUMBERED = "By number"


@fragment
def one_life(plan: Plan) -> None:
    """The median, the 5th percentile, the first that fails, or any other."""
    if not st.toggle(t("Open one life"), key="fire-life"):
        return
    from alm.fire.engine import walk_one
    from alm.fire.kernel import RECORD
    from alm.fire.lives import events_of

    with progress_of(plan) as bar:
        path = _chosen(simulated(plan, bar))
    record, first = walk_one(plan, path)
    draw(charts.path(record, RECORD, plan.steps_per_year), key="fire-path")
    happened = [
        {t("Event"): t(name), t("Year"): f"{step / plan.steps_per_year:.1f}"} for name, step in events_of(first, plan)
    ]
    if happened:
        show_table(happened)
    with st.expander(t("Month by month")):
        lived = [row for row in record if row[0] == row[0]]
        st.dataframe([{t(name): value for name, value in zip(RECORD, row, strict=True)} for row in lived])


def _chosen(result: FireResult) -> int:
    named = {t("The median"): result.median_path, t("The 5th percentile"): result.fifth_path}
    if result.first_failing_path is not None:
        named[t("The first that fails")] = result.first_failing_path
    choice = st.segmented_control(t("Which life"), [*named, t(NUMBERED)], default=next(iter(named)), key="fire-which")
    if choice == t(NUMBERED):
        return int(st.number_input(t("Which life"), 0, result.paths - 1, 0, key="fire-number"))
    return named.get(choice or "", result.median_path)
