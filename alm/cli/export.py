"""`alm export`: every table as the CSV files that `alm import` reads, or for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from alm.cli.common import db_option, json_option, print_json
from alm.text import t

FORMS = click.Choice(["csv", "parquet", "xlsx"])


@click.command()
@db_option
@json_option
@click.option("--format", "form", type=FORMS, default="csv", show_default=True, help="For other programs: no way back.")
@click.argument("folder", type=click.Path(path_type=Path))
def command(db: Path, as_json: bool, form: str, folder: Path) -> None:
    """Write holdings.csv, loans.csv … into FOLDER; importing them back changes nothing.

    Text that a spreadsheet would run as a formula is escaped with an apostrophe, which import takes off again.
    """
    from alm.feeds.export import export

    files = export(db, folder, form)
    if as_json:
        print_json({"folder": str(folder), "files": [file.name for file in files]})
        return
    for file in files:
        click.echo(file.name)
    if not files:
        click.echo(t("Nothing has been entered yet: there is nothing to write."))
    elif len(files) == 1:
        click.echo(t("1 table written to {folder}.", folder=folder))
    else:
        click.echo(t("{count} tables written to {folder}.", count=len(files), folder=folder))
