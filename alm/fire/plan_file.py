"""Plans as TOML files: read with one clear refusal, written with every assumption and what it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alm.errors import BadInput, UnknownName
from alm.fire.plan import Plan
from alm.language import phrase, t
from alm.settings import read_toml

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

Tree = dict[str, Any]

KINDS = {
    "int": phrase("a whole number"),
    "float": phrase("a number"),
    "bool": phrase("true or false"),
    "string": phrase("text in quotes"),
    "tuple": phrase("a list such as [1, 2]"),
    "list": phrase("a list such as [1, 2]"),
    "dataclass": phrase("a table of keys"),
    "finite": phrase("a finite number"),
}
"""What was expected, by the beginning of the checker's name for what is wrong."""


def read_plan(path: Path) -> Plan:
    """A plan file. Keys left out take their documented default; unknown keys are refused."""
    return plan_from_tree(read_toml(path), path)


def plan_from_tree(tree: Mapping[str, Any], file: Path | None = None) -> Plan:
    """A plan from nested dicts and lists, as TOML gives them."""
    from pydantic import ValidationError

    try:
        return _adapter().validate_python(tree)
    except ValidationError as error:
        raise _refusal(error, file) from None
    except BadInput as error:
        column = _located(tree, error.column, error.value)
        raise BadInput(error.expected, file=file, column=column, value=error.value) from None


def _located(tree: object, column: str | None, value: object) -> str | None:
    """The whole dotted key of a refused value: ranges are checked where only the last part of it is known."""
    named = ((key, held) for key, held in _leaves(tree, "") if key.rpartition(".")[2] == column)
    found = (key for key, held in named if held == value or (held != held and value != value))  # NaN too
    return next(found, column)


def _leaves(tree: object, prefix: str) -> Iterator[tuple[str, object]]:
    if isinstance(tree, Mapping):
        pairs: Iterable[tuple[object, object]] = tree.items()
    elif isinstance(tree, list | tuple):
        pairs = enumerate(tree)
    else:
        yield prefix.removesuffix("."), tree
        return
    for key, item in pairs:
        yield from _leaves(item, f"{prefix}{key}.")


@cache
def _adapter() -> TypeAdapter[Plan]:
    from pydantic import TypeAdapter

    return TypeAdapter(Plan)


def _refusal(error: ValidationError, file: Path | None) -> BadInput:
    """The first thing wrong, as a dotted key with what was expected."""
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return BadInput("a key of the plan; `alm fire --write-plan FILE` lists them", file=file, column=key)
    if first["type"] in ("missing", "missing_argument"):
        return BadInput("a value, which this key needs", file=file, column=key)
    if first["type"] == "literal_error":
        expected = t("one of {names}", names=first["ctx"]["expected"].replace("'", "").replace(" or ", ", "))
    else:
        kind = next((kind for kind in KINDS if first["type"].startswith(kind)), "")
        expected = KINDS.get(kind) or first["msg"].removeprefix("Input should be ")
    return BadInput(expected, file=file, column=key, value=first["input"])


def plan_tree(plan: Plan) -> Tree:
    """The plan as nested dicts and lists; `plan_from_tree` reads it back to the same value."""
    return asdict(plan)


def plan_with(plan: Plan, **changes: object) -> Plan:
    """A plan with some keys changed, `__` for a dot: `plan_with(plan, spending__amount_pa=9e6)`."""
    return plan_set(plan, {key.replace("__", "."): value for key, value in changes.items()})


def plan_set(plan: Plan, changes: Mapping[str, object]) -> Plan:
    """A plan with dotted keys changed: `spending.amount_pa`, `assets.0.value`; checked as a file would be."""
    tree = _listed(plan_tree(plan))
    for key, value in changes.items():
        _put(tree, key, value)
    changed = plan_from_tree(tree)
    for key in changes:
        if key.endswith((".total_return_pa", ".volatility_pa")) and changed.market.parameters != "given":
            raise BadInput("market.parameters = given with it, which reads this key", column=key, value=changes[key])
    return changed


def _listed(value: Any) -> Any:  # a TOML tree holds any value
    """The same tree with lists, which can be changed, for tuples."""
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    return [_listed(item) for item in value] if isinstance(value, tuple | list) else value


def _put(tree: Any, key: str, value: object) -> None:
    *parents, last = key.split(".")
    place = tree
    for part in parents:
        place = place[_index(place, part, key)]
    place[_index(place, last, key)] = value


def _index(place: Any, part: str, key: str) -> Any:
    if isinstance(place, dict) and part in place:
        return part
    if isinstance(place, list) and part.isdigit() and int(part) < len(place):
        return int(part)
    keys = place if isinstance(place, dict) else range(len(place)) if isinstance(place, list) else ()
    raise UnknownName("plan key", key, tuple(map(str, keys)))


def parse_setting(text: str) -> tuple[str, object]:
    """`KEY=VALUE` of the command line; a number or true/false is one, all else is text."""
    key, separator, value = text.partition("=")
    if not separator or not key:
        raise BadInput("KEY=VALUE, for example spending.amount_pa=9600000", column="--set", value=text)
    return key.strip(), _literal(value.strip())


def _literal(text: str) -> object:
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text) if not text.lstrip("-").isdigit() else int(text)
    except ValueError:
        return text


def write_plan(plan: Plan) -> str:
    """The plan as TOML text: every key, each with its meaning."""
    return f"# FIRE plan: money in {plan.currency} of today, years from the start, rates as fractions.\n\n" + "\n".join(
        _table(plan, "")
    )


def _table(value: object, prefix: str) -> Iterator[str]:
    """Plain keys first, then tables, as TOML wants."""
    later: list[tuple[str, object]] = []
    for spec in fields(value):  # type: ignore[arg-type]  # only dataclasses come here
        item = getattr(value, spec.name)
        if is_dataclass(item) or (isinstance(item, tuple) and item and is_dataclass(item[0])):
            later.append((spec.name, item))
        elif item is not None:
            doc = spec.metadata.get("doc", "")
            yield f"{spec.name} = {_toml(item)}" + (f"  # {doc}" if doc else "")
        else:
            yield f"# {spec.name} =  # {spec.metadata['doc']}"
    for name, item in later:
        many = isinstance(item, tuple)
        for one in item if isinstance(item, tuple) else (item,):
            yield ""
            yield f"[[{prefix}{name}]]" if many else f"[{prefix}{name}]"
            yield from _table(one, f"{prefix}{name}.")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return repr(value)
