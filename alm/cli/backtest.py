"""`alm backtest`: the same household through the past."""

from __future__ import annotations

from datetime import date
from pathlib import Path as FilePath

import click

from alm.api import load
from alm.backtest import Backtest, Event, Path, Rule, backtest
from alm.backtest.path import REBALANCING
from alm.cli.common import LONGEST_PAST, Finite, as_of_option, console, db_option, json_option, print_json, print_table
from alm.drill import SOURCE_LABELS
from alm.past import restated
from alm.portfolio_telling import left_out_sentences
from alm.risk.scorecard import Measures
from alm.text import day, money, money_short, number, percent, t


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--years", type=click.IntRange(1, LONGEST_PAST), help="How far back; default all the holdings share.")
@click.option("--weights", type=click.Choice(("current", "target")), default="current", show_default=True)
@click.option("--rebalance", type=click.Choice(REBALANCING), default="never", show_default=True)
@click.option("--band", type=Finite(0, 1, min_open=True), help="For --rebalance band; default the setting.")
@click.option("--loan", default="", help="Whose margin ratio is shown, of several loans; default the largest.")
@click.option("--benchmark", help="A ticker, or weights such as 'VT 0.6, BND 0.4'; default the setting.")
@click.option("--cohorts", type=click.IntRange(min=1), help="Start every quarter, each for this many years.")
@click.option("--dividends", is_flag=True, help="Dividends on record are reinvested, before tax.")
def command(
    db: FilePath,
    as_of: date | None,
    as_json: bool,
    years: int | None,
    weights: str,
    rebalance: str,
    band: float | None,
    loan: str,
    benchmark: str | None,
    cohorts: int | None,
    dividends: bool,
) -> None:
    """Today's household put at the beginning of its holdings' past, with its loans and their lenders' own rules.

    Price returns; nothing is earned or spent; interest is added to the loans; calls are answered by the household's
    order of payment; sales bear cost and tax. Weights are restored within what each lender holds and within the rest.
    """
    from alm.store.market import read_market

    home = load(db, as_of)
    home.sheet.require_complete()
    market = read_market(home.db, home.as_of)
    when = next(known for known in REBALANCING if known == rebalance)
    found = backtest(
        home.sheet,
        restated(market, dividends=dividends),
        market.fx,
        home.settings,
        home.profiles,
        years=years,
        weights_of="target" if weights == "target" else "current",
        rule=Rule(when, band or home.settings.drift_band, home.settings.sale_cost),
        loan=loan,
        benchmark=benchmark,
        currencies=market.currencies,
        cohort_years=cohorts,
    )
    if as_json:
        print_json(as_fields(found))
    else:
        show(found, home.sheet.base_currency)


def as_fields(found: Backtest) -> dict[str, object]:
    """The JSON object; `series` holds the last date of every month."""
    names = "years weights_of rule loan left_out measures unlevered_measures benchmark_measures cohort_summary cohorts"
    return {
        "start": found.path.dates[0].date(),
        "end": found.path.dates[-1].date(),
        **{name: getattr(found, name) for name in names.split()},
        "weights": dict(zip(found.tickers, found.weights, strict=True)),
        "with_loan": _end(found.path),
        "without_loan": _end(found.unlevered),
        "events": found.path.events,
        "series": _months(found),
    }


def _end(path: Path) -> dict[str, float]:
    return {
        "start_net": float(path.net[0]),
        "end_net": float(path.net[-1]),
        "end_gross": float(path.gross[-1]),
        "end_owed": float(path.owed[-1]),
        "end_ltv": float(path.ltv[-1]),
        "peak_ltv": path.highest_ltv,
        "turnover": path.turnover,
        "cost": path.cost,
        "rebalanced": path.rebalanced,
    }


def _months(found: Backtest) -> list[dict[str, object]]:
    dates = found.path.dates
    last = [row for row in range(len(dates)) if row + 1 == len(dates) or dates[row].month != dates[row + 1].month]
    return [
        {
            "date": dates[row].date(),
            "net": found.path.net[row],
            "gross": found.path.gross[row],
            "ltv": found.path.ltv[row],
        }
        for row in last
    ]


def show(found: Backtest, currency: str) -> None:
    path = found.path
    title = t("{start} to {end}", start=day(path.dates[0].date()), end=day(path.dates[-1].date()))
    columns = ["", t("With the loan"), t("Without"), t("Benchmark")]
    print_table(columns, _measure_rows(found, currency), title=title)
    if path.events:
        names = [t("Date"), t("Event"), t("Margin ratio"), t("Amount"), t("Paid from")]
        print_table(names, [_event_cells(event, currency) for event in path.events[-12:]], left=2)
    for note in notes(found):
        console().print(note, markup=False)


def _measure_rows(found: Backtest, currency: str) -> list[list[str]]:
    other = found.benchmark
    ends = [found.path.net[-1], found.unlevered.net[-1], None if other is None else other[-1]]
    measures = (found.measures, found.unlevered_measures, found.benchmark_measures)

    def line(name: str, field: str, show_ratio: bool = False) -> list[str]:
        values = [_value(one, field) for one in measures]
        return [name, *(number(value) if show_ratio else percent(value) for value in values)]

    return [
        [t("Net worth at the end"), *(money_short(None if end is None else float(end), currency) for end in ends)],
        line(t("Return a year"), "annual_return"),
        line(t("Volatility"), "volatility"),
        line(t("Max drawdown"), "max_drawdown"),
        line(t("Sharpe ratio"), "sharpe", show_ratio=True),
        [t("Highest margin ratio"), percent(float(found.path.ltv.max())), "", ""],
    ]


def _value(measures: Measures | None, field: str) -> float | None:
    found = None if measures is None else getattr(measures, field)
    return None if found is None else float(found)


def _event_cells(event: Event, currency: str) -> list[str]:
    amount = money(event.amount, currency) if event.amount else ""
    paid_from = t(SOURCE_LABELS.get(event.source, event.source))
    return [day(event.on), t(event.kind.replace("_", " ")), percent(event.ltv), amount, paid_from]


def notes(found: Backtest) -> list[str]:
    said = [] if found.path.events else [t("The lender never acted.")]
    summary = found.cohort_summary
    if summary is not None:
        said.append(
            t(
                "{starts} starts: {worst} a year at worst (from {start}), {median} in the middle, {best} at best; "
                "called {called}, sold {sold} of the time.",
                starts=summary.starts,
                worst=percent(summary.worst.annual_return),
                start=day(summary.worst.start),
                median=percent(summary.median_annual_return),
                best=percent(summary.best.annual_return),
                called=percent(summary.called),
                sold=percent(summary.sold),
            )
        )
    said += left_out_sentences(found.left_out)
    return said
