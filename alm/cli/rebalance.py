"""`alm rebalance`: drift from target and the trades that restore it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from alm.allocation.losses import LossCandidate, loss_candidates
from alm.allocation.orders import Trade
from alm.allocation.suggestions import Suggestions, suggest
from alm.allocation.trades import Plan, rebalance
from alm.api import Household, load
from alm.cli.common import Finite, as_of_option, console, db_option, json_option, print_json, print_table
from alm.errors import BadInput
from alm.past import restated
from alm.portfolio_telling import FUNDING, plan_sentences, units
from alm.risk.report import risk_report
from alm.text import money, percent, points, t


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--new-money", type=float, default=0.0, show_default=True, help="Money to invest, not in the books yet.")
@click.option("--band", type=float, help="Red from this drift on, a fraction; default the setting. 0 restores any.")
@click.option("--lot", "lots", multiple=True, metavar="TICKER=100", help="Units that trade together; may be repeated.")
@click.option("--no-sales", is_flag=True, help="Buy only.")
@click.option("--keep-pledged", is_flag=True, help="Sell nothing that is pledged.")
@click.option("--optimise", is_flag=True, help="Show optimised weights beside today's, with their range. No order.")
@click.option("--realised-gains", type=Finite(), default=0.0, help="Gains realised this year, for the loss candidates.")
def command(
    db: Path,
    as_of: date | None,
    as_json: bool,
    new_money: float,
    band: float | None,
    lots: tuple[str, ...],
    no_sales: bool,
    keep_pledged: bool,
    optimise: bool,
    realised_gains: float,
) -> None:
    """Drift from the target weights, the trades that restore them, and losses worth taking. Nothing is ordered."""
    home = load(db, as_of)
    settings = home.settings if band is None else replace(home.settings, drift_band=band)
    plan = rebalance(
        home.sheet,
        settings,
        home.profiles,
        new_money=new_money,
        lots=dict(map(_lot, lots)),
        sell=not no_sales,
        sell_pledged=not keep_pledged,
    )
    losses = loss_candidates(home.sheet, settings, realised_gains=realised_gains)
    found = suggestions(home) if optimise else None
    if as_json:
        print_json({**as_fields(home, plan, losses), "optimised": found and optimised_fields(found)})
        return
    show(plan, losses, home.sheet.base_currency)
    if found is not None:
        show_optimised(found)


def _lot(text: str) -> tuple[str, float]:
    ticker, _, units = text.rpartition("=")
    try:
        size = float(units)
    except ValueError:
        size = 0.0
    if not ticker or not size > 0:
        raise BadInput("a ticker and units above 0 such as 7203=100", column="--lot", value=text)
    return ticker, size


def as_fields(home: Household, plan: Plan, losses: tuple[LossCandidate, ...]) -> dict[str, object]:
    names = "before trades after margin_before margin_after new_money left_over cost tax tax_returned unmet"
    return {
        "as_of": home.as_of,
        "currency": home.sheet.base_currency,
        **{name: getattr(plan, name) for name in names.split()},
        "loss_candidates": losses,
    }


def show(plan: Plan, losses: tuple[LossCandidate, ...], currency: str) -> None:
    columns = [t(name) for name in ("Target", "Wanted", "Now", "Drift", "Light", "After")]
    after = {row.name: row.actual for row in plan.after}
    rows = [
        [
            t(row.name),
            percent(row.target),
            percent(row.actual),
            points(row.drift, 1),
            t(row.light),
            percent(after.get(row.name, 0.0)),
        ]
        for row in plan.before
    ]
    print_table(columns, rows)
    if plan.trades:
        names = [t(name) for name in ("Order", "Ticker", "Account", "Units", "Value", "Tax", "With")]
        print_table(names, [_trade_cells(trade, currency) for trade in plan.trades], left=3)
    for note in notes(plan, losses, currency):
        console().print(note, markup=False)


def _trade_cells(trade: Trade, currency: str) -> list[str]:
    tax = money(trade.tax, currency) if trade.tax else ""
    pays = t(FUNDING[trade.pays])
    return [t(trade.side), trade.ticker, trade.account, units(trade), money(trade.value, currency), tax, pays]


def notes(plan: Plan, losses: tuple[LossCandidate, ...], currency: str) -> list[str]:
    """What the trades cost and do to the loans, what they cannot do, and losses worth taking."""
    said = plan_sentences(plan, currency)
    said += [
        t(
            "{ticker} in {account} carries a loss of {loss}: taking it saves {now} of tax now and up to {later} later.",
            ticker=one.ticker,
            account=one.account,
            loss=money(one.loss, currency),
            now=money(one.saving_now, currency),
            later=money(one.carried, currency),
        )
        for one in losses[:5]
    ]
    return said


def suggestions(home: Household) -> Suggestions:
    """Over all the past that the holdings share."""
    from alm.store.market import read_market

    market = read_market(home.db, home.as_of)
    closes, sheet = restated(market), home.sheet
    past = risk_report(sheet, closes, market.fx, home.settings, benchmark="", currencies=market.currencies).past
    return suggest(past.holdings, past.weights, past.per_year, seed=home.settings.fire_seed)


def optimised_fields(found: Suggestions) -> dict[str, object]:
    return {
        "tickers": found.tickers,
        "observations": found.observations,
        "today": {"weights": found.today, "expected": found.today_expected, "volatility": found.today_volatility},
        "suggestions": found.optimised,
        "impossible": found.impossible,
        "frontier": [{"volatility": x, "expected": y, "weights": weights} for x, y, weights in found.frontier],
    }


def show_optimised(found: Suggestions) -> None:
    """Weights with the 5 % to 95 % range of the bootstrap: what this past says, not what to buy."""
    columns = [t("Ticker"), t("Today's weights"), *(t(one.name) for one in found.optimised)]
    ranges = [zip(one.weights, one.low, one.high, strict=True) for one in found.optimised]
    rows = [
        [ticker, percent(float(today)), *(_with_range(*cell) for cell in cells)]
        for ticker, today, *cells in zip(found.tickers, found.today, *ranges, strict=True)
    ]
    print_table(columns, rows)
    for sentence in found.impossible:
        console().print(sentence, markup=False)
    console().print(t("An estimate from {days} common returns, never an order.", days=found.observations), markup=False)


def _with_range(weight: float, low: float, high: float) -> str:
    return f"{percent(weight)} ({percent(low, 0)}…{percent(high, 0)})"
