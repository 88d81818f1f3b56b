"""Loans against what is pledged to them: the values that the stress test, its reverse and the defence share."""

from alm.lenders import Zone
from alm.margin.positions import (
    THRESHOLDS,
    ZONES,
    Levels,
    Lot,
    Position,
    Resources,
    Threshold,
    cash_missing,
    kept_of_sale,
    liquid_cash,
    lot,
    positions,
    resources,
    unpledged,
    with_level,
    worst_zone,
)
from alm.margin.purse import Paid, Purse, add, cure_calls, purse, release, take
from alm.margin.survive import cash_demanded, cash_needed, largest_fall, max_survivable_fall

__all__ = [
    "THRESHOLDS",
    "ZONES",
    "Levels",
    "Lot",
    "Paid",
    "Position",
    "Purse",
    "Resources",
    "Threshold",
    "Zone",
    "add",
    "cash_demanded",
    "cash_missing",
    "cash_needed",
    "cure_calls",
    "kept_of_sale",
    "largest_fall",
    "liquid_cash",
    "lot",
    "max_survivable_fall",
    "positions",
    "purse",
    "release",
    "resources",
    "take",
    "unpledged",
    "with_level",
    "worst_zone",
]
