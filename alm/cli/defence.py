"""`alm defence`: who pays, for how long, and what would make a deeper fall survivable."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from alm.api import load
from alm.cli.common import as_of_option, console, db_option, json_option, plain, print_json, print_table
from alm.defence import Defence, Month, defend, told_once
from alm.dividends import net_dividends
from alm.scenarios import library
from alm.settings import user_folder
from alm.text import money, money_short, months, number, percent, t, up_to


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--survive", type=float, help="The fall to survive, a fraction; default the household's own setting.")
def command(db: Path, as_of: date | None, as_json: bool, survive: float | None) -> None:
    """Capacity of each source, runway, survival horizon, coverage, and the smallest actions."""
    home = load(db, as_of)
    result = defend(
        home.sheet,
        home.profiles,
        home.settings,
        survive_fall=home.settings.safety_fall if survive is None else survive,
        scenarios=library(user_folder() / "scenarios").values(),
        dividends=net_dividends(home.settings),
    )
    if as_json:
        print_json({"as_of": home.as_of, **plain(result)})
    else:
        show(result, home.sheet.base_currency)


def show(result: Defence, currency: str) -> None:
    out = console()
    fall, most = percent(result.survive_fall), up_to(result.max_survivable_fall)
    survived, not_survived = (
        "A fall of {fall} is survived at any speed; the largest is {most}.",
        "A fall of {fall} is not survived at any speed; the largest is {most}.",
    )
    verdict = survived if result.survives else not_survived
    out.print(t(verdict, fall=fall, most=most), markup=False)
    for line in summary(result):
        out.print(line, markup=False)
    for why in told_once(result.actions):
        out.print(f"→ {why}", markup=False)
    for why in told_once(result.cannot):
        out.print(f"✗ {why}", markup=False)
    for way in result.borrow_and_spend:
        room = money(way.amount, currency)
        out.print(t("{loan}: {amount} more could be borrowed and spent.", loan=way.loan, amount=room), markup=False)
    print_table(
        [t(x) for x in ("Fall", "Cash", "Line", "Borrow", "Sell", "Needed")],
        [
            (percent(p.fall, 0), *(money_short(x, currency) for x in amounts))
            for p in result.capacity[::5]
            for amounts in [(p.cash, p.credit_line, p.further_borrowing, p.unpledged_sale, p.needed)]
        ],
        title=t("What each source can give as the market falls"),
    )
    print_table(
        [t(x) for x in ("Month", "Due", "Income", "Dividends", "Cash", "Line", "Sell", "Unpaid", "LTV")],
        [_month(row) for row in result.waterfall[:13]],
        title=t("Who pays after that fall"),
    )
    print_table(
        (t("Scenario"), t("Asked at once"), t("Lasts"), t("Coverage")),
        [
            (
                h.scenario,
                money_short(h.demanded, currency),
                months(h.survival_horizon_months),
                number(h.coverage_ratio),
            )
            for h in result.horizons
        ],
        title=t("How long it lasts"),
    )


def _month(row: Month) -> tuple[str, ...]:
    paid = row.paid
    amounts = (
        row.cure + row.interest + row.spending,
        paid.income,
        paid.dividends,
        paid.cash,
        paid.credit_line,
        paid.unpledged_sale + paid.pledged_sale,
        row.unpaid,
    )
    return (str(row.month), *(money_short(x, "").strip() for x in amounts), percent(row.ltv))


def summary(result: Defence) -> list[str]:
    """Runway, horizon and coverage, one sentence each."""
    return [
        t("Runway of essential spending and interest in cash: {months}.", months=months(result.runway_months)),
        t(
            "Survival horizon after that fall: {months}. Coverage of the year: {ratio}.",
            months=months(result.survival_horizon_months),
            ratio=number(result.coverage_ratio),
        ),
    ]
