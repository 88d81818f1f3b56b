"""What was last said, kept beside the database between runs: a small file that only its owner reads."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from alm.alerts.rules import Said
from alm.errors import BadInput
from alm.verdict import LEVELS


def path_for(db: Path) -> Path:
    return db.with_name(db.name + ".alerts.json")


def load(db: Path) -> dict[str, Said]:
    """What was said, by concern; nothing when no file stands. BadInput when the file is not this program's."""
    path = path_for(db)
    if not path.exists():
        return {}
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {key: _said(level, at) for key, (level, at) in rows.items()}
    except (ValueError, TypeError, AttributeError):
        raise BadInput("what `alm alerts` wrote there; delete the file to start afresh", file=path) from None


def _said(level: str, at: str) -> Said:
    return Said(LEVELS[LEVELS.index(level)], datetime.fromisoformat(at))


def save(db: Path, said: Mapping[str, Said]) -> None:
    """Replace the file in one step, readable by its owner alone."""
    path = path_for(db)
    fresh = path.with_name(path.name + ".new")
    text = json.dumps({key: (what.level, what.at.isoformat()) for key, what in sorted(said.items())}, indent=1)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
