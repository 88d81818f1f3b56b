"""Plan, lender, scenario and settings files damaged in every way: each is read or refused in one sentence, never a crash."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from alm.errors import AlmError, BadInput
from alm.feeds.recognise import Reading, plan_file
from alm.fire.plan_file import read_plan
from alm.lenders import read_profile
from alm.scenarios import load_scenario
from alm.settings import data_folder, format_setting, parse_settings, read_toml

PLAN = data_folder() / "plans" / "reference.toml"
LENDER = data_folder() / "lenders" / "jp-cure-60.toml"
SCENARIO = data_folder() / "scenarios" / "everything-at-once.toml"
HOSTILE = (
    "nan", "inf", "-inf", "-1", "0", "1e308", "1e999", "9" * 400, '"\\u0000"', '"９９"', "true", "[]", "{}", "1979-05-27",
    '"' + "x" * 10_000 + '"', "0x7f", "[[1]]", '"=1+1"', "''", "[1, 'a']",
)  # fmt: skip


def damaged(text: str, dice: random.Random) -> bytes:
    """One to three damages: a value exchanged, a line lost or doubled, a byte flipped, the end cut off."""
    lines = text.splitlines()
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(lines))
        kind = dice.randrange(5)
        if kind == 0 and "=" in lines[at]:
            lines[at] = f"{lines[at].split('=')[0]}= {dice.choice(HOSTILE)}"
        elif kind == 1:
            lines.insert(at, lines[dice.randrange(len(lines))])
        elif kind == 2 and len(lines) > 1:
            del lines[at]
        elif kind == 3:
            lines[at] = lines[at][: dice.randrange(len(lines[at]) + 1)]
        else:
            lines[at] += dice.choice(("\x00", "\ud7ff", "]", '"', "= 3", "#", "\u202e", "é"))
    data = "\n".join(lines).encode()
    if dice.random() < 0.3:
        place = dice.randrange(len(data))
        data = data[:place] + bytes([data[place] ^ (1 << dice.randrange(8))]) + data[place + 1 :]
    return data


def survives(source: Path, read: Callable[[Path], object], folder: Path, count: int) -> None:
    dice, path, text = random.Random(20_241_121), folder / source.name, source.read_text(encoding="utf-8")
    said: list[str] = []
    for _ in range(count):
        path.write_bytes(damaged(text, dice))
        try:
            read(path)
        except AlmError as refusal:
            said.append(str(refusal))
    assert len(said) > count / 4  # the damage is real
    assert [sentence for sentence in said if "\n" in sentence or len(sentence) > 2_000] == []


FILES = ((PLAN, read_plan), (LENDER, read_profile), (SCENARIO, load_scenario))


@pytest.mark.parametrize(("source", "read"), FILES, ids=["plan", "lender", "scenario"])
def test_a_damaged_file_is_read_or_refused(source, read, tmp_path):
    survives(source, read, tmp_path, 400)


@pytest.mark.soak
@pytest.mark.parametrize(("source", "read"), FILES, ids=["plan", "lender", "scenario"])
def test_twenty_thousand_damaged_files_are_read_or_refused(source, read, tmp_path):
    survives(source, read, tmp_path, 20_000)


@pytest.mark.parametrize("value", [*HOSTILE, "", " ", "\n", "１", "1_000", "½", "'; DROP TABLE settings; --"])
@pytest.mark.parametrize(
    "name",
    [
        "stale_days",
        "sale_cost",
        "language",
        "waterfall_order",
        "fire_seed",
        "alert_command",
        "pledge_more",
        "timezone",
        "dividend_growth_pa",
    ],
)
def test_a_hostile_setting_is_taken_or_refused(name, value):
    with suppress(AlmError):
        taken = parse_settings({name: value})
        assert parse_settings({name: format_setting(getattr(taken, name))}) == taken


# --- what is no file of a person's --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pipe", "/dev/zero", "."])
def test_what_reading_might_never_end_is_refused_at_once(name, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="expected a plain file, no folder, pipe or device"):
        read_toml(tmp_path / name)


def test_a_file_that_is_far_too_large_is_refused_unread(tmp_path):
    large = tmp_path / "large.toml"
    with large.open("wb") as file:
        file.truncate(2**40)  # no disk holds it; nothing is written
    with pytest.raises(BadInput, match="expected a file of at most 4 MB"):
        read_toml(large)


@pytest.mark.parametrize("text", ["x = " + "[" * 3_000, "x = " + "[" * 3_000 + "]" * 3_000, "x = " + "{a=" * 3_000])
def test_brackets_without_end_are_a_sentence(text, tmp_path):
    (tmp_path / "deep.toml").write_text(text)
    with pytest.raises(BadInput, match="expected valid TOML"):
        read_toml(tmp_path / "deep.toml")


def test_millions_of_lines_with_nothing_in_them_are_refused_before_any_format_is_tried():
    with pytest.raises(BadInput, match="most of these hold a sign or two"):
        plan_file("SaveFile.csv", b"a\n" * 2_600_000, Reading(date(2026, 11, 20)))
