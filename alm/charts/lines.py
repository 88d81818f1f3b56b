"""Straight lines through a whole chart, with their words: what plotly's add_hline and add_vline draw, much sooner.

Those look through every subplot and check the whole chart again for each line, which took most of a chart's time.
"""

from __future__ import annotations

from typing import Any, Literal

import plotly.graph_objects as go

Across = Literal["left", "center", "right"]
Upright = Literal["top", "bottom"]
Side = Literal["left", "right"]

_ACROSS = {"left": 0.0, "center": 0.5, "right": 1.0}
_UPRIGHT = {"top": 1.0, "bottom": 0.0}


def across(
    chart: go.Figure, y: float, line: dict[str, Any], words: dict[str, Any], *, place: Across = "left", axis: str = "",
) -> None:  # fmt: skip
    """A horizontal line at `y`, its words above it at the `place`; `axis` numbers a subplot after the first."""
    xref, yref = f"x{axis} domain", f"y{axis}"
    chart.add_shape(type="line", xref=xref, x0=0, x1=1, yref=yref, y0=y, y1=y, line=line)
    where = {"xref": xref, "x": _ACROSS[place], "xanchor": place, "yref": yref, "y": y, "yanchor": "bottom"}
    chart.add_annotation(showarrow=False, **where, **words)


def upright(
    chart: go.Figure, x: float, line: dict[str, Any], words: dict[str, Any] | None = None, *,
    place: Upright = "top", side: Side = "right",
) -> None:  # fmt: skip
    """A vertical line at `x`, its words beside it, on the `side` and at the `place`."""
    chart.add_shape(type="line", xref="x", x0=x, x1=x, yref="y domain", y0=0, y1=1, line=line)
    if words is not None:
        anchor = "right" if side == "left" else "left"
        where = {"xref": "x", "x": x, "xanchor": anchor, "yref": "y domain", "y": _UPRIGHT[place], "yanchor": place}
        chart.add_annotation(showarrow=False, **where, **words)
