"""Charts as vector drawings for the PDF: the same figures as the screen's, in reportlab's own shapes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.charts.lineplots import LinePlot
from reportlab.graphics.shapes import Drawing, Line, String
from reportlab.lib.colors import Color, HexColor

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 500, 190
LEFT, BOTTOM, RIGHT, TOP = 62, 26, 10, 20
BLUE, ORANGE, RED, GREY, PALE = (HexColor(c) for c in ("#0072B2", "#E69F00", "#D55E00", "#7F7F7F", "#DDE3E8"))
SMALL = 8


def _sheet(title: str, font: str) -> Drawing:
    drawing = Drawing(WIDTH, HEIGHT)
    drawing.add(String(0, HEIGHT - 10, title, fontName=font, fontSize=10))
    return drawing


def _plot(series: Sequence[Points], font: str) -> LinePlot:
    plot = LinePlot()
    plot.x, plot.y = LEFT, BOTTOM
    plot.width, plot.height = WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM - TOP
    plot.data = [list(points) for points in series]
    for axis in (plot.xValueAxis, plot.yValueAxis):
        axis.labels.fontName, axis.labels.fontSize = font, SMALL
        axis.strokeColor = GREY
    plot.yValueAxis.visibleGrid = True
    plot.yValueAxis.gridStrokeColor = PALE
    return plot


def margin_ratio(curve: Points, thresholds: Sequence[tuple[str, float]], title: str, font: str) -> Drawing:
    """LTV against the fall, with each threshold as a named level."""
    drawing, top = _sheet(title, font), 1.0
    shown = [(fall, min(ratio, top)) for fall, ratio in curve]
    plot = _plot([shown], font)
    plot.lines[0].strokeColor, plot.lines[0].strokeWidth = BLUE, 1.8
    plot.xValueAxis.valueMin, plot.xValueAxis.valueMax = 0, max(fall for fall, _ in curve)
    plot.yValueAxis.valueMin, plot.yValueAxis.valueMax = 0, top
    for axis in (plot.xValueAxis, plot.yValueAxis):
        axis.labelTextFormat = _percent
    drawing.add(plot)
    for (name, level), colour in zip(thresholds, (ORANGE, RED, RED), strict=False):
        _level(drawing, plot, level / top, f"{name} {_percent(level)}", colour, font)
    return drawing


def _level(drawing: Drawing, plot: LinePlot, share: float, name: str, colour: Color, font: str) -> None:
    y = plot.y + share * plot.height
    drawing.add(Line(plot.x, y, plot.x + plot.width, y, strokeColor=colour, strokeDashArray=(3, 2)))
    drawing.add(String(plot.x + 4, y + 2, name, fontName=font, fontSize=SMALL, fillColor=colour))


def _percent(value: float) -> str:
    return f"{value * 100:.0f}%"


def fan(rows: Sequence[Sequence[float]], unit: float, title: str, font: str) -> Drawing:
    """Percentiles 5, 25, 50, 75, 95 by year, in `unit`s of money; the middle one drawn strongest."""
    drawing = _sheet(title, font)
    series = [[(float(year), row[k] / unit) for year, row in enumerate(rows)] for k in range(5)]
    plot = _plot(series, font)
    for k, (colour, width) in enumerate(((RED, 1.2), (GREY, 0.8), (BLUE, 2.0), (GREY, 0.8), (GREY, 0.8))):
        plot.lines[k].strokeColor, plot.lines[k].strokeWidth = colour, width
    plot.xValueAxis.labelTextFormat = plot.yValueAxis.labelTextFormat = "%.0f"
    drawing.add(plot)
    for k, name in ((0, "5%"), (2, "50%"), (4, "95%")):
        _mark(drawing, plot, series, k, name, font)
    return drawing


def _mark(drawing: Drawing, plot: LinePlot, series: Sequence[Points], k: int, name: str, font: str) -> None:
    highest = max(y for points in series for _, y in points)
    lowest = min(0.0, *(y for points in series for _, y in points))
    share = (series[k][-1][1] - lowest) / (highest - lowest) if highest > lowest else 0.0
    x, y = plot.x + plot.width - 22, plot.y + share * plot.height
    drawing.add(String(x, min(y + 3, HEIGHT - TOP), name, fontName=font, fontSize=SMALL, fillColor=GREY))


def dividends(
    years: Sequence[int], net: Sequence[float], needs: Sequence[float], unit: float, title: str, font: str
) -> Drawing:
    """Net dividends as bars against the rising line of what they have to pay, in `unit`s of money."""
    drawing = _sheet(title, font)
    top = max([*net, *needs, unit]) / unit * 1.08
    bars = VerticalBarChart()
    bars.x, bars.y, bars.width, bars.height = LEFT, BOTTOM, WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM - TOP
    bars.data = [[value / unit for value in net]]
    bars.bars[0].fillColor, bars.bars[0].strokeColor = BLUE, None
    bars.categoryAxis.categoryNames = [str(year) if k % 5 == 0 else "" for k, year in enumerate(years)]
    bars.valueAxis.valueMin, bars.valueAxis.valueMax, bars.valueAxis.labelTextFormat = 0, top, "%.1f"
    for axis in (bars.categoryAxis, bars.valueAxis):
        axis.labels.fontName, axis.labels.fontSize, axis.strokeColor = font, SMALL, GREY
    drawing.add(bars)
    step = bars.width / max(len(years), 1)
    points = [(bars.x + (k + 0.5) * step, bars.y + value / unit / top * bars.height) for k, value in enumerate(needs)]
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        drawing.add(Line(x1, y1, x2, y2, strokeColor=ORANGE, strokeWidth=1.6))
    return drawing
