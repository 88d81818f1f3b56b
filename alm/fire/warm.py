"""`python -m alm.fire.warm`: compiles the simulation into the environment, once for everybody who runs it.

Most of a minute at installation, so that no first answer waits for a compiler, a service user's included.
"""

from __future__ import annotations

import sys
from pathlib import Path

from alm.errors import AlmError, BadInput
from alm.fire.compile import file_name, installed_folder, machine_code, write


def warm(installed: Path) -> Path:
    """The file below `installed` with today's machine code; those of other sources are removed."""
    file = installed / file_name()
    code = machine_code()
    try:
        write(file, code)
        for other in installed.iterdir():
            if other != file:
                other.unlink()
    except OSError as error:
        raise BadInput("a folder that can be written", file=installed) from error
    return file


if __name__ == "__main__":
    try:
        warm(installed_folder())
    except AlmError as refusal:
        sys.exit(str(refusal))
