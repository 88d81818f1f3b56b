"""`alm completion`: the shell's own completion of commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print what makes the shell complete `alm`: `eval "$(alm completion bash)"` in ~/.bashrc."""
    from alm.cli import group

    completion = get_completion_class(shell)
    assert completion is not None
    click.echo(completion(group, {}, "alm", "_ALM_COMPLETE").source())
