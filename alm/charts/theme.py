"""One look for every chart, legible on dark and on light: explicit template, colours and type.

Importing streamlit changes plotly's default template, so nothing here relies on it.
"""

from __future__ import annotations

from typing import Literal

import plotly.graph_objects as go

Level = Literal["SAFE", "CAUTION", "DANGER", "UNKNOWN"]

# Okabe and Ito's palette, distinguishable with every common colour vision (ten, as streamlit's theme wants).
COLOURS = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9",
    "#D55E00", "#8C6BB1", "#7F7F7F", "#B8A200", "#5B8C85",
)  # fmt: skip
LEVEL_COLOUR: dict[Level, str] = {"SAFE": "#009E73", "CAUTION": "#E69F00", "DANGER": "#D55E00", "UNKNOWN": "#7F7F7F"}
ZONE_COLOUR = {"safe": "#009E73", "frozen": "#E69F00", "call": "#D55E00", "forced": "#C8254F"}
ZONE_TINT = {"safe": "#8CD3BC", "frozen": "#F5CB74", "call": "#EE9F66", "forced": "#E58BA3"}
"""The zones as grounds that dark figures can be read on, whatever the theme."""
DARK_INK = "#1F1D1B"
INK = "#808A94"
GRID = "rgba(128,138,148,0.22)"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans CJK JP', 'Hiragino Sans', sans-serif"


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


def threshold(chart: go.Figure, y: float, label: str, colour: str) -> None:
    """A dashed horizontal line with its name at the left end, so that it is never told by colour alone."""
    chart.add_hline(
        y=y,
        line={"color": colour, "dash": "dash", "width": 1.5},
        annotation={"text": label, "font": {"color": colour, "size": 12}, "xanchor": "left"},
        annotation_position="top left",
    )
