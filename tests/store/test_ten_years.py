"""Ten years of mornings: a record each day through leap days and clock changes, prices, statements, backups, two crashes
and a full disk. Nothing is lost, nothing is missing, and the last year costs no more than the first.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alm.gather import record
from alm.store import snapshots
from alm.store.backup import checked, kept, rotate
from alm.store.database import reading, writing
from alm.store.health import examine
from alm.store.tables import read_rows, write_rows
from tests.screen.households import demo_database

HOME = ZoneInfo("America/New_York")  # whose clocks change twice a year
FIRST = date(2027, 1, 1)  # leap days follow in 2028, 2032 and 2036
MORNING = 6

STOPPED = """
import os, resource, signal, sys
from pathlib import Path
from alm.store.database import writing
from alm.store.tables import write_rows
path, how = Path(sys.argv[1]), sys.argv[2]
if how == "full":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    size = path.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    with writing(path) as conn:
        conn.exec_driver_sql("PRAGMA cache_size = 1")
        conn.exec_driver_sql("UPDATE prices SET close = '7'")
        rows = [dict(ticker=f"X{n}", date="2026-01-05", close="1", currency="JPY", source="") for n in range(20_000)]
        write_rows(conn, "prices", rows)
        if how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
except Exception as error:
    print(error)
"""


@dataclass(frozen=True)
class Year:
    """What one year cost: seconds of the processor a morning, bytes of the file a day, megabytes of this process at its end."""

    seconds: float
    growth: float
    memory: float


def mornings(days: int) -> Iterator[tuple[date, datetime]]:
    for number in range(days):
        day = FIRST + timedelta(days=number)
        yield day, datetime(day.year, day.month, day.day, MORNING, 30, tzinfo=HOME).astimezone(UTC)


def resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def stopped(db: Path, how: str) -> None:
    """A writer that does not finish: killed, or with no room left on its disk."""
    before = checked(db)
    done = subprocess.run([sys.executable, "-c", STOPPED, str(db), how], capture_output=True, text=True)
    assert done.returncode == (-signal.SIGKILL if how == "killed" else 0), done.stderr
    assert how == "killed" or "the disk" in done.stdout
    with reading(db):  # whoever comes next rolls it back
        pass
    assert checked(db) == before


def a_morning(db: Path, day: date, now: datetime, tickers: list[tuple[str, str]]) -> None:
    with writing(db) as conn:
        if day.weekday() < 5:
            close = 1000 + (day.toordinal() * 7919) % 97
            rows = [
                {"ticker": t, "date": day.isoformat(), "close": str(close), "currency": c, "source": "x"}
                for t, c in tickers
            ]
            write_rows(conn, "prices", rows)
        if day.day == 1:  # a statement: the balance, and when it was true
            conn.exec_driver_sql("UPDATE loans SET balance_on = ?", (day.isoformat(),))
    assert record(db, None, now).on == day


def lived(db: Path, days: int) -> tuple[Year, ...]:
    with reading(db) as conn:
        tickers = [(str(row["ticker"]), str(row["currency"])) for row in read_rows(conn, "holdings")]
    years, began, size = [], time.process_time(), db.stat().st_size
    length = max(days // 10, 1)
    for number, (day, now) in enumerate(mornings(days), start=1):
        a_morning(db, day, now, tickers)
        if day.day == 28:
            rotate(db, db.parent / "backups", day)
        if number in (days // 3, 2 * days // 3):
            stopped(db, "killed")
        if number == days // 2:
            stopped(db, "full")
        if number % length == 0:
            spent, grown = time.process_time() - began, db.stat().st_size - size
            years.append(Year(spent / length, grown / length, resident()))
            began, size = time.process_time(), db.stat().st_size
    return tuple(years)


@pytest.mark.parametrize("days", [90, pytest.param(3653, marks=pytest.mark.soak)])
def test_every_morning_is_on_record_and_the_last_year_costs_no_more_than_the_first(tmp_path, days):
    db = demo_database(tmp_path / "alm.db", FIRST)
    with writing(db) as conn:
        values = {"fire_paths": "100", "timezone": HOME.key}
        write_rows(conn, "settings", [{"name": name, "value": value} for name, value in values.items()])
    years = lived(db, days)
    last = FIRST + timedelta(days=days - 1)
    health = examine(db, last)
    assert (health.faults, health.missed, health.ahead, health.last_snapshot) == ((), (), (), last)
    with reading(db) as conn:
        assert len(snapshots.load(conn)) == days
    months = {day for day, _ in mornings(days) if day.day == 28}
    assert {path.name for path in (tmp_path / "backups").iterdir()} == {f"alm-{day}.db" for day in kept(months)}
    for year in years:
        print(
            f"{year.seconds * 1000:7.1f} ms a morning, {year.growth / 1024:6.1f} KiB a day, {year.memory:6.1f} MiB held"
        )
    if days > 1000:
        assert years[-1].growth <= 1.25 * max(year.growth for year in years[:3])
        assert years[-1].memory <= years[1].memory + 64
        assert years[-1].seconds <= 3 * years[0].seconds
