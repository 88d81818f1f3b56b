"""Every packaged profile does what its published examples and boundary values say; so can a profile of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from alm.errors import BadInput
from alm.lender_cases import Case, differences, packaged_cases, read_cases
from alm.lenders import profiles

PROFILES = profiles()
CASES = [(name, case) for name in PROFILES for case in read_cases(packaged_cases(name))]


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case.name}" for name, case in CASES])
def test_a_profile_does_what_its_case_says(name: str, case: Case) -> None:
    assert differences(PROFILES[name], case) == ()


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_has_five_cases_or_more(name: str) -> None:
    assert len(read_cases(packaged_cases(name))) >= 5


def test_every_file_of_cases_is_of_a_profile() -> None:
    assert {path.stem for path in packaged_cases("any").parent.glob("*.toml")} == set(PROFILES)


def test_what_differs_is_told_by_day_and_figure() -> None:
    """The published example of Mita against a lender who cures to 60 %: 1,600,000 and not 200,000."""
    case = next(case for name, case in CASES if name == "jp-mita-70-80")
    told = differences(PROFILES["standard-60-70-85"], case)
    assert told[0] == "day 1, amount: 1,600,000 where the case says 200,000"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", r"one or more \[\[case\]\]"),
        ('[[case]]\nname = "a"\nowed = 1\n', "row 1, collateral: expected a value for it"),
        ('[[case]]\nname = "a"\nowed = -1\ncollateral = 1\nexpect = []\n', "'-1' is refused: expected a finite number"),
        ('[[case]]\nname = "a"\nowed = 1\ncollateral = 1\nexpect = []\n', "as many demands in expect as there are closes"),
        ('[[case]]\nname = "a"\nowed = 1\ncollateral = 1\nexpect = [{demand = "cal"}]\n', "'cal' is refused: expected one of nothing"),
        ('[[case]]\nname = "a"\nowed = 1\ncollateral = 1\nexpect = []\nwhy = 1\n', "row 1, why: expected one of name, owed"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_case_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "cases.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=sentence):
        read_cases(path)
