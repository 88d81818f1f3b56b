"""Records can be set aside. Files of the first days, whose records had one digest, get the second one."""

import hashlib
import json
from pathlib import Path

from alembic import op
from sqlalchemy import Connection

revision = "0009"
down_revision = "0008"

FIRST = Path(__file__).with_name("0001_books.sql")
SECOND_LIGHT = Path(__file__).with_name("0005_two_lights.sql")


def upgrade() -> None:
    conn = op.get_bind()
    if "inputs_digest" not in {row[1] for row in conn.exec_driver_sql("PRAGMA table_info(snapshots)")}:
        _with_two_digests(conn)
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split("\n\n"):
        conn.exec_driver_sql(statement)


def _with_two_digests(conn: Connection) -> None:
    rows = conn.exec_driver_sql("SELECT date, taken_at, verdict, figures, inputs FROM snapshots").all()
    conn.exec_driver_sql("DROP TABLE snapshots")
    for statement in FIRST.read_text(encoding="utf-8").split("\n\n"):
        if statement.startswith("CREATE TABLE snapshots ") or " ON snapshots" in statement:
            conn.exec_driver_sql(statement)
    conn.exec_driver_sql(SECOND_LIGHT.read_text(encoding="utf-8"))
    for *cells, inputs in rows:
        row = (*cells, _sha256(inputs))
        digest = _sha256(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
        conn.exec_driver_sql(
            "INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", (*row[:4], inputs, row[4], digest)
        )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
