"""The whole defence of one household in one value: what the screen, the terminal and the report show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet
from alm.defence.actions import Action, ways
from alm.defence.borrowing import Borrowing, LineChoice, further_borrowing, line_choices
from alm.defence.capacity import Capacity, capacity
from alm.defence.months import Month, who_pays
from alm.defence.runway import Reserves, coverage_ratio, reserves, runway_months, survival_horizon_months
from alm.engines.survivable import max_survivable_fall
from alm.errors import Infeasible
from alm.lenders import LenderProfile
from alm.loans import demanded, positions
from alm.scenarios import Scenario, stressed
from alm.settings import Settings

FALLS = tuple(n / 50 for n in range(46))
"""0 % … 90 % by 2 %."""

Dividends = Callable[[BalanceSheet], float]
"""Net dividends of the coming year of a sheet, which may be a stressed one, and holds only what is within reach."""


def no_dividends(_sheet: BalanceSheet) -> float:
    return 0.0


@dataclass(frozen=True, slots=True)
class Horizon:
    """How long the household lasts under one scenario. `demanded`: what lenders ask for at once."""

    scenario: str
    title: str
    survival_horizon_months: float
    coverage_ratio: float
    demanded: float
    reserves: Reserves


@dataclass(frozen=True, slots=True)
class Defence:
    """`actions` make `survive_fall` survivable, smallest first; `cannot` are ways that fall short, with the reason.

    `borrow_and_spend` and `borrow_and_invest` are empty when the fall is not survivable as it is.
    """

    survive_fall: float
    survives: bool
    max_survivable_fall: float
    runway_months: float
    survival_horizon_months: float
    coverage_ratio: float
    actions: tuple[Action, ...]
    cannot: tuple[Action, ...]
    borrow_and_spend: tuple[Borrowing, ...]
    borrow_and_invest: tuple[Borrowing, ...]
    lines: tuple[LineChoice, ...]
    horizons: tuple[Horizon, ...]
    capacity: tuple[Capacity, ...]
    waterfall: tuple[Month, ...]
    """Who pays after `survive_fall`, month by month; month 0 holds the cures."""


def defend(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    *,
    survive_fall: float,
    scenarios: Iterable[Scenario] = (),
    dividends: Dividends = no_dividends,
) -> Defence:
    """Every figure of the defence.

    The household's own horizon and coverage are those of a uniform `survive_fall`. MissingValue on a missing price.
    """
    sheet.require_complete()
    found = ways(sheet, profiles, settings, survive_fall)
    asked = Scenario("chosen fall", fall=survive_fall)
    own = horizon(sheet, profiles, settings, (asked,), dividends)
    after = stressed(sheet, asked)
    return Defence(
        survive_fall,
        not found,
        max_survivable_fall(sheet, profiles, settings),
        runway_months(sheet, settings),
        own.survival_horizon_months,
        own.coverage_ratio,
        tuple(way for way in found if way.amount is not None),
        tuple(way for way in found if way.amount is None),
        _borrowing(sheet, profiles, settings, survive_fall, invest=False),
        _borrowing(sheet, profiles, settings, survive_fall, invest=True),
        line_choices(sheet, profiles, settings),
        horizons(sheet, profiles, settings, scenarios, dividends),
        capacity(sheet, profiles, settings, FALLS),
        who_pays(after, profiles, settings),
    )


def horizons(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    scenarios: Iterable[Scenario],
    dividends: Dividends = no_dividends,
) -> tuple[Horizon, ...]:
    """Each scenario by itself, whatever fall is to be survived."""
    return tuple(horizon(sheet, profiles, settings, (scenario,), dividends) for scenario in scenarios)


def horizon(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    scenarios: Sequence[Scenario],
    dividends: Dividends = no_dividends,
) -> Horizon:
    """How long the household lasts after scenarios that happen together, once every call is cured."""
    after = stressed(sheet, *scenarios)
    asked, paid = demanded(positions(after, profiles)), dividends(after.within_reach())
    return Horizon(
        " + ".join(s.name for s in scenarios),
        " + ".join(s.title for s in scenarios),
        survival_horizon_months(after, settings, owed_at_once=asked, dividends_pa=paid),
        coverage_ratio(after, settings, owed_at_once=asked, dividends_pa=paid),
        asked,
        reserves(after, settings),
    )


def _borrowing(
    sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings, fall: float, *, invest: bool
) -> tuple[Borrowing, ...]:
    try:
        return further_borrowing(sheet, profiles, settings, fall, use="invest" if invest else "spend")
    except Infeasible:
        return ()
