"""One look for every chart, legible on dark and on light: explicit template, colours and type.

Importing streamlit changes plotly's default template, so nothing here relies on it.
"""

from __future__ import annotations

import plotly.graph_objects as go

from alm.charts.colours import COLOURS, FONT, GRID, INK
from alm.charts.lines import Across, across


def figure(*, title: str = "", height: int = 360, x_title: str = "", y_title: str = "") -> go.Figure:
    """An empty figure in the house style: transparent, unified hover, legend below, where it may wrap on a phone."""
    axis = {"gridcolor": GRID, "zerolinecolor": GRID, "linecolor": GRID, "automargin": True}
    layout = go.Layout(
        template="none",
        colorway=COLOURS,
        title={"text": title, "x": 0, "xanchor": "left", "y": 0.98, "yanchor": "top", "font": {"size": 15}},
        height=height,
        margin={"l": 8, "r": 8, "t": 44 if title else 16, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 13, "color": INK},
        legend={"orientation": "h", "yref": "container", "yanchor": "bottom", "y": 0.0, "xanchor": "left", "x": 0},
        hovermode="x unified",
        xaxis={**axis, "title": x_title},
        yaxis={**axis, "title": y_title},
    )
    return go.Figure(layout=layout)


def threshold(chart: go.Figure, y: float, label: str, colour: str, *, place: Across = "left") -> None:
    """A dashed horizontal line with its name on it, so that it is never told by colour alone."""
    line = {"color": colour, "dash": "dash", "width": 1.5}
    across(chart, y, line, {"text": label, "font": {"size": 12}}, place=place)
