"""What every command shares: its options, the household it is about, and the two ways of printing."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from alm.errors import AlmError, BadInput
from alm.settings import database_path, resolved
from alm.text import use_language

if TYPE_CHECKING:
    from rich.console import Console


Command = TypeVar("Command", bound=Callable[..., object])

WIDTH = 80
LONGEST_PAST = 200
"""Years; no series is longer, and a date before year 1 is none."""


def _database(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path:
    db = resolved(value) if value else database_path()
    speak_as(db)
    return db


def speak_as(db: Path) -> None:
    """In the language of these books; in English where they cannot be read, which the command itself then says."""
    from alm.store.books import load_settings
    from alm.store.database import reading

    try:
        with reading(db) as conn:
            use_language(load_settings(conn).language)
    except AlmError:
        pass


def db_option(command: Command) -> Command:
    """--db PATH, passed as `db: Path`."""
    return click.option(
        "--db",
        type=click.Path(path_type=Path),
        is_eager=True,  # so that every other refusal is in the household's language
        callback=_database,
        help="The database; default $ALM_DB, else the XDG data folder.",
    )(command)


def read_date(_ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """An option's date, or one sentence that names the option."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadInput("a date such as 2026-01-31", column=param.opts[0], value=value) from None


class Finite(click.FloatRange):
    """A number within bounds; NaN passes any comparison with a bound, and infinity some, so both are refused here."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number


def as_of_option(command: Command) -> Command:
    """--as-of DATE, passed as `as_of: date | None`; None is the household's own today."""
    return click.option("--as-of", callback=read_date, metavar="DATE", help="The date to look at; default today.")(
        command
    )


def json_option(command: Command) -> Command:
    """--json, passed as `as_json: bool`."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")(command)


def plain(value: Any) -> Any:  # JSON is whatever the result holds
    """A frozen result as JSON values: dates as ISO text, tuples as lists, what is not finite as null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {spec.name: plain(getattr(value, spec.name)) for spec in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def print_json(value: object) -> None:
    """One JSON object, readable, in the order of the result's fields."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False))


def console() -> Console:
    """Colour and width of the terminal; plain and 80 columns wide when piped."""
    from alm.cli.wrapped import WrappedConsole

    screen = WrappedConsole(highlight=False, soft_wrap=False)
    return screen if screen.is_terminal else WrappedConsole(highlight=False, width=WIDTH, no_color=True)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "", left: int = 1, footer: str = ""
) -> None:
    """A table of at most 80 columns: the first `left` columns are words, the others figures aligned right."""
    from rich import box
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, title_style="bold")
    for position, name in enumerate(columns):
        table.add_column(name, justify="left" if position < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    out = console()
    fits = bool(table.columns) and any(_fits(table, out, apart) for apart in ((0, 1), (0, 1, 0, 0), (0, 0), (0, 1)))
    out.print(table, width=None if fits else min(out.width, WIDTH))
    if footer:
        out.print(footer)


def _fits(table: Any, out: Console, apart: tuple[int, ...]) -> bool:  # rich's own type, imported lazily above
    """Whether it does with its columns so far apart: they move together before a word is broken."""
    table.padding = apart
    width: int = out.measure(table, options=out.options.update_width(10 * WIDTH)).maximum
    return width <= min(out.width, WIDTH)
