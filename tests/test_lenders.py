"""Lender profiles: the published terms, and a user's own file with every mistake told in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from alm.errors import BadInput
from alm.lenders import profiles, read_profile

GOOD = """
title = "My bank"
source = "the contract of 2026-01-15, section 4"
standing = "official"
freeze_ltv = 0.5
call_ltv = 0.65
forced_ltv = 0.8
cure_ltv = 0.5
cure_days = 3
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "my-bank.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_packaged_profiles_are_the_published_ones():
    found = profiles()
    terms = {name: (p.freeze_ltv, p.call_ltv, p.forced_ltv, p.cure_ltv, p.cure_days) for name, p in found.items()}
    published = {
        "standard-60-70-85": (0.60, 0.70, 0.85, 0.60, 5),
        "jp-sell-all": (0.60, None, 0.85, 0.60, 0),
        "jp-cure-60": (0.60, 0.70, 0.85, 0.60, 5),
        "us-maintenance": (1.0, 1.0, 1.0, 0.95, 0),
        "jp-mita-70-80": (0.70, 0.70, 0.80, 0.70, 5),
        "eu-lombard-75-90": (0.70, 0.75, 0.90, 0.70, 5),
    }
    assert {name: terms[name] for name in published} == published
    assert len(found) == 17
    assert found["jp-sell-all"].full_liquidation
    assert found["jp-cure-60"].call_stays_open
    assert found["standard-60-70-85"].standing == "assumption"
    assert all(profile.source and profile.title for profile in found.values())


def test_a_users_own_profile_is_added_and_may_replace_a_packaged_one(tmp_path):
    written(tmp_path, GOOD)
    (tmp_path / "jp-sell-all.toml").write_text(GOOD)
    found = profiles(tmp_path)
    assert found["my-bank"].call_ltv == 0.65
    assert found["jp-sell-all"].title == "My bank"
    assert len(found) == len(profiles()) + 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("freeze_ltv = 0.5", "freeze_ltv = 0.9"), "my-bank.toml, freeze_ltv: '0.9' is refused: expected 0 < freeze_ltv ≤ call_ltv ≤ forced_ltv."),
        (("cure_ltv = 0.5", "cure_ltv = 0.7"), "my-bank.toml, cure_ltv: '0.7' is refused: expected a cure_ltv above 0 and below the call."),
        (("cure_days = 3", "concentration_cure_ltv = 0.65"), "my-bank.toml, concentration_cure_ltv: '0.65' is refused: expected a concentration_cure_ltv above 0 and below the call."),
        (("cure_days = 3", 'cure_days = "3"'), "my-bank.toml, cure_days: '3' is refused: expected a whole number of business days from 0 to 365."),
        (("cure_days = 3", "cure_days = true"), "my-bank.toml, cure_days: 'True' is refused: expected a whole number of business days from 0 to 365."),
        (("forced_ltv = 0.8", "forced_ltv = 80"), "my-bank.toml, forced_ltv: '80' is refused: expected a ratio from 0 to 2, such as 0.7."),
        (("forced_ltv = 0.8", "forced_ltv = nan"), "my-bank.toml, forced_ltv: 'nan' is refused: expected a ratio from 0 to 2, such as 0.7."),
        (('"official"', '"perhaps"'), "my-bank.toml, standing: 'perhaps' is refused: expected one of official, reported, rule, assumption."),
        (("cure_days = 3", "forced_above = -1"), "my-bank.toml, forced_above: '-1' is refused: expected an amount of money from 0."),
        (("cure_days = 3", "forced_cure_ltv = 0.8"), "my-bank.toml, forced_cure_ltv: '0.8' is refused: expected a forced_cure_ltv below forced_ltv."),
        (("call_ltv = 0.65", "forced_above = 1"), "my-bank.toml, call_ltv: expected a call_ltv beside forced_cure_ltv or forced_above."),
        (("cure_ltv = 0.5", "cure_ltv = 0.65"), "my-bank.toml, cure_ltv: '0.65' is refused: expected a cure_ltv above 0 and below the call."),
        (("forced_ltv = 0.8", ""), "my-bank.toml, forced_ltv: expected a value for it."),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_with_file_key_and_value(tmp_path, change, sentence):
    with pytest.raises(BadInput) as refusal:
        read_profile(written(tmp_path, GOOD.replace(*change)))
    assert str(refusal.value) == sentence


def test_a_file_that_cannot_be_read_is_refused_to_who_names_it_and_to_nobody_else(tmp_path):
    written(tmp_path, "freeze_ltv = ")
    found = profiles(tmp_path)
    assert "my-bank" in found
    assert found["standard-60-70-85"].call_ltv == 0.70
    with pytest.raises(BadInput, match=r"my-bank\.toml"):
        found["my-bank"]


def test_where_a_call_is_strict_its_cure_may_be_at_it(tmp_path):
    text = GOOD.replace("cure_ltv = 0.5", "cure_ltv = 0.65\ncall_strict = true")
    assert read_profile(written(tmp_path, text)).cure_ltv == 0.65


def test_an_unknown_key_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(BadInput, match=r"freez_ltv: .0\.5. is refused: expected one of title, source"):
        read_profile(written(tmp_path, GOOD + "freez_ltv = 0.5\n"))


def test_broken_toml_says_where(tmp_path):
    with pytest.raises(BadInput, match=r"my-bank.toml: expected valid TOML \(.*line 2"):
        read_profile(written(tmp_path, "\ntitle = \n"))
