"""The manual page, from what the commands say of themselves: `make install` puts it where `man alm` looks.

python scripts/write_man.py FILE
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from alm import __version__
from alm.cli import COMMANDS, group

FILES = (
    ("$ALM_DB, else ~/.local/share/alm/alm.db", "the books"),
    ("~/.config/alm/lenders, ~/.config/alm/scenarios", "lenders' rules and scenarios of your own"),
    ("~/.cache/alm", "what was fetched or compiled once"),
)


def page() -> str:
    lines = [f'.TH ALM 1 "" "alm {__version__}" "User Commands"', ".SH NAME"]
    lines += [r"alm \- asset-liability management for one household: am I safe today?", ".SH SYNOPSIS"]
    lines += [".B alm", r".I COMMAND", "[OPTIONS]", ".SH DESCRIPTION", *_paragraphs(group.help or ""), ".SH COMMANDS"]
    context = click.Context(group, info_name="alm")
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        lines += _command(command, click.Context(command, info_name=name, parent=context))
    lines += [".SH FILES", *(line for path, what in FILES for line in (".TP", f".I {_plain(path)}", _plain(what)))]
    return "\n".join(lines) + "\n"


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join(command.collect_usage_pieces(context))
    yield f'.SS "{_plain(f"{context.command_path} {usage}")}"'
    yield from _paragraphs(command.help or "")
    for parameter in command.params:
        if isinstance(parameter, click.Option) and (shown := parameter.get_help_record(context)):
            yield from (".TP", f".B {_plain(shown[0])}", _plain(" ".join(shown[1].split())) or r"\ ")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _command(inner, click.Context(inner, info_name=name, parent=context))


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        yield from (".PP", _plain(" ".join(paragraph.split())))


def _plain(text: str) -> str:
    """Text that troff prints as it stands."""
    shown = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    return rf"\&{shown}" if shown[:1] in (".", "'") else shown


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(), encoding="utf-8")
