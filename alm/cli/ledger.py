"""`alm ledger`: what the transactions say — results per ticker, gains, loans, and where the books differ."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import click

from alm.api import load
from alm.cli.common import as_of_option, db_option, json_option, print_json, print_table
from alm.ledger.lots import Method
from alm.ledger.report import LedgerReport, LoanCheck, ledger_report
from alm.ledger.telling import sentences
from alm.store.database import reading
from alm.store.ledger import load_loan_accounts, load_transactions
from alm.text import day, money, number, percent, t


@click.command()
@db_option
@as_of_option
@json_option
@click.option(
    "--method", type=click.Choice(get_args(Method)), default="average", show_default=True, help="Cost of what is sold."
)
@click.option("--realised", is_flag=True, help="List every closed trade.")
def command(db: Path, as_of: date | None, as_json: bool, method: Method, realised: bool) -> None:
    """Results per ticker, gains by year, loans by the day, and every difference from the books."""
    home = load(db, as_of, may_be_empty=True)
    with reading(db) as conn:
        transactions = load_transactions(conn, home.as_of)
        loans = load_loan_accounts(conn, transactions, home.as_of)
    report = ledger_report(transactions, home.sheet, loans, method)
    if as_json:
        print_json(_fields(report))
    elif not report.transactions:
        click.echo(t("There are no transactions yet; `alm import` reads a broker's trades."))
    else:
        _print(report, realised=realised)


def _fields(report: LedgerReport) -> dict[str, object]:
    """The report's own fields, with gains and sentences worked out."""
    names = ("as_of", "method", "base_currency", "transactions", "total_return", "xirr", "tickers", "gain_years")
    closed = [
        {"on": r.on, "account": r.account, "ticker": r.ticker, "quantity": r.quantity, "opened": r.opened,
         "currency": r.currency, "proceeds": r.proceeds, "cost": r.cost, "gain": r.gain, "gain_base": r.gain_base}
        for r in report.realised
    ]  # fmt: skip
    differences = [
        {"level": d.level, "account": d.account, "what": d.what, "recorded": d.recorded, "rebuilt": d.rebuilt,
         "difference": d.difference, "explanation": d.explanation}
        for d in report.differences
    ]  # fmt: skip
    return {
        **{name: getattr(report, name) for name in names},
        "realised": closed,
        "differences": differences,
        "loans": [_loan(check) for check in report.loans],
        "problems": [problem.sentence for problem in report.problems],
        "warnings": report.warnings,
    }


def _loan(found: LoanCheck) -> dict[str, object]:
    check = found.check
    if check is None:
        return {"name": found.name, "agrees": False, "problem": found.problem}
    return {
        "name": found.name, "agrees": check.agrees, "balance": check.balance, "accrued": check.accrued,
        "balance_difference": check.balance_difference, "accrued_difference": check.accrued_difference,
        "explanation": check.explanation,
    }  # fmt: skip


def _print(report: LedgerReport, *, realised: bool) -> None:
    base = report.base_currency
    total, yearly = percent(report.total_return, signed=True), percent(report.xirr, signed=True)
    print_table(
        (t("Ticker"), t("Value"), t("Cost"), t("Dividends"), t("Return"), t("XIRR")),
        [
            (k.ticker, money(k.value, base), money(k.cost, base), money(k.dividends, base),
             percent(k.total_return, signed=True), percent(k.xirr, signed=True))
            for k in report.tickers
        ],
        title=t("Ledger on {date}: {count} transactions", date=day(report.as_of), count=report.transactions),
        footer=t("All together: {total} in total, {yearly} a year (XIRR).", total=total, yearly=yearly),
    )  # fmt: skip
    if report.gain_years:
        print_table(
            (t("Year"), t("Proceeds"), t("Cost"), t("Gain")),
            [
                (str(y.year), money(y.proceeds, base), money(y.cost, base), money(y.gain, base, signed=True))
                for y in report.gain_years
            ],
        )
    if realised and report.realised:
        _print_realised(report)
    elif realised:
        click.echo(t("Nothing has been sold yet."))
    for line in sentences(report) or (t("The books and the transactions agree."),):
        click.echo(line)


def _print_realised(report: LedgerReport) -> None:
    print_table(
        (t("Sold"), t("Ticker"), t("Units"), t("Proceeds"), t("Cost"), t("Gain")),
        [
            (day(r.on), r.ticker, number(r.quantity, 4).rstrip("0").rstrip("."), money(r.proceeds, r.currency),
             money(r.cost, r.currency), money(r.gain, r.currency, signed=True))
            for r in report.realised
        ],
        left=2,
    )  # fmt: skip
