"""Charts of the backtest: net worth with and without the loan, the margin ratio with what the lender did, cohorts."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from alm.backtest import Backtest, Cohort, Event
from alm.charts.colours import COLOURS, LEVEL_COLOUR, ZONE_COLOUR
from alm.charts.theme import figure
from alm.text import t

MAX_POINTS = 1_500
EVENT_SHAPE = {
    "freeze": "triangle-up", "call": "diamond", "pledge": "circle-open", "cure": "circle", "sale": "square",
    "ruin": "x",
}  # fmt: skip
EVENT_COLOUR = {
    "freeze": ZONE_COLOUR["frozen"],
    "call": ZONE_COLOUR["call"],
    "pledge": LEVEL_COLOUR["SAFE"],
    "cure": LEVEL_COLOUR["SAFE"],
    "sale": ZONE_COLOUR["forced"],
    "ruin": ZONE_COLOUR["forced"],
}


def net_worth(found: Backtest) -> go.Figure:
    """Net worth along the window, beside the portfolio without its loan and the benchmark."""
    chart = figure(title=t("Today's household through the past"), y_title=t("net worth"))
    rows = _thinned(len(found.path.dates))
    dates = found.path.dates[rows]
    chart.add_scatter(x=dates, y=found.path.net[rows], name=t("With the loan"), mode="lines")
    if found.loan:
        chart.add_scatter(x=dates, y=found.unlevered.net[rows], name=t("Without"), mode="lines")
    if found.benchmark is not None:
        chart.add_scatter(x=dates, y=found.benchmark[rows], name=t("Benchmark"), mode="lines")
    chart.update_yaxes(tickformat="~s")
    return chart


def margin_ratio(found: Backtest) -> go.Figure:
    """One loan's margin ratio along the window, each act of its lender marked by its own shape."""
    chart = figure(title=t("Margin ratio and what the lender did"), y_title=t("margin ratio"))
    rows = _thinned(len(found.path.dates))
    ratio = np.where(np.isfinite(found.path.ltv), found.path.ltv, np.nan)
    line = {"color": COLOURS[0], "width": 1.6}
    chart.add_scatter(x=found.path.dates[rows], y=ratio[rows], name=t("margin ratio"), mode="lines", line=line)
    own = [event for event in found.path.events if event.loan in ("", found.loan)]
    for kind, shape in EVENT_SHAPE.items():
        _marks(chart, kind, shape, [event for event in own if event.kind == kind])
    chart.update_yaxes(tickformat=".0%", rangemode="tozero")
    return chart


def _marks(chart: go.Figure, kind: str, shape: str, events: list[Event]) -> None:
    shown = [event for event in events if np.isfinite(event.ltv)]
    if shown:
        chart.add_scatter(
            x=[event.on for event in shown],
            y=[event.ltv for event in shown],
            name=t(kind),
            mode="markers",
            marker={"symbol": shape, "size": 11, "color": EVENT_COLOUR[kind]},
        )


def cohort_bars(cohorts: tuple[Cohort, ...], years: int) -> go.Figure:
    """The annual return of every start; starts with a forced sale carry their own colour and name."""
    title = t("Net worth, a year, by the quarter of the start; years held: {years}", years=years)
    chart = figure(title=title, x_title=t("start"), y_title=t("return"))
    kinds = (
        (t("no call"), LEVEL_COLOUR["SAFE"], [c for c in cohorts if not c.called and not c.sold]),
        (t("called"), LEVEL_COLOUR["CAUTION"], [c for c in cohorts if c.called and not c.sold]),
        (t("forced sale"), LEVEL_COLOUR["DANGER"], [c for c in cohorts if c.sold]),
    )
    for name, colour, members in kinds:
        if members:
            bars = {"x": [c.start for c in members], "y": [c.annual_return for c in members]}
            chart.add_bar(**bars, name=name, marker={"color": colour})
    chart.update_yaxes(tickformat=".0%")
    return chart


def _thinned(length: int) -> np.ndarray:
    """At most about 1,500 rows, the last one included."""
    return np.unique(np.append(np.arange(0, length, max(1, length // MAX_POINTS)), length - 1))
