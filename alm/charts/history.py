"""The recorded days as a chart: ratios and money over time, the two lights as coloured marks with words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go

from alm.charts.colours import LEVEL_COLOUR
from alm.charts.theme import figure
from alm.text import t

FEW = 7
"""Days up to which each stands on the axis by name."""
HEIGHT = 380
SYMBOL = {"SAFE": "circle", "CAUTION": "triangle-up", "DANGER": "square", "UNKNOWN": "x"}


def timeline(
    dates: Sequence[date],
    safe: Sequence[str],
    free: Sequence[str | None],
    series: Sequence[tuple[str, Sequence[float | None]]],
) -> go.Figure:
    """Fractions over the recorded dates, one line each; above them a strip with each day's first light, and one with
    the second, empty on days that did not keep it."""
    chart = figure(title=t("The recorded days"), height=HEIGHT)
    for name, values in series:
        chart.add_scatter(x=list(dates), y=list(values), name=name, mode=_mode(dates))
    _strip(chart, dates, safe, 0.5, t("Am I safe?"))
    _strip(chart, dates, free, -0.5, t("Am I free?"))
    chart.update_layout(
        yaxis={"tickformat": ".0%", "rangemode": "tozero", "domain": [0, 0.80]},
        yaxis2={"domain": [0.84, 1], "range": [-1, 1], "showticklabels": False, "showgrid": False, "zeroline": False},
    )
    return _dated(chart, dates)


def _mode(dates: Sequence[date]) -> str:
    """One day makes no line."""
    return "lines" if len(dates) > FEW else "lines+markers"


def _dated(chart: go.Figure, dates: Sequence[date]) -> go.Figure:
    """Days on the axis, never hours: few of them are named one by one, with room on both sides."""
    if len(dates) > FEW:
        return chart
    room = timedelta(days=1)
    chart.update_xaxes(range=[min(dates) - room, max(dates) + room], tickvals=list(dates), tickformat="%Y-%m-%d")
    return chart


def _strip(chart: go.Figure, dates: Sequence[date], light: Sequence[str | None], place: float, question: str) -> None:
    """Colour, shape and word; a day whose ratio nobody knows has its mark all the same."""
    for level, colour in LEVEL_COLOUR.items():
        days = [k for k, found in enumerate(light) if found == level]
        if days:
            chart.add_scatter(
                x=[dates[k] for k in days],
                y=[place] * len(days),
                yaxis="y2",
                name=f"{question} {t(level)}",
                mode="markers",
                marker={"color": colour, "symbol": SYMBOL[level], "size": 9},
                hovertemplate="%{x|%Y-%m-%d}<extra>%{fullData.name}</extra>",
            )


def money_over_time(dates: Sequence[date], series: Sequence[tuple[str, Sequence[float | None]]]) -> go.Figure:
    """Amounts over the recorded dates."""
    chart = figure(title=t("Net worth, portfolio and debt"), height=HEIGHT)
    for name, values in series:
        chart.add_scatter(x=list(dates), y=list(values), name=name, mode=_mode(dates))
    return _dated(chart, dates)
