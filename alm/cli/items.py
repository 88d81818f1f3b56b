"""`alm items`: rows of statements that were not understood, and what a person decides about each."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from alm.cli.common import db_option, json_option, plain, print_json, print_table
from alm.feeds.items import Settled, items, picked, settle
from alm.store.books import load_settings
from alm.store.database import reading
from alm.text import t


@click.group()
def command() -> None:
    """Settle what an import did not understand: an account with an open item is incomplete, and nothing is green."""


@command.command("list")
@db_option
@json_option
def list_command(db: Path, as_json: bool) -> None:
    """Show every item with its number; those that are settled too."""
    found = items(db)
    if as_json:
        print_json({"items": [{"number": n, **plain(row)} for n, row in enumerate(found, start=1)]})
    elif not found:
        click.echo(t("Every row of every statement was understood."))
    else:
        rows = [
            (str(n), t(str(r["state"])), str(r["account"]), str(r["item"]), f"{r['reason']} ({r['place']})")
            for n, r in enumerate(found, start=1)
        ]
        footer = t(
            "`alm items ignore|entered NUMBER…` settles them, `alm items map NUMBER WORD` says what a word means."
        )
        print_table(("", t("State"), t("Account"), t("Row"), t("Why")), rows, left=5, footer=footer)


def _settle(db: Path, numbers: tuple[int, ...], state: Settled, meaning: str = "") -> None:
    with reading(db) as conn:
        zone = ZoneInfo(load_settings(conn).timezone)
    done = settle(db, picked(items(db), numbers), state, datetime.now(zone), meaning)
    told = "Import the file again: its rows are read with that meaning." if meaning else "Settled: {count}."
    click.echo(t(told, **({} if meaning else {"count": len(done.changes)})))


@command.command("ignore")
@db_option
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="ITEM...")
def ignore_command(db: Path, numbers: tuple[int, ...]) -> None:
    """Say that an ITEM does not matter; it does not come back with the next statement."""
    _settle(db, numbers, "ignored")


@command.command("entered")
@db_option
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="ITEM...")
def entered_command(db: Path, numbers: tuple[int, ...]) -> None:
    """Say that what an ITEM is about has been entered by hand: under its own ticker no import removes it."""
    _settle(db, numbers, "entered")


@command.command("map")
@db_option
@click.argument("number", type=int, metavar="ITEM")
@click.argument("word")
def map_command(db: Path, number: int, word: str) -> None:
    """Say that the new word of an ITEM means the known WORD; import the file again to have its rows."""
    _settle(db, (number,), "mapped", word)
