"""`python -m alm.fire.warm`: compiles the simulation into the environment, once for everybody who runs it.

A quarter of a minute at installation, so that no first answer waits for a compiler, a service user's included.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from alm.errors import AlmError, BadInput
from alm.fire.compiled import copied, digest, installed_folder, own_folder
from alm.fire.engine import MODULES, run
from alm.fire.plan import Plan


def warm(installed: Path) -> Path:
    """The folder below `installed` with today's kernel; those of other sources are removed."""
    run(Plan(years=1, paths=1))
    name = digest(MODULES)
    if not copied(own_folder() / name, installed / name) and not (installed / name).is_dir():
        raise BadInput("a folder that can be written", file=installed)
    for other in installed.iterdir():
        if other.name != name:
            shutil.rmtree(other, ignore_errors=True)
    return installed / name


if __name__ == "__main__":
    try:
        warm(installed_folder())
    except AlmError as refusal:
        sys.exit(str(refusal))
