"""Damaged files: never a crash, never a wrong total, never half an import.

A mutation may be harmless (a blank at a line's end, a name, a daily change nobody stores). What may not happen is
that figures other than the sample's land in the books from a file that still prints the sample's totals.
"""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from alm.errors import AlmError
from alm.feeds.plan import ImportPlan
from alm.feeds.recognise import Reading, plan_file
from tests.feeds.books import FRIDAY, IBKR, RAKUTEN, SBI, SBI_TRADES, new_books, read, rows, sample

SEED = 20_261_120
JUNK = (
    b"NaN",
    b"-1",
    b"1e9",
    b"9" * 30,
    b'"',
    b",",
    b"\x00",
    b"\r\n",
    b"\xef\xbc\x91",
    b"'",
    b"<",
    b"&",
    b";",
    b"\x85",
)


def mutated(data: bytes, dice: random.Random) -> bytes:
    """One to three damages: a byte flipped, lost or doubled, a stretch lost, a line lost, doubled or moved, junk."""
    for _ in range(dice.randint(1, 3)):
        data = dice.choice((_flip, _drop, _double, _cut, _line, _junk, _digit))(bytearray(data), dice)
    return data


def _flip(data: bytearray, dice: random.Random) -> bytes:
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def _drop(data: bytearray, dice: random.Random) -> bytes:
    del data[dice.randrange(len(data))]
    return bytes(data)


def _double(data: bytearray, dice: random.Random) -> bytes:
    place = dice.randrange(len(data))
    data.insert(place, data[place])
    return bytes(data)


def _cut(data: bytearray, dice: random.Random) -> bytes:
    place = dice.randrange(len(data))
    return bytes(data[:place] + data[place + dice.randrange(200) :]) or b"x"


def _line(data: bytearray, dice: random.Random) -> bytes:
    lines = bytes(data).splitlines(keepends=True)
    line = lines.pop(dice.randrange(len(lines)))
    for _ in range(dice.randrange(3)):
        lines.insert(dice.randrange(len(lines) + 1), line)
    return b"".join(lines) or b"x"


def _junk(data: bytearray, dice: random.Random) -> bytes:
    place = dice.randrange(len(data))
    data[place : place + dice.randrange(4)] = dice.choice(JUNK)
    return bytes(data)


def _digit(data: bytearray, dice: random.Random) -> bytes:
    places = [i for i, byte in enumerate(data) if 0x30 <= byte <= 0x39]
    data[dice.choice(places)] = 0x30 + dice.randrange(10)
    return bytes(data)


def value(plan: ImportPlan) -> Decimal | None:
    """What the positions of a plan are worth in their own currencies, exactly; None when it holds none."""
    prices = {row["ticker"]: Decimal(row["close"] or 0) for t in plan.tables if t.table == "prices" for row in t.rows}
    held = [row for t in plan.tables if t.table == "holdings" for row in t.rows]
    if not held:
        return None
    each = (Decimal(row["quantity"] or 0) * prices[row["ticker"]] / Decimal(row["price_unit"] or 1) for row in held)
    return sum(each, Decimal(0))


def printed(plan: ImportPlan) -> Decimal | None:
    """The file's own grand total, where it has one."""
    totals = {total.what: total.printed for total in plan.totals}
    return totals.get("資産合計", totals.get("総合計"))


def survives(name: str, data: bytes, whole: ImportPlan) -> bool:
    """Whether a damaged file was accepted; if so its figures are the sample's wherever its total still is."""
    try:
        plan = plan_file(name, data, Reading(FRIDAY))
    except AlmError:
        return False
    if printed(whole) is not None and printed(plan) == printed(whole):
        assert abs((value(plan) or Decimal(0)) - (value(whole) or Decimal(0))) < 2, data
    return True


def fuzz(name: str, times: int) -> int:
    data = sample(name)[1]
    whole = plan_file(name, data, Reading(FRIDAY))
    dice = random.Random(f"{SEED} {name}")
    return sum(survives(name, mutated(data, dice), whole) for _ in range(times))


@pytest.mark.parametrize("name", [RAKUTEN, SBI, SBI_TRADES, IBKR])
def test_damaged_files_never_crash_and_never_keep_a_total_they_do_not_add_up_to(name: str) -> None:
    assert fuzz(name, 75) < 75


@pytest.mark.soak
@pytest.mark.parametrize("name", [RAKUTEN, SBI, SBI_TRADES, IBKR])
def test_twenty_thousand_damaged_files(name: str) -> None:
    accepted = fuzz(name, 5_000)
    assert accepted < 2_500


def test_a_damaged_file_lands_whole_or_not_at_all(tmp_path: Path) -> None:
    """Every table before and after a refused import is the same; after an accepted one its rows are the plan's."""
    db = new_books(tmp_path)
    read(db, sample(SBI))
    tables = ("accounts", "holdings", "cash", "prices", "fx_rates", "transactions")
    name, data = sample(RAKUTEN)
    dice = random.Random(SEED)
    for _ in range(30):
        before = {table: rows(db, table) for table in tables}
        try:
            read(db, (name, mutated(data, dice)), dry_run=True)
            read(db, (name, mutated(data, dice)))
        except AlmError:
            assert {table: rows(db, table) for table in tables} == before
