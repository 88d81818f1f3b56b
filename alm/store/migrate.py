"""Bring a database to the current schema, inside the caller's transaction: old or new, never between."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from alm.store.schema import APPLICATION_ID, SCHEMA_VERSION

STEPS = Path(__file__).parent / "migrations"


def upgrade(conn: Connection, to: str = "head") -> None:
    """Run the steps that are missing. Foreign keys must be off, or a table rebuilt would cascade into its children."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(STEPS))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, to)
    version = SCHEMA_VERSION if to == "head" else int(to)
    conn.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    conn.exec_driver_sql(f"PRAGMA user_version = {version}")
