"""`alm snapshot`: record today, once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from alm.cli.common import as_of_option, db_option, json_option, print_json
from alm.gather import record
from alm.text import day, t


@click.command()
@db_option
@as_of_option
@json_option
def command(db: Path, as_of: date | None, as_json: bool) -> None:
    """Record the day's two lights, figures and inputs: one row per date, never changed."""
    now = datetime.now(UTC)
    found = record(db, as_of, now)
    if as_json:
        print_json(found)
        return
    safe, free = t(found.verdict), t(found.freedom or "UNKNOWN")
    click.echo(t("Recorded {date}. Am I safe? {safe}. Am I free? {free}.", date=day(found.on), safe=safe, free=free))
