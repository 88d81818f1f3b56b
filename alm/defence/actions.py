"""The smallest action that makes a chosen fall survivable. Each is enough alone, and each has a closed form.

After a fall D a loan's need is max(0, L − TV(1 − D)); needs beyond the sources S are the gap G. Money from outside (a
repayment, more cash, a larger committed line) closes it one for one; new cash first fills an overdraft and the living
reserve. Repaying from the household's own cash does not: it lowers need and sources alike. Selling pledged holdings
today and repaying closes k − T(1 − D) of it per unit sold, k being what a sale keeps after cost and tax; pledging more
closes T(1 − D), selling what is not pledged k.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from alm.balance_sheet import BalanceSheet
from alm.errors import BadInput
from alm.lenders import LenderProfile
from alm.margin import Position, cash_missing, cash_needed, kept_of_sale, lot, positions, resources, unpledged
from alm.settings import Settings
from alm.text import money, percent, t

Kind = Literal["repay", "add_cash", "enlarge_line", "sell_pledged", "sell_unpledged", "pledge_more"]


@dataclass(frozen=True, slots=True)
class Action:
    """`amount` in the base currency: money for the first three kinds, market value for the others; None when this
    way cannot do it alone, and `why` says the reason."""

    action: Kind
    amount: float | None
    why: str


def actions(
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings, survive_fall: float
) -> tuple[Action, ...]:
    """What would make a uniform fall survivable without a forced sale, smallest first; () when it is already."""
    return tuple(way for way in ways(sheet, profiles, settings, survive_fall) if way.amount is not None)


def ways(
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings, survive_fall: float
) -> tuple[Action, ...]:
    """The same, and then the ways that cannot do it alone, each with its reason."""
    if not 0 <= survive_fall < 1:
        raise BadInput("a fall from 0 to below 1", column="survive", value=survive_fall)
    loans = positions(sheet, profiles, settings)
    gap = shortfall(loans, resources(sheet, settings).total, survive_fall)
    if gap <= 0:
        return ()
    found = (
        _money("repay", gap, sheet, survive_fall),
        _money("add_cash", gap + cash_missing(sheet, settings), sheet, survive_fall),
        _money("enlarge_line", gap, sheet, survive_fall),
        _sell_pledged(loans, gap, sheet, settings, survive_fall),
        _sell_unpledged(gap + cash_missing(sheet, settings), sheet, settings, survive_fall),
        _pledge_more(loans, gap, sheet, survive_fall),
    )
    return tuple(sorted(found, key=lambda a: math.inf if a.amount is None else a.amount))


def shortfall(loans: tuple[Position, ...], sources: float, survive_fall: float) -> float:
    """G: what the loans need after the fall beyond the sources; not above 0 when survived (to a billionth)."""
    needed = cash_needed(p.fallen(survive_fall) for p in loans)
    return 0.0 if needed <= sources * (1 + 1e-9) else needed - sources


_MONEY_WHY = {
    "repay": "Repay {amount} with money from outside (own cash would only change pockets) to survive a fall of {fall}.",
    "add_cash": "Keep {amount} more in cash to survive a fall of {fall}.",
    "enlarge_line": "Arrange {amount} more of committed credit to survive a fall of {fall}.",
}


def _money(kind: Kind, gap: float, sheet: BalanceSheet, survive_fall: float) -> Action:
    why = t(_MONEY_WHY[kind], amount=money(gap, sheet.base_currency), fall=percent(survive_fall))
    return Action(kind, gap, why)


def _sell_pledged(
    loans: tuple[Position, ...], gap: float, sheet: BalanceSheet, settings: Settings, survive_fall: float
) -> Action:
    sold = pledged_sale(loans, gap, survive_fall, settings.sale_cost)
    if math.isinf(sold):
        why = t("Selling pledged holdings today cannot make a fall of {fall} survivable.", fall=percent(survive_fall))
        return Action("sell_pledged", None, why)
    amount = money(sold, sheet.base_currency)
    why = t(
        "Sell {amount} of pledged holdings today and repay, to survive a fall of {fall}.",
        amount=amount,
        fall=percent(survive_fall),
    )
    return Action("sell_pledged", sold, why)


def pledged_sale(loans: tuple[Position, ...], gap: float, survive_fall: float, sale_cost: float) -> float:
    """Market value to sell today and repay with; inf when even selling all of it leaves the fall unsurvivable."""
    return least_to_close(gap, (_way(p, survive_fall, sale_cost) for p in loans))


def least_to_close(gap: float, ways: Iterable[tuple[float, float]]) -> float:
    """The least that closes a gap by ways given as (closed per unit, most units to effect), best first; inf if none."""
    used = 0.0
    for per_unit, most in sorted(ways, reverse=True):
        if per_unit <= 0 or gap <= 0:
            break
        part = min(most, gap / per_unit)
        used, gap = used + part, gap - part * per_unit
    return used if gap <= 1e-9 * used else math.inf


def _way(p: Position, survive_fall: float, sale_cost: float) -> tuple[float, float]:
    """(how much of the gap a unit sold closes, the most that can be sold to effect)."""
    need = cash_needed((p.fallen(survive_fall),))
    per_unit = kept_of_sale(p.lots, sale_cost) - p.levels.forced * (1 - survive_fall)
    return per_unit, min(p.collateral, need / per_unit) if per_unit > 0 else 0.0


def _sell_unpledged(gap: float, sheet: BalanceSheet, settings: Settings, survive_fall: float) -> Action:
    lots = tuple(lot(h, settings) for h in unpledged(sheet))
    owned, keep = sum(x.value for x in lots), kept_of_sale(lots, settings.sale_cost)
    if keep * owned < gap:
        why = t("Everything unpledged brings {amount} after cost and tax, too little.", amount=_m(keep * owned, sheet))
        return Action("sell_unpledged", None, why)
    why = t(
        "Sell {amount} of unpledged holdings today and keep the cash, to survive a fall of {fall}.",
        amount=_m(gap / keep, sheet),
        fall=percent(survive_fall),
    )
    return Action("sell_unpledged", gap / keep, why)


def _pledge_more(loans: tuple[Position, ...], gap: float, sheet: BalanceSheet, survive_fall: float) -> Action:
    """Counted by the lender as what is pledged already. Tax-free holdings cannot be pledged."""
    free = sum(h.value for h in unpledged(sheet) if h.account.tax_treatment != "tax_free")
    ways = ((p.levels.forced * (1 - survive_fall), cash_needed((p.fallen(survive_fall),))) for p in loans)
    posted = least_to_close(gap, ((per_unit, need / per_unit) for per_unit, need in ways if per_unit > 0))
    if math.isinf(posted):
        why = t("Pledging more cannot make a fall of {fall} survivable.", fall=percent(survive_fall))
        return Action("pledge_more", None, why)
    if posted > free:
        why = t(
            "Pledging more would take {amount}; only {free} of unpledged holdings may be pledged.",
            amount=_m(posted, sheet),
            free=_m(free, sheet),
        )
        return Action("pledge_more", None, why)
    why = t(
        "Pledge {amount} more of unpledged holdings to survive a fall of {fall}.",
        amount=_m(posted, sheet),
        fall=percent(survive_fall),
    )
    return Action("pledge_more", posted, why)


def _m(amount: float, sheet: BalanceSheet) -> str:
    return money(amount, sheet.base_currency)
