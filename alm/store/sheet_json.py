"""A balance sheet as canonical JSON and back: equal sheets are equal text, every float to its last digit.

What equals its default is left out, and names unknown to this version are passed over, so that a sheet recorded years
ago is still read. An amount that could not be converted (NaN) is null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from alm.balance_sheet import BalanceSheet


def sheet_to_json(sheet: BalanceSheet) -> str:
    return canonical_json(_plain(sheet))


def sheet_from_json(text: str) -> BalanceSheet:
    sheet = _value(BalanceSheet, json.loads(text))
    assert isinstance(sheet, BalanceSheet)
    return sheet


def canonical_json(value: object) -> str:
    """One text per value: sorted names, no spaces, dates in ISO form, nothing that is not a finite number."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=date.isoformat
    )


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((spec, getattr(value, spec.name)) for spec in fields(value))
        return {spec.name: _plain(held) for spec, held in pairs if spec.default is MISSING or held != spec.default}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def _value(kind: Any, plain: Any) -> Any:
    """`plain` as a value of the annotated type."""
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind, plain)
    if get_origin(kind) in (Union, UnionType):
        return None if plain is None else _value(next(part for part in get_args(kind) if part is not NoneType), plain)
    if get_origin(kind) is tuple:
        parts = get_args(kind)
        each = [parts[0]] * len(plain) if parts[-1] is Ellipsis else parts
        return tuple(_value(part, item) for part, item in zip(each, plain, strict=True))
    if kind is date:
        return date.fromisoformat(plain)
    if kind is float:
        return math.nan if plain is None else float(plain)
    return plain


def _dataclass(kind: type, plain: Mapping[str, Any]) -> object:
    hints = _hints(kind)
    return kind(**{name: _value(hints[name], item) for name, item in plain.items() if name in hints})


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
