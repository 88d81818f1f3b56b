"""How far each holding has fallen at each step of a crisis.

The index says how much of the crisis has happened: s(t) = (1 − level(t)) / deepest fall. A holding stands at
1 − f·s(t) of its value, f being its fall in the scenario of the same name, and a foreign currency likewise. With f the
index's own fall that is the index itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from alm.balance_sheet import Holding
from alm.drill.crises import Crisis, Path
from alm.margin import by_issue
from alm.scenarios import Scenario

Floats = npt.NDArray[np.float64]


def happened(crisis: Crisis, steps: Path) -> Floats:
    """s(t), shape (T,): 0 on the first day, 1 at the deepest known close."""
    return (1.0 - np.array(steps.levels)) / crisis.deepest


def standing(holding: Holding, scenario: Scenario, share: Floats, base: str) -> Floats:
    """The holding's value over its value today, shape (T,)."""
    price = 1.0 - scenario.price_fall(holding) * share
    rate = 1.0 - scenario.currency_fall(holding.currency, base) * share
    return price * rate


def group_values(group: Sequence[Holding], scenario: Scenario, share: Floats, base: str) -> Floats:
    """Value of holdings that are bought and sold together, shape (T,), if nothing were sold."""
    total = np.zeros_like(share)
    for holding in group:
        total += holding.value * standing(holding, scenario, share, base)
    return total


def largest_share(pledged: Sequence[Holding], scenario: Scenario, share: Floats, base: str) -> Floats:
    """The largest issue's share of a loan's collateral, shape (T,): what concentration rules look at."""
    if not pledged:
        return np.zeros_like(share)
    values = np.array([group_values(issue, scenario, share, base) for issue in by_issue(pledged)])
    total, largest = values.sum(axis=0), np.zeros_like(share)
    np.divide(values.max(axis=0), total, out=largest, where=total > 0)
    return largest
