"""The household's date, at every minute of a day, on a machine whose clock runs on UTC."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from alm import settings as clock
from alm.settings import Settings, today

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def utc_host(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz)

    monkeypatch.setattr(clock, "datetime", Clock)


@pytest.mark.usefixtures("utc_host")
def test_in_tokyo_the_day_begins_at_three_in_the_afternoon_before(monkeypatch):
    tokyo = Settings(timezone="Asia/Tokyo")
    for minute in range(24 * 60):
        at(MIDNIGHT + timedelta(minutes=minute), monkeypatch)
        assert today(tokyo) == date(2026, 11, 20 if minute < 15 * 60 else 21)


@pytest.mark.usefixtures("utc_host")
@pytest.mark.parametrize(
    ("zone", "on", "begins"),
    [
        ("America/New_York", date(2026, 3, 8), 5 * 60),  # the clocks go forward at two
        ("America/New_York", date(2026, 3, 9), 4 * 60),
        ("America/New_York", date(2026, 11, 1), 4 * 60),  # and back
        ("America/New_York", date(2026, 11, 2), 5 * 60),
        ("UTC", date(2026, 11, 20), 0),
    ],
)
def test_elsewhere_it_follows_the_clocks_when_they_change(monkeypatch, zone, on, begins):
    household = Settings(timezone=zone)
    start = datetime(on.year, on.month, on.day, tzinfo=UTC)
    for minute in range(24 * 60):
        at(start + timedelta(minutes=minute), monkeypatch)
        assert today(household) == (on if minute >= begins else on - timedelta(days=1))
