"""`alm brief`: am I safe, and am I free?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from alm.briefing import Briefing
from alm.cli.common import as_of_option, console, db_option, json_option, print_json, print_table
from alm.gather import morning
from alm.lights import changed, lights, next_steps
from alm.telling import LOAN_COLUMNS, any_figure, loan_rows, some_loan_unknown, table_rows
from alm.text import day, t
from alm.verdict import LEVELS

STYLE = {"SAFE": "bold green", "CAUTION": "bold yellow", "DANGER": "bold red", "UNKNOWN": "bold magenta"}
ALERT = 3


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--no-fire", is_flag=True, help="Leave the simulation out: the second light is then not computed.")
@click.option(
    "--alert",
    type=click.Choice([level.lower() for level in LEVELS]),
    default="danger",
    show_default=True,
    help="Exit with status 3 when the first light is this or worse.",
)
def command(db: Path, as_of: date | None, as_json: bool, no_fire: bool, alert: str) -> int:
    """Two lights, Am I safe? and Am I free?, each with what binds it; what changed, and what to do."""
    brief = morning(db, as_of, simulate=not no_fire)
    if as_json:
        print_json(brief)
    else:
        show(brief)
    return ALERT if LEVELS.index(brief.verdict) >= [level.lower() for level in LEVELS].index(alert) else 0


def show(brief: Briefing) -> None:
    out = console()
    for light in lights(brief):
        out.print(f"[{STYLE[light.level]}]{t(light.level)}[/]  {light.question}  {day(brief.as_of)}")
        out.print(light.sentence, markup=False)
        for note in light.notes:
            out.print(f"  {note}", markup=False)
    if any_figure(brief):
        print_table((t("Figure"), t("Today"), ""), table_rows(brief))
    if some_loan_unknown(brief):
        print_table([t(name) for name in LOAN_COLUMNS], loan_rows(brief))
    for sentence in changed(brief):
        out.print(f"• {sentence}", markup=False)
    asked = next_steps(brief)
    for step in asked.steps:
        out.print(f"→ {step}", markup=False)
    for remark in asked.remarks:
        out.print(f"  {remark}", markup=False)
