"""Charts of the stress test and the defence: what they draw is what the engines say."""

from __future__ import annotations

import pytest

from alm.charts.defence import sources_against_fall
from alm.charts.stress import frontier, margin_ratio, two_shocks
from alm.defence import capacity
from alm.history import annual_history
from alm.lenders import profiles
from alm.reverse import reverse_stress
from alm.settings import Settings
from alm.stress import heat_map, stress_test
from tests.households import reference_household

LENDERS, RULES, SHEET = profiles(), Settings(), reference_household()


def test_the_margin_ratio_curve_starts_today_and_meets_the_thresholds() -> None:
    chart = margin_ratio(stress_test(SHEET, LENDERS, RULES))
    curve, today = chart.data
    assert dict(zip(curve.x, curve.y, strict=True))[0.5] == pytest.approx(0.8)
    assert (tuple(today.x), tuple(today.y)) == ((0,), (0.4,))
    assert [shape.y0 for shape in chart.layout.shapes[:3]] == pytest.approx([0.60, 0.70, 0.85])
    assert chart.layout.shapes[3].x0 == pytest.approx(0.52667, abs=5e-6)
    assert [note.text for note in chart.layout.annotations] == [
        "freeze 60.0%", "call 70.0%", "forced sale 85.0%", "survived to 52.6%"
    ]  # fmt: skip


def test_a_household_without_loans_draws_an_empty_chart() -> None:
    assert margin_ratio(stress_test(SHEET.with_(secured_loans=()), LENDERS, RULES)).data == ()


def test_the_heat_map_tells_zones_by_colour_and_by_word() -> None:
    chart = two_shocks(heat_map(SHEET, LENDERS, (0.0, 0.5), (0.0, 0.2)))
    assert list(chart.data[0].text[0]) == ["40%", "80%"]
    assert list(chart.data[0].customdata[0]) == ["safe", "call"]
    assert list(chart.data[0].z[0]) == [0, 2]


def test_the_frontier_shows_the_smallest_joint_shock() -> None:
    result = reverse_stress(SHEET, LENDERS, RULES, annual_history())
    line, point = frontier(result).data
    assert line.y[0] == pytest.approx(0.52667, abs=5e-6)
    assert result.smallest is not None
    assert tuple(point.y) == (result.smallest.equity_fall,)


def test_capacity_is_stacked_under_what_is_needed() -> None:
    chart = sources_against_fall(capacity(SHEET, LENDERS, RULES, (0.0, 0.6)))
    assert [trace.name for trace in chart.data] == [
        "Cash", "Credit line", "Borrowing more against holdings", "Selling unpledged holdings",
        "Asked by the lenders",
    ]  # fmt: skip
    assert [trace.stackgroup for trace in chart.data] == ["sources"] * 4 + [None]
    assert tuple(chart.data[-1].y) == pytest.approx((0, 20_000_000))
