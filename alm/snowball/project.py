"""The household's projection: today's dividends, its policy and its costs, rolled forward month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from alm.balance_sheet import BalanceSheet
from alm.dividends import DividendIncome, FireRatios, Growth, annual_dividends, fire_ratios, kept, kept_share
from alm.errors import BadInput
from alm.language import t
from alm.settings import Settings
from alm.snowball.crossover import Crossover, first_year, with_interest
from alm.snowball.cuts import Cut, factors
from alm.snowball.flows import Months, debt_service, month_starts, spending, work_income
from alm.snowball.policy import Policy, growth_bought, growth_held, growth_of, own_rows, split
from alm.snowball.roll import Floats, Plan, Rows, roll, trend
from alm.snowball.years import Year, year_table

MAX_YEARS = 100


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One ticker's dividends in each of the coming twelve calendar months, gross and net."""

    ticker: str
    amounts: tuple[float, ...]
    net: tuple[float, ...]
    assumed: bool


@dataclass(frozen=True, slots=True)
class Snowball:
    """The projection of one household under one policy and at most one cut."""

    as_of: date
    base_currency: str
    policy: Policy
    stress: Cut | None
    income: DividendIncome
    years: tuple[Year, ...]
    months: tuple[date, ...]
    """First days of the coming twelve calendar months."""
    calendar: tuple[CalendarRow, ...]
    crossover: Crossover
    ratios: FireRatios
    growth: Growth
    """Of the dividends per share of what is held."""
    bought: Growth | None
    """Of the fund that new money buys; None where none is bought."""
    yield_on_cost: float | None
    largest_payer: tuple[str, float] | None
    """The ticker that pays most and its share of gross dividends."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Everything the roll-forward needs, as arrays; the fund is the last row."""

    rows: Rows
    growth: Floats
    factor: Floats
    days: tuple[date, ...]
    spending: Months
    income: Months
    interest: Months
    split: Floats
    own: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    policy: Policy


def project(
    sheet: BalanceSheet,
    settings: Settings,
    policy: Policy | None = None,
    *,
    years: int | None = None,
    cut: Cut | None = None,
) -> Snowball:
    """Years 0 … `years` (default: the FIRE horizon), each of twelve calendar months from the one after `sheet.as_of`.

    Raises MissingValue where a price or rate is missing. Announced payments that arrive before the current month ends
    are counted in the month a year later, with the trailing ones they repeat.
    """
    horizon = settings.fire_years if years is None else years
    model, income = build(sheet, settings, policy or Policy(), horizon, cut)
    index, plan = trend(model.growth, len(model.factor)), plan_of(model, model.spending[:, None])
    rolled = roll(model.rows, index, model.factor, plan)
    costs = (model.spending, model.interest)
    table = year_table(model.rows, index, model.factor, plan, rolled, costs, model.days[0])
    return Snowball(
        as_of=sheet.as_of,
        base_currency=sheet.base_currency,
        policy=model.policy,
        stress=cut,
        income=income,
        years=table,
        months=model.days[:12],
        calendar=_calendar(income, model.days[:12]),
        crossover=_crossover(table),
        ratios=fire_ratios(income, sheet),
        growth=growth_held(income, settings),
        bought=growth_bought(settings, model.policy) if model.split[-1] > 0 else None,
        yield_on_cost=income.yield_on_cost,
        largest_payer=income.largest_payer,
    )


def build(
    sheet: BalanceSheet, settings: Settings, policy: Policy, years: int, cut: Cut | None
) -> tuple[Model, DividendIncome]:
    """The arrays of a projection of years 0 … `years`, and today's income they start from."""
    sheet.require_complete()
    if not 0 <= years <= MAX_YEARS:
        raise BadInput(t("a whole number of years from 0 to {most}", most=MAX_YEARS), column="years", value=years)
    income, into = annual_dividends(sheet, settings), policy.into or settings.reinvest_into
    held, bought = growth_held(income, settings), growth_bought(settings, policy)
    days, growth = month_starts(sheet.as_of, 12 * (years + 1)), growth_of(sheet, policy, held.pa, bought.pa)
    model = Model(
        rows=_rows(sheet, settings, policy, income, days[0].month),
        growth=growth,
        factor=factors(cut, sheet, growth, years + 1),
        days=days,
        spending=spending(sheet, settings, days),
        income=work_income(sheet, settings, days),
        interest=debt_service(sheet, days),
        split=split(sheet, into),
        own=own_rows(sheet, into),
        policy=policy,
    )
    return model, income


def plan_of(model: Model, spending: Floats) -> Plan:
    """What is contributed and what life takes, for spending by month and path (see Policy)."""
    stated = model.policy.contribution_monthly
    surplus = (model.income - model.interest)[:, None] - spending
    return Plan(
        contributed=np.maximum(surplus, 0) if stated is None else np.full_like(surplus, stated),
        needed=np.maximum(-surplus, 0) if stated is None else np.zeros_like(surplus),
        split=model.split,
        own=model.own,
        share=model.policy.reinvest_share,
        every=model.policy.buy_every_months,
    )


def _rows(sheet: BalanceSheet, settings: Settings, policy: Policy, income: DividendIncome, first_month: int) -> Rows:
    """Holdings as they pay from `first_month` on, then the fund, which pays evenly into a taxable account at home."""
    fund_yield = settings.reinvest_yield if policy.fund_yield is None else policy.fund_yield
    pay = np.array([*(h.by_month for h in income.holdings), (fund_yield / 12,) * 12])
    return Rows(
        pay=np.roll(pay, 1 - first_month, axis=1),
        price=np.array([*(max(h.value, 0.0) for h in sheet.holdings), 1.0]),
        keep=np.array(
            [*(kept_share(h, settings, sheet.base_currency) for h in sheet.holdings), kept("taxable", 0.0, settings)]
        ),
        held=np.array([1.0] * len(sheet.holdings) + [0.0]),
    )


def _calendar(income: DividendIncome, months: tuple[date, ...]) -> tuple[CalendarRow, ...]:
    """Tickers that pay, the largest payer first."""
    rows = []
    for ticker, gross, _ in income.per_ticker:
        if gross:
            own = [h for h in income.holdings if h.ticker == ticker and h.gross]
            amounts = tuple(sum(h.by_month[day.month - 1] for h in own) for day in months)
            net = tuple(sum(h.by_month[day.month - 1] * h.net / h.gross for h in own) for day in months)
            rows.append(CalendarRow(ticker, amounts, net, ticker in income.assumed))
    return tuple(rows)


def _crossover(table: tuple[Year, ...]) -> Crossover:
    def column(name: str) -> Floats:
        return np.array([getattr(year, name) for year in table])

    needs = column("spending")
    return Crossover(
        gross=first_year(column("gross"), needs),
        net=first_year(column("net"), needs),
        net_after_interest=first_year(column("net"), with_interest(needs, column("interest"))),
    )
