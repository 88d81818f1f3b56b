"""The same life under other models and other figures, what drives it, and what each lever buys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from alm.charts import fire as charts
from alm.screen.drawing import draw
from alm.screen.fire_runs import Progress, progress_bar
from alm.screen.page import fragment
from alm.screen.tables import show_table
from alm.text import literal, percent, points, t

if TYPE_CHECKING:
    from alm.fire.plan import Plan
    from alm.fire.what_if import Driver, Lever, ModelRow

TORNADO_PATHS = 4_000
SHARES = (0.7, 0.9, 1.0)
"""Of the bar: models, drivers, levers."""


@fragment
def spread(plan: Plan, measured: Callable[[], Plan]) -> None:
    """A second or two of work, asked for; `measured` gives the plan with what its holdings returned."""
    if not st.toggle(t("Other models, and what drives it"), key="fire-spread"):
        return
    from alm.sources import band_sentences

    small = replace(plan, paths=min(plan.paths, TORNADO_PATHS))
    with progress_bar() as bar:
        rows = _compared(measured(), lambda share: bar(SHARES[0] * share))
        drivers = _driven(small, lambda share: bar(SHARES[0] + (SHARES[1] - SHARES[0]) * share))
        base, bought = _bought(small)
    left, right = st.columns(2)
    draw(charts.models(rows), key="fire-models", place=left)
    draw(charts.tornado(drivers, base), key="fire-tornado", place=right)
    for sentence in (*dict.fromkeys(row.refused for row in rows if row.refused), *band_sentences(rows)):
        st.caption(literal(sentence))
    _levers(bought, plan.currency)


def _levers(bought: tuple[Lever, ...], currency: str) -> None:
    from alm.sources import lever_amount

    table = [
        {
            t("Lever"): t(lever.name),
            t("Amount"): lever_amount(lever.name, lever.amount, currency),
            t("Success"): percent(lever.probability),
            t("Buys"): points(lever.gain, 1),
        }
        for lever in bought
    ]
    show_table(table)


@st.cache_resource(max_entries=8, show_spinner=False)
def _compared(plan: Plan, _progress: Progress) -> tuple[ModelRow, ...]:
    from alm.fire.what_if import compare_models

    return compare_models(plan, _progress)


@st.cache_resource(max_entries=8, show_spinner=False)
def _driven(plan: Plan, _progress: Progress) -> tuple[Driver, ...]:
    from alm.fire.what_if import tornado

    return tornado(plan, _progress)


@st.cache_resource(max_entries=8, show_spinner=False)
def _bought(plan: Plan) -> tuple[float, tuple[Lever, ...]]:
    from alm.fire.engine import success_probability
    from alm.fire.what_if import levers

    return success_probability(plan), levers(plan)
