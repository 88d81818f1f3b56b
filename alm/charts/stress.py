"""Charts of the stress test: the margin ratio against the fall, the heat map of two shocks, the reverse frontier."""

from __future__ import annotations

from math import inf

import plotly.graph_objects as go

from alm.charts.colours import COLOURS, DARK_INK, ZONE_COLOUR, ZONE_TINT
from alm.charts.lines import Across, upright
from alm.charts.theme import figure, threshold
from alm.reverse import ReverseStress
from alm.stress import HeatMap, LoanStress, StressTest
from alm.text import percent, t, up_to

NAME = 40
"""Characters of a name in a legend: what a phone is wide."""
TOP = 1.2
"""The margin ratio beyond which a curve leaves the picture, unless today's stands there already."""


def margin_ratio(test: StressTest) -> go.Figure:
    """Margin ratio after a fall, LTV/(1 − d), one curve per loan, with today's point and the nearest loan's lines."""
    chart = figure(title=t("Margin ratio against a falling market"), x_title=t("Fall"), y_title=t("Margin ratio"))
    top = max([TOP, *(1.5 * loan.ltv for loan in test.loans if TOP <= loan.ltv < inf)])
    for loan in test.loans:
        falls = [n / 200 for n in range(200) if loan.ltv / (1 - n / 200) <= top]
        chart.add_scatter(
            x=falls, y=[loan.ltv / (1 - d) for d in falls], name=_short(loan.loan), mode="lines", line={"width": 3}
        )
        chart.add_scatter(
            x=[0],
            y=[loan.ltv],
            name=t("Today: {ltv}", ltv=percent(loan.ltv)),
            mode="markers",
            marker={"size": 12, "color": COLOURS[5]},
            hoverinfo="skip",
        )
    if test.nearest_loan:
        _thresholds(chart, test.nearest_loan, apart=top > TOP)
        _survivable(chart, test)
    chart.update_xaxes(tickformat=".0%", range=[0, 0.9])
    chart.update_yaxes(tickformat=".0%", range=[0, top], hoverformat=".1%")
    return chart


def _short(name: str) -> str:
    """A legend has one line for a name."""
    return name if len(name) <= NAME else f"{name[: NAME - 1]}…"


def _thresholds(chart: go.Figure, loan: LoanStress, *, apart: bool) -> None:
    """The lender's levels by name; `apart`: side by side, where the picture is so high that they nearly touch."""
    levels = loan.levels
    named: tuple[tuple[str, float | None, str, Across], ...] = (
        (t("freeze"), levels.freeze, "frozen", "left"),
        (t("call"), levels.call, "call", "center"),
        (t("forced sale"), levels.forced, "forced", "right"),
    )
    for label, level, zone, place in named:
        if level is not None:
            where = place if apart else "left"
            threshold(chart, level, f"{label} {percent(level)}", ZONE_COLOUR[zone], place=where)


def _survivable(chart: go.Figure, test: StressTest) -> None:
    """Up to where nothing is sold at any speed: a vertical line, when the market can get there."""
    if 0 < test.max_survivable_fall < 1:
        line = {"color": ZONE_COLOUR["forced"], "dash": "dot", "width": 1.5}
        words = {"text": t("survived to {fall}", fall=up_to(test.max_survivable_fall)), "textangle": -90}
        upright(chart, test.max_survivable_fall, line, words, place="bottom", side="left")


def two_shocks(heat: HeatMap) -> go.Figure:
    """LTV after a fall of prices (across) and a stronger base currency (up); colour is the zone, numbers the ratio."""
    zones, colours = list(ZONE_TINT), list(ZONE_TINT.values())
    steps = [(edge / 4, colours[n]) for n in range(4) for edge in (n, n + 1)]
    chart = figure(title=t("Prices and currency together"), x_title=t("Fall"), y_title=t("Base currency gains"))
    chart.add_heatmap(
        x=heat.falls,
        y=heat.strengths,
        z=[[zones.index(zone) for zone in row] for row in heat.zone],
        text=[[percent(ratio, 0) for ratio in row] for row in heat.ltv],
        customdata=[[t(zone) for zone in row] for row in heat.zone],
        texttemplate="%{text}",
        textfont={"color": DARK_INK},
        hovertemplate="%{x:.0%} · %{y:.0%}: %{text} %{customdata}<extra></extra>",
        colorscale=steps,
        zmin=-0.5,
        zmax=3.5,
        showscale=False,
        xgap=1,
        ygap=1,
    )
    for zone, tint in ZONE_TINT.items():
        key = {"symbol": "square", "size": 12, "color": tint}
        chart.add_scatter(x=[None], y=[None], name=t(zone), mode="markers", marker=key)
    chart.update_layout(hovermode="closest")
    chart.update_xaxes(tickformat=".0%", showgrid=False)
    chart.update_yaxes(tickformat=".0%", showgrid=False)
    return chart


def frontier(result: ReverseStress) -> go.Figure:
    """Pairs of shocks above the line force a sale; the diamond is the smallest joint shock (rates and haircuts too)."""
    chart = figure(title=t("What forces a sale"), x_title=t("Base currency gains"), y_title=t("Fall of every price"))
    chart.add_scatter(
        x=[strength for strength, _ in result.frontier],
        y=[fall for _, fall in result.frontier],
        mode="lines",
        name=t("a sale is forced from here on"),
        line={"color": ZONE_COLOUR["forced"], "width": 3},
    )
    if result.smallest:
        chart.add_scatter(
            x=[result.smallest.base_strength],
            y=[result.smallest.equity_fall],
            mode="markers",
            name=t("smallest joint shock"),
            marker={"symbol": "diamond", "size": 13, "color": COLOURS[1]},
        )
    chart.update_xaxes(tickformat=".0%")
    chart.update_yaxes(tickformat=".0%", range=[0, 1.02])
    return chart
