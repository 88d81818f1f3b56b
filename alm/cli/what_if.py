"""`alm what-if`: every figure of the briefing before and after a change."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click

from alm.api import load
from alm.balance_sheet import BalanceSheet
from alm.briefing import Briefing
from alm.cli.common import as_of_option, console, db_option, json_option, print_json, print_table
from alm.errors import BadInput
from alm.gather import gather, tried
from alm.lights import lights
from alm.telling import lines
from alm.text import t
from alm.what_if import Borrow, Buy, Money, Rate, Sell, Step, Weights, side_by_side, what_if


@click.command()
@db_option
@as_of_option
@json_option
@click.option("--cash", type=float, help="New money that arrives (negative: leaves).")
@click.option("--sell", multiple=True, metavar="TICKER=AMOUNT", help="Sell for this much, or TICKER=all.")
@click.option("--borrow", multiple=True, metavar="AMOUNT or LOAN=AMOUNT", help="Draw more on a securities-backed loan.")
@click.option("--repay", multiple=True, metavar="AMOUNT or LOAN=AMOUNT", help="Repay it from cash.")
@click.option("--buy", multiple=True, metavar="TICKER=AMOUNT[=CLASS]", help="Buy from cash; new tickers need a class.")
@click.option("--weight", multiple=True, metavar="TICKER=0.4", help="Hold this share instead; the rest in proportion.")
@click.option("--rate", multiple=True, metavar="0.03 or LOAN=0.03", help="Another interest rate for a loan.")
@click.option("--no-fire", is_flag=True, help="Leave the simulation out: the second light is then not computed.")
def command(
    db: Path,
    as_of: date | None,
    as_json: bool,
    cash: float | None,
    sell: tuple[str, ...],
    borrow: tuple[str, ...],
    repay: tuple[str, ...],
    buy: tuple[str, ...],
    weight: tuple[str, ...],
    rate: tuple[str, ...],
    no_fire: bool,
) -> None:
    """Every figure of the briefing before and after a change. Nothing is saved.

    Steps are taken in this order: cash, sell, borrow, repay, buy, weight, rate.
    """
    steps: list[Step] = [] if cash is None else [Money(cash)]
    steps += [Sell(ticker, amount) for ticker, amount in _named("--sell", sell, all_means=math.inf)]
    steps += [Borrow(amount, loan) for loan, amount in _named("--borrow", borrow, name_optional=True)]
    steps += [Borrow(-amount, loan) for loan, amount in _named("--repay", repay, name_optional=True)]
    steps += [_purchase(text) for text in buy]
    steps += [Weights(tuple(_named("--weight", weight)))] if weight else []
    steps += [Rate(amount, loan) for loan, amount in _named("--rate", rate, name_optional=True)]
    if not steps:
        raise BadInput("at least one change, such as --repay 1000000")
    home = load(db, as_of)
    found = gather(db, as_of)

    def told(sheet: BalanceSheet) -> Briefing:
        return tried(found, sheet, simulate=not no_fire)

    before, after = what_if(home.sheet, home.settings, steps, home.profiles, told)
    if as_json:
        print_json({"as_of": home.as_of, "before": before, "after": after, "figures": side_by_side(before, after)})
    else:
        show(before, after)


def _named(
    option: str, texts: Iterable[str], *, name_optional: bool = False, all_means: float | None = None
) -> list[tuple[str, float]]:
    """`NAME=0.4` pairs; the name may be left out where there is only one thing it can mean."""
    found = []
    for text in texts:
        name, _, value = text.rpartition("=")
        if not name and not name_optional:
            raise BadInput("NAME=AMOUNT", column=option, value=text)
        found.append((name, all_means if value == "all" and all_means is not None else _number(option, text, value)))
    return found


def _number(option: str, text: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadInput("a number after the name", column=option, value=text)
    return number


def _purchase(text: str) -> Buy:
    ticker, *rest = text.split("=")
    if not ticker or len(rest) not in (1, 2):
        raise BadInput("TICKER=AMOUNT, with =CLASS for a new ticker", column="--buy", value=text)
    return Buy(ticker, _number("--buy", text, rest[0]), rest[1] if len(rest) == 2 else "")


def show(before: Briefing, after: Briefing) -> None:
    rows = [
        [old.label, old.value, new.value if new.value != old.value else t("same")]
        for old, new in zip(lines(before), lines(after), strict=True)
    ]
    answers = [
        [old.question, t(old.level), t(new.level) if new.level != old.level else t("same")]
        for old, new in zip(lights(before), lights(after), strict=True)
    ]
    print_table([t("Figure"), t("Before"), t("After")], [*answers, *rows])
    for one in lights(after):
        console().print(one.line, markup=False)
