"""What a shell is told of the commands: completion, and the manual page."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import click
import pytest

from alm.cli import COMMANDS, group
from alm.cli.common import print_table
from scripts.write_man import page
from tests.browser import ROOT


def alm(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import sys; sys.argv[0] = 'alm'; from alm.cli import main; main()", *words]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True)


@pytest.mark.parametrize("words", [(), ("items",), ("prices",)])
def test_a_group_without_a_command_lists_its_commands_line_by_line(words):
    answered = alm(*words)
    told = answered.stderr.splitlines()
    assert (answered.returncode, answered.stdout) == (2, "")
    assert told[0].startswith(" ".join(["Usage: alm", *words]))
    assert "Commands:" in told
    assert max(map(len, told)) <= 80


def test_columns_move_together_before_a_word_is_broken(capsys):
    """Ten words of six letters three apart are 87 wide, two apart 78."""
    print_table(["Column"] * 10, [["frozen"] * 10])
    shown = capsys.readouterr().out
    assert shown.count("frozen") == 10
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_is_told_how_to_ask(shell):
    told = alm("completion", shell)
    assert told.returncode == 0
    assert f"_ALM_COMPLETE={shell}_complete" in told.stdout


@pytest.mark.parametrize(
    ("typed", "offered"), [("alm s", {"stress", "scenario", "snowball", "settings", "snapshot"}), ("alm stress --st", {"--step"})]
)  # fmt: skip
def test_what_is_typed_is_completed(typed, offered):
    last = str(len(typed.split()) - 1)
    told = alm(_ALM_COMPLETE="bash_complete", COMP_WORDS=typed, COMP_CWORD=last)
    assert {line.partition(",")[2] for line in told.stdout.splitlines()} == offered


def test_bash_reads_it():
    told = alm("completion", "bash").stdout
    assert subprocess.run(["bash", "-n"], input=told, text=True, capture_output=True).returncode == 0


def test_the_manual_page_names_every_command_and_option():
    text = page().replace("\\-", "-")
    assert [name for name in COMMANDS if f'.SS "alm {name} ' not in text] == []
    options = {
        option for name in COMMANDS for parameter in group.get_command(click.Context(group), name).params
        if isinstance(parameter, click.Option) and not parameter.hidden for option in parameter.opts
    }  # fmt: skip
    assert {option for option in options if not re.search(rf"^\.B .*{option}\b", text, re.MULTILINE)} == set()


def test_groff_has_nothing_to_say_about_the_manual_page():
    shown = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-k"], input=page(), text=True, capture_output=True)
    assert (shown.returncode, shown.stderr) == (0, "")
