"""Paths decided by hand: 125 million pledged in one issue, 50 million owed, some cash in millions, nothing flows."""

from __future__ import annotations

from typing import NamedTuple

from alm.balance_sheet import BalanceSheet
from tests.laws.worked_falls import SELL_ALL, STANDARD, STAYS_OPEN, TWO_CALLS, sheet


class WorkedPath(NamedTuple):
    why: str
    profile: str
    cash: float
    path: list[float]
    sold: bool

    @property
    def sheet(self) -> BalanceSheet:
        return sheet(50, self.profile, cash=self.cash)


WORKED_PATHS = (
    WorkedPath("the market is back on the fifth day: the call lapses", STANDARD, 0.0, [0.57] * 4 + [0.60], False),
    WorkedPath(
        "the market is back on the sixth day: sold at the fifth close", STANDARD, 0.0, [0.57] * 5 + [0.60], True
    ),
    WorkedPath("a call that stays open does not lapse", STAYS_OPEN, 0.0, [0.57, 0.60], True),
    WorkedPath("it ends at its target, 50 % for one issue", STAYS_OPEN, 0.0, [0.57, 0.80], False),
    WorkedPath("and not just above it", STAYS_OPEN, 0.0, [0.57, 0.79], True),
    WorkedPath("a part payment does not end a call", STANDARD, 3, [0.56], True),
    WorkedPath("nor with a market that is not back", STANDARD, 3, [0.56, 0.565], True),
    WorkedPath("the market alone ends it", STANDARD, 3, [0.56, 0.58], False),
    WorkedPath("the money and the market together reach the target", STAYS_OPEN, 3, [0.56, 0.752], False),
    WorkedPath(
        "the second call shortens the deadline to the third day", TWO_CALLS, 0.0, [0.57, 0.49, 0.49, 0.70], True
    ),
    WorkedPath("back on that third day", TWO_CALLS, 0.0, [0.57, 0.49, 0.70], False),
    WorkedPath("the second call does not lengthen the first one", TWO_CALLS, 0.0, [0.57] * 4 + [0.49, 0.70], True),
    WorkedPath("the second call is paid like the first", TWO_CALLS, 60, [0.49], False),
    WorkedPath("no money prevents a sale at the forced threshold", STANDARD, 60, [0.47], True),
    WorkedPath("a call paid on the way keeps the debt under it", STANDARD, 60, [0.57, 0.47], False),
    WorkedPath("who never calls sells everything, whatever is in the bank", SELL_ALL, 60, [0.46, 1.0], True),
    WorkedPath("just above the forced threshold nothing is asked", SELL_ALL, 0.0, [0.471, 0.6], False),
)
