"""`alm lender`: contracts in words, checked against their cases, and written from a borrower's answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alm.cli import group
from alm.errors import BadInput
from alm.lenders import read_profile

ANSWERS = ["My bank", "Contract of 2026-04-01, section 7", "60", "70", "y", "60", "5", "y", "85", "n", "14"]


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("ALM_DB", str(tmp_path / "alm.db"))
    return tmp_path / "alm" / "lenders"


def run(*words: str, typed: tuple[str, ...] | list[str] = ()) -> Result:
    return CliRunner().invoke(group, ["lender", *words], input="".join(f"{line}\n" for line in typed))


def test_a_packaged_profile_in_words(folder: Path) -> None:
    said = " ".join(run("show", "jp-mita-70-80").output.split())
    assert "Margin call above 70 %: to 70 % within 5 business days" in said
    assert "Forced sale from 80 %: what brings it to 79.99 %, within 2 business days." in said
    assert "Standing: official. Mita Securities" in said


def test_the_clause_above_a_balance_in_words(folder: Path) -> None:
    said = " ".join(run("show", "jp-cure-60").output.split())
    assert "Forced sale from 85 %, where more than 30,000,000 is owed: the whole loan, at once." in said
    assert "Where one issue is 70 % or more: no draw from 50 %, cure to 50 %." in said


def test_the_list_names_every_profile_and_its_standing(folder: Path) -> None:
    said = run("list").output
    assert "jp-nomura-cover-70" in said
    assert "reported" in said


def test_a_packaged_profile_agrees_with_its_cases(folder: Path) -> None:
    found = run("check", "jp-sell-all")
    assert (found.exit_code, found.output.splitlines()[-1]) == (0, "All 6 cases agree.")


def test_answers_become_a_profile_and_are_never_written_over(folder: Path) -> None:
    found = run("new", "my-bank", typed=ANSWERS)
    assert found.exit_code == 0, found.output
    profile = read_profile(folder / "my-bank.toml")
    assert (profile.title, profile.freeze_ltv, profile.call_ltv, profile.forced_ltv) == ("My bank", 0.6, 0.7, 0.85)
    assert (profile.call_strict, profile.cure_days, profile.call_stays_open, profile.late_rate_pa) == (True, 5, True, 0.14)  # fmt: skip
    before = (folder / "my-bank.toml").read_text()
    again = run("new", "my-bank", typed=ANSWERS)
    assert isinstance(again.exception, BadInput)
    assert "a name that is not taken" in str(again.exception)
    assert (folder / "my-bank.toml").read_text() == before


def test_answers_that_cannot_be_leave_no_file(folder: Path) -> None:
    backwards = [*ANSWERS[:8], "65", "n", "14"]
    found = run("new", "my-bank", typed=backwards)
    assert "0 < freeze_ltv ≤ call_ltv ≤ forced_ltv" in str(found.exception)
    assert not (folder / "my-bank.toml").exists()


def test_a_lender_who_never_calls_is_asked_less(folder: Path) -> None:
    found = run("new", "seller", typed=["Seller", "Contract", "60", "0", "y", "60", "85", "y", "14"])
    assert found.exit_code == 0, found.output
    profile = read_profile(folder / "seller.toml")
    assert (profile.call_ltv, profile.full_liquidation, profile.forced_strict) == (None, True, True)


def test_an_own_profile_that_differs_from_its_cases_is_an_alert(folder: Path, tmp_path: Path) -> None:
    run("new", "my-bank", typed=ANSWERS)
    cases = folder / "cases" / "my-bank.toml"
    assert "my-bank.toml: expected cases to hold it to, in " in str(
        run("check", str(folder / "my-bank.toml")).exception
    )
    cases.parent.mkdir()
    cases.write_text('[[case]]\nname = "at 70 %"\nowed = 70\ncollateral = 100\nexpect = [{ demand = "call" }]\n')
    found = run("check", str(folder / "my-bank.toml"))
    assert found.exit_code == 3
    assert "day 1, demand: freeze where the case says call" in found.output
    assert "1 of 1 cases differ." in found.output
