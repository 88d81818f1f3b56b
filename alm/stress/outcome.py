"""One scenario on today's balance sheet: where the household stands before and after, and who pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet
from alm.lenders import LenderProfile
from alm.margin import Zone, purse
from alm.scenarios import Scenario, stressed
from alm.settings import Settings
from alm.stress.grid import Cures, Payment, grid_row
from alm.stress.household import Distances, nearest
from alm.text import t


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures a scenario moves. Money in the base currency; monthly flows before dividends."""

    portfolio_value: float
    collateral: float
    cash: float
    credit_line: float
    debt: float
    net_worth: float
    ltv: float
    zone: Zone
    distances: Distances
    income_monthly: float
    spending_monthly: float
    interest_monthly: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """`cures` and `sources` are what lenders would need and ask for after the shock; `survives` as in the grid."""

    scenarios: tuple[Scenario, ...]
    before: Standing
    after: Standing
    cures: Cures
    sources: Payment
    survives: bool


def outcome(
    sheet: BalanceSheet,
    profiles: Mapping[str, LenderProfile],
    settings: Settings,
    scenarios: Sequence[Scenario],
) -> Outcome:
    """The scenarios applied in order to a complete sheet; MissingValue when a price or rate is missing."""
    sheet.require_complete()
    after = stressed(sheet, *scenarios)
    row = grid_row(0.0, purse(after, profiles, settings))
    return Outcome(
        tuple(scenarios),
        standing(sheet, profiles, settings),
        standing(after, profiles, settings),
        row.cures,
        row.sources,
        row.survives,
    )


def standing(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings) -> Standing:
    today = purse(sheet, profiles, settings)
    row = grid_row(0.0, today)
    return Standing(
        sheet.portfolio_value,
        row.collateral,
        sheet.cash,
        today.line,
        sheet.debt,
        sheet.net_worth,
        row.ltv,
        row.zone,
        nearest(today.loans),
        sheet.income_monthly(),
        sheet.spending_monthly(),
        sheet.interest_monthly(),
    )


def kept_sentence(found: Outcome) -> str:
    """Whether the loans are kept out of a forced sale after the scenario."""
    if found.before.ltv == 0:
        return t("Nothing is owed on a securities-backed loan, so no sale can be forced.")
    if found.survives:
        return t("Cash and credit keep every loan out of a forced sale.")
    return t("A sale would be forced.")
