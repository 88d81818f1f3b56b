"""`alm init`: create the database, empty or with the demo household."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from alm.cli.common import db_option
from alm.errors import BadInput
from alm.settings import Settings, today
from alm.store.database import create, upgrade
from alm.store.tables import write_all

if TYPE_CHECKING:
    from alm.store.feeds import Connection


@click.command()
@db_option
@click.option("--demo", is_flag=True, help="Fill it with the demo household, dated today.")
@click.option("--if-missing", is_flag=True, help="Leave a database that exists as it is and succeed.")
@click.option("--upgrade", "bring_up", is_flag=True, help="Bring an older database up to date, keeping a copy of it.")
def command(db: Path, demo: bool, if_missing: bool, bring_up: bool) -> None:
    """Create the database; it is never overwritten."""
    if bring_up:
        if demo or if_missing:
            raise BadInput("--upgrade alone: it neither creates nor fills a database", column="--upgrade")
        changed = upgrade(db)
        click.echo(f"{db} is {'now' if changed else 'already'} up to date.")
    elif not (if_missing and db.exists()):
        create(db, _demo_household if demo else None)
        click.echo(f"Created {db}{' with the demo household' if demo else ''}.")


def _demo_household(conn: Connection) -> None:
    from alm.demo import demo_rows

    write_all(conn, demo_rows(today(Settings())))
