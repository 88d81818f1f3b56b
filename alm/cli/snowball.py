"""`alm snowball`: when dividends alone pay for life, and what could stop them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from alm.api import Household, load
from alm.cli.common import as_of_option, console, db_option, json_option, print_json, print_table
from alm.dividends import Growth
from alm.errors import BadInput
from alm.settings import REINVEST_INTO
from alm.snowball import (
    CrossoverDistribution,
    Cut,
    Policy,
    Snowball,
    Year,
    crises,
    crossover_sentences,
    cut,
    distribution,
    dividend_paths,
    find_crisis,
    growth_sentences,
    project,
    ratio_sentence,
)
from alm.text import number, percent, t

LEAST_YEARS_SHOWN = 10
COLUMNS = (
    ("Growth", "organic"),
    ("Cut", "cut"),
    ("Reinv.", "reinvested"),
    ("Added", "contributed"),
    ("Gross", "gross"),
    ("Net", "net"),
    ("Spending", "spending"),
    ("Interest", "interest"),
)


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--years", type=int, help="Years to project; default the FIRE horizon of the settings.")
@click.option("--cut", "size", type=float, help="Cut dividends by this fraction, such as 0.3.")
@click.option("--cut-years", type=int, default=2, show_default=True, help="For how many years.")
@click.option("--recovery-years", type=int, default=0, show_default=True, help="Years of the way back to trend.")
@click.option("--cut-ticker", multiple=True, help="Cut this ticker only; may be repeated.")
@click.option("--cut-sector", multiple=True, help="Cut this sector only; may be repeated.")
@click.option("--crisis", metavar="NAME", help=f"Cut as it happened: {', '.join(crises())}.")
@click.option("--contribution", type=float, help="Monthly contribution; default what work income leaves.")
@click.option("--reinvest", type=click.Choice(REINVEST_INTO), help="What is bought; default the setting.")
@click.option("--growth", multiple=True, metavar="TICKER=0.04", help="Dividend growth of one ticker; may be repeated.")
@click.option("--distribution", "paths", is_flag=False, flag_value=1000, type=int, help="Crossover over N paths.")
@click.option("--simulate", "lives", is_flag=False, flag_value=1000, type=int, help="The same over N FIRE lives.")
@click.option("--seed", type=int, help="Seed of the paths; default the setting.")
def command(
    db: Path,
    as_of: date | None,
    as_json: bool,
    years: int | None,
    size: float | None,
    cut_years: int,
    recovery_years: int,
    cut_ticker: tuple[str, ...],
    cut_sector: tuple[str, ...],
    crisis: str | None,
    contribution: float | None,
    reinvest: str | None,
    growth: tuple[str, ...],
    paths: int | None,
    lives: int | None,
    seed: int | None,
) -> None:
    """The year in which dividends alone pay for life, year by year, and under a dividend cut."""
    home = load(db, as_of)
    shock = _cut(size, cut_years, recovery_years, cut_ticker, cut_sector, crisis)
    policy = Policy(into=reinvest, contribution_monthly=contribution, growth=tuple(map(_growth, growth)))
    whole = project(home.sheet, home.settings, policy, years=years)
    shown = whole if shock is None else project(home.sheet, home.settings, policy, years=years, cut=shock)
    spread = None
    if paths is not None:
        found = dividend_paths(home.sheet, home.settings, policy, years=years, cut=shock, paths=paths, seed=seed)
        spread = distribution(found.net, found.needs)
    lived = None if lives is None else _simulated(home, lives, seed)
    if as_json:
        print_json(as_fields(shown, whole, spread) | {"simulated": lived})
        return
    show(shown, whole, spread)
    if lived is not None:
        console().print(spread_sentence(t("Simulated lives"), lived), markup=False)


def _simulated(home: Household, lives: int, seed: int | None) -> CrossoverDistribution:
    """The household's own FIRE plan, whatever cut or policy is asked for: markets and lenders do the cutting there."""
    from alm.crossing import simulated_crossover
    from alm.gather import household_plan

    plan = household_plan(home.db, home.sheet, home.settings, home.profiles)
    return simulated_crossover(replace(plan, seed=plan.seed if seed is None else seed), lives)


def _cut(
    size: float | None,
    years: int,
    recovery_years: int,
    tickers: tuple[str, ...],
    sectors: tuple[str, ...],
    crisis: str | None,
) -> Cut | None:
    if size is not None and crisis is not None:
        raise BadInput("either --cut or --crisis", column="--crisis", value=crisis)
    if crisis is not None:
        return replace(find_crisis(crisis), tickers=tickers, sectors=sectors)
    if size is None:
        if tickers or sectors:
            raise BadInput(
                "--cut or --crisis with it", column="--cut-ticker or --cut-sector", value=(tickers + sectors)[0]
            )
        return None
    return cut(size, years, recovery_years=recovery_years, tickers=tickers, sectors=sectors)


def _growth(text: str) -> tuple[str, float]:
    ticker, _, rate = text.rpartition("=")
    try:
        return ticker, float(rate)
    except ValueError:
        raise BadInput("a ticker and a fraction such as VT=0.04", column="--growth", value=text) from None


def as_fields(shown: Snowball, whole: Snowball, spread: CrossoverDistribution | None) -> dict[str, object]:
    """The JSON object. Crossover years count from now, 0 being the coming twelve months; null is never. The headline
    `crossover_year` is net of tax and interest, `crossover_year_net` of tax alone."""
    income, largest = shown.income, shown.largest_payer
    return {
        "as_of": shown.as_of,
        "currency": shown.base_currency,
        "crossover_year": shown.crossover.net_after_interest,
        "crossover_year_net": shown.crossover.net,
        "crossover_year_gross": shown.crossover.gross,
        "fire_ratio_net": shown.ratios.net,
        "fire_ratio_before_interest": shown.ratios.before_interest,
        "fire_ratio_gross": shown.ratios.gross,
        "growth": _growth_fields(shown.growth),
        "bought": None if shown.bought is None else _growth_fields(shown.bought),
        "dividends_gross": income.gross,
        "dividends_net": income.net,
        "yield_on_cost": shown.yield_on_cost,
        "largest_payer": None if largest is None else {"ticker": largest[0], "share": largest[1]},
        "assumed": income.assumed,
        "unknown": income.unknown,
        "specials": income.specials,
        "policy": shown.policy,
        "years": shown.years,
        "calendar": list(calendar(shown)),
        "cut": shown.stress,
        "without_cut": None if shown.stress is None else whole.crossover,
        "delay_years": delay(shown.crossover.net_after_interest, whole.crossover.net_after_interest),
        "distribution": spread,
    }


def _growth_fields(growth: Growth) -> dict[str, float | None]:
    return {"growth_pa": growth.pa, "derived_pa": growth.derived_pa, "payout_drift_pa": growth.drift_pa}


def delay(hurt: int | None, whole: int | None) -> int | None:
    """Years by which the crossover comes later; None where either never comes."""
    return None if hurt is None or whole is None else hurt - whole


def calendar(snowball: Snowball) -> Iterable[dict[str, object]]:
    """The coming twelve months with what each ticker pays in them."""
    for k, month in enumerate(snowball.months):
        yield {
            "month": f"{month:%Y-%m}",
            "gross": sum(row.amounts[k] for row in snowball.calendar),
            "net": sum(row.net[k] for row in snowball.calendar),
            "tickers": {row.ticker: row.amounts[k] for row in snowball.calendar if row.amounts[k]},
        }


def show(shown: Snowball, whole: Snowball, spread: CrossoverDistribution | None) -> None:
    """The year table as far as it matters: two years past the crossover."""
    out = console()
    for sentence in crossover_sentences(shown):
        out.print(sentence, markup=False)
    if shown.stress is not None:
        out.print(t("Without the cut: {sentence}", sentence=" ".join(crossover_sentences(whole))), markup=False)
    last = 0 if shown.ratios.net is None else shown.crossover.net_after_interest
    rows = shown.years if last is None else shown.years[: max(last + 3, LEAST_YEARS_SHOWN + 1)]
    columns = [(title, field) for title, field in COLUMNS if field != "cut" or shown.stress is not None]
    unit = _unit(rows)
    table = [[str(year.year), *(_cell(getattr(year, field), unit) for _, field in columns)] for year in rows]
    title = t("{currency}, in units of {unit}", currency=shown.base_currency, unit=f"{unit:,}") if unit > 1 else ""
    print_table([t("Year"), *(t(name) for name, _ in columns)], table, title=title)
    for note in notes(shown, spread):
        out.print(note, markup=False)


def _unit(rows: tuple[Year, ...]) -> int:
    """What figures are divided by so that eight of them fit the width: at most six digits each."""
    largest = max(abs(figure) for year in rows for figure in (year.gross, year.spending, year.interest))
    return next((unit for unit in (1, 1_000, 1_000_000) if largest < unit * 1e6), 1_000_000_000)


def _cell(value: float, unit: int) -> str:
    return number(value / unit, 0)


def notes(snowball: Snowball, spread: CrossoverDistribution | None) -> Iterable[str]:
    """The figures that stand beside the table."""
    income = snowball.income
    yield ratio_sentence(snowball)
    yield from growth_sentences(snowball)
    if snowball.largest_payer is not None:
        ticker, share = snowball.largest_payer
        yield t("Largest payer: {ticker}, {share} of dividends.", ticker=ticker, share=percent(share))
    if income.assumed:
        yield t("Assumed yields, not histories: {names}.", names=", ".join(income.assumed))
    if income.unknown:
        yield t("Nothing is known of the dividends of {names}; they count as 0.", names=", ".join(income.unknown))
    if spread is not None:
        yield spread_sentence(t("Snowballs"), spread)


def spread_sentence(what: str, spread: CrossoverDistribution) -> str:
    early, middle, late = (t("never") if y is None else str(y) for y in (spread.p10, spread.median, spread.p90))
    return t(
        "{what}: {paths}; year by which 10 % have crossed: {early}, half: {middle}, 90 %: {late}.",
        what=what,
        paths=f"{spread.paths:,}",
        early=early,
        middle=middle,
        late=late,
    )
