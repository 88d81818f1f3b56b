"""Where the laws touch the engine: its figures, its grid, and whether its drill of a path sold anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alm.balance_sheet import BalanceSheet
from alm.drill import drill, factors
from alm.drill.courses import NO_SHOCK
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.stress import stress_test
from tests.laws.days import at_constant_speed
from tests.laws.oracle import Falls


def engine_falls(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings) -> Falls:
    found = stress_test(sheet, profiles, settings)
    return Falls(
        found.max_survivable_fall,
        found.max_survivable_fall_slow,
        found.max_survivable_fall_prepaid,
        found.max_survivable_fall_selling,
    )


def grid_survives(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings) -> dict[float, bool]:
    """Each fall of the grid, and whether its row says that it is survived."""
    return {row.fall: row.survives for row in stress_test(sheet, profiles, settings).grid}


def drill_sells(
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings, fall: float, days: int
) -> bool:
    """Whether a fall at constant speed, then a stay until every deadline has passed, sells anything."""
    return drill_path_sells(sheet, profiles, settings, held(at_constant_speed(fall, days)))


def drill_path_sells(
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings, closes: Sequence[float]
) -> bool:
    """The same on any path: one close a business day, as factors of today's prices, today's own look before them.

    No income, spending, dividend or interest flows; essential spending still sets the reserve.
    """
    return drill(sheet, factors(closes, sheet.as_of), NO_SHOCK, profiles, settings, flows=False).sold


def held(path: Sequence[float]) -> list[float]:
    """The path, and its last close for as long as any lender of these laws waits."""
    return [*path, *path[-1:] * 15]
