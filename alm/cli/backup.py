"""`alm backup`: copy the database while it is in use."""

from __future__ import annotations

from pathlib import Path

import click

from alm.cli.common import db_option, json_option, print_json
from alm.settings import today
from alm.store import backup as copies
from alm.store.books import load_settings
from alm.store.database import reading
from alm.text import t


@click.command()
@db_option
@json_option
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--rotate", is_flag=True, help="TARGET is a folder: keep a backup of 7 days, 5 weeks, 12 months, 10 years."
)
def command(db: Path, target: Path, as_json: bool, rotate: bool) -> None:
    """Copy the database to TARGET, complete and checked, readable by its owner only."""
    removed: tuple[Path, ...] = ()
    if rotate:
        with reading(db) as conn:
            day = today(load_settings(conn))
        taken, removed = copies.rotate(db, target, day)
    else:
        taken = copies.backup(db, target)
    if as_json:
        print_json(
            {"path": str(taken.path), "rows": taken.rows, "sha256": taken.sha256, "removed": list(map(str, removed))}
        )
        return
    click.echo(
        t(
            "{path}: {rows} rows, checked, sha256 {sha256}",
            path=taken.path,
            rows=f"{taken.rows:,}",
            sha256=taken.sha256[:16],
        )
    )
    for path in removed:
        click.echo(t("{path}: removed, newer ones stand for it", path=path))
