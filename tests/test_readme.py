"""What the documents promise exists: commands, options, settings, files, examples and figures."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import pytest

from alm.cli import COMMANDS, group
from alm.lender_cases import Demand
from alm.lenders import LenderProfile, profiles, read_profile
from alm.screen.parts import PARTS
from alm.settings import Settings
from scripts.write_assumptions import assumptions
from tests.screen.households import demo_database

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
NAMES = {spec.name for spec in fields(Settings)}


def spoken(text: str) -> list[list[str]]:
    """Every `alm …` in code: inline, and line by line in shell blocks."""
    blocks = "\n".join(re.findall(r"```sh[^\n]*\n(.*?)```", text, re.DOTALL))
    inline = re.findall(r"(?<!`)`(alm [^`\n]+)`", text)
    lines = [line.partition("#")[0].strip() for line in blocks.splitlines()]
    return [shlex.split(line.replace("…", "")) for line in [*inline, *lines] if line.startswith("alm ")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_and_option_named_exists(document):
    context = click.Context(group)
    for words in spoken(document.read_text(encoding="utf-8")):
        command = group if words[1].startswith("-") else group.get_command(context, words[1])
        assert command is not None, words
        if (
            command is not group
            and isinstance(command, click.Group)
            and len(words) > 2
            and not words[2].startswith("-")
        ):
            command = command.get_command(click.Context(command), words[2])
            assert command is not None, words
        known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, words


def test_every_command_stands_in_the_readme():
    assert [name for name in COMMANDS if f"`alm {name}`" not in README] == []


def test_every_part_stands_in_the_readme_in_the_page_s_order():
    said = README.split("**Thirteen parts, a click away**:")[1].split(". The address")[0]
    assert [part.strip() for part in said.replace("\n", " ").split(",")] == [title for title, _ in PARTS]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_setting_named_exists(document):
    text = document.read_text(encoding="utf-8")
    endings = ("_pa", "_days", "_months", "_order", "_haircut", "_yield", "_band", "_probability", "_fall")
    named = {word for word in re.findall(r"`([a-z_]+)`", text) if word.endswith(endings)}
    named |= {word.partition("=")[0] for words in spoken(text) if words[1] == "settings" for word in words[2:]}
    lenders_own = {spec.name for kind in (LenderProfile, Demand) for spec in fields(kind)}
    assert {name for name in named if name.isidentifier()} - NAMES - lenders_own <= {"NAME"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target


def test_the_example_runs_as_it_stands(tmp_path):
    """The five lines of the README, typed in a folder that holds an export of the demo household."""
    lines = re.search(r"```sh run\n(.*?)```", README, re.DOTALL)
    assert lines is not None
    home = tmp_path / "home"
    home.mkdir()
    demo = demo_database(tmp_path / "demo.db")
    environment = {
        **os.environ,
        "ALM_DB": str(home / "alm.db"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }

    def run(line: str) -> str:
        done = subprocess.run(
            shlex.split(line), cwd=home, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(f"alm export portfolio --db {demo}")
    said = [run(line.partition("#")[0]) for line in lines.group(1).splitlines()]
    assert len(said) == 5
    assert "40.0%" in said[-1]


def test_the_assumptions_are_the_settings_themselves():
    written = (ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8")
    assert written == assumptions(), "run scripts/write_assumptions.py"


def test_the_profiles_named_are_those_that_come_with_the_program():
    text = (ROOT / "docs" / "lenders.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", text, re.MULTILINE)) == set(profiles())


def test_the_example_profile_is_one(tmp_path):
    example = re.search(r"```toml profile\n(.*?)```", (ROOT / "docs" / "lenders.md").read_text("utf-8"), re.DOTALL)
    assert example is not None
    (tmp_path / "my-bank.toml").write_text(example.group(1), encoding="utf-8")
    profile = read_profile(tmp_path / "my-bank.toml")
    assert (profile.name, profile.call_ltv, profile.call_stays_open) == ("my-bank", 0.7, True)


def test_the_tree_in_the_readme_is_the_tree():
    picture = README.split("## The tree\n\n```\n")[1].split("```")[0]
    inside = picture.split("dashboard.py")[0]
    there = {path.name for path in (ROOT / "alm").iterdir()}
    gone = set(re.findall(r"[a-z_]+\.py", inside)) - there
    gone |= {name for name in re.findall(r"([a-z_]+)/", inside) if name not in ("alm", "words")} - there
    assert gone == set()


def test_screenshots_are_small():
    pictures = list((ROOT / "docs" / "screenshots").glob("*.png"))
    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > 300_000] == []
