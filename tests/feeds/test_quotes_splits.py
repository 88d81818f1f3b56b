"""Splits that arrive with prices, specials among the dividends, and figures held back: nothing that the household has
not settled makes a green verdict."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from alm.cli import group
from alm.errors import UnknownName
from alm.store.database import writing
from alm.store.journal import undo
from alm.store.tables import write_all
from tests.feeds.dealing import (
    LONG_AGO,
    Rows,
    answer,
    dealing,
    household,
    loan,
    put_price,
    share,
    sheet,
    table,
    verdict,
)
from tests.feeds.market import DAYS, TODAY, Market, closes, run, update
from tests.feeds.server import Reply, as_json

market = dealing  # the same market for every test


def reverse(db: Path, market: Market) -> None:
    """10,000 units at 10.6 dollars; then one new unit for ten old ones, at 106."""
    market.replies["REVS"] = closes(10.4, 10.6, currency="USD", symbol="REVS")
    update(db)
    split = {DAYS[-1].isoformat(): (1.0, 10.0)}
    market.replies["REVS"] = closes(104, 106, 106, currency="USD", symbol="REVS", splits=split)


def test_a_reverse_split_makes_nobody_rich(tmp_path: Path, market: Market) -> None:
    """10,000 × 10.6 × 150 = 15,900,000 before and after; 8,000,000 of it is owed: 50.3 %."""
    holdings = [share("REVS", "USD", "10000", pledged_to="Loan")]
    db = household(tmp_path / "alm.db", loans=[loan("8000000")], holdings=holdings)
    reverse(db, market)
    assert "say `alm prices confirm REVS` if it does" in " ".join(run(db, "update", "--force").split())
    found = verdict(db)
    assert (sheet(db).portfolio_value, found.verdict) == (pytest.approx(15_900_000), "UNKNOWN")
    assert found.ltv == pytest.approx(8 / 15.9)
    assert found.checks[0].sentence.startswith(
        f"Data are in doubt: REVS was split on {DAYS[-1]} (0.1 new units per old)"
    )


@pytest.mark.parametrize(
    ("quantity", "confirmed"), [("1000", True), ("999.5", True), ("1500", False), ("10000", False)]
)
def test_the_quantity_confirms_the_split_or_its_owner_does(
    tmp_path: Path, market: Market, quantity: str, confirmed: bool
) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("REVS", "USD", "10000")])
    reverse(db, market)
    update(db)
    path = tmp_path / "holdings.csv"
    path.write_text(f"account,ticker,asset_class,currency,quantity,cost_basis\nBroker,REVS,equity,USD,{quantity},1\n")
    assert CliRunner().invoke(group, ["import", str(path), "--db", str(db)]).exit_code == 0
    assert (verdict(db).checks[0].level == "UNKNOWN") is not confirmed
    if confirmed:
        assert sheet(db).portfolio_value == pytest.approx(float(quantity) * 106 * 150)
        path.write_text(path.read_text().replace(quantity, "1700"))  # bought since: nothing is asked again
        assert CliRunner().invoke(group, ["import", str(path), "--db", str(db)]).exit_code == 0
        assert verdict(db).checks[0].level == "SAFE"
        return
    assert sheet(db).portfolio_value == pytest.approx(float(quantity) * 10.6 * 150)
    assert run(db, "confirm", "REVS") == "REVS is valued at its new unit: the quantity held counts the split.\n"
    assert sheet(db).portfolio_value == pytest.approx(float(quantity) * 106 * 150)
    with pytest.raises(UnknownName, match="There is no split to confirm named 'REVS'"):
        run(db, "confirm", "REVS")


def test_taking_the_import_back_asks_again(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("REVS", "USD", "10000")])
    reverse(db, market)
    update(db)
    path = tmp_path / "holdings.csv"
    path.write_text("account,ticker,asset_class,currency,quantity,cost_basis\nBroker,REVS,equity,USD,1000,1\n")
    assert CliRunner().invoke(group, ["import", str(path), "--db", str(db)]).exit_code == 0
    with writing(db) as conn:
        undo(conn, datetime.now(UTC))
    assert sheet(db).portfolio_value == pytest.approx(15_900_000)
    assert verdict(db).verdict == "UNKNOWN"


def test_a_fresh_reverse_split_in_the_first_answer_is_asked_about_and_an_old_one_is_not(
    tmp_path: Path, market: Market
) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("REVS", "USD", "10000"), share("OLD", "USD", "10")])
    split = {DAYS[-1].isoformat(): (1.0, 10.0)}
    market.replies["REVS"] = closes(104, 106, 106, currency="USD", symbol="REVS", splits=split)
    past = {"currency": "USD", "symbol": "OLD", "splits": {LONG_AGO.isoformat(): (1.0, 10.0)}}
    market.replies["OLD"] = answer({LONG_AGO - timedelta(days=1): 100.0, LONG_AGO: 100.0, DAYS[-1]: 100.0}, **past)
    update(db)
    assert [split.ticker for split in sheet(db).uncounted_splits] == ["REVS"]
    assert sheet(db).portfolio_value == pytest.approx(10_000 * 10.6 * 150 + 10 * 100 * 150)


@pytest.mark.parametrize(("price", "quantity", "asked"), [("106", "1000", False), ("1060", "100", True)])
def test_a_brokers_file_in_the_new_unit_counts_a_split_of_its_day(
    tmp_path: Path, market: Market, price: str, quantity: str, asked: bool
) -> None:
    """Ten new units for an old one: the file of that morning has them, at 106, or the old ones, at 1,060."""
    db = household(tmp_path / "alm.db", holdings=[share("7203", "JPY", "100")])
    market.replies["7203.T"] = closes(1_040, 1_060)
    update(db)
    put_price(db, "7203", DAYS[-1], price, source="Rakuten")
    with writing(db) as conn:
        conn.exec_driver_sql("UPDATE holdings SET quantity = ?", (quantity,))
    split = {DAYS[-1].isoformat(): (10.0, 1.0)}
    market.replies["7203.T"] = closes(104, 106, 107, splits=split)
    update(db)
    assert sheet(db).portfolio_value == pytest.approx(107_000)
    assert bool(sheet(db).uncounted_splits) is asked


def test_a_split_that_the_ledger_enters_is_counted(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("REVS", "USD", "10000")])
    reverse(db, market)
    update(db)
    split = {"date": DAYS[-1].isoformat(), "kind": "split", "account": "Broker", "ticker": "REVS", "quantity": "0.1",
             "currency": "USD"}  # fmt: skip
    with writing(db) as conn:
        write_all(conn, {"transactions": [split]})
    assert sheet(db).uncounted_splits == ()


QUARTERS = [TODAY - timedelta(days=n) for n in (340, 250, 160, 70)]


def paying(special: float, on: date) -> Reply:
    amounts = {day.isoformat(): 1.02 for day in QUARTERS} | {on.isoformat(): special}
    return closes(500, 500.5, 501, currency="USD", symbol="SPEC", dividends=amounts)


@pytest.mark.parametrize("ago", [300, 200, 120, 30])
def test_a_payment_that_looks_special_is_held_for_a_decision(tmp_path: Path, market: Market, ago: int) -> None:
    """Four times 1.02 and once 15.00 a share, 1,000 shares: 4,080 dollars a year, 11.3 % of 36,000."""
    living: Rows = [{"name": "Life", "amount": "3000", "currency": "USD", "frequency": "monthly"}]
    db = household(tmp_path / "alm.db", holdings=[share("SPEC", "USD", "1000")], expenses=living,
                   settings=[{"name": "base_currency", "value": "USD"}])  # fmt: skip
    day = TODAY - timedelta(days=ago)
    market.replies |= {"SPEC": paying(15.0, day), "JPY": as_json({"base": "JPY", "rates": {
        str(DAYS[-1]): {"USD": 0.0066}}})}  # fmt: skip
    assert update(db)["SPEC"]["held_back"] == 1
    found = verdict(db)
    assert found.dividends_gross == pytest.approx(4_080)
    assert found.fire_ratio_gross == pytest.approx(4_080 / 36_000)
    assert "a special, perhaps" in " ".join(run(db, "held").split())
    assert run(db, "accept", "--special", "SPEC", day.isoformat()) == "1 figure of SPEC stored.\n"
    assert update(db)["SPEC"]["held_back"] == 0
    assert verdict(db).dividends_gross == pytest.approx(4_080)
    assert [row["amount"] for row in table(db, "dividends") if row["kind"] == "special"] == ["15"]


def test_a_large_payment_of_every_december_is_no_special(tmp_path: Path, market: Market) -> None:
    db = household(tmp_path / "alm.db", holdings=[share("SPEC", "USD", "1000")])
    years = [day - timedelta(days=365 * n) for n in (0, 1) for day in QUARTERS]
    amounts = {day.isoformat(): 4.0 if day in (years[3], years[7]) else 1.0 for day in years}
    market.replies["SPEC"] = closes(500, 500.5, 501, currency="USD", symbol="SPEC", dividends=amounts)
    assert update(db)["SPEC"]["held_back"] == 0


def test_a_newer_figure_that_is_held_back_leaves_no_green_verdict(tmp_path: Path, market: Market) -> None:
    """A fall of 90 % may be a mistake or the truth: nobody is told that all is well until somebody has looked."""
    db = household(tmp_path / "alm.db", holdings=[share("7203", "JPY", "1")])
    market.replies["7203.T"] = closes(2_700, 2_710)
    update(db)
    market.replies["7203.T"] = closes(2_700, 2_710, 270)
    update(db)
    assert verdict(db).checks[0].sentence == (
        "Data are in doubt: a newer figure of 7203 is held back, see `alm prices held`."
    )
    run(db, "discard", "7203")
    assert verdict(db).checks[0].level == "SAFE"
