"""The smallest action that makes a chosen fall survivable at any speed. Each is enough alone.

Found with the step: a block whose columns are amounts, each done today, then today's look, then the fall at once. An
amount is the least whose column ends without a sale, rounded up by less than a millionth. Money from outside (a
repayment, more cash, a larger committed line) first fills what the household's own rules keep back; repaying from its
own cash is no action: it lowers need and sources alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from alm.balance_sheet import BalanceSheet
from alm.defence.levers import BY_LOAN, KINDS, Kind, Workbench, workbench
from alm.engines.least import Amounts, least
from alm.engines.survivable import survives
from alm.errors import BadInput
from alm.lenders import LenderProfile
from alm.loans import Position, positions
from alm.settings import Settings
from alm.step.block import FREE
from alm.text import money, percent, t, up_to


@dataclass(frozen=True, slots=True)
class Action:
    """`amount` in the base currency: money for the first three kinds, market value for the others; None when this
    way cannot do it alone, and `why` says the reason. `parts` is the amount by loan, where it matters which."""

    action: Kind
    amount: float | None
    why: str
    parts: Mapping[str, float] = field(default_factory=dict)


def actions(
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings, survive_fall: float
) -> tuple[Action, ...]:
    """What would make a uniform fall survivable without a sale, smallest first; () when it is already."""
    return tuple(way for way in ways(sheet, profiles, settings, survive_fall) if way.amount is not None)


def ways(
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings, survive_fall: float
) -> tuple[Action, ...]:
    """The same, and then the ways that cannot do it alone, each with its reason."""
    if not 0 <= survive_fall < 1:
        raise BadInput("a fall from 0 to below 1", column="survive", value=survive_fall)
    bench = workbench(sheet, profiles, settings)
    if survives(bench.block.repeated(1), [survive_fall])[0]:
        return ()
    asked = _Asked(bench, sheet, positions(sheet, profiles), survive_fall)
    found = [asked.action(kind) for kind in KINDS]
    return tuple(sorted(found, key=lambda a: math.inf if a.amount is None else a.amount))


def told_once(found: Iterable[Action]) -> tuple[str, ...]:
    """Their sentences; several ways may share a reason."""
    return tuple(dict.fromkeys(action.why for action in found))


WHY: Mapping[Kind, str] = {
    "repay": "Repay {amount} with new money to survive a fall of {fall}; paying from your cash does not help.",
    "add_cash": "Keep {amount} more in cash to survive a fall of {fall}.",
    "enlarge_line": "Arrange {amount} more of committed credit to survive a fall of {fall}.",
    "sell_pledged": "Sell {amount} of pledged holdings today and repay, to survive a fall of {fall}.",
    "sell_unpledged": "Sell {amount} of unpledged holdings today and keep the cash, to survive a fall of {fall}.",
    "pledge_more": "Pledge {amount} more of unpledged holdings to survive a fall of {fall}.",
}
CANNOT: Mapping[Kind, str] = {
    "repay": "Repaying cannot make a fall of {fall} survivable.",
    "add_cash": "More cash cannot make a fall of {fall} survivable: in your order of payment a sale comes first.",
    "enlarge_line": "More credit cannot make a fall of {fall} survivable: in your order of payment a sale comes first.",
    "sell_pledged": "Selling pledged holdings today cannot make a fall of {fall} survivable.",
    "sell_unpledged": "Everything unpledged brings {amount} after cost and tax, too little.",
    "pledge_more": "Only {amount} of unpledged holdings may be pledged, too little to survive a fall of {fall}.",
}
WALL = (
    "{loan}: its lender sells from a fall of {wall} on, whatever money is at hand. More cash or credit cannot make a "
    "fall of {fall} survivable."
)


@dataclass(frozen=True, slots=True)
class _Asked:
    bench: Workbench
    sheet: BalanceSheet
    loans: tuple[Position, ...]
    fall: float

    def action(self, kind: Kind) -> Action:
        def holds(amounts: Amounts) -> list[bool]:
            return survives(self.bench.after(kind, amounts), [self.fall] * len(amounts[0]))

        most = self.bench.most(kind)
        found = least(holds, most) if sum(most) > 0 else None
        too_much = kind == "pledge_more" and found is not None and sum(found) > most[0] * (1 + 1e-9)
        if found is None or too_much:
            return Action(kind, None, self._cannot(kind))
        named = kind in BY_LOAN and len(found) > 1
        parts = {name: part for name, part in zip(self.bench.loans, found, strict=False) if part > 0} if named else {}
        why = self._told(WHY[kind], sum(found))
        if len(parts) > 0:
            each = ", ".join(f"{name} {self._money(part)}" for name, part in parts.items())
            why = f"{why} {t('By loan: {parts}.', parts=each)}"
        return Action(kind, sum(found), why, parts)

    def _cannot(self, kind: Kind) -> str:
        wall = min(self.loans, key=lambda p: p.fall_to(p.sold_unasked_at))
        reach = wall.fall_to(wall.sold_unasked_at)
        if kind not in BY_LOAN and reach <= self.fall:
            shown = up_to(max(reach, 0.0))
            return t(WALL, loan=wall.loan, wall=shown, fall=percent(self.fall))
        amount = self.bench.block.proceeds(FREE)[0] if kind == "sell_unpledged" else self.bench.pledgeable
        return self._told(CANNOT[kind], amount)

    def _told(self, sentence: str, amount: float) -> str:
        return t(sentence, amount=self._money(amount), fall=percent(self.fall))

    def _money(self, amount: float) -> str:
        return money(amount, self.sheet.base_currency)
