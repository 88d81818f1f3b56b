"""`alm restore`: put a backup back."""

from __future__ import annotations

from pathlib import Path

import click

from alm.cli.common import db_option, json_option, print_json
from alm.store.backup import restore
from alm.text import t


@click.command()
@db_option
@json_option
@click.argument("file", type=click.Path(path_type=Path))
def command(db: Path, file: Path, as_json: bool) -> None:
    """Put the backup FILE in the place of the database, which is kept beside it. Stop the dashboard first."""
    done = restore(file, db)
    if as_json:
        print_json({"path": str(done.path), "rows": done.rows, "sha256": done.sha256})
    else:
        said = "{path}: {rows} rows restored and checked, sha256 {sha256}"
        click.echo(t(said, path=done.path, rows=f"{done.rows:,}", sha256=done.sha256[:16]))
