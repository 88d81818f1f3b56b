"""Charts of the ledger: value through time against what was paid, gain by ticker, gains realised by year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from alm.charts.colours import COLOURS, INK, LEVEL_COLOUR
from alm.charts.theme import figure
from alm.ledger.growth import Growth
from alm.ledger.kpis import TickerKpi
from alm.ledger.report import GainYear
from alm.macro import Band, Phase
from alm.text import money_short, t

GAIN, LOSS = LEVEL_COLOUR["SAFE"], LEVEL_COLOUR["DANGER"]
PHASE_COLOUR: dict[Phase, str] = {
    "expansion": "rgba(0,158,115,0.08)",
    "slowdown": "rgba(230,159,0,0.10)",
    "contraction": "rgba(213,94,0,0.14)",
    "recovery": "rgba(86,180,233,0.10)",
}
_MOST_POINTS = 1_500
_MOST_TICKERS = 15


def value_history(grown: Growth, currency: str, bands: Sequence[Band] = ()) -> go.Figure:
    """Value of the holdings and the money still in them, over the phases of the cycle."""
    every = max(len(grown.days) // _MOST_POINTS, 1)
    shown = np.unique(np.append(np.arange(0, len(grown.days), every), len(grown.days) - 1))
    days = grown.days[shown]
    chart = figure(title=t("Value and money paid in"), y_title=currency, height=420)
    _phases(chart, bands, days[0], days[-1])
    chart.add_scatter(x=days, y=grown.value[shown], name=t("Value"), mode="lines", line={"width": 2.5})
    chart.add_scatter(
        x=days, y=grown.paid_in[shown], name=t("Paid in, less sales and dividends"), mode="lines",
        line={"width": 1.8, "dash": "dash", "color": COLOURS[1], "shape": "hv"},
    )  # fmt: skip
    chart.update_yaxes(tickformat="~s", hoverformat=",.0f")
    return chart


def _phases(chart: go.Figure, bands: Sequence[Band], first: np.datetime64, last: np.datetime64) -> None:
    """Bands that touch the chart's days; each phase is named once, at its last occurrence."""
    named: set[Phase] = set()
    for band in reversed(bands):
        start, end = np.datetime64(band.start, "D"), np.datetime64(band.end, "D")
        if end <= first or start > last:
            continue
        label = {} if band.phase in named else {"text": t(band.phase), "font": {"size": 11, "color": INK}}
        named.add(band.phase)
        chart.add_vrect(
            x0=str(max(start, first)), x1=str(min(end, last)), fillcolor=PHASE_COLOUR[band.phase], line_width=0,
            layer="below", annotation=label, annotation_position="top left",
        )  # fmt: skip


def gain_by_ticker(kpis: Sequence[TickerKpi], currency: str) -> go.Figure:
    """Where the gain of each ticker came from: price still unrealised, sales, dividends; largest first."""
    known = sorted((k for k in kpis if k.gain == k.gain), key=lambda k: -abs(k.gain))[:_MOST_TICKERS]
    names = [k.ticker for k in reversed(known)]
    chart = figure(title=t("Gain by ticker"), x_title=currency, height=max(240, 90 + 28 * len(known)))
    parts = ((t("Unrealised"), "unrealised"), (t("Realised"), "realised"), (t("Dividends"), "dividends"))
    for name, part in parts:
        chart.add_bar(y=names, x=[getattr(k, part) for k in reversed(known)], name=name, orientation="h")
    chart.update_layout(barmode="relative", hovermode="y unified")
    chart.update_xaxes(tickformat="~s", hoverformat=",.0f")
    chart.update_yaxes(type="category")
    return chart


def gains_by_year(years: Sequence[GainYear], currency: str) -> go.Figure:
    """Gains and losses of closed trades, by calendar year."""
    chart = figure(title=t("Realised gains by year"), y_title=currency, height=300)
    chart.add_bar(
        x=[str(y.year) for y in years],
        y=[y.gain for y in years],
        text=[money_short(y.gain, currency) for y in years],
        marker={"color": [GAIN if y.gain >= 0 else LOSS for y in years]},
        name=t("Gain"),
    )
    chart.update_xaxes(type="category")
    chart.update_yaxes(tickformat="~s", hoverformat=",.0f")
    return chart
