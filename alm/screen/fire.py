"""FIRE on the page: how likely this life is sustained, under which model, what drives it, and what each lever buys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from alm.charts import fire as charts
from alm.errors import AlmError
from alm.screen.drawing import draw
from alm.screen.fire_decisions import two_decisions
from alm.screen.page import fragment
from alm.screen.tables import show_table
from alm.text import literal, money, percent, t

if TYPE_CHECKING:
    from alm.fire.plan import Plan
    from alm.fire.result import FireResult
    from alm.fire.what_if import Driver, ModelRow
    from alm.screen.page import Page

MODELS = ("lognormal", "student_t", "regime", "bootstrap", "cohorts")
TORNADO_PATHS = 4_000
EVENTS = ("freeze", "call", "forced_sale", "line_exhausted", "ruin")


def show(page: Page) -> None:
    from alm.fire.household import plan_from

    try:
        plan = plan_from(page.sheet, page.settings, page.profiles)
    except AlmError as refusal:
        st.warning(literal(str(refusal)))
        return
    what_if(plan)
    spread(plan)
    two_decisions(plan)
    one_life(plan)


@fragment
def what_if(plan: Plan) -> None:
    """The answer under the sliders; untouched, it is the household's own."""
    tried = sliders(plan)
    result, base = _simulated(tried), _simulated(plan)
    moved = None if tried == plan else f"{(result.success_probability - base.success_probability) * 100:+.1f}"
    low, high = result.interval
    success, ruin, sale, call = st.columns(4)
    success.metric(t("Success"), percent(result.success_probability), moved, border=True)
    ruin.metric(t("Ruin"), percent(result.p_ruin), border=True)
    sale.metric(t("Forced sale"), percent(result.p_forced_sale), border=True)
    call.metric(t("Margin call"), percent(result.p_call), border=True)
    about = {"paths": f"{result.paths:,}", "years": result.years, "model": t(result.model)}
    st.caption(
        t("95 % band {low} to {high}: {paths} lives of {years} years, model {model}.",
          low=percent(low), high=percent(high), **about)
        + " " + t("The band is sampling error only; the spread between models is the honest uncertainty.")
    )  # fmt: skip
    draw(charts.fan(result), key="fire-fan")
    draw(charts.events(result), key="fire-events")


def sliders(plan: Plan) -> Plan:
    """The plan the reader is trying."""
    from alm.fire.plan_file import plan_set
    from alm.fire.solve import with_loan, with_spending

    spend, owe, work, model = st.columns(4)
    less = spend.slider(t("Spending"), -50, 50, 0, 5, format="%+d%%", key="fire-spending")
    loan = owe.slider(t("Loan"), -100, 50, 0, 10, format="%+d%%", key="fire-loan", disabled=not plan.loans)
    years = work.slider(
        t("Stop working in"), 0, plan.years, plan.years, key="fire-retire", disabled=not plan.incomes,
        format=t("%d years"),
    )  # fmt: skip
    chosen = model.selectbox(t("Model"), MODELS, MODELS.index(plan.market.model), format_func=t, key="fire-model")
    tried = with_spending(plan, plan.spending.amount_pa * (1 + less / 100)) if less else plan
    owed = sum(x.balance for x in plan.loans)
    tried = with_loan(tried, owed * (1 + loan / 100)) if loan and owed > 0 else tried
    tried = replace(tried, retire_year=float(years)) if years < plan.years else tried
    return tried if chosen == plan.market.model else plan_set(tried, {"market.model": chosen})


@fragment
def spread(plan: Plan) -> None:
    """Other models and the drivers: a second of work, asked for."""
    if not st.toggle(t("Other models, and what drives it"), key="fire-spread"):
        return
    bar = st.progress(0.0, t("Simulating"))
    rows = _compared(plan)
    bar.progress(0.5, t("Simulating"))
    drivers = _driven(replace(plan, paths=min(plan.paths, TORNADO_PATHS)))
    bar.empty()
    left, right = st.columns(2)
    draw(charts.models(rows), key="fire-models", place=left)
    base = _simulated(replace(plan, paths=min(plan.paths, TORNADO_PATHS))).success_probability
    draw(charts.tornado(drivers, base), key="fire-tornado", place=right)
    for row in rows:
        if row.refused:
            st.caption(literal(f"{t(row.model)}: {row.refused}"))
    _bought(plan)


def _bought(plan: Plan) -> None:
    from alm.fire.what_if import levers

    table = [
        {
            t("Lever"): t(lever.name),
            t("Amount"): t("{n} years", n=f"{lever.amount:.0f}") if lever.name == "work longer"
            else money(lever.amount, plan.currency),
            t("Success"): percent(lever.probability),
            t("Buys"): percent(lever.gain, signed=True),
        }
        for lever in levers(replace(plan, paths=min(plan.paths, TORNADO_PATHS)))
    ]  # fmt: skip
    show_table(table)


@fragment
def one_life(plan: Plan) -> None:
    """Any single life, month by month, with its events."""
    if not st.toggle(t("Open one life"), key="fire-life"):
        return
    from alm.fire.engine import walk_one
    from alm.fire.walk import RECORD

    result = _simulated(plan)
    named = {t("The median"): result.median_path, t("The 5th percentile"): result.fifth_path}
    if result.first_failing_path is not None:
        named[t("The first that fails")] = result.first_failing_path
    choice = st.segmented_control(t("Which life"), list(named), default=next(iter(named)), key="fire-which")
    path = named[choice] if choice else result.median_path
    record, first = walk_one(plan, path)
    draw(charts.path(record, RECORD, plan.steps_per_year), key="fire-path")
    happened = [
        {t("Event"): t(EVENT_NAMES[name]), t("Year"): f"{first[event] / plan.steps_per_year:.1f}"}
        for event, name in enumerate(EVENTS)
        if first[event] >= 0
    ]
    if happened:
        show_table(happened)
    with st.expander(t("Month by month")):
        shown = [
            {t(name): value for name, value in zip(RECORD, row, strict=True)} for row in record if row[5] == row[5]
        ]
        st.dataframe(shown)


EVENT_NAMES = {
    "freeze": "Lender freezes",
    "call": "Margin call",
    "forced_sale": "Forced sale",
    "line_exhausted": "Credit line exhausted",
    "ruin": "Ruin",
}


@st.cache_resource(max_entries=32, show_spinner=False)
def _simulated(plan: Plan) -> FireResult:
    from alm.fire import simulate

    return simulate(plan)


@st.cache_resource(max_entries=8, show_spinner=False)
def _compared(plan: Plan) -> tuple[ModelRow, ...]:
    from alm.fire.what_if import compare_models

    return compare_models(plan)


@st.cache_resource(max_entries=8, show_spinner=False)
def _driven(plan: Plan) -> tuple[Driver, ...]:
    from alm.fire.what_if import tornado

    return tornado(plan)
