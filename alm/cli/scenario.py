"""`alm scenario`: one shock, or several at once, on today's balance sheet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from alm.api import load
from alm.cli.common import as_of_option, db_option, json_option, plain, print_json, print_table
from alm.defence import horizon
from alm.dividends import net_dividends
from alm.scenarios import Scenario, find_scenario, library, shocks
from alm.settings import user_folder
from alm.stress import Outcome, Standing, kept_sentence, outcome
from alm.text import money, percent, t, up_to


@click.command()
@click.argument("names", nargs=-1, metavar="NAME|FILE.toml…")
@click.option("--list", "listing", is_flag=True, help="List the scenarios there are.")
@db_option
@as_of_option
@json_option
def command(names: tuple[str, ...], listing: bool, db: Path, as_of: date | None, as_json: bool) -> None:
    """Before and after a scenario; several names are several shocks at once.

    Own scenarios are TOML files in the scenarios folder of the configuration, or any path that ends in .toml.
    """
    folder = user_folder() / "scenarios"
    if listing or not names:
        show_library(tuple(library(folder).values()), as_json=as_json)
        return
    chosen = tuple(find_scenario(name, folder) for name in names)
    home = load(db, as_of)
    result = outcome(home.sheet, home.profiles, home.settings, chosen)
    lasts = horizon(
        home.sheet, home.profiles, home.settings, chosen, net_dividends(home.settings)
    ).survival_horizon_months
    if as_json:
        changes = [{"name": s.name, "title": s.title, "source": s.source, "shocks": shocks(s)} for s in chosen]
        print_json({"as_of": home.as_of, **plain(result), "scenarios": changes, "survival_horizon_months": lasts})
    else:
        show(result, home.sheet.base_currency)


def show_library(known: tuple[Scenario, ...], *, as_json: bool) -> None:
    if as_json:
        print_json({"scenarios": [{"name": s.name, "title": s.title, "source": s.source} for s in known]})
    else:
        print_table((t("Scenario"), t("What happens")), [(s.name, t(s.title)) for s in known], left=2)


def show(result: Outcome, currency: str) -> None:
    title = " + ".join(t(s.title) or s.name for s in result.scenarios)
    print_table(
        (t("Figure"), t("Before"), t("After")),
        [
            (t(name), before, after)
            for (name, before), (_, after) in zip(
                figures(result.before, currency), figures(result.after, currency), strict=True
            )
        ],
        title=title,
        footer=kept_sentence(result),
    )


def figures(standing: Standing, currency: str) -> list[tuple[str, str]]:
    """The rows of the table: English name and formatted value."""
    return [
        ("Portfolio", money(standing.portfolio_value, currency)),
        ("Pledged", money(standing.collateral, currency)),
        ("Cash", money(standing.cash, currency)),
        ("Debts", money(standing.debt, currency)),
        ("Net worth", money(standing.net_worth, currency)),
        ("Margin ratio", percent(standing.ltv)),
        ("Zone", t(standing.zone)),
        ("Fall to call", up_to(standing.distances.call)),
        ("Fall to forced sale", up_to(standing.distances.forced)),
        ("Income a month", money(standing.income_monthly, currency)),
        ("Spending a month", money(standing.spending_monthly, currency)),
        ("Interest a month", money(standing.interest_monthly, currency)),
    ]
