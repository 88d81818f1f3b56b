"""Which numbers are mine to choose, and which does the program assume? Writes docs/assumptions.md from the settings.

python scripts/write_assumptions.py
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from alm.settings import Settings, format_setting

HEAD = """# Assumptions

Every setting with its default. Change one with `alm settings NAME=VALUE`; the page, the terminal and the report use it
from the next moment on. This file is written by `scripts/write_assumptions.py` from the settings themselves.

*Standing*: **rule** is published law or treaty, **assumption** is a figure somebody has to choose and this program
chose so that there is an answer: replace it with your own. **choice** is a convention or a preference.

| setting | default | unit | standing | meaning |
|---|---|---|---|---|
"""


def standing(name: str, doc: str) -> str:
    if "assumption" in doc or name.startswith(("caution_", "danger_")) or name.endswith("_pa"):
        return "assumption"
    return "rule" if "Japan" in doc else "choice"


def assumptions() -> str:
    rows = []
    for spec in fields(Settings):
        doc, unit = spec.metadata["doc"], spec.metadata["unit"]
        default = format_setting(spec.default)
        rows.append(f"| `{spec.name}` | {default or '—'} | {unit or '—'} | {standing(spec.name, doc)} | {doc} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    (Path(__file__).parent.parent / "docs" / "assumptions.md").write_text(assumptions(), encoding="utf-8")
