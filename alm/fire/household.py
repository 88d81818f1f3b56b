"""The household's own plan: today's balance sheet and settings as the assumptions of a simulation.

Holdings that share kind, currency, account treatment and lender become one asset, or each issue its own where a driver
has prices of each. Living costs without an end become
the spending rule and follow inflation; every other expense stays a dated flow. A cancellable credit line counts as
what is drawn of it: it is gone when it is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, cast

from alm.balance_sheet import PER_YEAR, BalanceSheet, CashFlow, Holding
from alm.dividends import HoldingDividends, annual_dividends, kept_share
from alm.errors import BadInput, UnknownName
from alm.fire.horizon import Life
from alm.fire.plan import Asset, Debt, Flow, Kind, Lender, Line, Loan, Market, Model, Plan, Source, Spending, Tier
from alm.language import t
from alm.loans import largest_share
from alm.settings import Settings
from alm.step.lender import cure_target, is_concentrated

if TYPE_CHECKING:
    from alm.lenders import LenderProfile

KIND: dict[str, Kind] = {
    "equity": "equity", "fund": "equity", "reit": "equity", "bond": "bond", "gold": "gold", "crypto": "crypto",
    "cash_like": "cash_like",
}  # fmt: skip

# Arithmetic mean and volatility a year of what is not equity (assumptions); equity has the household's settings.
ASSUMED: dict[Kind, tuple[float, float]] = {
    "bond": (0.03, 0.07),
    "gold": (0.04, 0.16),
    "crypto": (0.08, 0.70),
    "cash_like": (0.01, 0.005),
}

DAYS_PER_YEAR = 365.25
NOT_WORK = ("pension", "annuity", "gift", "benefit", "rent")


def plan_from(
    sheet: BalanceSheet, settings: Settings, profiles: Mapping[str, LenderProfile], *, by_issue: bool = False
) -> Plan:
    """The household's plan on the sheet's date. Refused while a price or rate is missing.

    What deferred accounts hold counts from the start, holdings before their tax and cash after it: a life is longer
    than the years it is locked in (assumption).
    """
    sheet.require_complete()
    living = [e for e in sheet.expenses if _is_living(e, sheet.as_of)]
    dated = [e for e in sheet.expenses if not _is_living(e, sheet.as_of)]
    cash = sheet.liquid + (sheet.cash - sheet.liquid) * (1.0 - settings.deferred_tax)
    return Plan(
        name=f"household {sheet.as_of.isoformat()}",
        currency=sheet.base_currency,
        years=settings.fire_years,
        paths=settings.fire_paths,
        seed=settings.fire_seed,
        cash=cash,
        cash_target=max(0.0, cash),
        reserve_months=settings.living_reserve_months,
        reserve_pa=12 * sheet.spending_monthly(essential_only=True),
        sale_cost=settings.sale_cost,
        pledge_more=settings.pledge_more,
        waterfall=settings.waterfall_order,
        assets=_assets(sheet, settings, by_issue),
        loans=tuple(_loan(sheet, name, profiles) for name in _loan_names(sheet)),
        lines=tuple(
            Line(x.name, x.limit if x.committed else x.drawn, x.drawn, x.rate_pa, x.commitment_fee_pa,
                 None if x.expires is None else _years(sheet.as_of, x.expires))
            for x in sheet.credit_lines
        ),
        debts=tuple(Debt(x.name, x.balance, x.rate_pa, x.payment * 12) for x in sheet.term_loans if x.balance > 0),
        incomes=tuple(_flows(sheet.incomes, sheet.as_of, settings.income_growth_pa)),
        expenses=tuple(_flows(dated, sheet.as_of, 0.0)),
        lives=tuple(_life(text, sheet.as_of) for text in filter(None, settings.fire_born)),
        spending=Spending(amount_pa=sum(e.monthly(sheet.as_of) * 12 for e in living)),
        market=_market(settings),
    )  # fmt: skip


def _life(born: str, on: date) -> Life:
    """Somebody born then, by Gompertz with the assumptions of `Life`."""
    age = (on - date.fromisoformat(born)).days / DAYS_PER_YEAR
    if age < 0:
        raise BadInput(t("a date before {day}", day=on.isoformat()), column="fire_born", value=born)
    return Life(age)


def _market(settings: Settings) -> Market:
    return Market(
        model=cast("Model", settings.fire_model),
        parameters=cast("Source", settings.fire_parameters),
        inflation_pa=settings.inflation_pa,
        inflation_volatility_pa=settings.inflation_volatility_pa,
        dividend_growth_pa=settings.dividend_growth_pa,
        dividend_growth_volatility_pa=settings.dividend_growth_volatility_pa,
    )


def _loan_names(sheet: BalanceSheet) -> tuple[str, ...]:
    return tuple(loan.name for loan in sheet.secured_loans)


def _years(start: date, end: date) -> float:
    return max(0.0, (end - start).days / DAYS_PER_YEAR)


def _bucket(holding: Holding, sheet: BalanceSheet) -> tuple[Kind, bool, str, str, float]:
    foreign = holding.currency != sheet.base_currency
    pledged = holding.pledged_to if holding.pledged_to in _loan_names(sheet) else None
    return KIND[holding.asset_class], foreign, holding.account.tax_treatment, pledged or "", holding.advance_rate


def _assets(sheet: BalanceSheet, settings: Settings, by_issue: bool) -> tuple[Asset, ...]:
    """Pledged holdings first, so that what secures the loan is sold last within a kind."""
    paid = dict(zip(sheet.holdings, annual_dividends(sheet, settings).holdings, strict=True))
    return tuple(
        _asset(_bucket(group[0], sheet), group, [paid[holding] for holding in group], sheet.base_currency, settings)
        for group in grouped(sheet, by_issue=by_issue)
    )


def grouped(sheet: BalanceSheet, *, by_issue: bool = False) -> tuple[tuple[Holding, ...], ...]:
    """The holdings behind each of the plan's assets, in the plan's order; `by_issue` keeps tickers apart."""

    def key(holding: Holding) -> tuple[object, ...]:
        return (*_bucket(holding, sheet), *((holding.ticker, holding.currency) if by_issue else ()))

    return tuple(tuple(group) for _, group in groupby(sorted(sheet.holdings, key=key), key=key))


def _asset(
    bucket: tuple[Kind, bool, str, str, float],
    group: tuple[Holding, ...],
    paid: Sequence[HoldingDividends],
    currency: str,
    settings: Settings,
) -> Asset:
    kind, foreign, treatment, pledged, advance_rate = bucket
    total_return, volatility = ASSUMED.get(kind, (settings.total_return_pa, settings.volatility_pa))
    deferred = treatment == "deferred"
    account = {"taxable": "", "tax_free": t("tax free"), "deferred": t("deferred")}[treatment]
    words = (t(kind), t("abroad") if foreign else "", account)
    return Asset(
        name=" ".join(
            [word for word in words if word] + ([t("pledged to {pledged}", pledged=pledged)] if pledged else [])
        ),
        value=sum(holding.value for holding in group),
        cost=0.0 if deferred else sum(max(0.0, holding.cost) for holding in group),
        kind=kind,
        total_return_pa=total_return,
        volatility_pa=volatility,
        dividends_pa=max(0.0, sum(row.gross for row in paid)),
        reinvest_yield=settings.reinvest_yield if kind == "equity" else 0.0,
        dividend_tax=_dividend_tax(group, paid, currency, settings),
        gains_tax={"taxable": settings.gains_tax, "tax_free": 0.0, "deferred": settings.deferred_tax}[treatment],
        offsets=treatment == "taxable",
        pledged_to=pledged,
        advance_rate=advance_rate,
        foreign=foreign,
        pledgeable=treatment == "taxable" and kind in ("equity", "bond"),
    )


def _dividend_tax(
    group: tuple[Holding, ...], paid: Sequence[HoldingDividends], currency: str, settings: Settings
) -> float:
    """1 − net ÷ gross of what the group pays; of what it does not pay yet, what its first holding's would be."""
    gross, net = (sum(getattr(row, name) for row in paid) for name in ("gross", "net"))
    kept = net / gross if gross > 0 else kept_share(group[0], settings, currency)
    return min(1.0, max(0.0, round(1.0 - kept, 12)))  # rounded: 0.20315 is not written as 0.20314999999999994


def _loan(sheet: BalanceSheet, name: str, profiles: Mapping[str, LenderProfile]) -> Loan:
    loan = next(x for x in sheet.secured_loans if x.name == name)
    tiers = tuple(Tier(tier.from_balance, tier.rate_pa) for tier in sorted(loan.tiers, key=lambda t: t.from_balance))
    rate = next((quote.value for currency, quote in sheet.fx if currency == loan.currency), 1.0)
    lender = lender_of(profiles, loan.profile, largest_share(sheet.pledged_to(name)), rate)
    return Loan(name, loan.balance, loan.rate_pa, loan.accrued_interest, tiers, lender)


def _is_living(expense: CashFlow, on: date) -> bool:
    return expense.frequency != "once" and expense.ends is None and expense.active(on) and expense.growth_pa == 0.0


def _flows(rows: Iterable[CashFlow], on: date, default_growth: float) -> Iterable[Flow]:
    for row in rows:
        begun = row.starts is None or row.starts <= on
        over = (row.ends is not None and row.ends < on) or (row.frequency == "once" and begun)
        if over:
            continue
        once = row.frequency == "once"
        amount = row.amount if once else row.monthly(on) * 12 if begun else row.amount * PER_YEAR[row.frequency]
        yield Flow(
            name=row.name,
            amount_pa=amount,
            starts_year=0.0 if row.starts is None else _years(on, row.starts),
            ends_year=None if row.ends is None else _years(on, row.ends),
            growth_pa=row.growth_pa or default_growth,
            once=once,
            work=row.category.lower() not in NOT_WORK,
        )


def lender_of(
    profiles: Mapping[str, LenderProfile], name: str, concentration: float = 0.0, rate: float = 1.0
) -> Lender:
    """A lender's profile as the plan writes it; `rate` turns the loan's currency into the plan's. Kinds of holdings
    hide single issues, so a concentration rule is applied by today's largest share and stays as it is."""
    if name not in profiles:
        raise UnknownName("lender profile", name, tuple(profiles))
    profile = profiles[name]
    concentrated = is_concentrated(profile.rules, concentration)
    return Lender(
        freeze_ltv=(profile.concentration_freeze_ltv if concentrated else None) or profile.freeze_ltv,
        call_ltv=profile.call_ltv,
        forced_ltv=profile.forced_ltv,
        cure_ltv=cure_target(profile.rules, concentration),
        cure_days=float(profile.cure_days),
        forced_days=float(profile.forced_days),
        call_stays_open=profile.call_stays_open,
        full_liquidation=profile.full_liquidation,
        execution_days=float(profile.execution_days),
        settlement_days=float(profile.settlement_days),
        late_rate_pa=profile.late_rate_pa,
        freeze_strict=profile.freeze_strict,
        call_strict=profile.call_strict,
        forced_strict=profile.forced_strict,
        forced_cure_ltv=profile.forced_cure_ltv,
        forced_above=profile.forced_above * rate,
        late_on_principal=profile.late_on_principal,
        late_until_trade=profile.late_until_trade,
    )
