"""A fire drill as a picture: the crisis above, the margin ratio below it, what happened marked on both."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from alm.charts.colours import COLOURS, ZONE_COLOUR
from alm.charts.lines import across
from alm.charts.theme import figure
from alm.drill import Drill
from alm.text import money, percent, t

FEW = 7
"""Days up to which each stands on the axis by name."""
MARKS = {
    "freeze": ("diamond", ZONE_COLOUR["frozen"]),
    "call": ("triangle-up", ZONE_COLOUR["call"]),
    "cure": ("circle", COLOURS[2]),
    "pledge": ("hexagon", COLOURS[8]),
    "draw": ("square", COLOURS[4]),
    "sale": ("triangle-down", COLOURS[3]),
    "forced_sale": ("x", ZONE_COLOUR["forced"]),
    "line_exhausted": ("square-x", ZONE_COLOUR["call"]),
    "ruin": ("star", ZONE_COLOUR["forced"]),
}


def event_name(event: str) -> str:
    return t(event.replace("_", " "))


def timeline(found: Drill, without: Drill | None, currency: str) -> go.Figure:
    """Index from 100 above; LTV with the lender's thresholds below, with the credit line and without."""
    chart = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.38, 0.62], vertical_spacing=0.06)
    chart.update_layout(figure(height=560).layout)
    dates = [day.date for day in found.days]
    chart.add_scatter(
        x=dates, y=[day.index * 100 for day in found.days], name=t("Index, start = 100"), line={"color": COLOURS[7]},
        row=1, col=1,
    )  # fmt: skip
    chart.add_scatter(
        x=dates,
        y=[_shown(day.ltv) for day in found.days],
        name=t("Margin ratio"),
        line={"color": COLOURS[0]},
        row=2,
        col=1,
    )
    if without is not None:
        chart.add_scatter(
            x=[day.date for day in without.days], y=[_shown(day.ltv) for day in without.days],
            name=t("without the credit line"), line={"color": COLOURS[1], "dash": "dot"}, row=2, col=1,
        )  # fmt: skip
    _thresholds(chart, found)
    _events(chart, found, currency)
    chart.update_yaxes(tickformat=".0%", rangemode="tozero", row=2, col=1)
    chart.update_layout(hovermode="closest")
    if len(dates) <= FEW:  # a ruin on the first days: days on the axis, never hours
        chart.update_xaxes(tickvals=dates, tickformat="%Y-%m-%d")
    return chart


def _shown(ltv: float) -> float | None:
    """A ratio beyond 150 % leaves the picture rather than flattening it."""
    return ltv if ltv <= 1.5 else None


def _thresholds(chart: go.Figure, found: Drill) -> None:
    levels = (
        (found.freeze_ltv, "freeze", "frozen"),
        (found.call_ltv, "call", "call"),
        (found.forced_ltv, "forced sale", "forced"),
    )
    for level, name, zone in levels:
        if level is not None:
            line = {"color": ZONE_COLOUR[zone], "dash": "dash", "width": 1.2}
            words = {"text": f"{t(name)} {percent(level)}", "font": {"color": ZONE_COLOUR[zone], "size": 11}}
            across(chart, level, line, words, axis="2")


def _events(chart: go.Figure, found: Drill, currency: str) -> None:
    for kind, (symbol, colour) in MARKS.items():
        events = [event for event in found.events if event.event == kind]
        if events:
            chart.add_scatter(
                x=[event.date for event in events],
                y=[_shown(event.ltv) for event in events],
                text=[money(event.amount, currency) if event.amount else "" for event in events],
                name=event_name(kind),
                mode="markers",
                marker={"symbol": symbol, "color": colour, "size": 10},
                hovertemplate="%{x|%Y-%m-%d}  %{y:.1%}  %{text}",
                row=2,
                col=1,
            )


def money_path(found: Drill) -> go.Figure:
    """Cash, what is drawn on the line and net worth through the crisis."""
    chart = figure(title=t("Cash, credit line and net worth"), height=320)
    dates = [day.date for day in found.days]
    for name, values in (
        (t("Cash"), [day.cash for day in found.days]),
        (t("Drawn on the line"), [day.line_drawn for day in found.days]),
        (t("Net worth"), [day.net_worth for day in found.days]),
    ):
        chart.add_scatter(x=dates, y=values, name=name)
    return chart
