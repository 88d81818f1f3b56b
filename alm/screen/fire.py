"""FIRE on the page: how likely this life is sustained, under which model and whose figures, and what else it asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from alm.charts import fire as charts
from alm.errors import AlmError
from alm.screen.drawing import draw
from alm.screen.fire_decisions import two_decisions
from alm.screen.fire_life import one_life
from alm.screen.fire_runs import mean_band_of, progress_of, simulated
from alm.screen.fire_sliders import sliders
from alm.screen.fire_spread import spread
from alm.screen.fire_targets import targets
from alm.screen.page import Page, fragment
from alm.screen.tables import show_table
from alm.text import literal, percent, points, t

if TYPE_CHECKING:
    from alm.fire.plan import Plan
    from alm.fire.result import FireResult


def show(page: Page) -> None:
    what_if(page, own_plan(page))


def own_plan(page: Page, *, measured: bool = False) -> Plan:
    """The household's own plan; with what its holdings returned where that is asked for."""
    return _own(page.key, measured, page)


@fragment
def what_if(page: Page, plan: Plan) -> None:
    """The answer under the sliders; untouched, it is the household's own. All below is about the life being tried."""
    tried = sliders(plan)
    if tried.market.parameters == "measured":
        tried = _with_measured(tried, own_plan(page, measured=True))
    answer(tried, plan)
    spread(tried, lambda: _with_measured(tried, own_plan(page, measured=True)))
    targets(tried, page.settings.target_probability)
    two_decisions(tried)
    one_life(tried)


def _with_measured(tried: Plan, own: Plan) -> Plan:
    """What each asset's own prices did, beside what is tried."""
    known = {asset.name: asset.measured for asset in own.assets}
    return replace(tried, assets=tuple(replace(asset, measured=known.get(asset.name)) for asset in tried.assets))


def answer(tried: Plan, plan: Plan) -> None:
    """The probability with its band, what the figures rest on, the fan and what goes wrong by year."""
    with progress_of(tried) as bar:
        result = simulated(tried, bar)
        base = result if tried == plan else _own_answer(plan)
    moved = None if base is None or base is result else result.success_probability - base.success_probability
    low, high = result.interval
    success, ruin, sale, call = st.columns(4)
    delta = None if moved is None else points(moved, 1)
    success.metric(t("Success"), percent(result.success_probability), delta, border=True)
    ruin.metric(t("Ruin"), percent(result.p_ruin), border=True)
    sale.metric(t("Forced sale"), percent(result.p_forced_sale), border=True)
    call.metric(t("Margin call"), percent(result.p_call), border=True)
    about = {"paths": f"{result.paths:,}", "years": result.years, "model": t(result.model)}
    st.caption(
        t("95 % band {low} to {high}: {paths} lives of {years} years, model {model}.",
          low=percent(low), high=percent(high), **about)
        + " " + t("The band is sampling error only; the spread between models is the honest uncertainty.")
    )  # fmt: skip
    _sources(tried)
    draw(charts.fan(result), key="fire-fan")
    draw(charts.events(result), key="fire-events")


def _own_answer(plan: Plan) -> FireResult | None:
    """The household's own answer, or None where its settings cannot be simulated and something else is tried."""
    try:
        with progress_of(plan) as bar:
            return simulated(plan, bar)
    except AlmError:
        return None


def _sources(tried: Plan) -> None:
    """Whose figures these are, how long their history is, and how little that says."""
    from alm.sources import band_sentence, evidence_columns, evidence_rows, floor_note, horizon_note, source_sentences

    told = [*source_sentences(tried), band_sentence(mean_band_of(tried)), horizon_note(tried), floor_note(tried)]
    st.caption(literal(" ".join(sentence for sentence in told if sentence)))
    if tried.market.parameters == "given":
        return
    with st.expander(t("Return and volatility, asset by asset")):
        show_table([dict(zip(evidence_columns(), row, strict=True)) for row in evidence_rows(tried)])


@st.cache_resource(max_entries=4, show_spinner=False)
def _own(key: tuple[str, str, str], measured: bool, _page: Page) -> Plan:  # noqa: ARG001  # key is the key
    from alm.gather import household_plan

    return household_plan(_page.db, _page.sheet, _page.settings, _page.profiles, measured=measured)
