"""`alm passphrase`: ask for one before the page shows anything, on a machine that others use too."""

from __future__ import annotations

from pathlib import Path

import click

from alm.cli.common import db_option
from alm.passphrase import made
from alm.store import passphrases
from alm.store.database import writing
from alm.text import t


@click.group()
def command() -> None:
    """Ask for a passphrase before the page shows anything; for machines that others use too."""


@command.command("set")
@db_option
@click.password_option("--passphrase", "words", prompt="Passphrase", help="Better typed than given here.")
def set_(db: Path, words: str) -> None:
    """Set or replace the passphrase of the page. Pages that are open ask for it again."""
    known = made(words)
    with writing(db) as conn:
        passphrases.put(conn, known)
    click.echo(t("The page asks for the passphrase from now on."))


@command.command("clear")
@db_option
def clear(db: Path) -> None:
    """Ask for nothing any more."""
    with writing(db) as conn:
        there = passphrases.remove(conn)
    click.echo(t("The page asks for nothing any more.") if there else t("No passphrase was set."))
