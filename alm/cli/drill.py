"""`alm drill`: replay a dated crisis on today's balance sheet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from alm.api import load
from alm.cli.common import (
    as_of_option,
    console,
    db_option,
    json_option,
    print_json,
    print_table,
    read_date,
)
from alm.drill import (
    SOURCE_LABELS,
    Drill,
    by_month,
    compared,
    constant_speed,
    course_of,
    crises,
    find_crisis,
    read_course,
)
from alm.drill.courses import NO_SHOCK
from alm.drill.indices import stretch
from alm.errors import BadInput
from alm.scenarios import find_scenario
from alm.settings import user_folder
from alm.text import day, money_short, percent, t


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--list", "listed", is_flag=True, help="The crises there are.")
@click.option("--fall", type=float, help="Instead of a crisis: every price falls by this fraction, at constant speed.")
@click.option("--days", type=int, default=1, show_default=True, help="Business days the fall takes.")
@click.option(
    "--from",
    "first",
    callback=read_date,
    metavar="DATE",
    help="Instead of a crisis: a stretch of an index, from this date.",
)
@click.option(
    "--to", "last", callback=read_date, metavar="DATE", help="The last date of the stretch; default all there is."
)
@click.option("--index", default="SP500", show_default=True, help="Which index; stored series by their names.")
@click.option("--path", "file", type=click.Path(path_type=Path), help="Instead of a crisis: a CSV file date,close.")
@click.option("--no-flows", is_flag=True, help="Only prices and lenders move: nothing is earned, spent or accrued.")
@click.argument("name", required=False)
def command(
    db: Path,
    as_of: date | None,
    as_json: bool,
    listed: bool,
    fall: float | None,
    days: int,
    first: date | None,
    last: date | None,
    index: str,
    file: Path | None,
    no_flows: bool,
    name: str | None,
) -> None:
    """Replay a course of prices: every freeze, call, cure, draw and sale by date, and what is left with and without
    the line."""
    if listed:
        show_crises(as_json)
        return
    if sum(chosen is not None for chosen in (name, fall, first, file)) != 1:
        raise BadInput(
            "the name of a crisis (`alm drill --list` shows them), or one of --fall, --from and --path", column="NAME"
        )
    home = load(db, as_of)
    scenario = NO_SHOCK
    if name is not None:
        course, scenario = course_of(find_crisis(name)), find_scenario(name, user_folder() / "scenarios")
    elif fall is not None:
        course = constant_speed(fall, days, home.as_of)
    elif file is not None:
        course = read_course(file)
    else:
        assert first is not None
        end = date.max if last is None else last
        course = stretch(index, _stored(home.db, index), first, end)
    both = compared(home.sheet, course, scenario, home.profiles, home.settings, flows=not no_flows)
    if as_json:
        drill = both.with_line
        print_json({"crisis": drill.crisis, "note": drill.note, "events": drill.events, "end": drill.end,
                    "payments": drill.payments, "end_without_line": both.without_line.end})  # fmt: skip
        return
    show(both.with_line, both.without_line, home.sheet.base_currency)


def _stored(db: Path, index: str) -> tuple[tuple[date, float], ...]:
    """What `alm history update` has stored of an index."""
    from alm.store.database import reading
    from alm.store.feeds import read_history

    with reading(db) as conn:
        return read_history(conn, index)


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
    rows = [
        (
            day(event.date),
            t(event.event.replace("_", " ")),
            percent(event.ltv),
            money_short(event.amount, currency) if event.amount else "",
            t(SOURCE_LABELS.get(event.source, event.source)),
        )
        for event in by_month(found.events)
    ]
    print_table(
        (t("Date"), t("What"), t("Margin ratio"), t("Amount"), t("Paid from")), rows, left=2, title=t(found.title)
    )
    console().print(found.note, markup=False)
    ends = [
        (t("Survived"), *(t("yes") if drill.end.survived else t("no") for drill in (found, without))),
        (t("Highest margin ratio"), *(percent(drill.end.highest_ltv) for drill in (found, without))),
        (t("Pledged holdings kept"), *(percent(drill.end.kept) for drill in (found, without))),
        (t("Net worth"), *(money_short(drill.end.net_worth, currency) for drill in (found, without))),
    ]
    print_table((t("At the end"), t("With the line"), t("Without")), ends)
