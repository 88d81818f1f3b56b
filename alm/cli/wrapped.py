"""Lines of a language without spaces: rich would break them inside a figure, and ¥228,442 would end as ¥2."""

from __future__ import annotations

import re
from typing import Any

from rich.cells import cell_len
from rich.console import Console

from alm.language import language

_ATOM = re.compile(r"(?:± )?[^\s\u3000-\u9fff\uff00-\uffef]+[、。」）％]*|\s|.[、。」）]*")
"""What stays in one line: a figure or a Latin word, any other character; with what may not begin a line."""


class WrappedConsole(Console):
    """Rich's, but that it breaks Japanese sentences between words and figures."""

    def print(self, *objects: Any, **options: Any) -> None:  # as rich has it
        if language() == "ja":
            objects = tuple(wrapped(one, self.width) if isinstance(one, str) else one for one in objects)
        super().print(*objects, **options)


def wrapped(text: str, width: int) -> str:
    """The text in lines of at most `width` cells, unless one figure alone is wider."""
    return "\n".join(_line(line, width) for line in text.split("\n"))


def _line(text: str, width: int) -> str:
    lines, room = [""], width
    for found in _ATOM.findall(text):
        atom = found
        if cell_len(atom) > room and lines[-1].strip():
            lines.append("")
            atom, room = atom.lstrip(), width
        lines[-1] += atom
        room -= cell_len(atom)
    return "\n".join([*(line.rstrip() for line in lines[:-1]), lines[-1]])
