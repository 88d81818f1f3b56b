"""One lender's rules acted out: freeze, call with a deadline, cure, sale. A state machine looked at once a step.

The ratio is owed / collateral, where `collateral` is the *lending value* Σ value · advance_rate of what is pledged,
so that thresholds stated on market value (advance rate 1) and after haircuts read the same. Reaching a threshold
exactly counts as being there; comparisons allow a relative 1e-9, because money arrives here as floats.
"""

from __future__ import annotations

from typing import NamedTuple

EQUAL = 1e-9

# What a look demands
NOTHING, CURE, SELL_PART, SELL_ALL = 0, 1, 2, 3

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


class LenderState(NamedTuple):
    """What the lender remembers between looks."""

    frozen: bool
    call_open: bool
    days_left: float
    """Business days left to cure, this one included (or until a pending sale is executed); 0 when nothing runs."""
    liquidating: bool
    """A sale is ordered and cannot be stopped."""


CALM = LenderState(False, False, 0.0, False)


def reached(owed: float, collateral: float, threshold: float) -> bool:
    """Whether owed / collateral ≥ threshold, equality included. False when nothing is owed."""
    return owed > 0.0 and owed >= threshold * collateral * (1.0 - EQUAL)


def cured(owed: float, collateral: float, target: float) -> bool:
    """Whether owed / collateral ≤ target, equality included."""
    return owed <= target * collateral * (1.0 + EQUAL)


def is_concentrated(rules: LenderRules, concentration: float) -> bool:
    return concentration >= rules.concentration_share * (1.0 - EQUAL)


def freeze_threshold(rules: LenderRules, concentration: float) -> float:
    return rules.concentration_freeze_ltv if is_concentrated(rules, concentration) else rules.freeze_ltv


def cure_target(rules: LenderRules, concentration: float) -> float:
    return rules.concentration_cure_ltv if is_concentrated(rules, concentration) else rules.cure_ltv


def zone(rules: LenderRules, owed: float, collateral: float, concentration: float) -> int:
    """SAFE < freeze ≤ FROZEN < call ≤ CALL < forced ≤ FORCED, by today's ratio alone (no memory)."""
    if reached(owed, collateral, rules.forced_ltv):
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
    - SELL_PART: sell what restores the cure target. SELL_ALL: sell everything pledged.

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
    if reached(owed, collateral, rules.forced_ltv) and rules.forced_days <= 0.0:
        return _pending(rules, frozen, rules.execution_days - _inside(rules.execution_days, business_days))
    if not _call_runs(rules, state, owed, collateral, concentration, answered):
        return LenderState(frozen, False, 0.0, False), NOTHING
    if state.call_open and days_left <= 0.0:
        return LenderState(frozen, True, 0.0, False), _kind_of_sale(rules)
    if not state.call_open:
        days_left = rules.cure_days if reached(owed, collateral, rules.call_ltv) else rules.forced_days
    if reached(owed, collateral, rules.forced_ltv):
        days_left = min(days_left, rules.forced_days)
    if days_left <= 0.0:
        return LenderState(frozen, True, 0.0, False), _kind_of_sale(rules)
    return LenderState(frozen, True, days_left, False), CURE


def overdue(state: LenderState, business_days: float) -> bool:
    """Whether an open call ends inside a step this long: a month contains any deadline, a day the last of its days."""
    return state.call_open and business_days >= state.days_left


def _inside(days: float, business_days: float) -> float:
    """All of `days` when a step this long contains them, else none."""
    return days if business_days > days else 0.0


def _kind_of_sale(rules: LenderRules) -> int:
    return SELL_ALL if rules.full_liquidation else SELL_PART


def _pending(rules: LenderRules, frozen: bool, days_left: float) -> tuple[LenderState, int]:
    """A sale that is ordered: carried out once no days are left, whatever the price has done since."""
    if days_left <= 0.0:
        return LenderState(frozen, False, 0.0, False), _kind_of_sale(rules)
    return LenderState(True, False, days_left, True), NOTHING


def _call_runs(
    rules: LenderRules, state: LenderState, owed: float, collateral: float, concentration: float, answered: float
) -> bool:
    """A call opens at the call threshold; an open one runs until cured, or until the market brings what was owed at the
    notice back below the call when the contract lets it lapse."""
    if not state.call_open:
        return reached(owed, collateral, rules.call_ltv) or reached(owed, collateral, rules.forced_ltv)
    if cured(owed, collateral, cure_target(rules, concentration)):
        return False
    return rules.call_stays_open or reached(owed + answered, collateral, min(rules.call_ltv, rules.forced_ltv))
