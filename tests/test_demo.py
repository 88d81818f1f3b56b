"""The demo household is the reference household, on whatever day it is made."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from alm.cli.prices import command as prices
from alm.demo import demo_rows
from alm.dividends import annual_dividends
from alm.settings import Settings
from alm.store.books import fx_history, load_balance_sheet, price_history
from alm.store.database import create, reading, writing
from alm.store.tables import write_all

DAYS = (date(2026, 11, 20), date(2026, 11, 22), date(2027, 1, 9), date(2028, 2, 29), date(2027, 6, 10))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    for day in DAYS:
        create(folder / f"{day}.db")
        with writing(folder / f"{day}.db") as conn:
            write_all(conn, demo_rows(day))
    return folder


@pytest.mark.parametrize("as_of", DAYS)
def test_every_amount_is_that_of_the_reference_household(files, as_of):
    with reading(files / f"{as_of}.db") as conn:
        sheet = load_balance_sheet(conn, as_of)
    assert sheet.missing == ()
    assert sheet.stale(3) == ()
    assert sheet.portfolio_value == sheet.collateral_value == 125_000_000
    assert (sheet.cash, sheet.debt, sheet.net_worth, sheet.ltv) == (4_500_000, 50_000_000, 79_500_000, 0.4)
    assert sheet.credit_lines[0].available(as_of, stressed=True) == 10_000_000
    assert (sheet.spending_monthly(), sheet.income_monthly()) == (800_000, 1_000_000)
    assert annual_dividends(sheet, Settings()).gross == pytest.approx(5_000_000, abs=1e-6)
    assert sum(weight for _, weight in sheet.targets) == pytest.approx(1)


@pytest.mark.parametrize("as_of", DAYS)
def test_gains_are_sensible_and_gone_once_the_market_has_halved(files, as_of):
    """Then a forced sale bears no tax, and the published cures at half the price hold for the demo too."""
    with reading(files / f"{as_of}.db") as conn:
        sheet = load_balance_sheet(conn, as_of)
    assert 10_000_000 < sheet.portfolio_value - sheet.portfolio_cost < 45_000_000
    assert all(holding.cost > holding.value / 2 for holding in sheet.holdings)


def test_five_years_of_business_days_and_of_every_day_for_what_never_closes(files):
    with reading(files / "2026-11-22.db") as conn:
        prices, rates = price_history(conn), fx_history(conn)
    shares, bitcoin = prices["DEMO-JEQ"].dropna(), prices["DEMO-BTC"].dropna()
    assert (shares.index[-1].date(), bitcoin.index[-1].date()) == (date(2026, 11, 20), date(2026, 11, 22))
    assert len(shares) == 1_304
    assert len(bitcoin) == 365 * 5 + 1
    assert shares.index.day_of_week.max() == 4
    assert rates["USD"].iloc[-1] == 150
    yearly = shares.pct_change().std() * 261**0.5
    assert yearly == pytest.approx(0.19, rel=0.1)


def test_the_same_day_gives_the_same_household(files):
    assert demo_rows(DAYS[0]) == demo_rows(DAYS[0])
    assert demo_rows(DAYS[0])["prices"] != demo_rows(DAYS[1])["prices"]


@pytest.mark.parametrize("as_of", DAYS)
def test_the_ledger_adds_up_to_what_is_held(as_of):
    rows = demo_rows(as_of)
    units: dict[str | None, Decimal] = {}
    cash: dict[tuple[str | None, str | None], Decimal] = {}
    for row in rows["transactions"]:
        assert str(row["date"]) <= as_of.isoformat()
        amount, tax = Decimal(row["amount"] or 0), Decimal(row.get("tax") or 0)
        if row["kind"] == "buy":
            units[row["ticker"]] = units.get(row["ticker"], Decimal(0)) + Decimal(row["quantity"] or 0)
        sign = -1 if row["kind"] in ("buy", "withdrawal") else 1
        where = (row["account"], row["currency"])
        cash[where] = cash.get(where, Decimal(0)) + sign * amount - tax
    assert units == {row["ticker"]: Decimal(row["quantity"] or 0) for row in rows["holdings"]}
    held = {(row["account"], row["currency"]): Decimal(row["amount"] or 0) for row in rows["cash"]}
    assert {where: amount for where, amount in cash.items() if amount} == held


def test_no_market_is_asked_for_what_is_invented(files):
    path = str(files / f"{DAYS[0]}.db")
    done = CliRunner().invoke(prices, ["update", "--db", path])
    assert done.exit_code == 0
    told = " ".join(done.output.split())
    assert told.count("by hand") == len(demo_rows(DAYS[0])["holdings"]) + 1 + 1  # the dollar, and the sentence
    assert "Every price here is entered by hand: nothing was asked of anybody." in told
    assert max(map(len, done.output.splitlines())) <= 80
