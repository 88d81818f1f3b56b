"""Colours, ink and type, for the charts and for the page around them."""

from __future__ import annotations

from typing import Literal

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
DIVERGING = ((0.0, "#6FB1DC"), (0.5, "#F2F0ED"), (1.0, "#F0925A"))
SEQUENTIAL = ((0.0, "#F2F0ED"), (1.0, "#6FB1DC"))
"""Scales whose every step is such a ground too."""
DARK_INK = "#1F1D1B"
INK = "#808A94"
GRID = "rgba(128,138,148,0.22)"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans CJK JP', 'Hiragino Sans', sans-serif"
