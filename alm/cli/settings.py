"""`alm settings`: show every setting with its meaning, or change some."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import click

from alm.cli.common import db_option, json_option, print_json, print_table
from alm.errors import BadInput
from alm.settings import Settings, format_setting, parse_settings
from alm.store.books import load_settings
from alm.store.database import reading, writing
from alm.store.tables import read_rows, write_rows
from alm.text import t, use_language


@click.command()
@db_option
@json_option
@click.argument("assignments", nargs=-1, metavar="[NAME=VALUE]...")
def command(db: Path, as_json: bool, assignments: tuple[str, ...]) -> None:
    """Show every setting, or change some and show those: `alm settings stale_days=3 language=ja`."""
    changed = dict(map(_split, assignments))
    if changed:
        change(db, changed)
    with reading(db) as conn:
        settings = load_settings(conn)
    use_language(settings.language)  # it may just have been changed
    if as_json:
        print_json(settings)
        return
    specs = [spec for spec in fields(Settings) if not changed or spec.name in changed]
    rows = [(spec.name, format_setting(getattr(settings, spec.name)), t(spec.metadata["doc"])) for spec in specs]
    print_table((t("Setting"), t("Set to"), t("Meaning")), rows, left=3)


def change(db: Path, values: dict[str, str]) -> None:
    """Write the named settings together, or none of them."""
    with writing(db) as conn:
        standing = {str(row["name"]): str(row["value"]) for row in read_rows(conn, "settings")}
        parse_settings(standing | values)
        write_rows(conn, "settings", [{"name": name, "value": value} for name, value in (standing | values).items()])


def _split(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise BadInput("NAME=VALUE, such as stale_days=3", value=text)
    return name.strip(), value.strip()
