"""The database: whole, private, up to date, and recorded every day. Names, dates and counts only, no amounts."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from alm.balance_sheet import BalanceSheet
from alm.doctor.finding import Finding
from alm.settings import Settings
from alm.store.backup import day_of_backup
from alm.store.health import Health
from alm.store.schema import SCHEMA_VERSION
from alm.store.snapshots import Aside
from alm.text import day, listed, t
from alm.verdict import data_health


def refused(sentence: str) -> Finding:
    """The file that no command will use, in the store's own words."""
    cure = t("Restore a backup with `alm restore FILE`, or begin with `alm init`.")
    return Finding("fault", t("Database"), sentence, cure)


def whole(found: Health) -> tuple[Finding, ...]:
    """Pages, references, digests of what was entered and of each day's record, schema."""
    return (_contents(found), _schema(found.schema), *_elsewhere(found.changed_elsewhere))


def _contents(found: Health) -> Finding:
    if not found.faults:
        sentence = t("{rows} rows, each as it was written; pages and references whole", rows=f"{found.rows:,}")
        return Finding("ok", t("Database"), sentence)
    cure = t("Restore the last good backup with `alm restore FILE`.")
    return Finding("fault", t("Database"), f"{listed(found.faults)}.", cure)


def _schema(found: int) -> Finding:
    if found == SCHEMA_VERSION:
        return Finding("ok", t("Schema"), t("version {version}", version=found))
    if found < SCHEMA_VERSION:
        cure = t("Run `alm upgrade`; a copy of the file is kept.")
        return Finding("warning", t("Schema"), t("version {version}, an older one", version=found), cure)
    return Finding("fault", t("Schema"), t("version {version}, a newer one", version=found), t("Update this program."))


def _elsewhere(parts: tuple[str, ...]) -> tuple[Finding, ...]:
    if not parts:
        return ()
    sentence = t("Another program changed: {names}.", names=listed(parts))
    cure = t("Look at these rows; the next change through alm accepts them.")
    return (Finding("warning", t("Digests"), sentence, cure),)


def privacy(paths: Iterable[Path]) -> tuple[Finding, ...]:
    """Whether others on the machine may read (warning) or write (fault) the files, or replace them in their folder."""
    found = tuple(finding for path in paths if path.exists() for finding in _open_to_others(path))
    return found or (Finding("ok", t("Permissions"), t("readable and writable by their owner alone")),)


def _open_to_others(path: Path) -> tuple[Finding, ...]:
    mode = stat.S_IMODE(path.stat().st_mode)
    cure = f"chmod {'700' if path.is_dir() else '600'} {path}"
    if mode & 0o022 and not (path.is_dir() and mode & stat.S_ISVTX):
        return (Finding("fault", t("Permissions"), t("Others may write {path}.", path=path), cure),)
    if mode & 0o044 and not path.is_dir():
        return (Finding("warning", t("Permissions"), t("Others may read {path}.", path=path), cure),)
    return ()


def freshness(sheet: BalanceSheet, settings: Settings) -> Finding:
    """The same judgement as the verdict's first check."""
    check = data_health(sheet, settings)
    if check.level == "SAFE":
        return Finding("ok", t("Data"), check.sentence)
    cure = t("Run `alm prices update`, or enter what is missing; see `alm import --help`.")
    return Finding("warning", t("Data"), check.sentence, cure)


def held_back(tickers: tuple[str, ...]) -> tuple[Finding, ...]:
    if not tickers:
        return ()
    sentence = t("Strange figures wait for a decision: {names}.", names=listed(dict.fromkeys(tickers)))
    return (Finding("warning", t("Data"), sentence, t("See `alm prices held`.")),)


def snapshots(found: Health, today: date) -> tuple[Finding, ...]:
    """Yesterday or today is recorded, and no day is missing since the first."""
    return (*_recorded(found, today), *_ahead(found.ahead), *_aside(found.aside))


def _recorded(found: Health, today: date) -> tuple[Finding, ...]:
    if found.last_snapshot is None:
        cure = t("Run `alm snapshot`, and `make install-service` to have it taken each morning.")
        return (Finding("warning", t("Snapshots"), t("No day was ever recorded."), cure),)
    return (_last(found.last_snapshot, today), *_gaps(found.missed))


def _last(last: date, today: date) -> Finding:
    if last >= today - timedelta(days=1):
        return Finding("ok", t("Snapshots"), t("the last one is of {date}", date=day(last)))
    cure = t("Run `alm snapshot`, then look at the timer: `systemctl list-timers 'alm-*'`.")
    return Finding("warning", t("Snapshots"), t("The last one is of {date}.", date=day(last)), cure)


def _gaps(missed: tuple[date, ...]) -> tuple[Finding, ...]:
    if not missed:
        return ()
    shown = listed([day(date_) for date_ in reversed(missed)], limit=3)
    sentence = t("Days without a record: {count}, the last of them {dates}.", count=len(missed), dates=shown)
    cure = t("Nothing: a past day is never written afterwards. The machine was off, or the timer failed.")
    return (Finding("warning", t("Snapshots"), sentence, cure),)


def names(path: Path) -> tuple[Finding, ...]:
    """A crash under one hard link leaves its journal beside that name, and nobody finds it under the other."""
    count = path.stat().st_nlink if path.exists() else 1
    if count == 1:
        return ()
    cure = t("Keep one name; copies are made with `alm backup`.")
    return (Finding("warning", t("Database"), t("The file has {count} names (hard links).", count=count), cure),)


def backups(nightly: Sequence[Path], today: date) -> tuple[Finding, ...]:
    """The newest of the nightly backups, given newest first, is of last night or the one before."""
    if not nightly:
        return ()
    last = day_of_backup(nightly[0])
    if last >= today - timedelta(days=2):
        return (Finding("ok", t("Backups"), t("the last one is of {date}", date=day(last))),)
    cure = t("See `journalctl -u alm-backup`, then `systemctl list-timers 'alm-*'`.")
    return (Finding("warning", t("Backups"), t("The last nightly backup is of {date}.", date=day(last)), cure),)


def _ahead(days: tuple[date, ...]) -> tuple[Finding, ...]:
    if not days:
        return ()
    sentence = t("Recorded for days that have not come: {dates}. The clock was wrong.", dates=listed(map(day, days)))
    cure = t("`alm snapshot --set-aside DATE --reason TEXT` takes such a record out; it is kept.")
    return (Finding("warning", t("Snapshots"), sentence, cure),)


def _aside(found: tuple[Aside, ...]) -> tuple[Finding, ...]:
    if not found:
        return ()
    shown = listed([f"{day(each.on)} ({each.reason})" for each in found], limit=3)
    return (Finding("ok", t("Snapshots"), t("set aside: {days}", days=shown)),)
