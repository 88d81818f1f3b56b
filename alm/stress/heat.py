"""Margin ratio and zone over two shocks at once: every price falls, and the base currency strengthens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet, ltv
from alm.lenders import LenderProfile, Zone
from alm.loans import Position, positions, worst_zone
from alm.scenarios import Scenario, stressed


@dataclass(frozen=True, slots=True)
class HeatMap:
    """`ltv[i][j]` and `zone[i][j]` at `strengths[i]` and `falls[j]`; the zone is the worst loan's."""

    falls: tuple[float, ...]
    strengths: tuple[float, ...]
    ltv: tuple[tuple[float, ...], ...]
    zone: tuple[tuple[Zone, ...], ...]


def heat_map(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    falls: Sequence[float],
    strengths: Sequence[float],
) -> HeatMap:
    """One shocked sheet per strength; a fall of every price only scales its collateral."""
    rows = [positions(stressed(sheet, Scenario("strength", base_strength=f)), profiles) for f in strengths]
    cells = [[tuple(p.fallen(fall) for p in row) for fall in falls] for row in rows]
    return HeatMap(
        tuple(falls),
        tuple(strengths),
        tuple(tuple(map(_ltv, row)) for row in cells),
        tuple(tuple(map(worst_zone, row)) for row in cells),
    )


def _ltv(loans: tuple[Position, ...]) -> float:
    return ltv(sum(p.owed for p in loans), sum(p.collateral for p in loans))
