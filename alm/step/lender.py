"""One lender's rules acted out: freeze, call with a deadline, cure, sale. A state machine looked at once a step.

The ratio is owed / collateral, where `collateral` is the *lending value* Σ value · advance_rate of what is pledged,
so that thresholds stated on market value (advance rate 1) and after haircuts read the same. Reaching a threshold
exactly counts as being there; comparisons allow a relative 1e-9, because money arrives here as floats. A contract that
says "above" states its threshold as `first_ratio` gives it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

EQUAL = 1e-9

# What a look demands
NOTHING, CURE, SELL_PART, SELL_ALL, SELL_DUE = 0, 1, 2, 3, 4

# Zones, in order of danger
SAFE, FROZEN, CALL, FORCED = 0, 1, 2, 3


class LenderRules(NamedTuple):
    """The contract in numbers. Ratios are on lending value; days are business days."""

    freeze_ltv: float
    """At or above: no new draw, no release of collateral."""
    call_ltv: float
    """At or above: a margin call; infinite when this lender sells without calling."""
    forced_ltv: float
    """At or above: the lender sells, after `forced_days` of notice."""
    cure_ltv: float
    """What a call must be brought to, and what a partial sale restores."""
    cure_days: float
    """Days to cure a call, the day of notice included; 0: sold at the look that finds it."""
    forced_days: float
    """Days of notice before the sale at `forced_ltv`, the day of notice included; 0: none."""
    call_stays_open: bool
    """A call stays open until cured, even when the ratio falls back below `call_ltv`."""
    full_liquidation: bool
    """The lender sells everything pledged, not only what restores `cure_ltv`; irrevocable."""
    execution_days: float
    """Days between the look that triggers a sale and its execution; prices move in between."""
    settlement_days: float
    """Days between the trade and its proceeds being applied; late interest runs."""
    late_rate_pa: float
    concentration_share: float
    """When one issue is at least this share of the collateral the next two replace freeze and cure; infinite: never."""
    concentration_freeze_ltv: float
    concentration_cure_ltv: float
    forced_cure_ltv: float
    """What the forced threshold asks for where that is not the cure target: with days of its own a second call, beside
    the first and for this part only; 0: the whole loan is due; infinite: the cure target."""
    forced_above: float
    """The forced threshold holds only where more than this is owed."""


class LenderState(NamedTuple):
    """What the lender remembers between looks."""

    frozen: bool
    call_open: bool
    days_left: float
    """Business days left to cure, this one included (or until a pending sale is executed); 0 when nothing runs."""
    liquidating: bool
    """A sale is ordered and cannot be stopped."""
    due_days: float
    """Business days left for the part that the forced threshold asks for; 0 when no such call runs."""


CALM = LenderState(False, False, 0.0, False, 0.0)


def first_ratio(threshold: float, strict: bool) -> float:
    """The least ratio that counts as there: the threshold, or beyond rounding above it where the contract is strict."""
    return threshold * (1.0 + 3.0 * EQUAL) if strict else threshold


def reached(owed: float, collateral: float, threshold: float) -> bool:
    """Whether owed / collateral ≥ threshold, equality included. False when nothing is owed."""
    return owed > 0.0 and owed >= threshold * collateral * (1.0 - EQUAL)


def cured(owed: float, collateral: float, target: float) -> bool:
    """Whether owed / collateral ≤ target, equality included."""
    return owed <= target * collateral * (1.0 + EQUAL)


def at_forced(rules: LenderRules, owed: float, collateral: float) -> bool:
    return owed > rules.forced_above and reached(owed, collateral, rules.forced_ltv)


def is_concentrated(rules: LenderRules, concentration: float) -> bool:
    return concentration >= rules.concentration_share * (1.0 - EQUAL)


def freeze_threshold(rules: LenderRules, concentration: float) -> float:
    return rules.concentration_freeze_ltv if is_concentrated(rules, concentration) else rules.freeze_ltv


def cure_target(rules: LenderRules, concentration: float) -> float:
    return rules.concentration_cure_ltv if is_concentrated(rules, concentration) else rules.cure_ltv


def zone(rules: LenderRules, owed: float, collateral: float, concentration: float) -> int:
    """SAFE < freeze ≤ FROZEN < call ≤ CALL < forced ≤ FORCED, by today's ratio alone (no memory)."""
    if at_forced(rules, owed, collateral):
        return FORCED
    if reached(owed, collateral, rules.call_ltv):
        return CALL
    if reached(owed, collateral, freeze_threshold(rules, concentration)):
        return FROZEN
    return SAFE


def look(
    rules: LenderRules,
    state: LenderState,
    owed: float,
    collateral: float,
    concentration: float,
    business_days: float,
    answered: float = 0.0,
) -> tuple[LenderState, int]:
    """The lender's look at the end of a step `business_days` long: (what it remembers now, what it demands).

    - CURE: a call is open and its deadline has not passed.
    - SELL_PART: sell what restores the cure target. SELL_ALL: sell everything pledged. SELL_DUE: sell what the forced
      threshold asks for; a call for the rest runs on.

    Counting: a call opened at this look has `days_left` = cure_days; each later look takes off the business days
    since the one before. With 5 days including the day of notice, a call of Monday can be cured until Friday, and what
    is missing is sold at Friday's close: the caller lets the household respond and then asks `overdue`. A lender who
    never calls and gives notice at the forced threshold calls there, with those days. `answered` is what was paid since
    the notice: a part payment does not let a call lapse, only the market does.
    """
    frozen = reached(owed, collateral, freeze_threshold(rules, concentration))
    days_left = max(0.0, state.days_left - business_days)
    if state.liquidating:
        return _pending(rules, frozen, days_left)
    forced = at_forced(rules, owed, collateral)
    if forced and rules.forced_days <= 0.0:
        return _pending(rules, frozen, rules.execution_days - _inside(rules.execution_days, business_days))
    if not _call_runs(rules, state, owed, collateral, concentration, answered):
        return LenderState(frozen, False, 0.0, False, 0.0), NOTHING
    if state.call_open and days_left <= 0.0:
        return LenderState(frozen, True, 0.0, False, 0.0), _kind_of_sale(rules)
    if not state.call_open:
        days_left = rules.cure_days if reached(owed, collateral, rules.call_ltv) else rules.forced_days
    due_days = 0.0
    if forced and math.isinf(rules.forced_cure_ltv):
        days_left = min(days_left, rules.forced_days)
    elif forced:
        due_days = max(0.0, state.due_days - business_days) if state.due_days > 0.0 else rules.forced_days
    if days_left <= 0.0:
        return LenderState(frozen, True, 0.0, False, 0.0), _kind_of_sale(rules)
    if forced and due_days <= 0.0 and not math.isinf(rules.forced_cure_ltv):
        return LenderState(frozen, True, days_left, False, 0.0), SELL_DUE
    return LenderState(frozen, True, days_left, False, due_days), CURE


def overdue(state: LenderState, business_days: float) -> bool:
    """Whether an open call ends inside a step this long: a month contains any deadline, a day the last of its days."""
    return state.call_open and business_days >= state.days_left


def unanswered(rules: LenderRules, state: LenderState, owed: float, collateral: float, business_days: float) -> int:
    """What an open call that the household's payment did not end demands: a sale where a last day is over."""
    if overdue(state, business_days):
        return _kind_of_sale(rules)
    part_is_over = state.due_days > 0.0 and business_days >= state.due_days
    return SELL_DUE if part_is_over and at_forced(rules, owed, collateral) else CURE


def sale_target(rules: LenderRules, demand: int, concentration: float) -> float:
    """The ratio that a sale restores; negative: everything is sold."""
    if demand == SELL_ALL:
        return -1.0
    return rules.forced_cure_ltv if demand == SELL_DUE else cure_target(rules, concentration)


def after_sale(state: LenderState, demand: int) -> LenderState:
    """Nothing is remembered of a sale, but for the call beside the part that was sold."""
    runs_on = demand == SELL_DUE and state.call_open
    return LenderState(state.frozen, True, state.days_left, False, 0.0) if runs_on else CALM


def kind_at_forced(rules: LenderRules) -> int:
    """What is sold at the forced threshold."""
    return _kind_of_sale(rules) if math.isinf(rules.forced_cure_ltv) else SELL_DUE


def _inside(days: float, business_days: float) -> float:
    """All of `days` when a step this long contains them, else none."""
    return days if business_days > days else 0.0


def _kind_of_sale(rules: LenderRules) -> int:
    return SELL_ALL if rules.full_liquidation else SELL_PART


def _pending(rules: LenderRules, frozen: bool, days_left: float) -> tuple[LenderState, int]:
    """A sale that is ordered: carried out once no days are left, whatever the price has done since."""
    if days_left <= 0.0:
        return LenderState(frozen, False, 0.0, False, 0.0), kind_at_forced(rules)
    return LenderState(True, False, days_left, True, 0.0), NOTHING


def _call_runs(
    rules: LenderRules, state: LenderState, owed: float, collateral: float, concentration: float, answered: float
) -> bool:
    """A call opens at the call threshold; an open one runs until cured, or until the market brings what was owed at the
    notice back below the call when the contract lets it lapse."""
    if not state.call_open:
        return reached(owed, collateral, rules.call_ltv) or at_forced(rules, owed, collateral)
    if cured(owed, collateral, cure_target(rules, concentration)):
        return False
    return rules.call_stays_open or reached(owed + answered, collateral, min(rules.call_ltv, rules.forced_ltv))
