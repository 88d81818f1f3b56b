"""Names as they were typed: plotly reads HTML in every title, label, tick and hover, and would obey a link in a name.

The program's own markup is in hover templates alone; everywhere else a sign is a sign.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import numpy as np
from plotly.graph_objects import Figure

_OF_TRACES = ("name", "text", "hovertext", "x", "y", "customdata")
_MARKUP = frozenset("<>&")


def plain(chart: Figure) -> Figure:
    """The same chart, or a copy of it with every text literal: a chart may be drawn again."""
    if not any(_literal(value) is not value for _, _, value in _texts(chart)):
        return chart
    copy = Figure(chart)
    for part, name, value in _texts(copy):
        part[name] = _literal(value)
    return copy


def _texts(chart: Figure) -> Iterator[tuple[Any, str, Any]]:
    """Where plotly reads words: the part of the chart, the name of its attribute and what stands there."""
    yield from ((trace, name, trace[name]) for trace in chart.data for name in _OF_TRACES if name in trace)
    for words in _words(chart.layout):
        yield from ((words, name, words[name]) for name in ("text", "ticktext") if name in words)


def _words(layout: Any) -> Iterator[Any]:
    axes = [layout[name] for name in layout if name.startswith(("xaxis", "yaxis"))]
    yield from (layout.title, *layout.annotations, *axes)
    yield from (axis.title for axis in axes)


def _literal(value: Any) -> Any:
    """The value itself where nothing in it could be read as markup."""
    if isinstance(value, str):
        return html.escape(value, quote=False) if _MARKUP.intersection(value) else value
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "OUST":
            return value
        value = tuple(value.tolist())
    if isinstance(value, list | tuple):
        found = tuple(_literal(item) for item in value)
        return value if all(a is b for a, b in zip(found, value, strict=True)) else found
    return value
