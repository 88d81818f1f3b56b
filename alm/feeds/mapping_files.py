"""Where mappings of other CSV files are kept: a folder of the user's, a TOML file each."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath

from alm.settings import user_folder


def mapping_files() -> tuple[Path, ...]:
    folder = user_folder() / "imports"
    return tuple(sorted(folder.glob("*.toml"))) if folder.is_dir() else ()


def mapping_name(file: str) -> Path:
    """A name for the mapping of a file: its own, without what no file name needs."""
    stem = re.sub(r"[^\w-]+", "_", PurePath(file).stem)[:80] or "mapping"
    return Path(f"{stem}.toml")


def keep(path: Path) -> Path:
    """Copy a mapping to where files with its header find it, readable by its owner alone."""
    return keep_text(path.name, path.read_text(encoding="utf-8"))


def keep_text(name: str, text: str) -> Path:
    folder = user_folder() / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / name
    handle = os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    return target
