"""`alm reverse`: the smallest shock that forces a sale, and how often history did worse."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from alm.api import load
from alm.cli.common import as_of_option, console, db_option, json_option, plain, print_json, print_table
from alm.history import annual_history
from alm.reverse import ReverseStress, reverse_stress
from alm.text import number, percent, t


@click.command()
@db_option
@as_of_option
@json_option
def command(db: Path, as_of: date | None, as_json: bool) -> None:
    """The smallest joint shock of prices, currency, rates and haircuts that forces a sale."""
    home = load(db, as_of)
    result = reverse_stress(home.sheet, home.profiles, home.settings, annual_history())
    if as_json:
        print_json({"as_of": home.as_of, **plain(result)})
    else:
        show(result)


def show(result: ReverseStress) -> None:
    joint, alone, unit = result.smallest, result.alone, result.units
    if joint is None:
        console().print(t("Nothing forces a sale: no shock of prices, currency, rates or haircuts is enough."))
        return
    rows = (
        ("Fall of every price", percent(alone.equity_fall), percent(joint.equity_fall), percent(unit.equity_fall)),
        (
            "Base currency gains",
            percent(alone.base_strength),
            percent(joint.base_strength),
            percent(unit.base_strength),
        ),
        ("Rates rise, points", _points(alone.rate_bp), _points(joint.rate_bp), _points(unit.rate_bp)),
        (
            "Advance rates cut",
            percent(alone.advance_rate_cut),
            percent(joint.advance_rate_cut),
            percent(unit.advance_rate_cut),
        ),
    )
    print_table(
        (t("What forces a sale"), t("Alone"), t("Together"), t("A bad year")),
        [(t(name), *cells) for name, *cells in rows],
        footer=t("Together they are {distance} bad years away.", distance=number(joint.distance)),
    )
    print_table(
        (t("Runs of years"), t("Counted"), t("Fell as far"), t("Worst"), t("Worst since")),
        [
            (str(w.years), str(w.windows), f"{w.worse} ({percent(w.share)})", percent(w.worst_fall), w.worst_from)
            for w in result.history
        ],
        title=t("US shares with dividends: how often history did worse than prices alone must"),
    )


def _points(bp: float | None) -> str:
    return number(None if bp is None else bp / 100)
