"""One flipped bit anywhere in the file: the total is right, or it is refused; it is never wrong without a word."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest

from alm.errors import AlmError
from alm.store.backup import checked
from alm.store.books import load_balance_sheet
from alm.store.database import reading, writing
from alm.store.sheet_json import sheet_to_json
from alm.store.tables import write_all
from tests.store.rows import account, holding, line, loan, price, rate

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def household(tmp_path_factory: pytest.TempPathFactory, empty: Path) -> Path:
    path = tmp_path_factory.mktemp("damage") / "alm.db"
    path.write_bytes(empty.read_bytes())
    days = [(TODAY - timedelta(days=number)).isoformat() for number in range(60)]
    tickers = [f"T{number}" for number in range(8)]
    rows = {
        "settings": [{"name": "stale_days", "value": "4"}],
        "accounts": [account()],
        "loans": [loan(), line(balance="1000000")],
        "holdings": [holding(t, f"{100 + n}.25", currency="USD", pledged_to="Loan") for n, t in enumerate(tickers)],
        "cash": [{"account": "Broker", "currency": "EUR", "amount": "4500"}],
        "prices": [price(t, day, f"{20 + n}.5", "USD") for t in tickers for n, day in enumerate(days)],
        "fx_rates": [rate("USD", day, "150.5") for day in days] + [rate("USD", days[0], "0.9", base="EUR")],
        "expenses": [{"name": "Living", "amount": "800000", "currency": "JPY"}],
    }
    with writing(path) as conn:
        write_all(conn, rows)
    return path


def answer(path: Path) -> str | None:
    """The whole sheet, or None when it was refused in a sentence or named something as missing."""
    try:
        with reading(path) as conn:
            sheet = load_balance_sheet(conn, TODAY)
    except AlmError:
        return None
    return None if sheet.missing else sheet_to_json(sheet)


@pytest.mark.parametrize("flips", [150, pytest.param(2_000, marks=pytest.mark.soak)])
def test_a_flipped_bit_never_yields_an_unflagged_wrong_total(household, tmp_path, flips):
    right, content = answer(household), household.read_bytes()
    assert right is not None
    dice, path, refused = random.Random(flips), tmp_path / "alm.db", 0
    for _ in range(flips):
        place, bit = dice.randrange(len(content)), 1 << dice.randrange(8)
        path.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
        found = answer(path)
        refused += found is None
        assert found in (None, right), f"byte {place}, bit {bit}"
    assert 0 < refused < flips


@pytest.mark.parametrize("flips", [60, pytest.param(1_000, marks=pytest.mark.soak)])
def test_a_flipped_bit_in_a_row_is_found_by_the_full_check(household, tmp_path, flips):
    """Within the pages that hold rows: every flip that changes what a query returns is named."""
    content, path = household.read_bytes(), tmp_path / "alm.db"
    rows = checked(household).sha256
    dice = random.Random(flips)
    targets = [place for place in range(len(content)) if content[place : place + 5] in (b"2026-", b"150.5", b"80000")]
    for place in dice.choices(targets, k=flips):
        where, bit = place + dice.randrange(5), 1 << dice.randrange(8)
        path.write_bytes(content[:where] + bytes([content[where] ^ bit]) + content[where + 1 :])
        with suppress(AlmError):
            assert checked(path).sha256 == rows, f"byte {where}, bit {bit}"
