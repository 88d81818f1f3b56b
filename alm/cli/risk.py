"""`alm risk`: return, risk, correlation and concentration of the holdings."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import click

from alm.api import load
from alm.cli.common import LONGEST_PAST, Finite, as_of_option, console, db_option, json_option, print_json, print_table
from alm.diversification import Fragility, fragility
from alm.engines.survivable import max_survivable_fall
from alm.past import Actual, actual, restated
from alm.portfolio_telling import METHODS, actual_sentence, fragility_sentence, left_out_sentences
from alm.risk.report import RiskReport, risk_report
from alm.risk.scorecard import show as shown
from alm.text import day, number, percent, t

DAYS_PER_YEAR = 365.25


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--benchmark", help="A ticker, or weights such as 'VT 0.6, BND 0.4'; default the setting.")
@click.option("--years", type=Finite(0.1, LONGEST_PAST), help="Look back this many years; default all there is.")
@click.option("--dividends", is_flag=True, help="Total return: dividends on record are reinvested, before tax.")
def command(
    db: Path, as_of: date | None, as_json: bool, benchmark: str | None, years: float | None, dividends: bool
) -> None:
    """Return and risk of today's weights through their past, against a benchmark; correlation and concentration."""
    from alm.store.market import read_market, read_transactions

    home = load(db, as_of)
    home.sheet.require_complete()
    market = read_market(home.db, home.as_of)
    since = None if years is None else home.as_of - timedelta(days=round(years * DAYS_PER_YEAR))
    closes = restated(market, dividends=dividends)
    report = risk_report(
        home.sheet,
        closes,
        market.fx,
        home.settings,
        benchmark=benchmark,
        currencies=market.currencies,
        since=since,
    )
    survivable = max_survivable_fall(home.sheet, home.profiles, home.settings)
    fragile = fragility(home.sheet, report, survivable)
    held = actual(read_transactions(home.db, home.as_of), home.sheet, market, home.settings.risk_free_pa)
    if as_json:
        print_json({**as_fields(report, fragile, dividends=dividends), "actual": held})
    else:
        show(report, fragile, held)


def as_fields(report: RiskReport, fragile: Fragility | None, *, dividends: bool) -> dict[str, object]:
    """The JSON object: the report without its charts' series, matrices by ticker."""
    names = [str(name) for name in report.correlation.columns]
    matrices = {"long_run": report.correlation, "recent": report.recent_correlation}
    simple = (
        "as_of start end observations per_year risk_free_pa benchmark_name left_out portfolio benchmark against "
        "scorecard tails drawdowns best_day worst_day holdings diversification alarms concentration"
    )
    return {
        **{name: getattr(report, name) for name in simple.split()},
        "returns": "total" if dividends else "price",
        "fragility": fragile,
        "correlation": {
            label: {name: dict(zip(names, matrix[name], strict=True)) for name in names}
            for label, matrix in matrices.items()
        },
    }


def show(report: RiskReport, fragile: Fragility | None, held: Actual | None) -> None:
    scores(report)
    tail_table(report)
    holdings_table(report)
    concentration_table(report)
    for note in notes(report, fragile, held):
        console().print(note, markup=False)


def scores(report: RiskReport) -> None:
    title = t(
        "{start} to {end}: {observations} returns, {per_year} a year",
        start=day(report.start),
        end=day(report.end),
        observations=f"{report.observations:,}",
        per_year=f"{report.per_year:g}",
    )
    columns = [t("Measure"), t("Portfolio"), report.benchmark_name or t("Benchmark")]
    rows = [
        [
            t(line.name),
            *("" if value is None else shown(line.unit, value) for value in (line.portfolio, line.benchmark)),
        ]
        for line in report.scorecard
    ]
    print_table(columns, rows, title=title)


def tail_table(report: RiskReport) -> None:
    """Value at risk and expected shortfall side by side: a day and a month."""
    rows = [
        [
            t(METHODS[tail.method]),
            percent(tail.level, 0),
            t("1 day") if tail.days == 1 else t("{days} days", days=tail.days),
            percent(tail.value_at_risk, 2),
            percent(tail.expected_shortfall, 2),
        ]
        for tail in report.tails
    ]
    print_table([t("Method"), t("Level"), t("Horizon"), t("Value at risk"), t("Expected shortfall")], rows)


def holdings_table(report: RiskReport) -> None:
    columns = [t(name) for name in ("Ticker", "Weight", "Risk", "Return", "Volatility", "Max drawdown", "Beta")]
    rows = [
        [
            held.ticker,
            percent(held.weight),
            percent(held.contribution),
            percent(held.measures.annual_return),
            percent(held.measures.volatility),
            percent(held.measures.max_drawdown),
            number(None if held.against is None else held.against.beta),
        ]
        for held in report.holdings
    ]
    print_table(columns, rows)


def concentration_table(report: RiskReport) -> None:
    rows = [
        [t(line.by), number(line.hhi), number(line.effective, 1), *_largest(line.shares)]
        for line in report.concentration
    ]
    print_table([t("By"), t("HHI"), t("Effective"), t("Largest"), t("Share")], rows)


def _largest(shares: tuple[tuple[str, float], ...]) -> tuple[str, str]:
    return (t(shares[0][0]), percent(shares[0][1])) if shares else ("", "")


def notes(report: RiskReport, fragile: Fragility | None, held: Actual | None) -> list[str]:
    """Alarms, the worst fall, and what was left out."""
    said = [
        t(
            "Deepest fall {depth}: {peak} to {trough}, {end}.",
            depth=percent(fall.depth),
            peak=day(fall.peak),
            trough=day(fall.trough),
            end=t("not recovered") if fall.recovery is None else t("recovered {date}", date=day(fall.recovery)),
        )
        for fall in report.drawdowns[:1]
    ]
    said += [
        t(
            "ALARM {first} and {second} move together: correlation {recent} against {long_run} since {since}.",
            first=alarm.first,
            second=alarm.second,
            recent=number(alarm.recent),
            long_run=number(alarm.long_run),
            since=day(alarm.since),
        )
        for alarm in report.alarms[:5]
    ]
    said += [fragility_sentence(fragile)] if fragile else []
    said += [actual_sentence(held)] if held else []
    said += left_out_sentences(report.left_out)
    return said
