"""`alm dashboard`: serve the screen on this machine alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from alm.cli.common import db_option
from alm.settings import environment_for, project_folder
from alm.text import t


@click.command()
@db_option
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
def command(db: Path, port: int) -> None:
    """Open the screen at http://127.0.0.1:8501, for this machine only."""
    script = project_folder() / "dashboard.py"
    options = [f"--server.port={port}", "--server.address=127.0.0.1", f"--browser.serverPort={port}"]
    click.echo(t("The dashboard is at {address} (stop it with Ctrl+C).", address=f"http://127.0.0.1:{port}"))
    os.chdir(script.parent)  # where .streamlit/config.toml stands
    os.execve(  # noqa: S606  # this process becomes the server, so that a service manager sees one process
        sys.executable,
        [sys.executable, "-m", "streamlit", "run", str(script), *options],
        environment_for(db),
    )
