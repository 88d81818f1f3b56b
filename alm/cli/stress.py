"""`alm stress`: the margin ratio against a falling market."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from alm.api import load
from alm.calls import as_called, open_calls, until_cured
from alm.cli.common import as_of_option, console, db_option, json_option, plain, print_json, print_table
from alm.store.calls import load_calls
from alm.store.database import reading
from alm.stress import GridRow, StressTest, daily_counts, named_days, stress_test, survived_sentences
from alm.text import money_short, percent, t, up_to


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--step", type=float, default=0.05, show_default=True, help="Distance between two falls, a fraction.")
@click.option("--max", "max_fall", type=float, default=0.70, show_default=True, help="The deepest fall, a fraction.")
@click.option("--loan", help="One loan by its name; default all of them.")
def command(db: Path, as_of: date | None, as_json: bool, step: float, max_fall: float, loan: str | None) -> None:
    """The margin ratio against a falling market: distances, cures, who pays, and how it ends."""
    home = load(db, as_of)
    test = stress_test(home.sheet, home.profiles, home.settings, step=step, max_fall=max_fall, loan=loan)
    with reading(db) as conn:
        calls = open_calls(home.sheet, home.profiles, home.settings, load_calls(conn, home.as_of))
    if loan is None:
        test = as_called(test, home.sheet, home.profiles, home.settings, calls)
    if as_json:
        print_json({"as_of": home.as_of, **plain(test), "day_falls": daily_counts(), "day_falls_dated": named_days()})
    else:
        show(test, home.sheet.base_currency)
        for call in calls:
            console().print(until_cured(call), markup=False)


def show(test: StressTest, currency: str) -> None:
    out = console()
    if test.owed <= 0:
        out.print(t("Nothing is owed on a securities-backed loan: a falling market forces no sale."))
        return
    call = up_to(test.distances.call) if test.distances.call is not None else t("none")
    out.print(
        t(
            "Margin ratio {ltv} ({zone}); freeze, call and forced sale at falls of {freeze}, {call} and {forced}.",
            ltv=percent(test.ltv),
            zone=t(test.zone),
            freeze=up_to(test.distances.freeze),
            call=call,
            forced=up_to(test.distances.forced),
        ),
        markup=False,
    )
    for sentence in survived_sentences(test):
        out.print(sentence, markup=False)
    print_table(
        _columns(test),
        [_cells(row) for row in test.grid],
        title=t(
            "Cash that cures to each threshold, and who pays once the lender calls ({currency})", currency=currency
        ),
        footer=t("Paid: cash and credit are enough. Own sale: something not pledged is sold."),
    )


def _columns(test: StressTest) -> list[str]:
    """The thresholds are headed by their own level, when all loans have the same."""
    levels = {(x.levels.freeze, x.levels.call, x.levels.forced) for x in test.loans}
    heads = [t("freeze"), t("call"), t("forced")]
    if len(levels) == 1:
        heads = [f"→{percent(level, 0)}" for level in next(iter(levels))]
    return [t("Fall"), t("LTV"), t("Zone"), *heads, t("Cash"), t("Line"), t("Sale"), t("Ends")]


def _cells(row: GridRow) -> tuple[str, ...]:
    cures = (row.cures.freeze, row.cures.call, row.cures.forced)
    amounts = (*(cure.pay_cash if cure else None for cure in cures), row.sources.cash, row.sources.credit_line)
    return (
        percent(row.fall, 0),
        percent(row.ltv),
        t(row.zone),
        *(money_short(amount, "").strip() for amount in (*amounts, row.sources.sale)),
        "—" if row.outcome == "nothing asked" else t(row.outcome),
    )
