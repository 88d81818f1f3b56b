"""The survivable falls by brute simulation of days: what the engine is judged by. It shares no rule with the engine.

A path is a list of daily closes as factors of today's prices; every holding moves by the same factor, exchange rates
stand still, and no income, spending, dividend or interest flows. The first close is today's own, 1. Each day every
lender looks at the close, in the order of the books, and the household answers on the same day. After its last close
a path stays there until every deadline has passed.

Conventions, where words could be read in two ways; the careful reading is taken:

 1. A sale at the forced threshold without days of its own happens whatever money is at hand, and before anything is
    paid that day.
 2. A forced threshold with days of its own is a second call: it shortens the deadline to that of `forced_days`,
    the day of its notice included, and never lengthens it. Its target is the cure target.
 3. A lender with no call but with `forced_days` calls at the forced threshold, and `forced_days` are its only days.
 4. A call with `cure_days` 0 is a sale at the call, whatever `forced_days` says; no money prevents it.
 5. Days count from the day of notice: with n days the lender sells what is missing at the close of day n, the day of
    notice being day 1, after the household's last payment.
 6. A call ends at the cure target or, unless it stays open, when the market alone brings the ratio under the call:
    what was paid since the notice is added back to the debt for that question. A part payment never ends it.
 7. At each look the household pays exactly up to the cure target, or all it can; never more, never ahead. An earlier
    loan's cure leaves the later ones what remains, even where the later one's sale could have been prevented.
 8. Sources pay in the waterfall's order. Dividends pay nothing (none falls due). The sale of unpledged holdings, when
    its turn comes before cash or a line and there is something to sell, is a sale and ends survival; where there is
    nothing to sell the next source pays. `pledged_sale` is the lender's, on the last day: the household sells nothing
    pledged itself, and the sources after it pay nothing.
 9. Cash is what is not in a deferred account, overdrafts subtracted, less the reserve (`living_reserve_months` times
    essential spending in force), never below 0. Lines: committed, unexpired today, their undrawn part. No collateral
    is posted (`pledge_more` is left out of the four figures).
10. The ratio is owed (balance + accrued interest) / sum of value times advance rate. Concentration is the largest share
    of one issue (ticker and currency, over accounts) in the *market value* pledged to that loan. It replaces freeze and
    cure target, never the call or the forced threshold, and does not change in a uniform fall.
11. Nothing is owed: no lender looks. A deferred account's holding is no collateral and is not sold.
12. Today's look comes before the fall: a call that today's prices open, or the books remember, is cured first.
13. If today's look ends in a sale, a figure is minus the smallest rise r such that the look at prices (1 + r), with
    today's calls remembered as open, ends in none. The first three figures have the same r (cash and lines); `selling`
    has its own. A sale at once (1, 4) needs the ratio strictly under its threshold, and nothing is remembered of it,
    except that a debt at the forced threshold is past the call, which is remembered too. No rise helps: -inf.
14. `slowly`: the lender looks at every price on the way down. A call that cannot be cured at once is sold.
15. `prepaid`: the same money as the other figures, split over the loans as is best, paid today. A loan's first
    threshold is its call, else its forced one. A call open today takes at least its cure. Lenders who sell at once
    count like any other: the payment comes before their look.
16. `selling`: the sale of unpledged holdings is a source that pays, in its place of the order: after `pledged_sale` it
    pays nothing. Every unpledged holding is sold by the same share of what is left, net of `sale_cost` (deductible)
    and of the tax on the gains less the losses of taxable holdings, never below 0, at that day's prices; losses are
    not carried to another day. Shorts and deferred accounts are left out; tax-free accounts bear no tax.
17. A fall of everything that is survived is 1.
18. A threshold is there at its ratio, or, where the profile calls it strict, above it. A forced threshold that holds
    only above a balance is asked of what is owed on that day.
19. Where the forced threshold has a target of its own and days, it is a call for that part beside the first, with its
    own last day: the part is sold when the ratio is still there after that day's payment. Ended by falling back under
    the threshold on any day, it begins anew when the ratio returns.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from copy import deepcopy
from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet
from alm.settings import Settings
from tests.laws.days import EQUAL, Loan, Profiles, household, sells, speeds

COARSE, FINE = 1e-2, 1e-7
"""A lender whose cure is at the call calls again at every price: steps of the way down, finer where one fails."""
JUST_BELOW = 1e-8
"""A look that comes ever so little later: a forced sale strictly above the ratio of the call is reached with it."""
NOTHING_LEFT = 1e-6
"""Prices fallen to this share of today's have fallen by everything, to the precision the laws ask for."""


@dataclass(frozen=True)
class Falls:
    """The four figures; negative: minus the rise of prices that would be needed."""

    at_any_speed: float
    slowly: float
    prepaid: float
    selling: float


def falls(sheet: BalanceSheet, profiles: Profiles, settings: Settings, open_calls: Collection[str] = ()) -> Falls:
    return Falls(
        at_any_speed(sheet, profiles, settings, open_calls),
        slowly(sheet, profiles, settings, open_calls),
        prepaid(sheet, profiles, settings, open_calls),
        at_any_speed(sheet, profiles, settings, open_calls, sells_own=True),
    )


def at_any_speed(
    sheet: BalanceSheet,
    profiles: Profiles,
    settings: Settings,
    open_calls: Collection[str] = (),
    *,
    sells_own: bool = False,
) -> float:
    """The largest fall that ends without a sale on every path of `speeds`, and so does every smaller one."""
    if sells(sheet, profiles, settings, [], open_calls, sells_own=sells_own):
        return -_rise(sheet, profiles, settings, open_calls, sells_own=sells_own)

    def sold(fall: float) -> bool:
        paths = speeds(fall)
        return any(sells(sheet, profiles, settings, path, open_calls, sells_own=sells_own) for path in paths)

    def sold_in_a_day(fall: float) -> bool:
        return sells(sheet, profiles, settings, [1 - fall], open_calls, sells_own=sells_own)

    marks = [mark / 100 for mark in range(100)] + [1 - NOTHING_LEFT]
    first = next((mark for mark in marks if sold_in_a_day(mark)), None)
    if first is None:
        return 1.0
    return _least(sold, 0.0, first)


def slowly(sheet: BalanceSheet, profiles: Profiles, settings: Settings, open_calls: Collection[str] = ()) -> float:
    """The fall at which something is sold when lenders look at every price on the way down."""
    if sells(sheet, profiles, settings, [], open_calls):
        return -_rise(sheet, profiles, settings, open_calls)
    home = household(sheet, profiles, settings, open_calls)
    home.live(1.0)
    price, step = 1.0, COARSE
    while price > NOTHING_LEFT:
        looked = max((_next_look(loan, price) for loan in home.loans), default=0.0)
        again = looked > price * (1 - FINE)
        before, looked = deepcopy(home.loans), looked * (1 - (step if again else JUST_BELOW))
        money, kept = dict(home.money), home.kept
        if looked <= NOTHING_LEFT or not (home.live(looked) or any(loan.call_open for loan in home.loans)):
            price = looked
        elif not again or step <= FINE:
            return 1 - looked
        else:
            home.loans, home.money, home.kept, step = before, money, kept, step / 10
    return 1.0


def _next_look(loan: Loan, price: float) -> float:
    """The highest factor up to `price` at which this lender acts."""
    fallen = _least(lambda fall: loan.reaches_first(price * (1 - fall)), 0.0, 1.0)
    return price * (1 - fallen)


def prepaid(sheet: BalanceSheet, profiles: Profiles, settings: Settings, open_calls: Collection[str] = ()) -> float:
    """The largest fall at which the money suffices to keep every loan under its first threshold."""
    if sells(sheet, profiles, settings, [], open_calls):
        return -_rise(sheet, profiles, settings, open_calls)
    home = household(sheet, profiles, settings, open_calls)
    owed = [loan.owed for loan in home.loans]
    money = home.money_before_a_sale
    home.live(1.0)
    cures = [before - loan.owed for before, loan in zip(owed, home.loans, strict=True)]

    def short(fall: float) -> bool:
        needs = (
            max(cure, debt - loan.first_threshold * loan.collateral * (1 - fall))
            for cure, debt, loan in zip(cures, owed, home.loans, strict=True)
        )
        return sum(needs) > money * (1 + EQUAL)

    return _least(short, 0.0, 1.0) if short(1.0) else 1.0


def _rise(
    sheet: BalanceSheet,
    profiles: Profiles,
    settings: Settings,
    open_calls: Collection[str],
    *,
    sells_own: bool = False,
) -> float:
    """The smallest rise of prices at which today's look would end in no sale, today's calls remembered as open."""

    def unsold(rise: float) -> bool:
        home = household(sheet, profiles, settings, open_calls, sells_own=sells_own)
        for loan in home.loans:
            if loan.days_of_first_call > 0 and loan.reaches_first(1.0):
                loan.remember_call()
        return not home.live(1 + rise) and not any(loan.call_open for loan in home.loans)

    top = next((10.0**power for power in range(9) if unsold(10.0**power)), None)
    return math.inf if top is None else _least(unsold, 0.0, top)


def _least(true_at: Callable[[float], bool], low: float, high: float) -> float:
    """The least value at which a question turns true, known to be true at `high`, to 1e-12 of `high`."""
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if true_at(middle) else (middle, high)
    return high
