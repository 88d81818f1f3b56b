"""`alm mcp`: the questions an assistant may ask, over its standard input and output."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from alm import __version__
from alm.assistant import Answer, Assistant
from alm.cli.common import db_option, plain
from alm.errors import AlmError, Infeasible

INSTRUCTIONS = (
    "One household's balance sheet, margin loans and long run, read from its own machine. Every answer is computed by "
    "the program: pass figures on as they are, and say UNKNOWN where the verdict is UNKNOWN. Nothing can be changed."
)


@click.command()
@db_option
@click.option("--amounts", is_flag=True, help="Sums of money in the answers too, not levels and ratios alone.")
def command(db: Path, amounts: bool) -> None:
    """Answer an assistant by the Model Context Protocol: brief, stress, what-if, drill and fire, read only.

    It speaks on standard input and output, to the program that started it, and opens no port. What the answers hold,
    that program may send anywhere: sums of money stay out unless --amounts is given.
    """
    try:
        from mcp.server import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp.types import ToolAnnotations
    except ImportError:
        raise Infeasible("`alm mcp` needs the package mcp: `.venv/bin/python -m pip install 'mcp>=2.3,<3'`.") from None
    server = MCPServer("alm", instructions=INSTRUCTIONS, version=__version__, log_level="ERROR")
    assistant = Assistant(db, amounts)
    for question in assistant.questions():
        offer = server.tool(annotations=ToolAnnotations(read_only_hint=True), structured_output=False)
        offer(_answering(assistant, question, ToolError))
    server.run("stdio")


def _answering(assistant: Assistant, question: Callable[..., Answer], refused: type[Exception]) -> Callable[..., str]:
    @wraps(question)
    def answer(*given: Any, **named: Any) -> str:
        try:
            return json.dumps(plain(question(*given, **named)), ensure_ascii=False, allow_nan=False)
        except AlmError as refusal:
            raise refused(assistant.refusal(refusal)) from None

    return answer
