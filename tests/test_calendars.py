"""Business days, against the exchanges' own published calendars."""

from __future__ import annotations

from datetime import date

import pytest

from alm.calendars import add_business_days, business_days, business_days_between


def test_tokyo_rests_over_the_new_year():
    days = [str(day) for day in business_days("XJPX", date(2024, 12, 27), date(2025, 1, 8))]
    assert days == ["2024-12-27", "2024-12-30", "2025-01-06", "2025-01-07", "2025-01-08"]


def test_five_business_days_across_golden_week_2026():
    # 29 April, 4, 5 and 6 May 2026 are holidays; notice on Tuesday 28 April
    assert add_business_days("XJPX", date(2026, 4, 28), 4) == date(2026, 5, 8)


def test_new_york_has_its_own_holidays():
    assert business_days_between("XNYS", date(2026, 7, 2), date(2026, 7, 6)) == 1  # Friday 3 July is observed
    assert business_days_between("XJPX", date(2026, 7, 2), date(2026, 7, 6)) == 2


@pytest.mark.parametrize("day", [date(1987, 10, 19), date(1929, 10, 29), date(2008, 10, 15)])
def test_days_of_crashes_were_trading_days(day):
    assert len(business_days("XNYS", day, day)) == 1


def test_a_weekend_is_no_business_day():
    assert len(business_days("XJPX", date(2026, 11, 21), date(2026, 11, 22))) == 0
    assert add_business_days("XJPX", date(2026, 11, 21), 0) == date(2026, 11, 24)  # Monday 23 is Labour Thanksgiving
