"""What a walk through the past answers: values by date, and what the lenders did. Money in the base currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from alm.drill.values import Event as Recorded
from alm.drill.values import by_month
from alm.risk.series import Array

Rebalancing = Literal["never", "band", "monthly", "quarterly", "annual"]
REBALANCING: tuple[Rebalancing, ...] = ("never", "band", "monthly", "quarterly", "annual")


@dataclass(frozen=True, slots=True)
class Rule:
    """When weights are restored: never, when one leaves its `band` (points of weight), or when a period begins.

    `cost` is lost on what is sold, as a share of it, whoever sells.
    """

    when: Rebalancing = "never"
    band: float = 0.05
    cost: float = 0.0


EventKind = Literal["freeze", "call", "pledge", "cure", "own_sale", "sale", "late_interest", "ruin"]
KINDS: dict[str, EventKind] = {
    "freeze": "freeze", "call": "call", "pledge": "pledge", "cure": "cure", "sale": "own_sale", "forced_sale": "sale",
    "late_interest": "late_interest", "ruin": "ruin",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """What a lender did or was paid. `ltv` is the loan's own, on lending value.

    `amount` is what was asked for (call), paid by one source (cure), sold at market value (sale: by the lender;
    own_sale: by the household, for what its line costs) or left unpaid (ruin); `net` what a sale brought.
    """

    on: date
    kind: EventKind
    ltv: float
    amount: float
    source: str = ""
    net: float = 0.0
    loan: str = ""


def events_of(recorded: Iterable[Recorded]) -> tuple[Event, ...]:
    """A recorded step's events, without what only the credit line shows."""
    return tuple(
        Event(one.date, KINDS[one.event], one.ltv, one.amount, one.source, one.net, one.loan)
        for one in by_month(tuple(recorded))
        if one.event in KINDS
    )


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Values at the end of each date (T): `gross` holdings, `cash`, `owed` on all loans, `drawn` on the lines.

    `net` = gross + cash − owed − drawn; `ltv` is that of one loan: owed / market value pledged to it; `highest_ltv` the
    largest of it before what any lender asked for was paid. `turnover` is the value sold to rebalance and `cost` what
    that cost, tax included, over the whole path. `called` and `sold`: whether a lender ever did that.
    """

    dates: pd.DatetimeIndex
    gross: Array
    cash: Array
    owed: Array
    drawn: Array
    ltv: Array
    highest_ltv: float
    events: tuple[Event, ...]
    called: bool
    sold: bool
    turnover: float
    cost: float
    rebalanced: int

    @property
    def net(self) -> Array:
        return self.gross + self.cash - self.owed - self.drawn

    @property
    def returns(self) -> Array:
        """Of `net`, T − 1; NaN from the day it is gone."""
        net = self.net
        alive = np.minimum.accumulate(net) > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(alive[:-1], net[1:] / net[:-1] - 1, np.nan)
