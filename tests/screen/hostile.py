"""A household whose names try everything: script, images, links, formulas for Excel and for LaTeX, colours."""

from __future__ import annotations

from pathlib import Path

from alm.demo import demo_rows
from alm.settings import Settings, today
from alm.store.database import create, writing
from alm.store.tables import write_all, write_rows
from tests.screen.households import QUICK

SCRIPT = "<script>window.owned=1</script><img src=x onerror=window.owned=1>"
MARKUP = "https://evil.example www.evil.example me@evil.example [press](https://evil.example) ![x](https://evil.example/x.png) $x^2$ and $y$ :red[red]"
LOAN = f"Loan {SCRIPT} $1$ https://evil.example www.evil.example me@evil.example"

NAMES = {
    "Demo securities loan": LOAN,
    "Demo Securities": f"Broker {MARKUP}",
    "Demo Japan Equity": SCRIPT,
    "Housing": MARKUP,
    "DEMO-JEQ": "<b>T</b>*x*<a href='https://evil.example'>here</a>",
}


def hostile_database(path: Path) -> Path:
    """The demo household under other names, dated today, with a short simulation."""
    rows = {
        table: [{column: NAMES.get(str(cell), cell) for column, cell in row.items()} for row in lines]
        for table, lines in demo_rows(today(Settings())).items()
    }
    create(path)
    with writing(path) as conn:
        write_all(conn, rows)
        write_rows(conn, "settings", [QUICK])
    return path
