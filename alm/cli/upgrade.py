"""`alm upgrade`: bring an older database up to date, or leave it as it is."""

from __future__ import annotations

from pathlib import Path

import click

from alm.cli.common import db_option, json_option, print_json, speak_as
from alm.store.database import upgrade
from alm.store.schema import SCHEMA_VERSION
from alm.text import t


@click.command()
@db_option
@json_option
def command(db: Path, as_json: bool) -> None:
    """Bring an older database up to date: a copy is kept, the new schema is verified, and a failure changes nothing."""
    run(db, as_json=as_json)


def run(db: Path, *, as_json: bool = False) -> None:
    kept = upgrade(db)
    speak_as(db)  # an older file could not say its language
    if as_json:
        print_json({"db": db, "schema": SCHEMA_VERSION, "kept": kept})
    elif kept is None:
        click.echo(t("{db} is already up to date.", db=db))
    else:
        click.echo(t("{db} is now up to date.", db=db))
        click.echo(t("Before the upgrade: {path}", path=kept))
