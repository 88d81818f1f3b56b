"""A mistyped command in one sentence: click's own in English, the same in the household's language."""

from __future__ import annotations

import click

from alm.errors import BadInput
from alm.language import language, t


def sentence(error: click.ClickException) -> str:
    """What is wrong with the command line, and what was expected."""
    said = " ".join(error.format_message().split())
    if language() == "en":
        return said
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(error.possibilities or ()) or "--help"
        return t("There is no option {name}; see {near}.", name=error.option_name, near=near)
    if isinstance(error, click.BadParameter):
        return _parameter(error)
    if isinstance(error, click.BadOptionUsage):
        return t("{name} needs a value; see --help.", name=error.option_name)
    return t("This command was not understood; see --help.")


def _parameter(error: click.BadParameter) -> str:
    hint = error.param_hint or (error.param.get_error_hint(error.ctx) if error.param and error.ctx else "")
    name = (hint if isinstance(hint, str) else " / ".join(hint)).replace("'", "")
    if isinstance(error, click.MissingParameter):
        return t("{name} is missing; see --help.", name=name)
    return str(BadInput(_expected(error.param.type if error.param else None), column=name or None))


def _expected(kind: click.ParamType[object] | None) -> str:
    match kind:
        case click.Choice():
            return t("one of {names}", names=", ".join(map(str, kind.choices)))
        case click.IntRange() | click.FloatRange() if kind.min is not None and kind.max is not None:
            return t("a number from {low} to {high}", low=kind.min, high=kind.max)
        case click.IntRange() | click.FloatRange() if kind.min is not None:
            return (
                t("a number above {low}", low=kind.min)
                if kind.min_open
                else t("a number of {low} or more", low=kind.min)
            )
        case click.types.IntParamType():
            return "a whole number"
        case click.types.FloatParamType():
            return "a number"
    return "a value"
