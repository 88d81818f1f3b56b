"""Refusals. Each class is one cause and writes its own sentence; the terminal prints it and exits with 2.

The sentence is in the household's language: what a class is given goes through `t`, so that a plain text needs nothing
more and one with figures in it is made with `t` where it is raised.
"""

from __future__ import annotations

from pathlib import Path

from alm.language import t


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
        place += [t("row {number}", number=row)] if row is not None else []
        place += [column] if column is not None else []
        said = t(expected)
        wanted = said if len(said) <= 600 else f"{said[:599]}…"
        if value is None:
            sentence = t("expected {wanted}.", wanted=wanted)
        else:
            sentence = t("{value} is refused: expected {wanted}.", value=_shown(value), wanted=wanted)
        super().__init__(t("{place}: {sentence}", place=", ".join(place), sentence=sentence) if place else sentence)


def _shown(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 60 else text[:57] + "…")


class UnknownName(AlmError):
    """A name that nothing here has; the sentence lists the names there are."""

    def __init__(self, kind: str, name: str, known: tuple[str, ...]) -> None:
        self.kind, self.name, self.known = kind, name, known
        listed = ", ".join(known) if known else t("none yet")
        super().__init__(
            t("There is no {kind} named {name}; known: {listed}.", kind=t(kind), name=repr(name), listed=listed)
        )


class MissingValue(AlmError):
    """A figure was asked for that needs a price, rate or balance nobody has entered."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(t("{what}: this figure cannot be computed without it.", what=t(what)))


class Infeasible(AlmError):
    """What was asked cannot be reached; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(t(sentence))


class NotCompiled(AlmError):
    """The simulation has no machine code on this machine, and the compiler made none; `reason` is its last word."""

    def __init__(self, reason: str) -> None:
        super().__init__(t("The simulation could not be compiled: {reason}.", reason=reason.rstrip(".")))


class DatabaseMissing(AlmError):
    """No file at the path."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            t("There is no database at {path}; create one with `alm init` or `alm init --demo`.", path=path)
        )


class DatabaseExists(AlmError):
    """`init` never overwrites."""

    def __init__(self, path: Path) -> None:
        super().__init__(t("{path} exists already and was left as it is; choose another --db PATH.", path=path))


class DatabaseRefused(AlmError):
    """The file is there but is not a database this program may use; `reason` says why. It was not changed."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(t("{path} was refused and left as it is: {reason}.", path=path, reason=t(reason)))


class StaleEdit(AlmError):
    """Somebody else changed the rows since they were read; the edit was not applied."""

    def __init__(self, table: str, changed: str) -> None:
        self.table, self.changed = table, changed
        super().__init__(
            t(
                "{table} changed since this page read it ({changed}); nothing was saved, look again.",
                table=t(table),
                changed=t(changed),
            )
        )
