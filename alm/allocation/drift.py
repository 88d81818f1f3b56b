"""How far each part of the portfolio is from its target weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alm.balance_sheet import BalanceSheet, Holding
from alm.errors import BadInput, MissingValue

Light = Literal["green", "yellow", "red"]
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Drift:
    """One target: weights are shares of the portfolio's value (cash balances are not part of it).

    `drift` = actual − target, in points of weight; `excess` is the same in money, negative for what is short.
    """

    name: str
    target: float
    actual: float
    drift: float
    light: Light
    value: float
    excess: float


def light(drift: float, band: float) -> Light:
    """Red from the band on, yellow from half of it; equal means already there."""
    size = abs(drift) + ROUNDING
    return "red" if size >= band else "yellow" if size >= band / 2 else "green"


def checked_targets(sheet: BalanceSheet) -> dict[str, float]:
    """The sheet's targets by name; raises when there are none, when one is negative or when they do not sum to 1."""
    if not sheet.targets:
        raise MissingValue("No target weights")
    for name, weight in sheet.targets:
        if not 0 <= weight <= 1:
            raise BadInput("a target weight from 0 to 1", column=name, value=weight)
    total = sum(weight for _, weight in sheet.targets)
    if abs(total - 1) > 1e-6:
        raise BadInput("weights that sum to 1", column="targets", value=round(total, 6))
    return dict(sheet.targets)


def group(holding: Holding, targets: dict[str, float]) -> str:
    """The target a holding counts toward: its ticker's own, else its class's; without either, a target of 0."""
    return holding.ticker if holding.ticker in targets else holding.asset_class


def drifts(sheet: BalanceSheet, band: float) -> tuple[Drift, ...]:
    """Each target in the order of the books, then what is held without one (target 0), named by its class."""
    sheet.require_complete()
    targets = checked_targets(sheet)
    total = sheet.portfolio_value
    if total <= 0:
        raise MissingValue("No holdings with a value")
    values = dict.fromkeys(targets, 0.0)
    for holding in sheet.holdings:
        name = group(holding, targets)
        values[name] = values.get(name, 0.0) + holding.value
    return tuple(_drift(name, targets.get(name, 0.0), value, total, band) for name, value in values.items())


def _drift(name: str, target: float, value: float, total: float, band: float) -> Drift:
    actual = value / total
    return Drift(name, target, actual, actual - target, light(actual - target, band), value, value - target * total)


def worst_light(rows: tuple[Drift, ...]) -> Light:
    lights = {row.light for row in rows}
    return "red" if "red" in lights else "yellow" if "yellow" in lights else "green"
