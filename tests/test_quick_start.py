"""Five numbers become a household with a verdict; what is not known yet is named with what it would add."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from alm.errors import AlmError, BadInput
from alm.gather import morning
from alm.quick_start import FiveNumbers, begin, chosen, rows, still_missing
from alm.settings import Settings
from alm.store.books import load_balance_sheet, load_settings
from alm.store.database import reading
from tests.households import reference_household

ON = date(2026, 11, 20)
NUMBERS = FiveNumbers(
    pledged=125_000_000, loan=50_000_000, cash=4_500_000, spending_monthly=800_000, income_monthly=1_000_000
)


def sheet_of(db: Path):
    with reading(db) as conn:
        return load_balance_sheet(conn, ON)


def test_five_numbers_are_a_household(tmp_path):
    begin(tmp_path / "alm.db", rows(NUMBERS, "JPY", ON, profile="standard-60-70-85", rate_pa=0.02))
    sheet = sheet_of(tmp_path / "alm.db")
    assert sheet.collateral_value == 125_000_000
    assert sheet.net_worth == 125_000_000 + 4_500_000 - 50_000_000
    brief = morning(tmp_path / "alm.db", ON, simulate=False)
    assert brief.ltv == pytest.approx(0.4)
    assert brief.fall_to_call == pytest.approx(1 - 0.4 / 0.7)
    # cash only, no credit line: the call at 70 % asks for more than there is: 1 − 0.4 / 0.7
    assert brief.max_survivable_fall == pytest.approx(0.42857, abs=1e-5)
    # 4,500,000 / (800,000 + 50,000,000 × 2 % / 12)
    assert brief.runway_months == pytest.approx(4_500_000 / (800_000 + 50_000_000 * 0.02 / 12))


def test_another_currency_is_the_household_s_own_from_the_start(tmp_path):
    settings = Settings(base_currency="EUR", language="ja")
    typed = rows(NUMBERS, "EUR", ON, profile="standard-60-70-85") | chosen(settings, "base_currency", "language")
    begin(tmp_path / "alm.db", typed)
    with reading(tmp_path / "alm.db") as conn:
        kept = load_settings(conn)
    assert (kept.base_currency, kept.language) == ("EUR", "ja")
    assert not sheet_of(tmp_path / "alm.db").missing


def test_without_a_loan_nothing_is_pledged(tmp_path):
    free = FiveNumbers(pledged=1_000, loan=0, cash=10, spending_monthly=1, income_monthly=0)
    begin(tmp_path / "alm.db", rows(free, "JPY", ON, profile="standard-60-70-85"))
    sheet = sheet_of(tmp_path / "alm.db")
    assert sheet.collateral_value == 0
    assert sheet.portfolio_value == 1_000


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf"), 1e15])
def test_an_amount_that_is_none_is_refused_by_name(bad):
    with pytest.raises(BadInput, match="cash"):
        FiveNumbers(pledged=1, loan=0, cash=bad, spending_monthly=0, income_monthly=0)


def test_a_loan_needs_something_pledged():
    with pytest.raises(BadInput, match="pledged"):
        FiveNumbers(pledged=0, loan=1, cash=0, spending_monthly=0, income_monthly=0)


def test_a_refused_row_leaves_no_database_behind(tmp_path):
    typed = rows(NUMBERS, "JPY", ON, profile="standard-60-70-85")
    typed["cash"][0]["amount"] = "a lot"
    with pytest.raises(AlmError):
        begin(tmp_path / "alm.db", typed)
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_named_with_what_it_would_add(tmp_path):
    begin(tmp_path / "alm.db", rows(NUMBERS, "JPY", ON, profile="standard-60-70-85"))
    missing = still_missing(sheet_of(tmp_path / "alm.db"))
    assert [sentence.split(":")[0] for sentence in missing] == ["A standby credit line", "Dividends", "Target weights"]
    assert "Target weights" in still_missing(reference_household())[0]


def typed_on_a_terminal(db: Path, answers: str) -> str:
    """`alm init` with a person at the keyboard: a real pseudo-terminal."""
    keyboard, screen = pty.openpty()
    command = [sys.executable, "-m", "alm", "init", "--db", str(db)]
    running = subprocess.Popen(command, stdin=screen, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    os.write(keyboard, answers.encode())
    said = running.communicate(timeout=60)[0]
    os.close(keyboard)
    os.close(screen)
    assert running.returncode == 0, said
    return said


def test_init_on_a_terminal_asks_five_numbers_and_gives_the_verdict(tmp_path):
    said = typed_on_a_terminal(tmp_path / "alm.db", "2\n1000000\n400000\n100000\n10000\n0\nusd\n\n\n")
    assert "Three ways" in said
    assert "SAFE: " in said
    assert "Not entered yet. Dividends" in said
    assert sheet_of(tmp_path / "alm.db").base_currency == "USD"


def test_init_on_a_terminal_offers_the_demo_first(tmp_path):
    assert "with the demo household" in typed_on_a_terminal(tmp_path / "alm.db", "\n")
    assert sheet_of(tmp_path / "alm.db").holdings


def test_init_without_a_terminal_creates_an_empty_database(tmp_path):
    command = [sys.executable, "-m", "alm", "init", "--db", str(tmp_path / "alm.db")]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert done.stdout == f"Created {tmp_path / 'alm.db'}.\n"
    assert not sheet_of(tmp_path / "alm.db").holdings
