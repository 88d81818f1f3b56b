"""`alm import`: files or a folder into the books, with what exactly changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from alm.cli.common import as_of_option, db_option, json_option, plain, print_json, print_table
from alm.errors import BadInput
from alm.feeds.apply import Applied, apply
from alm.feeds.cells import TABLE_LIMIT, canonical
from alm.feeds.edit import described
from alm.feeds.items import meanings, waiting
from alm.feeds.mapping_files import keep, mapping_files
from alm.feeds.plan import ImportPlan, Row, Way, source_words
from alm.settings import read_file, today
from alm.store.books import load_settings
from alm.store.database import reading
from alm.text import listed, t

SHOWN = 20


@click.command()
@db_option
@as_of_option
@json_option
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--kind", help="The table a CSV is of, where its name does not say.")
@click.option("--format", "format_", help="The broker's format, where it is not recognised.")
@click.option(
    "--map", "map_", type=click.Path(path_type=Path), help="Read by this mapping, and keep it for the header."
)
@click.option("--account", help="The account's name, or the beginning of it for brokers with several.")
@click.option("--replace", "way", flag_value="replace", help="Remove the holdings that the files no longer have.")
@click.option("--update", "way", flag_value="update", help="Add and change; remove nothing.")
@click.option("--add", "way", flag_value="add", help="Only add holdings and cash; change and remove none.")
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
def command(
    db: Path,
    as_of: date | None,
    as_json: bool,
    paths: tuple[Path, ...],
    kind: str | None,
    format_: str | None,
    map_: Path | None,
    account: str | None,
    way: Way | None,
    dry_run: bool,
) -> None:
    """Read CSV files or a broker's file: everything lands, or nothing does. Run twice, nothing changes.

    What would remove holdings is refused, with what they are worth, unless --replace says that they are gone. Rows
    that are not understood wait in `alm items`, and their account is incomplete until each is settled.

    PATH is a file, or a folder of CSV files named after their tables (holdings.csv, loans.csv …). Broker files are
    recognised: Rakuten and SBI Securities, Interactive Brokers Flex, Portfolio Performance, generic CSV.
    Any other CSV is read by a mapping of its columns (--map, see docs/imports.md).
    --as-of dates the prices of a file that says no date.
    """
    from alm.feeds.mapping import from_file
    from alm.feeds.recognise import Reading, plan_files

    with reading(db) as conn:
        settings, known = load_settings(conn), meanings(conn)
    when = as_of or today(settings)
    mapped = from_file(map_) if map_ else None
    kept = tuple(map(from_file, mapping_files()))
    how = Reading(when, settings.base_currency, kind, format_, account, TABLE_LIMIT, known, kept, mapped)
    plan = plan_files(_files(paths), how)
    moment = datetime.now(ZoneInfo(settings.timezone))
    applied = apply(db, plan, moment, way=way or "ask", dry_run=dry_run)
    if map_ and not dry_run:
        click.echo(t("{file} is kept: files with this header are read by it from now on.", file=keep(map_)), err=True)
    with reading(db) as conn:
        left = waiting(conn, plan)
    if as_json:
        print_json({"files": plan.files, "source": plan.source, "dry_run": dry_run, **_as_json(plan, applied, left)})
    else:
        _show(plan, applied, left, dry_run)


def _files(paths: tuple[Path, ...]) -> list[tuple[str, bytes]]:
    from alm.feeds.recognise import SUFFIXES

    found: list[tuple[str, bytes]] = []
    for path in paths:
        inside = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES) if path.is_dir() else [path]
        if not inside:
            raise BadInput(t("files ending in {names} in the folder", names=", ".join(SUFFIXES)), file=path)
        found += [(file.name, read_file(file, TABLE_LIMIT)) for file in inside]
    return found


def _as_json(plan: ImportPlan, applied: Applied, left: Sequence[Row]) -> dict[str, object]:
    return {
        "import": applied.number,
        "changes": [
            {"table": c.table, "kind": c.kind, "before": plain(c.before), "after": plain(c.after)}
            for c in applied.changes
        ],
        "totals": [
            {"what": x.what, "value": str(x.value), "printed": None if x.printed is None else str(x.printed)}
            for x in plan.totals
        ],
        "warnings": applied.warnings,
        "removes": applied.removes,
        "open_items": [plain(row) for row in left],
    }


def _show_waiting(rows: Sequence[Row]) -> None:
    if rows:
        click.echo(t("Not understood, so that their accounts are incomplete:"))
    for row in rows:
        click.echo(f"  {row['account']}: {row['item']} ({row['place']}): {row['reason']}")
    if rows:
        click.echo(t("`alm items list` numbers them; `alm items ignore`, `entered` or `map` settles each."))


def _figure(value: Decimal) -> str:
    """Every digit that is there, none that is not: `1,964,657.46`, `204.9`."""
    return f"{Decimal(canonical(value)):,f}"


def _show(plan: ImportPlan, applied: Applied, left: Sequence[Row], dry_run: bool) -> None:
    rows = [
        (total.what, _figure(total.value), t("equal") if total.printed is not None else "") for total in plan.totals
    ]
    columns = (t("Control total"), t("Read"), t("Printed in the file"))
    print_table(columns, rows, title=f"{source_words(plan.source)}: {listed(plan.files)}")
    if not applied.changes:
        click.echo(t("Nothing changed: the {count} rows are in the books already.", count=applied.rows))
    else:
        _show_changes(applied, dry_run)
    for warning in (*applied.warnings, *filter(None, (applied.removes,))):
        click.echo(t("Note: {warning}", warning=warning))
    _show_waiting(left)


def _show_changes(applied: Applied, dry_run: bool) -> None:
    kinds = ("added", "changed", "removed")
    counts = [(table, *(str(applied.count(table, kind)) for kind in kinds)) for table in applied.tables]
    print_table((t("Table"), t("added"), t("changed"), t("removed")), counts)
    for change in applied.changes[:SHOWN]:
        click.echo(f"  {change.table}: {described(change)}")
    if len(applied.changes) > SHOWN:
        click.echo("  … " + t("and {count} more", count=len(applied.changes) - SHOWN))
    done = t("Import {number} is in the books.", number=applied.number)
    click.echo(t("Dry run: nothing was written.") if dry_run else done)
