"""`alm history`: market and macro series, fetched or read from a file, kept in the units they are published in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from alm.cli.common import db_option, json_option, print_json, print_table
from alm.cli.progress import progress
from alm.errors import BadInput, UnknownName
from alm.feeds.cells import TABLE_LIMIT
from alm.feeds.history import FILES, Gathered, HistoryLine, gather, keep, names
from alm.feeds.web import FeedFailure
from alm.settings import read_file
from alm.store.database import reading, writing
from alm.text import t

SOME_FAILED = 3


@click.group()
def command() -> None:
    """Market and macro history behind the charts."""


@command.command("update")
@db_option
@json_option
@click.argument("series", nargs=-1)
def update_command(db: Path, as_json: bool, series: tuple[str, ...]) -> None:
    """Fetch FRED's series and Kenneth French's factors, or only SERIES. Exit status 3 when one gave nothing."""
    wanted = series or names()
    for name in wanted:
        if name not in names():
            raise UnknownName("series", name, names())
    with reading(db):  # refuse a missing or foreign file before anything is fetched
        pass
    lines: list[HistoryLine] = []
    with progress(len(wanted)) as done:
        for gathered in gather(wanted):
            with writing(db) as conn:
                lines += keep(conn, gathered)
            done(gathered.name)
    _show(lines, as_json=as_json)
    if any(line.failure for line in lines):
        click.get_current_context().exit(SOME_FAILED)


@command.command("read")
@db_option
@json_option
@click.argument("kind", type=click.Choice(tuple(FILES)))
@click.argument("path", type=click.Path(path_type=Path))
def read_command(db: Path, as_json: bool, kind: str, path: Path) -> None:
    """Read a file you downloaded: Kenneth French's monthly factors, or Shiller's sheet `Data` saved as CSV."""
    try:
        text = read_file(path, TABLE_LIMIT).decode("utf-8-sig", errors="replace")
        gathered = Gathered(kind, FILES[kind](text))
    except FeedFailure as failure:
        raise BadInput(t("{kind}'s file ({reason})", kind=kind, reason=str(failure).rstrip(".。")), file=path) from None
    with writing(db) as conn:
        lines = keep(conn, gathered)
    _show(lines, as_json=as_json)


def _show(lines: Sequence[HistoryLine], *, as_json: bool) -> None:
    if as_json:
        print_json({"series": lines})
        return
    rows = [
        (line.name, line.source, str(line.changed), str(line.first or ""), str(line.latest or t("none")))
        for line in lines
    ]
    print_table((t("Series"), t("Source"), t("New"), t("First"), t("Latest")), rows, left=2)
    for line in lines:
        if line.failure:
            click.echo(f"{line.name}: {line.failure}")
