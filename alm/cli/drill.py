"""`alm drill`: replay a dated crisis on today's balance sheet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from alm.cli.common import as_of_option, console, db_option, json_option, load_household, print_json, print_table
from alm.drill import SOURCE_LABELS, Drill, compared, crises, find_crisis
from alm.errors import BadInput
from alm.scenarios import find_scenario
from alm.settings import user_folder
from alm.text import day, money_short, percent, t


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--list", "listed", is_flag=True, help="The crises there are.")
@click.argument("name", required=False)
def command(db: Path, as_of: date | None, as_json: bool, listed: bool, name: str | None) -> None:
    """Replay a crisis: every freeze, call, cure, draw and sale by date, and what is left with and without the line."""
    if listed:
        show_crises(as_json)
        return
    if name is None:
        raise BadInput("the name of a crisis; `alm drill --list` shows them", column="NAME")
    crisis = find_crisis(name)
    home = load_household(db, as_of)
    scenario = find_scenario(name, user_folder() / "scenarios")
    both = compared(home.sheet, crisis, scenario, home.profiles, home.settings)
    if as_json:
        drill = both.with_line
        print_json({"crisis": drill.crisis, "note": drill.note, "events": drill.events, "end": drill.end,
                    "payments": drill.payments, "end_without_line": both.without_line.end})  # fmt: skip
        return
    show(both.with_line, both.without_line, home.sheet.base_currency)


def show_crises(as_json: bool) -> None:
    if as_json:
        found = [(c.name, c.title, c.start, c.end, c.deepest) for c in crises().values()]
        print_json(
            {"crises": [dict(zip(("name", "title", "start", "end", "fall"), row, strict=True)) for row in found]}
        )
        return
    rows = [(c.name, t(c.title), day(c.start), day(c.end), percent(-c.deepest)) for c in crises().values()]
    print_table((t("Crisis"), t("Title"), t("From"), t("To"), t("Fall")), rows, left=2)


def show(found: Drill, without: Drill, currency: str) -> None:
    out = console()
    rows = [
        (
            day(event.date),
            t(event.event.replace("_", " ")),
            percent(event.ltv),
            money_short(event.amount, currency) if event.amount else "",
            t(SOURCE_LABELS.get(event.source, event.source)),
        )
        for event in found.events
    ]
    print_table(
        (t("Date"), t("What"), t("Margin ratio"), t("Amount"), t("Paid from")), rows, left=2, title=t(found.title)
    )
    ends = [
        (t("Survived"), *(t("yes") if drill.end.survived else t("no") for drill in (found, without))),
        (t("Highest margin ratio"), *(percent(drill.end.highest_ltv) for drill in (found, without))),
        (t("Pledged holdings kept"), *(percent(drill.end.kept) for drill in (found, without))),
        (t("Net worth"), *(money_short(drill.end.net_worth, currency) for drill in (found, without))),
    ]
    print_table((t("At the end"), t("With the line"), t("Without")), ends)
    out.print(found.note, markup=False)
