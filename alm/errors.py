"""Refusals. Each class is one cause and writes its own sentence; the terminal prints it and exits with 2."""

from __future__ import annotations

from pathlib import Path


class AlmError(Exception):
    """Base of every refusal: `str(error)` is one clear sentence for a person."""


class BadInput(AlmError):
    """A cell, key or option holds what it must not; nothing was changed.

    The sentence names the place (file, row, column), the value and what was expected.
    """

    def __init__(
        self,
        expected: str,
        *,
        file: str | Path | None = None,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
    ) -> None:
        self.expected, self.file, self.row, self.column, self.value = expected, file, row, column, value
        place = [Path(file).name] if file is not None else []
        place += [f"row {row}"] if row is not None else []
        place += [column] if column is not None else []
        shown = f"{_shown(value)} is refused: " if value is not None else ""
        wanted = expected if len(expected) <= 600 else f"{expected[:599]}…"
        super().__init__(f"{', '.join(place) + ': ' if place else ''}{shown}expected {wanted}.")


def _shown(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 60 else text[:57] + "…")


class UnknownName(AlmError):
    """A name that nothing here has; the sentence lists the names there are."""

    def __init__(self, kind: str, name: str, known: tuple[str, ...]) -> None:
        self.kind, self.name, self.known = kind, name, known
        listed = ", ".join(known) if known else "none yet"
        super().__init__(f"There is no {kind} named {name!r}; known: {listed}.")


class MissingValue(AlmError):
    """A figure was asked for that needs a price, rate or balance nobody has entered."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what}: this figure cannot be computed without it.")


class Infeasible(AlmError):
    """What was asked cannot be reached; the sentence says why."""


class DatabaseMissing(AlmError):
    """No file at the path."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"There is no database at {path}; create one with `alm init` or `alm init --demo`.")


class DatabaseExists(AlmError):
    """`init` never overwrites."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} exists already and was left as it is; choose another --db PATH.")


class DatabaseRefused(AlmError):
    """The file is there but is not a database this program may use; `reason` says why. It was not changed."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} was refused and left as it is: {reason}.")


class StaleEdit(AlmError):
    """Somebody else changed the rows since they were read; the edit was not applied."""

    def __init__(self, table: str, changed: str) -> None:
        self.table, self.changed = table, changed
        super().__init__(f"{table} changed since this page read it ({changed}); nothing was saved, look again.")
