"""The simulation drawn: the fan of real wealth, what goes wrong and when, the models, what drives it, one life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from alm.charts.colours import COLOURS, DARK_INK, INK, SEQUENTIAL
from alm.charts.theme import figure
from alm.text import money, percent, t

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from alm.fire.decisions import HeatMap
    from alm.fire.result import FireResult
    from alm.fire.what_if import Driver, ModelRow

WEALTH, WORSE, BETTER, SALE, RUIN = COLOURS[0], COLOURS[5], COLOURS[2], COLOURS[1], COLOURS[5]


def fan(result: FireResult) -> go.Figure:
    """Net worth in today's money, 5th to 95th percentile; the top is cut at twice the 75th so that the rest is seen."""
    years = list(range(result.years + 1))
    low, quarter, middle, upper, high = result.fan.T
    chart = figure(title=t("Net worth in today's money"), x_title=t("Years from now"), height=420)
    _band(chart, years, low, high, t("5th to 95th percentile"), "rgba(0,114,178,0.15)")
    _band(chart, years, quarter, upper, t("25th to 75th percentile"), "rgba(0,114,178,0.30)")
    chart.add_scatter(x=years, y=middle, name=t("Median"), mode="lines", line={"color": WEALTH, "width": 2})
    bottom = min(0.0, 1.05 * float(low.min()))  # a household may start below nothing
    top = max(2.0 * float(upper.max()), 1.05 * float(middle.max()), -0.1 * bottom)
    chart.update_yaxes(range=[bottom, top])
    return chart


def _band(
    chart: go.Figure,
    years: list[int],
    low: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
    name: str,
    colour: str,
) -> None:
    quiet = {"mode": "lines", "line": {"width": 0}}
    chart.add_scatter(x=years, y=high, showlegend=False, hoverinfo="skip", **quiet)
    chart.add_scatter(x=years, y=low, name=name, fill="tonexty", fillcolor=colour, **quiet)


def events(result: FireResult) -> go.Figure:
    """Share of lives in which each thing has happened by each year."""
    years = list(range(1, result.years + 1))
    chart = figure(title=t("What has gone wrong by each year"), x_title=t("Years from now"))
    shown = (
        (t("Ruin"), result.by_year.ruin, RUIN, "solid"),
        (t("Forced sale"), result.by_year.forced_sale, SALE, "solid"),
        (t("Margin call"), result.by_year.call, COLOURS[3], "dash"),
        (t("Lender freezes"), result.by_year.freeze, COLOURS[4], "dot"),
        (t("Credit line exhausted"), result.by_year.line_exhausted, COLOURS[7], "dashdot"),
    )
    for name, shares, colour, dash in shown:
        if shares[-1] > 0:
            chart.add_scatter(x=years, y=shares, name=name, mode="lines", line={"color": colour, "dash": dash})
    chart.update_yaxes(tickformat=".0%", rangemode="tozero")
    return chart


def models(rows: Sequence[ModelRow]) -> go.Figure:
    """The same household under every return model and source of its figures, with two standard errors."""
    answered = [row for row in reversed(rows) if row.success_probability is not None]
    chart = figure(title=t("The same life under other models"), height=120 + 26 * len(answered))
    chart.add_bar(
        y=[f"{t(row.model)} · {t(row.parameters)}" for row in answered],
        x=[row.success_probability for row in answered],
        orientation="h",
        error_x={"type": "data", "array": [2 * (row.standard_error or 0.0) for row in answered], "color": INK},
        text=[percent(row.success_probability) for row in answered],
        textposition="inside",
        insidetextanchor="start",
        marker={"color": WEALTH},
        showlegend=False,
    )
    chart.update_layout(hovermode="closest")
    chart.update_xaxes(tickformat=".0%", range=[0, 1.05])
    return chart


def tornado(rows: Sequence[Driver], base: float) -> go.Figure:
    """What moves the probability most: each assumption a step lower and higher."""
    ordered = list(reversed(rows))
    chart = figure(title=t("What drives it"), height=120 + 40 * len(ordered))
    for name, steps, values, colour in (
        (t("lower"), [row.low for row in ordered], [row.at_low for row in ordered], COLOURS[1]),
        (t("higher"), [row.high for row in ordered], [row.at_high for row in ordered], COLOURS[0]),
    ):
        chart.add_bar(
            y=[t(row.name) for row in ordered],
            x=[value - base for value in values],
            base=base,
            orientation="h",
            name=name,
            marker={"color": colour},
            text=[percent(step, 0, signed=True) for step in steps],
        )
    chart.update_layout(barmode="overlay", hovermode="closest")
    chart.update_xaxes(tickformat=".0%")
    return chart


def heat_map(grid: HeatMap, currency: str) -> go.Figure:
    """Probability over two decisions."""
    names = {"spending": t("Spending a year"), "loan": t("Loan"), "retire_year": t("Years of work left")}
    columns = [f"{x:.0f}" if grid.column_name == "retire_year" else money(x, currency) for x in grid.columns]
    chart = figure(title=t("Success by two decisions"), x_title=names[grid.column_name], y_title=names[grid.row_name])
    chart.add_heatmap(
        x=columns,
        y=[money(row, currency) for row in grid.rows],
        z=grid.probability,
        zmin=0,
        zmax=1,
        colorscale=SEQUENTIAL,
        textfont={"color": DARK_INK},
        text=[[percent(p, 0) for p in row] for row in grid.probability],
        texttemplate="%{text}",
        colorbar={"tickformat": ".0%"},
    )
    chart.update_layout(hovermode="closest")
    return chart


def path(record: npt.NDArray[np.float64], columns: Sequence[str], steps_per_year: int) -> go.Figure:
    """One life: assets, cash and debts in today's money."""
    place = {name: column for column, name in enumerate(columns)}
    years = [(step + 1) / steps_per_year for step in range(len(record))]
    prices = record[:, place["prices"]]
    chart = figure(title=t("One life, in today's money"), x_title=t("Years from now"), height=380)
    for name, label, colour in (
        ("assets", t("Assets"), COLOURS[0]),
        ("cash", t("Cash"), COLOURS[2]),
        ("loans", t("Loan"), COLOURS[5]),
        ("lines", t("Credit line drawn"), COLOURS[1]),
        ("net_worth", t("Net worth"), COLOURS[7]),
    ):
        values = record[:, place[name]] / prices
        chart.add_scatter(x=years, y=values, name=label, mode="lines", line={"color": colour})
    return chart
