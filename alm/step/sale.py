"""Selling: what a sale brings after its cost and the tax on the gain inside, and how much must be sold.

Everything is linear in the amount sold (average cost), so every question has a closed form. `keep` is the share of
the market value sold that reaches the household: keep = (1 − h) − t · max(0, (1 − h) − cost / value), with sale cost
h (share of the proceeds, deductible) and tax rate t. A loss earns no refund: conservative. A tax-free account has
t = 0; a deferred account taxes the whole proceeds, which is a cost of 0.
"""

from __future__ import annotations

import math


def keep_share(value: float, cost: float, sale_cost: float, tax_rate: float) -> float:
    """Net proceeds per unit of market value sold. 0 when there is nothing to sell."""
    if value <= 0.0:
        return 0.0
    net = 1.0 - sale_cost
    return net - tax_rate * max(0.0, net - cost / value)


def tax_share(value: float, cost: float, sale_cost: float, tax_rate: float) -> float:
    """Tax per unit of market value sold: 1 − sale_cost − keep."""
    if value <= 0.0:
        return 0.0
    return tax_rate * max(0.0, 1.0 - sale_cost - cost / value)


def sale_to_raise(net: float, keep: float) -> float:
    """Market value to sell so that `net` remains: net / keep; infinite when a sale leaves nothing."""
    if net <= 0.0:
        return 0.0
    return net / keep if keep > 0.0 else math.inf


def sale_to_cure(owed: float, collateral: float, keep: float, target_ltv: float) -> float:
    """Market value x to sell and repay so that owed − keep·x = target · (collateral − x).

    x = (owed − target · collateral) / (keep − target); 0 when the target holds already, infinite when even selling
    everything does not reach it (owed ≥ keep · collateral) or when each sale makes the ratio worse.
    With keep = 1 it is the textbook (L − tV) / (1 − t).
    """
    short = owed - target_ltv * collateral
    if short <= 0.0:
        return 0.0
    if keep <= target_ltv or owed >= keep * collateral:
        return math.inf
    return short / (keep - target_ltv)


def cash_to_cure(owed: float, collateral: float, target_ltv: float) -> float:
    """Cash that brings the ratio to the target: max(0, L − tV)."""
    return max(0.0, owed - target_ltv * collateral)


def collateral_to_cure(owed: float, collateral: float, target_ltv: float) -> float:
    """Lending value to post so that the ratio is the target: max(0, L / t − V); infinite where t is 0."""
    if owed <= 0.0:
        return 0.0
    return max(0.0, owed / target_ltv - collateral) if target_ltv > 0.0 else math.inf


def release(need: float, owed: float, room: float, kept: float) -> tuple[float, float, float]:
    """Selling pledged holdings for other needs, never leaving the ratio above the freeze: (taken out, share of the
    holdings sold, part of the proceeds that repays the loan).

    `room` is the debt the freeze allows on all that is pledged, `kept` what selling all of it leaves. Selling the share
    s brings kept·s and leaves the room room·(1 − s). Without repaying, s may be 1 − owed / room; beyond that
    kept·s − r = taken with r = owed − room·(1 − s), up to kept − owed when everything is sold, which is more only where
    kept > room.
    """
    if need <= 0.0 or kept <= 0.0:
        return 0.0, 0.0, 0.0
    free = kept * max(0.0, 1.0 - owed / room) if room > 0.0 else 0.0
    most = max(free, kept - owed) if kept > room else free
    taken = max(0.0, min(need, most))
    share = taken / kept
    if kept <= room or owed <= room * (1.0 - share) or taken <= 0.0:
        return taken, share, 0.0
    share = min(1.0, (taken + owed - room) / (kept - room))
    return taken, share, max(0.0, kept * share - taken)
