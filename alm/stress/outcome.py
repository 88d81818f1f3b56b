"""One scenario on today's balance sheet: where the household stands before and after, and who pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet, ltv
from alm.engines import answers
from alm.engines.answers import Payment
from alm.engines.household_block import household_block
from alm.lenders import LenderProfile, Zone
from alm.loans import Demand, positions, worst_zone
from alm.scenarios import Scenario, stressed
from alm.settings import Settings
from alm.stress.grid import Cures, cures, kept_of_sales
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
    """`cures` are what lenders would need, `demands` and `sources` what they ask for and who pays, after the shock;
    `outcome` and `survives` as in the grid."""

    scenarios: tuple[Scenario, ...]
    before: Standing
    after: Standing
    cures: Cures
    demands: tuple[Demand, ...]
    sources: Payment
    outcome: answers.Outcome
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
    loans = positions(after, profiles)
    kept = kept_of_sales(household_block(after, profiles, settings, 1), loans)[0]
    found = answers.at_once(after, profiles, settings, loans)
    return Outcome(
        tuple(scenarios),
        standing(sheet, profiles, settings),
        standing(after, profiles, settings),
        cures(loans, kept),
        found.demands,
        found.sources,
        found.outcome,
        found.survives,
    )


def standing(sheet: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings) -> Standing:
    loans = positions(sheet, profiles)
    owed, collateral = sum(p.owed for p in loans), sum(p.collateral for p in loans)
    return Standing(
        sheet.portfolio_value,
        collateral,
        sheet.cash,
        household_block(sheet, profiles, settings, 1).means.credit_line,
        sheet.debt,
        sheet.net_worth,
        ltv(owed, collateral),
        worst_zone(loans),
        nearest(loans),
        sheet.income_monthly(),
        sheet.spending_monthly(),
        sheet.interest_monthly(),
    )


SENTENCES: Mapping[answers.Outcome, str] = {
    "nothing asked": "No lender asks for anything.",
    "paid": "Cash and credit pay everything the lenders ask for: nothing is sold.",
    "own sale": "Cash and credit are not enough: something that is not pledged has to be sold.",
    "forced": "A sale of what is pledged would be forced.",
}


def kept_sentence(found: Outcome) -> str:
    """How the scenario ends for the loans."""
    if found.before.ltv == 0:
        return t("Nothing is owed on a securities-backed loan, so no sale can be forced.")
    return t(SENTENCES[found.outcome])
