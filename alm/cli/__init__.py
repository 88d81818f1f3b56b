"""The command line: `alm COMMAND`. Commands load when they are called, so that each starts in its own time."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from itertools import zip_longest
from pathlib import Path

import click

from alm import __version__
from alm.errors import AlmError
from alm.language import t

# In the order a newcomer needs them; the module is the command's name with `-` as `_`, and `_` behind a Python keyword.
COMMANDS = {
    "init": "create the database, empty or with the demo household",
    "import": "read CSV files or a broker's file",
    "items": "rows of statements that wait for a decision",
    "export": "write every table as CSV",
    "prices": "fetch prices and exchange rates",
    "history": "fetch market and macro series",
    "brief": "am I safe, and am I free?",
    "stress": "the margin ratio against a falling market",
    "scenario": "one shock: prices, currencies, rates, income",
    "drill": "replay a dated crisis on today's balance sheet",
    "reverse": "the smallest shock that forces a sale",
    "defence": "who pays, and for how long",
    "snowball": "when dividends alone pay for life",
    "fire": "the probability that this life is sustained",
    "risk": "return, risk and concentration of the holdings",
    "rebalance": "drift from target and the trades that restore it",
    "lender": "lenders' contracts in words, and checked",
    "backtest": "the same portfolio through the past",
    "what-if": "every figure before and after a change",
    "ledger": "holdings, gains and loans from transactions",
    "settings": "show or change the household's settings",
    "snapshot": "record today, once",
    "call": "margin calls: what is demanded, until when",
    "calendar": "what is coming: deadlines, interest, dividends",
    "report": "the morning briefing as a PDF",
    "dashboard": "open the screen",
    "alerts": "say so when the verdict worsens",
    "metrics": "the day's figures for a Prometheus monitor",
    "mcp": "answer an assistant, read only",
    "passphrase": "ask before the page shows anything",
    "upgrade": "bring an older database up to date",
    "backup": "copy the database while it is in use",
    "restore": "put a backup back",
    "doctor": "check the installation, the database and the data",
    "completion": "make the shell complete commands and options",
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = "import_" if cmd_name == "import" else cmd_name.replace("-", "_")
        command: click.Command = import_module(f"alm.cli.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="alm")
def group() -> None:
    """Am I safe, and am I free? Asset-liability management for one household, on its own machine.

    Every command takes --db PATH (default: $ALM_DB, else the XDG data folder). Exit status: 0 fine, 3 alert,
    2 refused input.
    """


def _usage(error: click.ClickException) -> str:
    """In the language of the books the command was about, which were not read before it was understood."""
    from alm.cli.common import speak_as
    from alm.cli.usage import sentence

    speak_as(_database(sys.argv[1:]))
    return sentence(error)


def _database(words: Sequence[str]) -> Path:
    """The one that `--db` names among the words of a command that was not understood, else the usual one."""
    from alm.settings import database_path, resolved

    for word, after in zip_longest(words, words[1:], fillvalue=""):
        name, _, value = word.partition("=")
        if name == "--db" and (value or after):
            return resolved(Path(value or after))
    return database_path()


def main() -> None:
    """The entry point: a refusal is one sentence on standard error and exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without a sign shows ? for it
    try:
        status = group.main(standalone_mode=False)
    except click.exceptions.Exit as leaving:
        status = leaving.exit_code
    except click.Abort:
        click.echo(t("Stopped; nothing was changed."), err=True)
        status = 130
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        status = 2
    except click.ClickException as error:
        click.echo(_usage(error), err=True)
        status = 2
    except AlmError as error:
        click.echo(str(error), err=True)
        status = 2
    except BrokenPipeError:
        sys.stderr.close()
        status = 0
    sys.exit(status if isinstance(status, int) else 0)
