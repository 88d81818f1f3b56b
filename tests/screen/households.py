"""Databases for the page: the demo household, and the ways it can be wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from alm.demo import demo_rows
from alm.gather import record
from alm.settings import Settings, today
from alm.store.database import create, writing
from alm.store.tables import write_all, write_rows
from tests.raw import raw

QUICK = {"name": "fire_paths", "value": "500"}
"""Enough paths for a page that is only looked at."""


WEDNESDAY = 2


def demo_database(path: Path, as_of: date | None = None) -> Path:
    """The demo household, dated today unless said otherwise."""
    create(path)
    with writing(path) as conn:
        write_all(conn, demo_rows(as_of or today(Settings())))
    return path


def quick_database(path: Path, **settings: str) -> Path:
    """The demo household with a short simulation and these settings."""
    demo_database(path)
    with writing(path) as conn:
        write_rows(conn, "settings", [QUICK, *({"name": name, "value": value} for name, value in settings.items())])
    return path


def recorded(path: Path) -> Path:
    """The same after its daily record: the simulation's answer is remembered, so the page has it at once."""
    record(path, None, datetime.now(UTC))
    return path


def with_a_past(path: Path, **settings: str) -> Path:
    """Recorded nine days ago, five days ago, when the loan was 10,000,000 larger, and today."""
    quick_database(path, **settings)
    now = datetime.now(UTC)
    for days, balance in ((9, "50000000"), (5, "60000000"), (0, "50000000")):
        with raw(path) as conn:
            conn.execute("UPDATE loans SET balance = ? WHERE kind = 'securities_backed'", (balance,))
        record(path, today(Settings()) - timedelta(days=days), now)
    return path


def without_a_price(path: Path) -> Path:
    """A share nobody has priced: everything else stays known."""
    quick_database(path)
    unpriced: dict[str, str | None] = {
        "ticker": "NOPRICE",
        "name": "Unpriced share",
        "account": "Demo Securities",
        "asset_class": "equity",
        "currency": "JPY",
        "quantity": "100",
        "cost_basis": "1000",
        "pledged_to": None,
    }
    with writing(path) as conn:
        write_rows(conn, "holdings", [unpriced])
    return path


def stale(path: Path) -> Path:
    """Every price is of a Wednesday three weeks ago: a share's last close is of that very day."""
    three_weeks_ago = today(Settings()) - timedelta(days=21)
    demo_database(path, three_weeks_ago - timedelta(days=(three_weeks_ago.weekday() - WEDNESDAY) % 7))
    with writing(path) as conn:
        write_rows(conn, "settings", [QUICK])
    return path


def in_danger(path: Path) -> Path:
    """The loan has grown to 67 % of what is pledged: 4 % above the call."""
    quick_database(path)
    with raw(path) as conn:
        conn.execute("UPDATE loans SET balance = '84000000' WHERE kind = 'securities_backed'")
    return path


def not_a_database(path: Path) -> Path:
    path.write_text("Dear diary, today I bought shares.\n" * 500)
    path.chmod(0o600)
    return path


def from_the_future(path: Path) -> Path:
    """A database of a newer version of the program."""
    create(path)
    with raw(path) as conn:
        conn.execute("PRAGMA user_version = 9999")
    return path
