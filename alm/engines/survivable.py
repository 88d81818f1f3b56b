"""How far prices can fall before something is sold: four figures, each a search over looks of a block.

*At any speed*: the largest fall F such that every uniform fall up to F, however fast, ends without a sale of anything.
The worst speed is one day, because what a lender demands is largest at the bottom. *Slowly*: the lenders look at every
price on the way down and each call is answered as it comes. *Prepaid*: the money is paid in ahead of the first call or
sale, an upper bound that no lender promises. *Selling*: at any speed, with what is not pledged sold before what is.

Today's look comes first: a call that today's prices open is cured, and the figure starts from there. If it cannot be,
every figure is minus the rise of prices that would be needed (−inf: none helps). A figure is a supremum, to 1e-8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet
from alm.engines.household_block import AT_ONCE, MONEY_TOLERANCE, HouseholdBlock, household_block
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.step.block import LENDER
from alm.step.books import lending
from alm.step.lender import reached
from alm.step.waterfall import raise_money

WIDTH = 32
"""Falls compared in one look; five looks of it place a figure to 1e-8."""
ROUNDS = 5
MOST_RISE = 1e6
MOST_CALLS = 10_000
"""Calls answered on one way down: each brings its loan to the cure target, so most contracts need a few."""
JUST_BELOW = 1e-8
WIDEST, NEXT_TO_NOTHING = 0.01, 1e-8
"""A lender whose cure is at the call calls again at once: its way down is walked in steps, finer where one fails."""
NOTHING_LEFT = 1e-6
"""Prices that kept only this share have fallen by everything."""

Open = Callable[[int], HouseholdBlock]
Test = Callable[[Sequence[float]], list[bool]]


@dataclass(frozen=True, slots=True)
class SurvivableFalls:
    """Fractions of every price; negative: minus the rise that would be needed."""

    at_any_speed: float
    slow: float
    prepaid: float
    selling: float


def survivable_falls(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    open_calls: Collection[str] = (),
) -> SurvivableFalls:
    """The four figures of a household whose prices are known. `open_calls` names loans whose call the books remember:
    it stands, whatever today's prices say, and its deadline is counted from today."""
    first = household_block(sheet, profiles, settings, 1)
    _remember_calls(first, [loan.name in open_calls for loan in sheet.secured_loans])
    today = first.repeated(1)
    _today(today)
    fastest = largest_fall(first.repeated, nothing_sold)
    selling = fastest if _all_pledged(first) else largest_fall(first.repeated, _nothing_pledged_sold)
    if not nothing_sold(today)[0]:
        return SurvivableFalls(fastest, fastest, fastest, selling)
    return SurvivableFalls(fastest, slowly(first.repeated(1)), prepaid(first.repeated), selling)


def max_survivable_fall(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings) -> float:
    """The first figure alone, at any speed."""
    return largest_fall(household_block(sheet, profiles, settings, 1).repeated, nothing_sold)


def survives(block: HouseholdBlock, falls: Sequence[float]) -> list[bool]:
    """Whether each path of a block, as it stands, sells nothing at its fall and at no smaller one; the block is used
    up."""
    _today(block)
    sound = nothing_sold(block)
    block.fall(falls, AT_ONCE)
    return [before and after for before, after in zip(sound, nothing_sold(block), strict=True)]


def largest_fall(opened: Open, sound: Callable[[HouseholdBlock], list[bool]]) -> float:
    """The supremum of falls after which a block is `sound`; minus the rise needed where today's look is not."""
    first = opened(1)
    _today(first)
    if not sound(first)[0]:
        return -_rise(opened, sound)

    def holds(falls: Sequence[float]) -> list[bool]:
        block = first.repeated(len(falls))
        block.fall(falls, AT_ONCE)
        return sound(block)

    return _supremum(holds)


def _today(block: HouseholdBlock) -> None:
    block.fall([0.0] * block.paths, AT_ONCE)


def nothing_sold(block: HouseholdBlock) -> list[bool]:
    parts = zip(block.sold_free(), _nothing_pledged_sold(block), strict=True)
    return [free <= MONEY_TOLERANCE and kept for free, kept in parts]


def _nothing_pledged_sold(block: HouseholdBlock) -> list[bool]:
    parts = zip(block.sold_pledged(), block.unanswered(), block.row("done"), strict=True)
    return [sold <= 0.0 and not waiting and done == 0.0 for sold, waiting, done in parts]


def _all_pledged(block: HouseholdBlock) -> bool:
    """Nothing is there that could be sold before what is pledged."""
    return block.terms.terms.first_free == block.terms.terms.asset_count


def _supremum(holds: Test) -> float:
    """Of the falls in [0, 1] that hold, where every smaller one does too."""
    low, high = 0.0, 1.0
    for _ in range(ROUNDS):
        falls = [low + (high - low) * step / WIDTH for step in range(1, WIDTH + 1)]
        found = holds(falls)
        broken = next((n for n, held in enumerate(found) if not held), None)
        if broken is None:
            return high
        low, high = (low if broken == 0 else falls[broken - 1]), falls[broken]
    return low


def _rise(opened: Open, sound: Callable[[HouseholdBlock], list[bool]]) -> float:
    """The smallest rise at which today's look ends soundly, the calls of today's prices remembered; inf: none helps."""
    called = _called(opened(1))

    def fails(rises: Sequence[float]) -> list[bool]:
        block = opened(len(rises))
        _remember_calls(block, called)
        block.fall([-rise for rise in rises], AT_ONCE)
        return [not held for held in sound(block)]

    if fails([MOST_RISE])[0]:
        return math.inf
    low, high = 0.0, 1.0
    while fails([high])[0]:
        low, high = high, 2.0 * high
    width = high - low
    found = _supremum(lambda shares: fails([low + share * width for share in shares]))
    return low + found * width


def _called(today: HouseholdBlock) -> list[bool]:
    """The loans that today's prices call, also where they are past the forced threshold too."""
    found = []
    for i, loan in enumerate(today.terms.loans):
        calls = not math.isinf(loan.call_ltv)
        first, days = (loan.call_ltv, loan.cure_days) if calls else (loan.forced_ltv, loan.forced_days)
        found.append(days > 0.0 and reached(today.owed(i)[0], lending(today.terms, today.book, i), first))
    return found


def _remember_calls(block: HouseholdBlock, called: Sequence[bool]) -> None:
    """Calls that are open stay so, on the day of their notice, whatever the price."""
    terms = block.terms
    for i, was_called in enumerate(called):
        if was_called:
            days = max(terms.loans[i].cure_days, terms.loans[i].forced_days)
            block.row("call_open", i)[:] = [1.0] * block.paths
            block.row("days_left", i)[:] = [days] * block.paths
            block.row("watched", i)[:] = [0.0] * block.paths


def slowly(block: HouseholdBlock) -> float:
    """The fall at which something is sold when the lenders look at every price: from one look that matters to the next.

    Each comes just below its price, as looks do however often they come: a lender who sells strictly above the very
    ratio of its call sells there. `block` has one path.
    """
    _today(block)
    kept, step = 1.0, WIDEST
    for _ in range(MOST_CALLS):
        share = _next_look(block)
        if share <= 0.0 or kept <= NOTHING_LEFT:
            return 1.0
        creeps = share > 1.0 - NEXT_TO_NOTHING
        share, before = share * (1.0 - (step if creeps else JUST_BELOW)), [list(row) for row in block.book]
        block.fall([1.0 - share], AT_ONCE)
        if nothing_sold(block)[0]:
            kept, step = kept * share, min(WIDEST, step * 2.0)
        elif not creeps or step <= NEXT_TO_NOTHING:
            return 1.0 - kept * share
        else:
            block.book[:], step = before, step / 10.0
    return 1.0 - kept


def _next_look(block: HouseholdBlock) -> float:
    """The share of today's prices at which the first lender acts; 0: none ever does."""
    shares = [0.0]
    for i, loan in enumerate(block.terms.loans):
        owed = block.row("balance", i)[0] + block.row("accrued", i)[0]
        counted = sum(
            block.row("value", k)[0] * block.terms.assets[k].advance for k in range(loan.first_asset, loan.last_asset)
        )
        if owed > MONEY_TOLERANCE and counted > 0.0:
            shares.append(min(owed / (min(loan.call_ltv, loan.forced_ltv) * counted), 1.0))
    return max(shares)


def prepaid(opened: Open) -> float:
    """The supremum of falls at which the money, paid in first, keeps every loan under its first threshold."""

    first = opened(1)
    _today(first)

    def holds(falls: Sequence[float]) -> list[bool]:
        block = first.repeated(len(falls))
        paid = [_pay_ahead(block, p, 1.0 - fall) for p, fall in enumerate(falls)]
        block.fall(falls, AT_ONCE)
        return [full and held for full, held in zip(paid, nothing_sold(block), strict=True)]

    return _supremum(holds)


def _pay_ahead(block: HouseholdBlock, p: int, kept: float) -> bool:
    """Pay into each loan what holds it under its first threshold at `kept` of today's prices; whether all could be."""
    terms, one = block.terms, block.one
    for r, values in enumerate(block.book):
        one[r][0] = values[p]
    for i, loan in enumerate(terms.loans):
        counted = sum(
            one[terms.terms.value + k][0] * terms.assets[k].advance for k in range(loan.first_asset, loan.last_asset)
        )
        owed = one[terms.terms.balance + i][0] + one[terms.terms.accrued + i][0]
        asked = max(0.0, owed - min(loan.call_ltv, loan.forced_ltv) * counted * kept * (1.0 - 1e-8))
        one[terms.terms.need][0] = asked
        before_sales = terms.terms.before_pledged if _all_pledged(block) else terms.terms.liquid
        raise_money(terms, one, before_sales, True, LENDER, 0, 1)
        one[terms.terms.balance + i][0] -= asked - one[terms.terms.need][0]
        if one[terms.terms.need][0] > MONEY_TOLERANCE:
            return False
    for r, values in enumerate(block.book):
        values[p] = one[r][0]
    return True
