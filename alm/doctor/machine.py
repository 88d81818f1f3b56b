"""The installation: Python, SQLite, the locked packages and the cache folder."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from alm.doctor.finding import Finding
from alm.text import listed, t

PYTHON = (3, 11)
SQLITE = (3, 37)
"""STRICT tables came with SQLite 3.37.0 (2021-11-27, https://sqlite.org/stricttables.html)."""

_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)(?: *; *([^\\\n]+?))? *\\?$", re.MULTILINE)


def python(found: tuple[int, int, int]) -> Finding:
    shown = ".".join(map(str, found))
    if found[:2] >= PYTHON:
        return Finding("ok", t("Python"), shown)
    wanted = ".".join(map(str, PYTHON))
    return Finding(
        "fault", t("Python"), shown, t("Install Python {wanted} or later, then `make install`.", wanted=wanted)
    )


def sqlite(found: str) -> Finding:
    """The journal is the same for every version: DELETE with synchronous=EXTRA, which needs no repair of the WAL."""
    if tuple(int(part) for part in found.split(".")) >= SQLITE:
        return Finding("ok", t("SQLite"), t("{version}; rollback journal, synced before every commit", version=found))
    wanted = ".".join(map(str, SQLITE))
    cure = t("Install a Python that brings SQLite {wanted} or later.", wanted=wanted)
    return Finding("fault", t("SQLite"), found, cure)


def pinned(requirements: str) -> dict[str, str]:
    """Package to version, from the text of a lock file; lines whose `; marker` means other machines are left out."""
    from packaging.markers import Marker

    rows = _PINNED.findall(requirements)
    return {name: version_ for name, version_, marker in rows if not marker or Marker(marker).evaluate()}


def installed(names: Mapping[str, str]) -> dict[str, str | None]:
    """What is there of these packages, by name; None for what is not."""
    return {name: _version(name) for name in names}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def packages(wanted: Mapping[str, str], found: Mapping[str, str | None]) -> Finding:
    """A missing package is a fault, another version than the locked one a warning."""
    missing = [name for name in wanted if found.get(name) is None]
    other = [name for name in wanted if name not in missing and found[name] != wanted[name]]
    cure = t("Run `make install`.")
    if missing:
        return Finding("fault", t("Packages"), t("Not installed: {names}.", names=listed(missing)), cure)
    if other:
        sentence = t("Another version than the tested one: {names}.", names=listed(other))
        return Finding("warning", t("Packages"), sentence, cure)
    return Finding("ok", t("Packages"), t("{count}, each of the tested version", count=len(wanted)))


def cache(folder: Path) -> Finding:
    """Whether what was fetched or compiled once can be kept for the next start."""
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return Finding("ok", t("Cache folder"), str(folder))
    cure = t("Make {folder} writable, or set XDG_CACHE_HOME to a folder that is.", folder=nearest)
    return Finding("warning", t("Cache folder"), t("{folder} cannot be written.", folder=folder), cure)
