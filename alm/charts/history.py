"""The recorded days as a chart: ratios and money over time, the verdict as coloured marks with words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from alm.charts.theme import LEVEL_COLOUR, figure
from alm.text import t

SYMBOL = {"SAFE": "circle", "CAUTION": "triangle-up", "DANGER": "square", "UNKNOWN": "x"}


def timeline(
    dates: Sequence[date], verdicts: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]]
) -> go.Figure:
    """Fractions over the recorded dates, one line each; the first line carries each day's verdict."""
    chart = figure(title=t("The recorded days"), height=380)
    for position, (name, values) in enumerate(series):
        chart.add_scatter(x=list(dates), y=list(values), name=name, mode="lines")
        if position == 0:
            _verdicts(chart, dates, verdicts, values)
    chart.update_yaxes(tickformat=".0%", rangemode="tozero")
    return chart


def _verdicts(chart: go.Figure, dates: Sequence[date], verdicts: Sequence[str], values: Sequence[float | None]) -> None:
    for level, colour in LEVEL_COLOUR.items():
        days = [k for k, verdict in enumerate(verdicts) if verdict == level]
        if days:
            chart.add_scatter(
                x=[dates[k] for k in days],
                y=[values[k] if values[k] is not None else 0 for k in days],
                name=t(level),
                mode="markers",
                marker={"color": colour, "symbol": SYMBOL[level], "size": 9},
            )


def money_over_time(dates: Sequence[date], series: Sequence[tuple[str, Sequence[float | None]]]) -> go.Figure:
    """Amounts over the recorded dates."""
    chart = figure(title=t("Net worth, portfolio and debt"), height=320)
    for name, values in series:
        chart.add_scatter(x=list(dates), y=list(values), name=name, mode="lines+markers")
    return chart
