"""`alm alerts`: say so when the verdict worsens, data go stale or a timer failed."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import click

from alm.alerts import memory
from alm.alerts.channels import send
from alm.alerts.message import body, title
from alm.alerts.rules import Alert, Concern, concerns, decide
from alm.cli.common import db_option
from alm.errors import AlmError
from alm.gather import morning, recorded_days
from alm.settings import Settings
from alm.store.backup import NIGHTLY, nightly
from alm.store.books import load_settings
from alm.store.database import opened, reading
from alm.text import t, use_language
from alm.verdict import Level


@click.group()
def command() -> None:
    """Say so when the verdict worsens, data go stale or a timer failed; by ntfy, mail, desktop or a command."""


@command.command("send")
@db_option
@click.option("--dry-run", is_flag=True, help="Print what would be said; send and remember nothing.")
def send_alerts(db: Path, dry_run: bool) -> None:
    """Look, and say what is new, what lasts and what is over."""
    settings = _settings(db)
    alerts, said = decide(datetime.now(UTC), _found(db, settings), memory.load(db), _repeat(settings))
    if dry_run:
        click.echo(f"{title(alerts)}\n{body(alerts, amounts=True)}" if alerts else t("Nothing to say."))
    elif alerts:
        _deliver(settings, alerts)
        memory.save(db, said)
    else:
        memory.save(db, said)


@command.command("failed")
@db_option
@click.argument("unit")
def failed(db: Path, unit: str) -> None:
    """Say that a unit failed; systemd calls this. Where the books are refused, by the channels of the last backup."""
    settings = _settings_at_hand(db)
    _raise_for(send(settings, f"alm: {t('a service failed')}", t("{unit} failed; `alm doctor` says more.", unit=unit)))


@command.command("test")
@db_option
def test(db: Path) -> None:
    """Send a test message by every channel that is set."""
    _raise_for(send(_settings(db), f"alm: {t('test')}", t("This is a test; nothing is wrong.")))
    click.echo(t("Sent."))


def _settings(db: Path) -> Settings:
    with reading(db) as conn:
        settings = load_settings(conn)
    use_language(settings.language)
    return settings


def _settings_at_hand(db: Path) -> Settings:
    """Books that are damaged, or of another schema, are what most needs telling."""
    try:
        return _settings(db)
    except AlmError as refusal:
        for path in (db, *nightly(db.parent / NIGHTLY)):
            with suppress(AlmError), opened(path) as conn:
                settings = load_settings(conn)
                use_language(settings.language)
                return settings
        raise refusal


def _repeat(settings: Settings) -> timedelta:
    return timedelta(hours=settings.alert_repeat_hours)


def _found(db: Path, settings: Settings) -> tuple[Concern, ...]:
    return concerns(
        morning(db, None),
        *recorded_days(db),
        level=cast(Level, settings.alert_level.upper()),
        near=settings.alert_near,
        snapshot_days=settings.alert_snapshot_days,
    )


def _deliver(settings: Settings, alerts: tuple[Alert, ...]) -> None:
    """Send; when no channel delivered, raise, so that nothing is remembered and the next run says it again."""
    _raise_for(send(settings, title(alerts), body(alerts, amounts=settings.alert_amounts)))


def _raise_for(failures: tuple[str, ...]) -> None:
    if failures:
        raise AlmError(" ".join(failures))
