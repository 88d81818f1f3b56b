"""How fast is it, against named baselines measured in the same run? Prints every row of scripts/bench.

python scripts/bench.py [NAME…]      such as: screen store
"""

from __future__ import annotations

import platform
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parent / "bench"
LIBRARIES = ("streamlit", "plotly", "pandas", "numpy", "sqlalchemy", "numba")


def topics(wanted: list[str]) -> list[str]:
    known = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in ("row", "__init__"))
    return [name for name in known if not wanted or name in wanted]


def main(wanted: list[str]) -> int:
    sys.path.insert(0, str(FOLDER))
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    print(f"Python {platform.python_version()} on {platform.machine()}: {versions}\n")
    missed = 0
    for topic in topics(wanted):
        print(topic)
        for row in import_module(topic).rows():
            goal = "" if row.goal is None else f"  goal {row.goal:g}× {'met' if row.met else 'MISSED'}"
            missed += not row.met
            figures = f"{row.seconds * 1000:12,.2f} ms  {row.speedup:9.3g}× "
            print(f"  {row.what:<58}{figures}{row.baseline} ({row.baseline_seconds * 1000:,.1f} ms){goal}")
    print(f"\n{missed or 'No'} promise{'' if missed == 1 else 's'} missed.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
