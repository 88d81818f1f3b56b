"""`alm report FILE.pdf`: the morning briefing on paper."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from alm.cli.common import as_of_option, db_option
from alm.errors import BadInput
from alm.paper import contents
from alm.text import t


@click.command()
@db_option
@as_of_option
@click.argument("file", type=click.Path(path_type=Path))
def command(db: Path, as_of: date | None, file: Path) -> None:
    """Write the briefing as a PDF of one to four pages: figures, charts, assumptions, sources."""
    from alm.report import write

    found = contents(db, as_of)
    try:
        write(file, found)
    except OSError as error:
        raise BadInput(t("a file that can be written ({reason})", reason=error.strerror), file=file) from None
    click.echo(t("Written to {file}.", file=file))
