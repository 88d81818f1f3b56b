"""A day is recorded only where the books' own dates do not say that the clock is wrong."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from alm.errors import BadInput, Infeasible
from alm.store.clock import FAR_AHEAD, FAR_BEHIND, require_plausible
from alm.store.database import reading, writing
from alm.store.tables import write_all
from tests.store.rows import account, holding, price
from tests.store.test_snapshots import SHEET, take

PRICED = date(2026, 11, 20)


@pytest.fixture
def books(db):
    with writing(db) as conn:
        rows = {"accounts": [account()], "holdings": [holding("7203")]}
        write_all(conn, rows | {"prices": [price("7203", PRICED.isoformat(), "3000")]})
    return db


def recordable(db, today, as_of=None):
    with reading(db) as conn:
        require_plausible(conn, as_of, today)


@pytest.mark.parametrize("days", [0, 1, FAR_AHEAD.days, -FAR_BEHIND.days])
def test_a_day_near_what_the_books_know_is_recorded(books, days):
    recordable(books, PRICED + timedelta(days))


@pytest.mark.parametrize("days", [FAR_AHEAD.days + 1, 3650, -FAR_BEHIND.days - 1, -20_000])
def test_a_day_far_from_it_is_not_before_a_person_says_so(books, days):
    now = PRICED + timedelta(days)
    sentence = f"The clock says {now}, but the newest price or record in the books is of 2026-11-20: set the clock"
    with pytest.raises(Infeasible, match=sentence) as refusal:
        recordable(books, now)
    assert f"say `alm snapshot --as-of {now}`" in str(refusal.value)
    recordable(books, now, as_of=now)


def test_nobody_records_a_day_that_has_not_come(books):
    with pytest.raises(BadInput, match="--as-of: '2026-11-21' is refused: expected a day up to today, 2026-11-20"):
        recordable(books, PRICED, as_of=PRICED + timedelta(days=1))


def test_books_that_know_no_day_ask_nothing(db):
    recordable(db, date(2031, 3, 1))


def test_a_record_of_the_future_is_no_evidence_about_today(books):
    take(books, SHEET.with_(as_of=date(2031, 3, 1)))
    recordable(books, PRICED + timedelta(days=1))
    take(books, SHEET.with_(as_of=PRICED + timedelta(days=80)))
    recordable(books, PRICED + timedelta(days=150))  # the record of an earlier day is
