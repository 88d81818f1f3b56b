"""`alm doctor`: check the installation, the database, the data and what runs; every trouble with its cure."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from alm.alerts import memory
from alm.cli.common import console, db_option, json_option, print_json
from alm.doctor import Finding, books, machine, service, worst
from alm.errors import AlmError
from alm.settings import Settings, cache_folder, project_folder, today
from alm.store.backup import NIGHTLY, nightly
from alm.store.books import load_balance_sheet, load_settings
from alm.store.database import reading
from alm.store.feeds import held_back
from alm.store.health import examine, sqlite_version
from alm.text import t, use_language

STATUS = {"ok": 0, "warning": 0, "fault": 3}
REFUSED = 2
COLOURS = {"ok": "green", "warning": "yellow", "fault": "red"}


@dataclass(frozen=True, slots=True)
class Report:
    """What was found; `refused` when no other command would use the database."""

    findings: tuple[Finding, ...]
    refused: bool


@click.command()
@db_option
@json_option
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help="The dashboard's port.")
def command(db: Path, as_json: bool, port: int) -> None:
    """Check the installation, the database, the data and what runs: ok, warning or fault, each with its cure.

    Nothing is changed and no amount is shown. Exit status: 0 without a fault, 3 with one, 2 when the database is
    refused.
    """
    about_books = database(db)
    findings = (*environment(), *about_books.findings, *running(port))
    if as_json:
        print_json({"db": str(db), "worst": worst(findings), "refused": about_books.refused, "findings": findings})
    else:
        show(findings)
    raise click.exceptions.Exit(REFUSED if about_books.refused else STATUS[worst(findings)])


def environment() -> tuple[Finding, ...]:
    wanted = machine.pinned((project_folder() / "requirements.txt").read_text(encoding="utf-8"))
    version = sys.version_info
    return (
        machine.python((version.major, version.minor, version.micro)),
        machine.sqlite(sqlite_version()),
        machine.packages(wanted, machine.installed(wanted)),
        machine.cache(cache_folder()),
    )


def database(db: Path) -> Report:
    """Everything the file allows to know; the household's language from here on."""
    try:
        with reading(db) as conn:
            settings = load_settings(conn)
    except AlmError as refusal:
        return Report((books.refused(str(refusal)), *_examined(db, today(Settings())), *_private(db)), refused=True)
    use_language(settings.language)
    on = today(settings)
    kept = books.backups(nightly(db.parent / NIGHTLY), on)
    return Report((*_examined(db, on), *books.names(db), *kept, *_private(db), *_data(db, settings, on)), refused=False)


def _examined(db: Path, on: date) -> tuple[Finding, ...]:
    try:
        health = examine(db, on)
    except AlmError:
        return ()
    return (*books.whole(health), *books.snapshots(health, on))


def _private(db: Path) -> tuple[Finding, ...]:
    paths = (db, db.parent, memory.path_for(db))
    return books.privacy(paths) if db.exists() else ()


def _data(db: Path, settings: Settings, on: date) -> tuple[Finding, ...]:
    try:
        with reading(db) as conn:
            sheet, waiting = load_balance_sheet(conn, on), held_back(conn)
    except AlmError as refusal:
        return (books.refused(str(refusal)),)
    return (books.freshness(sheet, settings), *books.held_back(tuple(figure.ticker for figure in waiting)))


def running(port: int) -> tuple[Finding, ...]:
    found = service.listening(port)
    return (*_units(), service.port(port, found, ours=bool(found) and service.guarded(port)))


def _units() -> tuple[Finding, ...]:
    if not service.systemd_runs():
        return (service.without_systemd(),)
    mine, system = service.unit_states("--user"), service.unit_states("--system")
    installed = any(states.get("LoadState") == "loaded" for states in mine.values())
    return service.units(mine if installed else system)


def show(findings: tuple[Finding, ...]) -> None:
    """One line a finding, its cure below it."""
    from rich.table import Column, Table
    from rich.text import Text

    table = Table.grid("", "", Column(overflow="fold"), padding=(0, 2))
    for finding in findings:
        words = Text(finding.sentence)
        if finding.cure:
            words.append(f"\n→ {finding.cure}", style="bold")
        table.add_row(Text(t(finding.level), style=COLOURS[finding.level]), Text(finding.subject), words)
    console().print(table)
