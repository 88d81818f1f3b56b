"""What `examine` says of a file, sound and unsound; it changes nothing either way."""

from __future__ import annotations

from datetime import date

import pytest

from alm.errors import DatabaseMissing
from alm.store.database import writing
from alm.store.health import Health, examine
from alm.store.schema import SCHEMA_VERSION
from alm.store.tables import write_all
from tests.households import reference_household
from tests.raw import raw
from tests.store.rows import account, holding, price
from tests.store.test_snapshots import take

TODAY = date(2026, 11, 23)


@pytest.fixture
def books(db):
    with writing(db) as conn:
        rows = {"accounts": [account()], "holdings": [holding("7203", "100987")]}
        write_all(conn, rows | {"prices": [price("7203", "2026-11-20", "30001.5")]})
    take(db, reference_household(date(2026, 11, 20)))
    take(db, reference_household(date(2026, 11, 22)))
    return db


def test_a_sound_file(books):
    before = books.read_bytes()
    assert examine(books, TODAY) == Health(
        schema=SCHEMA_VERSION,
        rows=3,
        faults=(),
        changed_elsewhere=(),
        private=True,
        last_snapshot=date(2026, 11, 22),
        missed=(date(2026, 11, 21),),
    )
    assert books.read_bytes() == before


def test_every_fault_is_named(books):
    content = books.read_bytes()
    for was, becomes in ((b"100987", b"900987"), (b"30001.5", b"30001.4"), (b'"ltv":0.4', b'"ltv":0.1')):
        assert was in content
        content = content.replace(was, becomes, 1)
    books.write_bytes(content)
    found = examine(books, TODAY).faults
    assert found[:2] == ("holdings is not what was written", "prices/7203/2026 is not what was written")
    assert found[2].startswith("the snapshot of 2026-11-2")


def test_another_programs_edit_and_open_doors_are_shown(books):
    with raw(books) as other:
        other.execute("UPDATE holdings SET quantity = '5'")
    books.chmod(0o644)
    found = examine(books, TODAY)
    assert (found.faults, found.changed_elsewhere, found.private) == ((), ("holdings",), False)


def test_a_row_that_refers_to_nothing_is_a_fault(books):
    with raw(books) as other:
        other.execute("PRAGMA foreign_keys = OFF")
        other.execute("DELETE FROM accounts")
    assert examine(books, TODAY).faults == ("a row of holdings refers to nothing",)


def test_no_file_no_health(tmp_path):
    with pytest.raises(DatabaseMissing):
        examine(tmp_path / "alm.db", TODAY)
