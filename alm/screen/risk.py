"""The Risk part: is what I own still what I think I own?"""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from alm.charts import risk as charts
from alm.diversification import Fragility, fragility
from alm.errors import AlmError
from alm.past import Actual
from alm.portfolio_telling import METHODS, actual_sentence, fragility_sentence, left_out_sentences
from alm.risk.concentration import Concentration
from alm.risk.correlation import WINDOW
from alm.risk.report import RiskReport, risk_report
from alm.risk.scorecard import show as shown
from alm.screen.drawing import draw
from alm.screen.page import Page, fragment
from alm.screen.past import closes, market, really_held
from alm.screen.tables import show_table
from alm.text import day, literal, number, percent, t

LOOKBACKS: dict[str, int | None] = {"1 year": 365, "3 years": 1096, "5 years": 1826, "All": None}


@fragment
def show(page: Page) -> None:
    """Widgets, one report, its charts."""
    left, middle, right = st.columns([2, 2, 2])
    lookback = left.segmented_control(t("Look back"), list(LOOKBACKS), default="All", format_func=t, key="risk-window")
    benchmark = middle.text_input(
        t("Benchmark"),
        page.settings.benchmark,
        key="risk-benchmark",
        help=t("A ticker with a price history, or weights such as VT 0.6, BND 0.4."),
    )
    dividends = right.toggle(t("Reinvest dividends"), key="risk-dividends", help=t("Dividends on record, before tax."))
    try:
        with st.spinner(t("Reading the past")):
            report = reported(page, benchmark, LOOKBACKS[lookback or "All"], dividends=dividends)
    except AlmError as refusal:
        st.warning(literal(str(refusal)))
        return
    survivable = page.briefing.max_survivable_fall
    alarms(report, None if survivable is None else fragility(page.sheet, report, survivable))
    scores(report, really_held(page))
    growth(page, report, dividends=dividends)
    tails(report)
    holdings(report)
    correlations(report)
    concentration(report.concentration)


def reported(page: Page, benchmark: str, days: int | None, *, dividends: bool) -> RiskReport:
    return risk_report(
        page.sheet,
        closes(page, dividends=dividends),
        market(page).fx,
        page.settings,
        benchmark=benchmark,
        currencies=market(page).currencies,
        since=None if days is None else page.as_of - timedelta(days=days),
    )


def alarms(report: RiskReport, fragile: Fragility | None) -> None:
    """What must be seen first: correlation that broke away, and who is left out."""
    for alarm in report.alarms[:5]:
        told = t(
            "{first} and {second} no longer diversify: correlation {recent} in the last quarter against {long_run} "
            "in the long run, since {since}.",
            first=alarm.first,
            second=alarm.second,
            recent=number(alarm.recent),
            long_run=number(alarm.long_run),
            since=day(alarm.since),
        )
        st.warning(literal(told), icon="⚠️")
    if fragile is not None:
        st.caption(literal(fragility_sentence(fragile)))
    for sentence in left_out_sentences(report.left_out):
        st.caption(literal(sentence))


def scores(report: RiskReport, held: Actual | None) -> None:
    rows = [
        {
            t("Measure"): t(line.name),
            t("Portfolio"): shown(line.unit, line.portfolio),
            report.benchmark_name or t("Benchmark"): shown(line.unit, line.benchmark),
            "": {True: "▲", False: "▼", None: ""}[line.better],
            t("What it says"): line.reading,
        }
        for line in report.scorecard
    ]
    show_table(rows)
    st.caption(
        t(
            "{start} to {end}, {observations} returns at today's weights, {per_year} a year; ▲ better, ▼ worse than "
            "the benchmark. Means are annualised by that number, deviations by its square root.",
            start=day(report.start),
            end=day(report.end),
            observations=f"{report.observations:,}",
            per_year=f"{report.per_year:g}",
        )
    )
    if held is not None:
        st.caption(literal(actual_sentence(held)))


def growth(page: Page, report: RiskReport, *, dividends: bool) -> None:
    left, right = st.columns(2)
    draw(charts.growth(report), key="risk-growth", place=left)
    draw(charts.drawdowns(report), key="risk-drawdown", place=right)
    held = [one.ticker for one in report.holdings][:10]
    shown_prices = closes(page, dividends=dividends)[held].loc[pd.Timestamp(report.start) :]
    draw(charts.prices(shown_prices), key="risk-prices", place=left)
    draw(charts.distribution(report), key="risk-distribution", place=right)
    show_table(
        pd.DataFrame(
            [
                {
                    t("Depth"): percent(fall.depth),
                    t("Peak"): day(fall.peak),
                    t("Trough"): day(fall.trough),
                    t("Recovered"): t("not yet") if fall.recovery is None else day(fall.recovery),
                    t("Days under water"): fall.days,
                }
                for fall in report.drawdowns
            ]
        )
    )


def tails(report: RiskReport) -> None:
    st.subheader(t("How bad is a bad day, a bad month?"), anchor=False)
    rows = [
        {
            t("Method"): t(METHODS[tail.method]),
            t("Level"): percent(tail.level, 0),
            t("Days"): tail.days,
            t("Value at risk"): percent(tail.value_at_risk, 2),
            t("Expected shortfall"): percent(tail.expected_shortfall, 2),
        }
        for tail in report.tails
    ]
    show_table(rows)
    for label, one in ((t("Best day"), report.best_day), (t("Worst day"), report.worst_day)):
        if one is not None:
            beside = "" if one.benchmark is None else f" ({t('benchmark')} {percent(one.benchmark, 2, signed=True)})"
            st.caption(f"{label}: {day(one.on)} {percent(one.value, 2, signed=True)}{beside}")


def holdings(report: RiskReport) -> None:
    left, right = st.columns(2)
    draw(charts.risk_return(report), key="risk-scatter", place=left)
    draw(charts.contributions(report.holdings), key="risk-contributions", place=right)


def correlations(report: RiskReport) -> None:
    left, right = st.columns(2)
    long_run = charts.correlation(report.correlation, t("Correlation, long run"))
    draw(long_run, key="risk-correlation", place=left)
    recent = charts.correlation(report.recent_correlation, t("Correlation, last {days} days", days=WINDOW))
    draw(recent, key="risk-recent", place=right)
    st.caption(
        t(
            "Diversification ratio {long_run} in the long run, {recent} now; 1 is none.",
            long_run=number(report.diversification.long_run),
            recent=number(report.diversification.recent),
        )
    )


def concentration(lines: tuple[Concentration, ...]) -> None:
    st.subheader(t("How many positions are there really?"), anchor=False)
    rows = [
        {
            t("By"): t(line.by),
            "HHI": number(line.hhi),
            t("Effective positions"): number(line.effective, 1),
            t("Largest"): t(line.shares[0][0]) if line.shares else "",
            t("Share"): percent(line.shares[0][1]) if line.shares else "",
        }
        for line in lines
    ]
    show_table(rows)
    by = st.selectbox(t("By"), range(len(lines)), format_func=lambda place: t(lines[place].by), key="risk-by")
    draw(charts.concentration(lines[by]), key="risk-concentration")
