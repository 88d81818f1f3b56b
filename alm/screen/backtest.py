"""The Backtest part: today's household at the beginning of its holdings' past."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from alm.backtest import Backtest, Rebalancing, Rule, backtest
from alm.charts import backtest as charts
from alm.errors import AlmError
from alm.portfolio_telling import left_out_sentences
from alm.risk.scorecard import Measures
from alm.screen.drawing import draw
from alm.screen.page import Page, fragment
from alm.screen.past import closes, market
from alm.screen.tables import show_table
from alm.text import day, literal, money, number, percent, t

WINDOWS: dict[str, int | None] = {"1 year": 1, "3 years": 3, "5 years": 5, "All": None}
COHORT_YEARS = (1, 3, 5)
RULES: dict[Rebalancing, str] = {
    "never": "not rebalanced",
    "band": "when a weight leaves its band",
    "monthly": "every month",
    "quarterly": "every quarter",
    "annual": "every year",
}


@fragment
def show(page: Page) -> None:
    """Widgets, one call, its charts; cohorts only when asked for."""
    first, second, third, fourth = st.columns(4)
    window = first.segmented_control(t("Window"), list(WINDOWS), default="All", format_func=t, key="backtest-window")
    target = second.toggle(t("Target weights"), key="backtest-target", disabled=not page.sheet.targets)
    when = third.selectbox(t("Rebalanced"), list(RULES), format_func=lambda rule: t(RULES[rule]), key="backtest-rule")
    cohort = fourth.selectbox(
        t("Cohorts of"), COHORT_YEARS, index=None, placeholder=t("none chosen"), key="backtest-cohorts",
        format_func=lambda years: t("1 year") if years == 1 else t("{years} years", years=years),
    )  # fmt: skip
    try:
        with st.spinner(t("Walking through the past")):
            found = walked(page, WINDOWS[window or "All"], when, cohort, target=target)
    except AlmError as refusal:
        st.warning(literal(str(refusal)))
        return
    draw(charts.net_worth(found), key="backtest-net")
    if found.loan:
        draw(charts.margin_ratio(found), key="backtest-ltv")
    measures(found, page.currency)
    if cohort and found.cohorts:
        draw(charts.cohort_bars(found.cohorts, cohort), key="backtest-cohort-bars")
    elif cohort:
        st.caption(t("The shared past is shorter than {years} years.", years=cohort))
    caveats(found)


def walked(page: Page, years: int | None, when: Rebalancing, cohort: int | None, *, target: bool) -> Backtest:
    return backtest(
        page.sheet,
        closes(page, dividends=False),
        market(page).fx,
        page.settings,
        page.profiles,
        years=years,
        weights_of="target" if target else "current",
        rule=Rule(when, page.settings.drift_band, page.settings.sale_cost),
        currencies=market(page).currencies,
        cohort_years=cohort,
    )


def measures(found: Backtest, currency: str) -> None:
    columns = [(t("With the loan"), found.path.net[-1], found.measures)] if found.loan else []
    columns += [(t("Without"), found.unlevered.net[-1], found.unlevered_measures)]
    if found.benchmark is not None and found.benchmark_measures is not None:
        columns.append((t("Benchmark"), found.benchmark[-1], found.benchmark_measures))
    frame = pd.DataFrame({name: _column(float(end), one, currency) for name, end, one in columns})
    show_table(frame.rename_axis(t("Measure")).reset_index())


def _column(end: float, one: Measures, currency: str) -> dict[str, str]:
    return {
        t("Net worth at the end"): money(end, currency),
        t("Return a year"): percent(one.annual_return),
        t("Volatility"): percent(one.volatility),
        t("Max drawdown"): percent(one.max_drawdown),
        t("Sharpe ratio"): number(one.sharpe),
    }


def caveats(found: Backtest) -> None:
    """What the figures rest on, and what the lender did."""
    if found.loan and not found.path.events:
        st.caption(t("The lender never acted."))
    st.caption(
        t(
            "{start} to {end}. Price returns; nothing is earned or spent; interest is added to the loans; calls are "
            "answered by your order of payment; sales bear cost and tax. Weights are restored within what each lender "
            "holds and within the rest. Today's amounts stand on the first day.",
            start=day(found.path.dates[0].date()),
            end=day(found.path.dates[-1].date()),
        )
    )
    for sentence in left_out_sentences(found.left_out):
        st.caption(literal(sentence))
