"""How far each holding has fallen at each step of a course.

A holding whose fall is the scenario's general one moves with the index itself. One with a fall of its own (by ticker or
class) stands at 1 − f·s(t), with s(t) = (1 − level(t)) / deepest fall the share of the crisis that has happened, and a
foreign currency likewise; the dollar moves by its own closes where the course knows them in the household's yen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from alm.balance_sheet import Holding
from alm.drill.courses import Course
from alm.loans import by_issue
from alm.scenarios import Scenario

Floats = npt.NDArray[np.float64]


def happened(course: Course) -> Floats:
    """s(t), shape (T,): 0 on the first day, 1 at the deepest close."""
    return (1.0 - np.array(course.levels)) / course.deepest if course.deepest > 0 else np.zeros(len(course.levels))


def price_path(holding: Holding, scenario: Scenario, course: Course, base: str) -> Floats:
    """The holding's value over its value today, shape (T,)."""
    share, fall = happened(course), scenario.price_fall(holding)
    index = fall == scenario.fall or course.plain
    price: Floats = np.array(course.levels) if index else 1.0 - fall * share
    if dollars_in_yen(holding, course, base):
        rate: Floats = np.array(course.yen)
    else:
        rate = 1.0 - scenario.currency_fall(holding.currency, base) * share
    return price * rate


def dollars_in_yen(holding: Holding, course: Course, base: str) -> bool:
    """Whether the holding's currency moves by its own closes."""
    return bool(course.yen) and (holding.currency, base) == ("USD", "JPY")


def group_values(group: Sequence[Holding], scenario: Scenario, course: Course, base: str) -> Floats:
    """Value of holdings that are bought and sold together, shape (T,), if nothing were sold."""
    total = np.zeros(len(course.levels))
    for holding in group:
        total += holding.value * price_path(holding, scenario, course, base)
    return total


def largest_share(pledged: Sequence[Holding], scenario: Scenario, course: Course, base: str) -> Floats:
    """The largest issue's share of a loan's collateral, shape (T,): what concentration rules look at."""
    if not pledged:
        return np.zeros(len(course.levels))
    values = np.array([group_values(issue, scenario, course, base) for issue in by_issue(pledged)])
    total, largest = values.sum(axis=0), np.zeros(len(course.levels))
    np.divide(values.max(axis=0), total, out=largest, where=total > 0)
    return largest
