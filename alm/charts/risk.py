"""Charts of the risk report: growth, drawdown, distribution, risk against return, correlation, contributions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from alm.charts.colours import COLOURS, DARK_INK, DIVERGING, INK, LEVEL_COLOUR
from alm.charts.lines import upright
from alm.charts.theme import figure
from alm.risk.concentration import Concentration
from alm.risk.drawdown import drawdown, wealth
from alm.risk.report import HoldingRisk, RiskReport
from alm.risk.series import Array
from alm.risk.tail import LEVELS
from alm.text import t

MAX_POINTS = 1_500
MAX_LABELS = 6
"""Holdings beyond which names on the scatter would cover each other; the pointer still shows them."""


def growth(report: RiskReport) -> go.Figure:
    """Growth of 100 at today's weights, beside the benchmark's; logarithmic, so that equal falls look equal."""
    chart = figure(title=t("Growth of 100 at today's weights"), y_title=t("value"))
    _line(chart, report.past.dates, 100 * wealth(report.past.returns), t("Portfolio"))
    if report.past.benchmark is not None:
        _line(chart, report.past.dates, 100 * wealth(report.past.benchmark), report.benchmark_name)
    chart.update_yaxes(type="log")
    return chart


def prices(closes: pd.DataFrame) -> go.Figure:
    """Each price history rebased to 100 at its first date."""
    chart = figure(title=t("Prices, first date = 100"), y_title=t("value"))
    for ticker in closes.columns:
        own = closes[ticker].dropna()
        if len(own):
            _line(chart, own.index, 100 * own.to_numpy() / own.iloc[0], str(ticker))
    chart.update_yaxes(type="log")
    return chart.update_layout(legend={"yanchor": "top", "y": -0.12})


def drawdowns(report: RiskReport) -> go.Figure:
    """How far under its peak the portfolio stood on each day."""
    chart = figure(title=t("Drawdown"), y_title=t("below the peak"))
    _line(chart, report.past.dates, drawdown(report.past.returns), t("Portfolio"), fill="tozeroy")
    if report.past.benchmark is not None:
        _line(chart, report.past.dates, drawdown(report.past.benchmark), report.benchmark_name)
    chart.update_yaxes(tickformat=".0%")
    return chart


def distribution(report: RiskReport) -> go.Figure:
    """How often each day's return happened, with the historical value at risk."""
    returns = report.past.returns
    counts, edges = np.histogram(returns, bins=60)
    chart = figure(title=t("Distribution of daily returns"), x_title=t("return"), y_title=t("days"))
    chart.add_bar(x=(edges[1:] + edges[:-1]) / 2, y=counts, name=t("days"), marker={"color": COLOURS[0]})
    for tail in report.tails:
        if tail.method == "historical" and tail.days == 1 and np.isfinite(tail.value_at_risk):
            label = t("VaR {level}", level=f"{tail.level:.0%}")
            colour = LEVEL_COLOUR["CAUTION" if tail.level == LEVELS[0] else "DANGER"]
            line = {"color": colour, "dash": "dash"}
            upright(
                chart, tail.value_at_risk, line, {"text": label}, side="right" if tail.level == LEVELS[0] else "left"
            )
    chart.update_xaxes(tickformat=".1%")
    return chart.update_layout(bargap=0.02, hovermode="closest")


def risk_return(report: RiskReport) -> go.Figure:
    """Return against volatility of every holding, the portfolio and the benchmark; size is weight."""
    chart = figure(title=t("Risk and return, a year"), x_title=t("volatility"), y_title=t("return"))
    shown = [held for held in report.holdings if np.isfinite(held.measures.volatility)]
    chart.add_scatter(
        x=[held.measures.volatility for held in shown],
        y=[held.measures.annual_return for held in shown],
        text=[held.ticker for held in shown],
        mode="markers+text" if len(shown) <= MAX_LABELS else "markers",
        hovertemplate="%{text}: %{x:.1%}, %{y:.1%}<extra></extra>",
        textposition="top center",
        name=t("Holdings"),
        marker={"size": [10 + 40 * max(held.weight, 0) ** 0.5 for held in shown], "opacity": 0.6},
    )
    _point(chart, t("Portfolio"), report.portfolio.volatility, report.portfolio.annual_return, "diamond")
    if report.benchmark is not None:
        _point(chart, report.benchmark_name, report.benchmark.volatility, report.benchmark.annual_return, "square")
    chart.update_xaxes(tickformat=".0%", rangemode="tozero").update_yaxes(tickformat=".0%")
    return chart.update_layout(hovermode="closest")


def correlation(matrix: pd.DataFrame, title: str) -> go.Figure:
    """Heat map of a correlation matrix, −1 to 1; blank where it is not known."""
    names = [str(name) for name in matrix.columns]
    values = matrix.to_numpy()
    chart = figure(title=title, height=120 + 34 * max(len(names), 6))
    chart.add_heatmap(
        x=names,
        y=names,
        z=values,
        zmin=-1,
        zmax=1,
        colorscale=DIVERGING,
        texttemplate="%{z:.2f}" if len(names) <= 16 else "",
        textfont={"color": DARK_INK},
        hovertemplate="%{x} · %{y}: %{z:.2f}<extra></extra>",
        colorbar={"thickness": 10},
    )
    chart.update_yaxes(autorange="reversed")
    return chart.update_layout(hovermode="closest")


def contributions(holdings: tuple[HoldingRisk, ...]) -> go.Figure:
    """Share of the money beside share of the risk."""
    shown = [held for held in holdings if np.isfinite(held.contribution)][:15]
    names = [held.ticker for held in shown]
    chart = figure(title=t("Whose risk is it?"), height=140 + 34 * len(names))
    chart.add_bar(y=names, x=[held.weight for held in shown], orientation="h", name=t("share of value"))
    chart.add_bar(y=names, x=[held.contribution for held in shown], orientation="h", name=t("share of risk"))
    chart.update_xaxes(tickformat=".0%").update_yaxes(autorange="reversed")
    return chart.update_layout(barmode="group", hovermode="y unified")


def concentration(line: Concentration) -> go.Figure:
    """Shares along one line, largest first; what is beyond the tenth is one bar."""
    shares = list(line.shares[:10])
    rest = sum(share for _, share in line.shares[10:])
    shares += [(t("others"), rest)] if rest else []
    chart = figure(height=120 + 26 * len(shares))
    chart.add_bar(y=[name for name, _ in shares], x=[share for _, share in shares], orientation="h", name=t("share"))
    chart.update_xaxes(tickformat=".0%").update_yaxes(autorange="reversed")
    return chart.update_layout(hovermode="closest", showlegend=False)


def _line(chart: go.Figure, x: pd.Index, y: Array, name: str, **more: object) -> None:
    """A line thinned to what a screen can show; the last point is always there."""
    step = max(1, len(y) // MAX_POINTS)
    rows = np.unique(np.append(np.arange(0, len(y), step), len(y) - 1))
    chart.add_scatter(x=x[rows], y=y[rows], name=name, mode="lines", line={"width": 1.6}, **more)


def _point(chart: go.Figure, name: str, x: float, y: float, symbol: str) -> None:
    marker = {"size": 14, "symbol": symbol, "line": {"width": 1, "color": INK}}
    chart.add_scatter(x=[x], y=[y], name=name, mode="markers", marker=marker)
