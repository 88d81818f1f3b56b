"""`alm brief`: am I safe today?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from alm.briefing import Briefing
from alm.cli.common import as_of_option, console, db_option, json_option, print_json, print_table
from alm.gather import morning
from alm.telling import change_sentence, table_rows
from alm.text import day, t
from alm.verdict import LEVELS

STYLE = {"SAFE": "bold green", "CAUTION": "bold yellow", "DANGER": "bold red", "UNKNOWN": "bold magenta"}
ALERT = 3


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--no-fire", is_flag=True, help="Leave the simulation out; the verdict then rests on the other checks.")
@click.option(
    "--alert",
    type=click.Choice([level.lower() for level in LEVELS]),
    default="danger",
    show_default=True,
    help="Exit with status 3 when the verdict is this or worse.",
)
def command(db: Path, as_of: date | None, as_json: bool, no_fire: bool, alert: str) -> int:
    """Am I safe today? The verdict, the constraint that binds, what changed and what to do."""
    brief = morning(db, as_of, simulate=not no_fire)
    if as_json:
        print_json(brief)
    else:
        show(brief)
    return ALERT if LEVELS.index(brief.verdict) >= [level.lower() for level in LEVELS].index(alert) else 0


def show(brief: Briefing) -> None:
    out = console()
    out.print(f"[{STYLE[brief.verdict]}]{t(brief.verdict)}[/]  {day(brief.as_of)}")
    out.print(brief.binding.sentence, markup=False)
    for warning in brief.warnings:
        out.print(f"  {warning}", markup=False)
    if brief.ltv is not None:
        print_table((t("Figure"), t("Today"), ""), table_rows(brief))
    for change in brief.changes:
        out.print(f"• {change_sentence(brief, change)}", markup=False)
    for action in brief.actions:
        out.print(f"→ {action.why}", markup=False)
