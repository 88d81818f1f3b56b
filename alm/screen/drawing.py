"""Charts on the page, each with its words for a screen reader."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alm.charts.described import Figure, described
from alm.charts.plain import plain

# Dragging enlarges and a double click goes back; a button for each would be eight stops of the Tab key at every chart.
_CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["zoom", "pan", "select", "lasso", "zoomIn", "zoomOut", "autoScale", "resetScale"],
}


def draw(chart: Figure, *, key: str, place: DeltaGenerator | None = None) -> None:
    """The chart, in `place` (a column) or where the page stands."""
    words = described(chart)  # as they are: a screen reader reads no markup
    (place or st).plotly_chart(plain(chart), key=key, alt=words, config=_CONFIG)
