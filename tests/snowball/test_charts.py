"""The charts show the projection's own figures."""

from __future__ import annotations

import pytest

from alm.charts import snowball as charts
from alm.settings import Settings
from alm.snowball import cut, distribution, dividend_paths, project
from tests.households import reference_household
from tests.snowball.test_household import three_holdings


def by_name(chart):
    return {trace.name: trace for trace in chart.data}


def test_bars_add_up_to_gross_and_the_line_rises():
    snowball = project(reference_household(), Settings())
    traces = by_name(charts.dividends_and_spending(snowball))
    gross = [n + x for n, x in zip(traces["Net dividends"].y, traces["Tax"].y, strict=True)]
    assert gross == pytest.approx([year.gross for year in snowball.years[: len(gross)]])
    assert traces["Spending"].y[1] == pytest.approx(9_600_000 * 1.02)
    assert traces["Spending and interest"].y[0] == pytest.approx(10_600_000)


def test_the_crossover_is_marked_where_it_is():
    snowball = project(reference_household(), Settings())
    chart = charts.dividends_and_spending(snowball)
    assert [shape.x0 for shape in chart.layout.shapes] == [snowball.crossover.net_after_interest]
    assert f"year {snowball.crossover.net_after_interest}" in chart.layout.annotations[0].text


def test_no_crossover_marks_nothing_and_shows_every_year():
    snowball = project(reference_household(), Settings(), years=5)
    chart = charts.dividends_and_spending(snowball)
    assert chart.layout.shapes == ()
    assert list(chart.data[0].x) == [0, 1, 2, 3, 4, 5]


def test_the_cut_is_drawn_beside_what_would_have_been():
    whole = project(reference_household(), Settings())
    hurt = project(reference_household(), Settings(), cut=cut(0.5, 3))
    traces = by_name(charts.dividends_and_spending(hurt, whole))
    assert traces["Net dividends"].y[0] < traces["Net without the cut"].y[0] == pytest.approx(whole.years[0].net)
    assert by_name(charts.causes(hurt))["Cut"].y[0] < 0


def test_the_calendar_holds_every_months_amount():
    snowball = project(three_holdings(), Settings())
    heat = charts.calendar(snowball).data[0]
    assert list(heat.y) == ["BBB", "CCC", "AAA"]
    assert [a for a in heat.z[0] if a] == pytest.approx([150_000] * 4)


def test_small_payers_share_one_row():
    heat = charts.calendar(project(three_holdings(), Settings()), limit=1).data[0]
    assert list(heat.y) == ["BBB", "2 others"]
    assert sum(heat.z[1][k] or 0 for k in range(12)) == pytest.approx(220_000)


def test_the_share_of_paths_that_crossed():
    paths = dividend_paths(reference_household(), Settings(), paths=50, years=20)
    spread = distribution(paths.net, paths.spending)
    assert tuple(charts.crossed_by(spread).data[0].y) == spread.crossed_by
