"""`alm calendar`: what is coming, as a table, as JSON and for one's own calendar."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import click

from alm.calls import open_calls
from alm.cli.common import as_of_option, db_option, json_option, print_json, print_table
from alm.coming import Event, coming
from alm.completeness import complete_part
from alm.errors import BadInput
from alm.gather import gather
from alm.store.database import reading
from alm.store.ledger import interest_days
from alm.text import DASH, day, money, t

MOST_DAYS = 3650


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=365, show_default=True, help="How far to look.")
@click.option("--ics", type=click.Path(path_type=Path), metavar="FILE", help="Write them as an iCalendar file.")
@click.option("--amounts", is_flag=True, help="With the sums in the iCalendar file; they are left out otherwise.")
def command(db: Path, as_of: date | None, as_json: bool, days: int, ics: Path | None, amounts: bool) -> None:
    """Deadlines of open calls, interest days, dividends, the ends of lines and terms, statements due."""
    found = gather(db, as_of)
    with reading(db) as conn:
        interest = interest_days(conn, found.sheet.as_of)
    calls = open_calls(found.sheet, found.lenders, found.settings, found.calls)
    part = complete_part(found.sheet, found.lenders).sheet
    events = coming(part, found.lenders, found.settings, calls=calls, interest=interest, days=days)
    currency = found.sheet.base_currency
    if ics is not None:
        write(ics, events, found.sheet.as_of, currency if amounts else None)
    if as_json:
        print_json({"as_of": found.sheet.as_of, "events": events})
    elif ics is not None:
        click.echo(t("Written to {file}.", file=ics))
    else:
        show(events, currency)


def write(file: Path, events: tuple[Event, ...], as_of: date, currency: str | None) -> None:
    """The file, with sums where a currency is given."""
    from alm.ics import calendar_text

    text = calendar_text(events, as_of, None if currency is None else partial(money, currency=currency))
    try:
        file.write_bytes(text.encode())
    except OSError as error:
        raise BadInput(t("a file that can be written ({reason})", reason=error.strerror), file=file) from None


def show(events: tuple[Event, ...], currency: str) -> None:
    if not events:
        click.echo(t("Nothing that the books know of is coming."))
        return
    rows = [
        (day(event.on), event.hour or "", event.title, DASH if event.amount is None else money(event.amount, currency))
        for event in events
    ]
    print_table((t("Date"), t("Hour"), t("What"), t("Amount")), rows, left=3)
