"""One immutable row per date."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from alm.balance_sheet import CashFlow
from alm.errors import BadInput, DatabaseRefused, UnknownName
from alm.store import snapshots
from alm.store.database import reading, writing
from alm.store.sheet_json import sheet_from_json, sheet_to_json
from tests.households import AS_OF, reference_household
from tests.raw import raw

SHEET = reference_household()
MORNING = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)


def take(db, sheet=SHEET, *, at=MORNING, verdict="SAFE", figures=None, freedom=None):
    kept = figures or {"ltv": 0.4}
    with writing(db) as conn:
        return snapshots.take(conn, sheet, taken_at=at, verdict=verdict, freedom=freedom, figures=kept)


def test_what_was_recorded_is_read_back_to_the_last_digit(db):
    taken = take(db, figures={"ltv": 0.1 + 0.2, "runway_months": float("inf"), "fire_probability": None})
    with reading(db) as conn:
        assert snapshots.load(conn) == (taken,)
        assert snapshots.inputs_of(conn, AS_OF) == SHEET
        assert snapshots.damaged(conn) == ()
    assert taken.figures == {"ltv": 0.30000000000000004, "runway_months": None, "fire_probability": None}
    assert (taken.on, taken.taken_at, taken.verdict) == (AS_OF, "2026-11-20T06:30:00+00:00", "SAFE")


def test_the_first_record_of_a_date_stands(db):
    first = take(db)
    richer = SHEET.with_(incomes=(CashFlow("Work", 9.0),))
    assert take(db, richer, at=MORNING.replace(hour=9), verdict="DANGER", figures={"ltv": 0.9}) == first
    with reading(db) as conn:
        assert len(snapshots.load(conn)) == 1


def test_nobody_can_change_or_remove_it(db):
    take(db)
    for statement in (
        "UPDATE snapshots SET verdict = 'DANGER'",
        "DELETE FROM snapshots",
        "INSERT OR REPLACE INTO snapshots SELECT date, taken_at, 'DANGER', figures, inputs, inputs_digest, digest, freedom FROM snapshots",
    ):
        with pytest.raises(IntegrityError, match=r"stands for ever|no snapshot yet"), writing(db) as conn:
            conn.exec_driver_sql(statement)


def test_ten_at_once_are_one_row(db):
    barrier, rows = threading.Barrier(10), []

    def morning(number: int) -> None:
        barrier.wait()
        rows.append(take(db, at=MORNING.replace(minute=number), figures={"ltv": number / 10}))

    threads = [threading.Thread(target=morning, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows) == 10
    assert len({row.digest for row in rows}) == 1
    with reading(db) as conn:
        assert len(snapshots.load(conn)) == 1


def test_a_clock_set_back_overwrites_nothing_and_gaps_can_be_seen(db):
    for day in (16, 17, 20):
        take(db, SHEET.with_(as_of=date(2026, 11, day)), figures={"day": float(day)})
    with reading(db) as conn:
        before = snapshots.load(conn)
        assert snapshots.gaps(conn, date(2026, 11, 22)) == tuple(date(2026, 11, day) for day in (18, 19, 21))
    take(db, SHEET.with_(as_of=date(2026, 11, 17)), figures={"day": 0.0})
    take(db, SHEET.with_(as_of=date(2026, 11, 18)), figures={"day": 0.0})
    with reading(db) as conn:
        after = snapshots.load(conn)
        assert snapshots.latest_before(conn, date(2026, 11, 17)) == before[0]
    assert [row for row in after if row.on.day != 18] == list(before)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [(b'"ltv":0.4', b'"ltv":0.2'), (b"50000000.0", b"10000000.0"), (b"2026-11-20T06", b"2026-11-20T07")],
)
def test_a_flipped_byte_is_told_from_what_was_recorded(db, was, becomes):
    take(db)
    content = db.read_bytes()
    assert was in content
    db.write_bytes(content.replace(was, becomes, 1))
    with reading(db) as conn:
        assert snapshots.damaged(conn) == ("2026-11-20",)
        if was == b"50000000.0":
            with pytest.raises(DatabaseRefused, match="the snapshot of 2026-11-20 is not what was written"):
                snapshots.inputs_of(conn, AS_OF)
        else:
            assert snapshots.load(conn) == ()


def test_a_date_without_a_record_lists_those_there_are(db):
    take(db)
    with pytest.raises(UnknownName, match="no snapshot named '2026-01-01'; known: 2026-11-20"), reading(db) as conn:
        snapshots.inputs_of(conn, date(2026, 1, 1))


def test_a_sheet_survives_json_and_one_written_by_another_version_is_read():
    unconverted = SHEET.with_(secured_loans=(replace(SHEET.secured_loans[0], currency="GBP", balance=float("nan")),))
    text = sheet_to_json(unconverted)
    assert sheet_to_json(sheet_from_json(text)) == text
    assert sheet_from_json(sheet_to_json(SHEET)) == SHEET
    newer = sheet_to_json(SHEET)[:-1] + ',"a_field_of_the_future":1}'
    assert sheet_from_json(newer) == SHEET


def test_another_program_reads_the_figures_with_plain_sql(db):
    take(db)
    with raw(db) as other:
        found = other.execute("SELECT date, json_extract(figures, '$.ltv') FROM snapshots").fetchall()
    assert found == [("2026-11-20", 0.4)]


def test_the_second_light_is_kept_and_guarded_like_the_first(db):
    assert take(db, freedom="CAUTION").freedom == "CAUTION"
    with raw(db) as conn:
        conn.execute("DROP TRIGGER snapshots_stand")
        conn.execute("UPDATE snapshots SET freedom = 'SAFE'")
    with reading(db) as conn:
        assert snapshots.damaged(conn) == (AS_OF.isoformat(),)


# --- set aside: of a wrong clock, or of wrong books -------------------------------------------------------------------


def take_aside(db, on=AS_OF, reason="the clock was wrong"):
    with writing(db) as conn:
        return snapshots.set_aside(conn, on, MORNING, reason)


def test_a_record_set_aside_is_kept_as_it_stood_and_its_date_is_free_again(db):
    first = take(db)
    assert take_aside(db) == first
    second = take(db, at=MORNING.replace(hour=9), verdict="DANGER")
    with reading(db) as conn:
        assert snapshots.load(conn) == (second,)
        assert snapshots.aside(conn) == (snapshots.Aside(AS_OF, "the clock was wrong"),)
        kept = conn.exec_driver_sql("SELECT taken_at, verdict, digest FROM set_aside").one()
    assert tuple(kept) == (first.taken_at, "SAFE", first.digest)


def test_what_is_set_aside_is_neither_invented_nor_changed_nor_removed(db):
    take(db)
    copied = (
        "INSERT INTO set_aside (set_aside_at, reason, date, taken_at, verdict, figures, inputs, inputs_digest, digest)"
    )
    invented = (
        f"{copied} SELECT 'now', 'why', date, taken_at, 'DANGER', figures, inputs, inputs_digest, digest FROM snapshots"
    )
    with pytest.raises(IntegrityError, match="a snapshot that stands"), writing(db) as conn:
        conn.exec_driver_sql(invented)
    take_aside(db)
    for statement in ("UPDATE set_aside SET reason = 'another'", "DELETE FROM set_aside"):
        with pytest.raises(IntegrityError, match="stands for ever"), writing(db) as conn:
            conn.exec_driver_sql(statement)


def test_a_day_without_a_record_or_a_reason_is_refused(db):
    take(db)
    with pytest.raises(UnknownName, match="no snapshot named '2026-01-01'; known: 2026-11-20"):
        take_aside(db, date(2026, 1, 1))
    with pytest.raises(BadInput, match=r"set_aside\.reason: '  ' is refused: expected a line of 1 to 200 characters"):
        take_aside(db, reason="  ")
    with reading(db) as conn:
        assert len(snapshots.load(conn)) == 1


def test_a_damaged_record_is_passed_over_and_named(db):
    for day in (18, 19):
        take(db, SHEET.with_(as_of=date(2026, 11, day)), figures={"ltv": day / 100})
    db.write_bytes(db.read_bytes().replace(b'"ltv":0.19', b'"ltv":0.11', 1))
    with reading(db) as conn:
        assert snapshots.latest_before(conn, AS_OF).on == date(2026, 11, 18)
        assert snapshots.passed_over(conn, AS_OF) == (date(2026, 11, 19),)
