"""`alm init`: create the database, empty, with the demo household, or from five numbers asked on the terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alm.cli.common import db_option
from alm.cli.upgrade import run
from alm.errors import BadInput
from alm.settings import Settings, today
from alm.store.database import create
from alm.text import t

QUESTIONS = (
    "Pledged shares and funds, market value",
    "Securities-backed loan",
    "Cash",
    "Spending a month",
    "Income a month, after tax",
)


@click.command()
@db_option
@click.option("--demo", is_flag=True, help="Fill it with the demo household, dated today.")
@click.option("--if-missing", is_flag=True, help="Leave a database that exists as it is and succeed.")
@click.option("--upgrade", "bring_up", is_flag=True, hidden=True, help="The same as `alm upgrade`.")
def command(db: Path, demo: bool, if_missing: bool, bring_up: bool) -> None:
    """Create the database; it is never overwritten. On a terminal, without options, it asks how to begin."""
    if bring_up:
        if demo or if_missing:
            raise BadInput("--upgrade alone: it neither creates nor fills a database", column="--upgrade")
        run(db)
    elif not (if_missing and db.exists()):
        if not demo and not if_missing and not db.exists() and sys.stdin.isatty():
            guided(db)
        else:
            make(db, demo=demo)
            click.echo(_created(db, demo=demo))


def _created(db: Path, *, demo: bool) -> str:
    return t("Created {db} with the demo household.", db=db) if demo else t("Created {db}.", db=db)


def make(db: Path, *, demo: bool) -> None:
    """The demo household lands whole, or the file is not left behind."""
    if not demo:
        create(db)
        return
    from alm.demo import demo_rows
    from alm.quick_start import begin

    if db.exists():
        create(db)  # refuses, in its own words
    begin(db, demo_rows(today(Settings())))


def guided(db: Path) -> None:
    """Three ways to a first answer, the same as the page offers."""
    click.echo(t("Three ways to a first answer; nothing leaves this machine."))
    ways = (t("look around with the demo household"), t("type five numbers"), t("bring your own files"))
    for number, described in enumerate(ways, start=1):
        click.echo(f"  {number}  {described}")
    way = click.prompt(t("Which"), type=click.Choice(["1", "2", "3"]), default="1", show_choices=False)
    if way == "2":
        five_numbers(db)
    else:
        make(db, demo=way == "1")
        click.echo(_created(db, demo=way == "1"))
    click.echo(t("Next: alm import FILE…") if way == "3" else t("Next: alm brief, or alm dashboard"))


def five_numbers(db: Path) -> None:
    """Ask, write, and say the verdict, with what is still missing and what it would add."""
    from alm.gather import morning
    from alm.lenders import profiles
    from alm.lights import lights
    from alm.quick_start import FiveNumbers, begin, chosen, rows, still_missing
    from alm.settings import user_folder
    from alm.store.books import load_balance_sheet
    from alm.store.database import reading

    numbers = FiveNumbers(*(click.prompt(t(question), type=float, default=0.0) for question in QUESTIONS))
    settings = Settings(base_currency=str(click.prompt(t("Currency"), default=Settings().base_currency)).upper())
    rate = click.prompt(t("Interest rate of the loan, percent a year"), type=click.FloatRange(0, 30), default=2.0)
    names = click.Choice(list(profiles(user_folder() / "lenders")))
    profile = click.prompt(t("Lender's rules"), type=names, default="standard-60-70-85")
    typed = rows(numbers, settings.base_currency, today(settings), profile=profile, rate_pa=round(rate / 100, 6))
    begin(db, {**typed, **chosen(settings, "base_currency")})
    click.echo(_created(db, demo=False))
    found = morning(db, None, simulate=False)
    click.echo("\n" + "\n".join(light.line for light in lights(found)) + "\n")
    with reading(db) as conn:
        for sentence in still_missing(load_balance_sheet(conn, found.as_of)):
            click.echo(t("Not entered yet. {sentence}", sentence=sentence))
