"""`alm snapshot`: record today, once; or set a record aside."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from alm.cli.common import as_of_option, db_option, json_option, plain, print_json, read_date
from alm.errors import BadInput
from alm.gather import morning, record
from alm.store import snapshots
from alm.store.database import writing
from alm.text import day, t


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--set-aside", callback=read_date, metavar="DATE", help="Take the record of a day out; it is kept apart.")
@click.option("--reason", metavar="TEXT", help="Why it is set aside.")
def command(db: Path, as_of: date | None, as_json: bool, set_aside: date | None, reason: str | None) -> None:
    """Record the day's two lights, figures and inputs: one row per date, never changed.

    A record of a wrong clock or of wrong books can be set aside with a reason: its date is free again.
    """
    now = datetime.now(UTC)
    if set_aside is not None or reason is not None:
        _set_aside(db, set_aside, now, reason, as_json=as_json)
        return
    found = record(db, as_of, now)
    told = morning(db, found.on)
    recorded, books_say = (found.verdict, found.freedom or "UNKNOWN"), (told.verdict, told.freedom.verdict)
    if as_json:
        print_json(plain(found) | {"books_say": books_say[0], "books_say_freedom": books_say[1]})
        return
    lights = "Recorded {date}. Am I safe? {safe}. Am I free? {free}."
    click.echo(t(lights, date=day(found.on), safe=t(recorded[0]), free=t(recorded[1])))
    if books_say != recorded:
        said = "That was recorded at {taken_at} and stands. The books say now: {safe} and {free}."
        click.echo(t(said, taken_at=found.taken_at, safe=t(books_say[0]), free=t(books_say[1])))


def _set_aside(db: Path, on: date | None, now: datetime, reason: str | None, *, as_json: bool) -> None:
    if on is None or reason is None:
        raise BadInput("both --set-aside DATE and --reason TEXT", column="--reason" if on else "--set-aside")
    with writing(db) as conn:
        found = snapshots.set_aside(conn, on, now, reason)
    if as_json:
        print_json({"set_aside": found, "reason": reason})
    else:
        click.echo(t("Set aside: the record of {date}. `alm doctor` lists it.", date=day(on)))
