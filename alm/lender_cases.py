"""A lender's contract put to the test: a loan, closes, and what each of them must demand, as data beside the profile.

A case acts out the state machine one business day a close: what is called, by when, and what is sold. Amounts are in
the loan's currency; a sale is counted without cost and tax, which are the household's and not the contract's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from alm.errors import BadInput
from alm.language import t
from alm.lenders import LenderProfile
from alm.settings import data_folder, read_toml
from alm.step.lender import (
    CALM,
    CURE,
    NOTHING,
    LenderRules,
    LenderState,
    after_sale,
    cure_target,
    cured,
    look,
    sale_target,
    unanswered,
)
from alm.step.sale import cash_to_cure, sale_to_cure

ONE_DAY = 1.0
TOLERANCE = 0.5
"""Of an amount: published examples are rounded to a unit of money."""
DEMANDS = ("nothing", "freeze", "call", "ordered", "sale")


@dataclass(frozen=True, slots=True)
class Demand:
    """What one close leads to: `nothing`, `freeze`, `call`, `ordered` (a sale that waits for its day) or `sale`.

    `amount` is what a call asks for or what is sold, `days` the business days left, today included; `part` and
    `part_days` the same of the part that a second call asks for.
    """

    demand: str
    ltv: float | None = None
    amount: float | None = None
    days: float | None = None
    part: float | None = None
    part_days: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """`collateral` is the lending value at a close of 1; `paid` what the household pays on each day, if anything."""

    name: str
    owed: float
    collateral: float
    expect: tuple[Demand, ...]
    closes: tuple[float, ...] = (1.0,)
    paid: tuple[float, ...] = ()
    concentration: float = 0.0


def packaged_cases(profile: str) -> Path:
    return data_folder() / "lenders" / "cases" / f"{profile}.toml"


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a file; BadInput names the file, the case and what was expected."""
    rows = read_toml(path).get("case")
    if not isinstance(rows, list) or not rows:
        raise BadInput(t("one or more [[case]]"), file=path)
    cases = tuple(_read(Case, row, path, number) for number, row in enumerate(rows, start=1))
    for number, case in enumerate(cases, start=1):
        if len(case.expect) != len(case.closes):
            raise BadInput(
                t("as many demands in expect as there are closes"), file=path, row=number, value=len(case.expect)
            )
    return cases


def _read(kind: type, row: Any, path: Path, number: int) -> Any:  # TOML values are of any kind
    """A row as a case, or as a demand in it."""
    known = {spec.name: spec for spec in fields(kind)}
    if not isinstance(row, Mapping):
        raise BadInput(t("a table"), file=path, row=number, value=row)
    for key in row:
        if key not in known:
            raise BadInput(t("one of {names}", names=", ".join(known)), file=path, row=number, column=key)
    for key, spec in known.items():
        if key not in row and spec.default is MISSING:
            raise BadInput("a value for it", file=path, row=number, column=key)
    return kind(**{key: _value(key, value, path, number) for key, value in row.items()})


def _value(key: str, value: Any, path: Path, number: int) -> Any:  # likewise
    if key == "expect" and isinstance(value, list):
        return tuple(_read(Demand, row, path, number) for row in value)
    if key in ("closes", "paid") and isinstance(value, list):
        return tuple(float(_value("close", each, path, number)) for each in value)
    if key == "name" and isinstance(value, str):
        return value
    if key == "demand":
        if value not in DEMANDS:
            raise BadInput(
                t("one of {names}", names=", ".join(DEMANDS)), file=path, row=number, column=key, value=value
            )
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise BadInput(t("a finite number of at least {low}", low="0"), file=path, row=number, column=key, value=value)
    return value


def acted_out(rules: LenderRules, case: Case) -> Iterator[Demand]:
    """What each close of a case leads to, one business day after the other."""
    state, owed, kept, answered = CALM, case.owed, 1.0, 0.0
    for day, close in enumerate(case.closes):
        collateral = case.collateral * kept * close
        before = owed
        state, demand = look(rules, state, owed, collateral, case.concentration, ONE_DAY, answered)
        found = _told(rules, state, demand, owed, collateral, case.concentration)
        paid = min(owed, case.paid[day]) if day < len(case.paid) else 0.0
        owed, answered = owed - paid, answered + paid if state.call_open else 0.0
        if demand == CURE and cured(owed, collateral, cure_target(rules, case.concentration)):
            state, demand = LenderState(state.frozen, False, 0.0, False, 0.0), NOTHING
        elif demand == CURE:
            demand = unanswered(rules, state, owed, collateral, ONE_DAY)
        if demand not in (NOTHING, CURE):
            sold = min(collateral, _sale(rules, demand, owed, collateral, case.concentration))
            found = Demand("sale", _ratio(before, collateral), sold)
            owed, kept = max(0.0, owed - sold), kept * (1.0 - sold / collateral) if collateral > 0.0 else 0.0
            state = after_sale(state, demand)
        yield found


def _told(
    rules: LenderRules, state: LenderState, demand: int, owed: float, collateral: float, concentration: float
) -> Demand:
    ratio = _ratio(owed, collateral)
    if state.liquidating:
        return Demand("ordered", ratio, days=state.days_left)
    if demand == NOTHING:
        return Demand("freeze" if state.frozen else "nothing", ratio)
    wanted = cash_to_cure(owed, collateral, cure_target(rules, concentration))
    if state.due_days <= 0.0:
        return Demand("call", ratio, wanted, state.days_left)
    part = cash_to_cure(owed, collateral, rules.forced_cure_ltv)
    return Demand("call", ratio, wanted, state.days_left, part, state.due_days)


def _ratio(owed: float, collateral: float) -> float:
    return owed / collateral if collateral > 0.0 else math.inf


def _sale(rules: LenderRules, demand: int, owed: float, collateral: float, concentration: float) -> float:
    target = sale_target(rules, demand, concentration)
    return math.inf if target < 0.0 else sale_to_cure(owed, collateral, 1.0, target)


def differences(profile: LenderProfile, case: Case) -> tuple[str, ...]:
    """Where the profile does something else than its case says; empty: they agree."""
    return tuple(
        t("day {day}, {key}: {found} where the case says {wanted}", day=day, key=key, found=found, wanted=wanted)
        for day, (told, wished) in enumerate(zip(acted_out(profile.rules, case), case.expect, strict=True), start=1)
        for key, found, wanted in _compared(told, wished)
    )


def _compared(told: Demand, wished: Demand) -> Iterator[tuple[str, str, str]]:
    """Only what the case states is compared."""
    for spec in fields(Demand):
        found, wanted = getattr(told, spec.name), getattr(wished, spec.name)
        if wanted is not None and not _same(spec.name, found, wanted):
            yield spec.name, _text(found), _text(wanted)


def _same(name: str, found: Any, wanted: Any) -> bool:  # a word or a number
    if not isinstance(wanted, int | float) or found is None:
        return bool(found == wanted)
    return bool(abs(found - wanted) <= (5e-5 if name == "ltv" else TOLERANCE))


def _text(value: Any) -> str:  # likewise
    if value is None:
        return t("nothing")
    return value if isinstance(value, str) else f"{value:,.4f}".rstrip("0").rstrip(".")
