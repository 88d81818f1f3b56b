"""Charts of the allocation: what is held, how far it drifted, what an optimiser would hold."""

from __future__ import annotations

import plotly.graph_objects as go

from alm.allocation.drift import Drift, Light
from alm.allocation.suggestions import Suggestions
from alm.charts.colours import INK, LEVEL_COLOUR
from alm.charts.lines import upright
from alm.charts.theme import figure
from alm.text import percent, t

LIGHT_COLOUR: dict[Light, str] = {
    "green": LEVEL_COLOUR["SAFE"],
    "yellow": LEVEL_COLOUR["CAUTION"],
    "red": LEVEL_COLOUR["DANGER"],
}
LIGHT_SHAPE: dict[Light, str] = {"green": "●", "yellow": "▲", "red": "■"}
"""A shape beside every colour, so that a light is never told by colour alone."""


def allocation(shares: tuple[tuple[str, float], ...], title: str) -> go.Figure:
    """What the portfolio is made of, as bars: every name and share can be read, however small, on a phone too."""
    chart = figure(title=title, height=110 + 30 * len(shares))
    names, values = [name for name, _ in shares], [share for _, share in shares]
    chart.add_bar(
        y=names, x=values, orientation="h", text=[percent(share) for share in values], textposition="outside",
        cliponaxis=False, hovertemplate="%{y}: %{x:.1%}<extra></extra>",
    )  # fmt: skip
    chart.update_xaxes(tickformat=".0%", range=[0, max(values, default=1) * 1.25]).update_yaxes(autorange="reversed")
    return chart.update_layout(showlegend=False, hovermode="closest")


def drift_bars(rows: tuple[Drift, ...], band: float) -> go.Figure:
    """Points of weight over and under each target, with the band."""
    names = [f"{LIGHT_SHAPE[row.light]} {t(row.name)}" for row in rows]
    chart = figure(title=t("Drift from target"), height=150 + 36 * len(rows), x_title=t("points of weight"))
    chart.add_bar(
        y=names,
        x=[row.drift for row in rows],
        orientation="h",
        name=t("drift"),
        marker={"color": [LIGHT_COLOUR[row.light] for row in rows]},
        customdata=[[row.actual, row.target] for row in rows],
        hovertemplate="%{y}: %{x:+.1%} (%{customdata[0]:.1%} / %{customdata[1]:.1%})<extra></extra>",
    )
    for edge in (-band, band):
        upright(chart, edge, {"color": LIGHT_COLOUR["red"], "dash": "dash", "width": 1})
    chart.update_xaxes(tickformat="+.0%").update_yaxes(autorange="reversed")
    return chart.update_layout(hovermode="closest", showlegend=False)


def optimised_weights(found: Suggestions) -> go.Figure:
    """Today's weights beside the optimised ones, whose bars carry the 5 % to 95 % range of the bootstrap."""
    chart = figure(title=t("Weights an optimiser would have chosen"), y_title=t("weight"))
    chart.add_bar(x=found.tickers, y=found.today, name=t("Today's weights"))
    for one in found.optimised:
        above, below = one.high - one.weights, one.weights - one.low
        spread = {"type": "data", "symmetric": False, "array": above.clip(0), "arrayminus": below.clip(0)}
        chart.add_bar(x=found.tickers, y=one.weights, name=t(one.name), error_y={**spread, "color": INK})
    chart.update_yaxes(tickformat=".0%")
    return chart.update_layout(barmode="group")


def efficient_frontier(found: Suggestions) -> go.Figure:
    """The efficient frontier of this past, today's portfolio and the optimised ones on it or under it."""
    chart = figure(title=t("Efficient frontier of this past"), x_title=t("volatility"), y_title=t("return"))
    risks, returns = [point[0] for point in found.frontier], [point[1] for point in found.frontier]
    chart.add_scatter(x=risks, y=returns, mode="lines", name=t("frontier"))
    marks = [(t("Today's weights"), found.today_volatility, found.today_expected)]
    marks += [(t(one.name), one.volatility, one.expected) for one in found.optimised]
    for name, x, y in marks:
        chart.add_scatter(x=[x], y=[y], name=name, mode="markers", marker={"size": 13})
    chart.update_xaxes(tickformat=".1%").update_yaxes(tickformat=".1%")
    return chart.update_layout(hovermode="closest")
