"""`alm metrics`: the briefing as figures for a monitor."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from alm.cli.common import as_of_option, db_option
from alm.errors import BadInput
from alm.gather import morning, recorded_days
from alm.metrics import exposition
from alm.text import t


@click.command()
@db_option
@as_of_option
@click.option("--amounts", is_flag=True, help="Sums of money too, not ratios and levels alone.")
@click.argument("target", required=False, type=click.Path(path_type=Path))
def command(db: Path, as_of: date | None, amounts: bool, target: Path | None) -> None:
    """Print the day's figures in Prometheus' text format, or write them to the file TARGET, whole or not at all.

    A node exporter reads the file from its textfile folder; nothing listens on any port.
    """
    text = exposition(morning(db, as_of), recorded_days(db)[0], amounts=amounts)
    if target is None:
        click.echo(text, nl=False)
    else:
        _write(target, text)


def _write(target: Path, text: str) -> None:
    """Readable by the exporter, which is another user; a reader sees the old file or the new one."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o644)
        draft.replace(target)
    except OSError as error:
        raise BadInput(t("a file that can be written ({reason})", reason=error.strerror), file=target) from None
    finally:
        draft.unlink(missing_ok=True)
