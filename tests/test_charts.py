"""Charts of households that are hard to draw: far beyond every threshold, below nothing, with one recorded day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import plotly.graph_objects as go
import pytest

from alm.charts.allocation import allocation
from alm.charts.colours import DARK_INK, DIVERGING, SEQUENTIAL, ZONE_TINT
from alm.charts.described import described
from alm.charts.fire import fan
from alm.charts.history import money_over_time, timeline
from alm.charts.risk import correlation
from alm.charts.snowball import calendar, dividends_and_spending
from alm.charts.stress import margin_ratio, two_shocks
from alm.charts.theme import figure
from alm.fire.engine import simulate
from alm.lenders import profiles
from alm.settings import Settings
from alm.snowball import project
from alm.stress import heat_map, stress_test
from tests.fire.plans import borrower
from tests.households import reference_household

LENDERS, RULES, SHEET = profiles(), Settings(), reference_household()
MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)


def test_a_margin_ratio_beyond_the_picture_makes_the_picture_higher() -> None:
    (loan,) = SHEET.secured_loans
    sheet = SHEET.with_(secured_loans=(replace(loan, balance=250_000_000.0),))
    chart = margin_ratio(stress_test(sheet, LENDERS, RULES))
    curve, today = chart.data
    assert curve.y[0] == today.y[0] == pytest.approx(2.0)
    assert chart.layout.yaxis.range[1] == pytest.approx(3.0)
    assert [note.xanchor for note in chart.layout.annotations[:3]] == ["left", "center", "right"]


def test_a_long_name_keeps_to_one_line_of_the_legend() -> None:
    (loan,) = SHEET.secured_loans
    sheet = SHEET.with_(secured_loans=(replace(loan, name="Loan " * 20),))
    name = margin_ratio(stress_test(sheet, LENDERS, RULES)).data[0].name
    assert len(name) == 40
    assert name.endswith("…")


def test_a_household_below_nothing_is_in_the_picture_of_its_wealth() -> None:
    plan = borrower(1.4, years=2, paths=50)
    owing = replace(plan, loans=(replace(plan.loans[0], balance=130.0),))
    chart = fan(simulate(owing))
    median = next(trace for trace in chart.data if trace.name == "Median")
    assert median.y[0] == pytest.approx(-30.0)
    bottom, top = chart.layout.yaxis.range
    assert bottom < -30.0 < 0.0 < top


def test_one_recorded_day_is_a_named_day_and_not_a_second() -> None:
    for chart in (
        timeline([MONDAY], ["SAFE"], ["CAUTION"], [("Margin ratio", [0.4])]),
        money_over_time([MONDAY], [("Net worth", [1.0])]),
    ):
        assert list(chart.layout.xaxis.tickvals) == [MONDAY]
        assert chart.layout.xaxis.range[0] == date(2026, 11, 15)
        assert "markers" in chart.data[0].mode


def test_a_day_whose_ratio_nobody_knows_keeps_its_lights_and_gets_no_ratio() -> None:
    """The second light stands under the first; a day of an older version kept none."""
    chart = timeline([MONDAY, TUESDAY], ["SAFE", "UNKNOWN"], [None, "CAUTION"], [("Margin ratio", [0.4, None])])
    ratio, _, unknown, caution = chart.data
    assert tuple(ratio.y) == (0.4, None)
    assert (unknown.name, tuple(unknown.x), unknown.yaxis) == ("Am I safe? UNKNOWN", (TUESDAY,), "y2")
    assert (caution.name, tuple(caution.x)) == ("Am I free? CAUTION", (TUESDAY,))
    assert unknown.y[0] > caution.y[0]
    assert unknown.marker.symbol != chart.data[1].marker.symbol


def test_many_days_are_left_to_the_axis() -> None:
    days = [date(2026, 11, n) for n in range(1, 11)]
    chart = timeline(days, ["SAFE"] * 10, [None] * 10, [("Margin ratio", [0.4] * 10)])
    assert chart.layout.xaxis.tickvals is None
    assert chart.data[0].mode == "lines"


def test_each_share_is_written_beside_its_bar() -> None:
    chart = allocation((("A", 0.75), ("B", 0.25)), "By ticker")
    assert list(zip(chart.data[0].y, chart.data[0].text, strict=True)) == [("A", "75.0%"), ("B", "25.0%")]
    assert chart.layout.xaxis.range[1] > 0.75


def test_the_years_are_not_stretched_by_the_words_beside_the_crossover() -> None:
    chart = dividends_and_spending(project(SHEET, RULES))
    years = chart.data[0].x
    assert chart.layout.xaxis.range == (years[0] - 0.6, years[-1] + 0.6)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_figures_on_the_zones_can_be_read_and_the_zones_are_named() -> None:
    chart = two_shocks(heat_map(SHEET, LENDERS, (0.0, 0.5), (0.0, 0.2)))
    assert [trace.name for trace in chart.data[1:]] == ["safe", "frozen", "call", "forced"]
    assert chart.data[0].textfont.color == DARK_INK


@pytest.mark.parametrize("ground", [*ZONE_TINT.values(), *(colour for _, colour in (*DIVERGING, *SEQUENTIAL))])
def test_a_figure_on_a_coloured_cell_can_be_read_in_either_theme(ground: str) -> None:
    assert (luminance(ground) + 0.05) / (luminance(DARK_INK) + 0.05) >= 4.5


def test_the_cells_of_every_map_are_written_in_that_ink() -> None:
    names = ["A", "B"]
    matrix = pd.DataFrame([[1.0, 0.1], [0.1, 1.0]], index=names, columns=names)
    assert correlation(matrix, "Correlation").data[0].textfont.color == DARK_INK
    assert calendar(project(SHEET, RULES)).data[0].textfont.color == DARK_INK


def test_a_chart_says_its_title_and_its_lines() -> None:
    chart = figure(title="Drawdown")
    assert described(chart) == "Drawdown"
    chart.add_scatter(x=[1], y=[1], name="Portfolio").add_scatter(x=[1], y=[1]).add_scatter(x=[1], y=[1], name="Index")
    assert described(chart) == "Drawdown: Portfolio, Index"
    assert described(go.Figure()) == "Chart"
