"""Lines through a chart: what plotly's own functions draw, which are too slow for a page that answers a slider."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from alm.charts.lines import across, upright

LINE = {"color": "#d55e00", "dash": "dash", "width": 1.5}
WORDS = {"text": "call 60.0 %", "font": {"size": 12}}


@pytest.mark.parametrize("place", ["left", "center", "right"])
def test_a_line_across_is_plotlys_own(place):
    chart, own = go.Figure(), go.Figure()
    across(chart, 0.6, LINE, WORDS, place=place)
    position = "top" if place == "center" else f"top {place}"
    own.add_hline(y=0.6, line=LINE, annotation={**WORDS, "xanchor": place}, annotation_position=position)
    assert chart.layout == own.layout


@pytest.mark.parametrize("place", ["top", "bottom"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_an_upright_line_is_plotlys_own(place, side):
    chart, own = go.Figure(), go.Figure()
    upright(chart, 0.35, LINE, WORDS, place=place, side=side)
    own.add_vline(x=0.35, line=LINE, annotation={**WORDS}, annotation_position=f"{place} {side}")
    assert chart.layout == own.layout


def test_an_upright_line_needs_no_words():
    chart, own = go.Figure(), go.Figure()
    upright(chart, 0.35, LINE)
    own.add_vline(x=0.35, line=LINE)
    assert chart.layout == own.layout
