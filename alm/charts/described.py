"""What a chart shows, in words: for those who hear the page instead of seeing it."""

from __future__ import annotations

from plotly.graph_objects import Figure as Figure

from alm.text import listed, t


def described(chart: Figure) -> str:
    """The chart's title, then the names of its lines and marks in their order: `Drawdown: Portfolio, Benchmark`."""
    title = chart.layout.title.text or ""
    names = listed(list(dict.fromkeys(trace.name for trace in chart.data if trace.name)))
    if not (title and names):
        return title or names or t("Chart")
    return t("{title}: {names}", title=title, names=names)
