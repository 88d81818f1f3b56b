"""Phases of the cycle from a leading indicator and unemployment."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from alm.macro import Band, Phase, bands, phase_on


def monthly(*values: float, year: int = 2020) -> list[tuple[date, float]]:
    return [(date(year + i // 12, i % 12 + 1, 1), value) for i, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "phase"),
    [
        ((100.0, 100.2, 100.4, 100.6), "expansion"),
        ((101.0, 100.8, 100.6, 100.4), "slowdown"),
        ((99.9, 99.6, 99.3, 99.0), "contraction"),
        ((98.0, 98.3, 98.6, 98.9), "recovery"),
    ],
)
def test_the_four_phases(values: tuple[float, ...], phase: Phase) -> None:
    assert bands(monthly(*values)) == (Band(phase, date(2020, 4, 1), date(2020, 5, 1)),)


def test_a_whole_cycle_is_four_bands_that_touch() -> None:
    cycle = monthly(100.0, 100.5, 101.0, 101.5, 102.0, 101.0, 100.2, 99.0, 98.0, 97.0, 98.0, 99.0, 99.5, 100.5)
    found = bands(cycle)
    assert [band.phase for band in found] == ["expansion", "slowdown", "contraction", "recovery", "expansion"]
    assert all(before.end == after.start for before, after in pairwise(found))
    assert (found[0].start, found[-1].end) == (date(2020, 4, 1), date(2021, 3, 1))


def test_unemployment_half_a_point_up_is_contraction_whatever_leads() -> None:
    leading = monthly(100.0, 100.2, 100.4, 100.6, 100.8)
    sahm = [(date(2020, 4, 1), 0.49), (date(2020, 5, 1), 0.50)]
    assert [band.phase for band in bands(leading, sahm)] == ["expansion", "contraction"]


def test_a_gap_in_the_figures_is_a_gap_between_bands() -> None:
    leading = [*monthly(100.0, 100.1, 100.2, 100.3), *monthly(100.0, 100.1, 100.2, 100.3, year=2022)]
    assert [band.start for band in bands(leading)] == [date(2020, 4, 1), date(2022, 4, 1)]


def test_daily_figures_count_by_their_months_last() -> None:
    daily = [(date(2020, month, day), 99.0 + month / 10 + day / 1_000) for month in (1, 2, 3, 4) for day in (1, 28)]
    assert [band.phase for band in bands(daily)] == ["recovery"]


def test_the_phase_of_a_day() -> None:
    known = bands(monthly(100.0, 100.2, 100.4, 100.6))
    assert phase_on(date(2020, 4, 30), known) == "expansion"
    assert phase_on(date(2020, 5, 1), known) is None
    assert bands([]) == ()
