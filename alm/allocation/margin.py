"""What trades do to the loans: the ratio, the room to the call, and the fall the household survives."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alm.allocation.orders import Trade
from alm.balance_sheet import BalanceSheet
from alm.engines.survivable import max_survivable_fall
from alm.errors import Infeasible
from alm.lenders import LenderProfile
from alm.loans import positions
from alm.settings import Settings
from alm.text import percent, t, up_to

COSTS = 0.005
"""What trades may take off the fall survived where that is short already: their cost and tax alone take a little."""


@dataclass(frozen=True, slots=True)
class Margin:
    """`survivable_fall` at any speed, as the stress test defines it; 1 when nothing is owed."""

    ltv: float
    fall_to_call: float
    survivable_fall: float
    frozen: tuple[str, ...]
    """Loans at or above their freeze: no collateral is released."""


def margin(sheet: BalanceSheet, settings: Settings, profiles: Mapping[str, LenderProfile]) -> Margin:
    loans = positions(sheet, profiles)
    nearest = [p.distance("forced" if p.levels.call is None else "call") for p in loans]
    return Margin(
        sheet.ltv,
        min((d for d in nearest if d is not None), default=math.inf),
        max_survivable_fall(sheet, profiles, settings),
        tuple(p.loan for p in loans if p.zone != "safe"),
    )


def refuse_breach(before: Margin, after: Margin, trades: Iterable[Trade], settings: Settings) -> None:
    """Raise Infeasible for trades that leave less margin than asked for, or sell what a frozen loan holds."""
    asked = min(settings.safety_fall, before.survivable_fall - COSTS)
    sold = {trade.pledged_to for trade in trades if trade.side == "sell" and trade.pledged_to}
    if after.survivable_fall < asked - 1e-9:
        raise Infeasible(
            t(
                "These trades would take the margin ratio from {before} to {after} and leave a survivable fall of "
                "{fall}, under the {asked} that has to remain; keep what is pledged, repay some of the loan or bring "
                "new money.",
                before=percent(before.ltv),
                after=percent(after.ltv),
                fall=up_to(after.survivable_fall),
                asked=percent(asked),
            )
        )
    frozen = sorted(sold & {*before.frozen, *after.frozen})
    if frozen:
        raise Infeasible(t("{loan} is frozen: its lender releases no pledged holding to be sold.", loan=frozen[0]))
