"""`alm backup`: copy the database while it is in use."""

from __future__ import annotations

from pathlib import Path

import click

from alm.cli.common import db_option, json_option, print_json
from alm.settings import resolved, today
from alm.store import backup as copies
from alm.store.books import load_settings
from alm.store.database import reading
from alm.text import t

Rotated = tuple[copies.Backup, tuple[Path, ...]]


@click.command()
@db_option
@json_option
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--rotate", is_flag=True, help="TARGET is a folder: keep a backup of 7 days, 5 weeks, 12 months, 10 years."
)
def command(db: Path, target: Path, as_json: bool, rotate: bool) -> None:
    """Copy the database to TARGET, complete and checked, readable by its owner only.

    With --rotate the copy is also restored into a scratch file and compared, and taken a second time where the setting
    `backup_also` names another folder.
    """
    taken, removed = _rotated(db, target) if rotate else (copies.backup(db, target), ())
    if as_json:
        print_json(
            {"path": str(taken.path), "rows": taken.rows, "sha256": taken.sha256, "removed": list(map(str, removed))}
        )
    else:
        _show(taken, removed)


def _rotated(db: Path, folder: Path) -> Rotated:
    """The first is kept even where the second place refuses."""
    with reading(db) as conn:
        settings = load_settings(conn)
    day = today(settings)
    taken, removed = copies.rotate(db, folder, day)
    if settings.backup_also:
        _, gone = copies.rotate(taken.path, copies.second_place(resolved(Path(settings.backup_also))), day)
        removed += gone
    return taken, removed


def _show(taken: copies.Backup, removed: tuple[Path, ...]) -> None:
    said = t(
        "{path}: {rows} rows, checked, sha256 {sha256}",
        path=taken.path,
        rows=f"{taken.rows:,}",
        sha256=taken.sha256[:16],
    )
    click.echo(said)
    for path in removed:
        click.echo(t("{path}: removed, newer ones stand for it", path=path))
