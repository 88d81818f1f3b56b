"""Corporate actions and transfers in kind of a Flex statement, through the command line into the ledger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.feeds.books import alm, new_books, rows
from tests.feeds.test_odd_statements import ODD, booked

LINE = (
    '<CorporateAction accountId="U1" currency="USD" assetCategory="STK" symbol="{symbol}" description="{text}" '
    'reportDate="2026-11-10" dateTime="2026-11-09;202500" quantity="{units}" proceeds="{money}" value="{value}" '
    'type="{kind}" actionID="9" transactionID="{mark}" />'
)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return new_books(tmp_path)


def action(
    kind: str, symbol: str, units: str, text: str = "", money: str = "0", value: str = "0", mark: int = 1
) -> str:
    return LINE.format(kind=kind, symbol=symbol, units=units, text=text, money=money, value=value, mark=mark)


def bring(db: Path, tmp_path: Path, section: str, *lines: str) -> None:
    """A statement of 120 VTI, with such lines."""
    text = (ODD / "flex_split.xml").read_text()
    before, after = text[: text.index("<CorporateActions>")], text[text.index("</FlexStatement>") :]
    (tmp_path / "flex.xml").write_text(f"{before}<{section}>{''.join(lines)}</{section}>{after}")
    done = alm(db, "import", str(tmp_path / "flex.xml"))
    assert done.returncode == 0, done.stderr


def moved(db: Path) -> list[tuple[str | None, ...]]:
    return booked(db, "kind", "ticker", "quantity", "to_ticker", "to_quantity", "amount")


def test_a_merger_for_shares_is_an_exchange(db: Path, tmp_path: Path) -> None:
    bring(db, tmp_path, "CorporateActions", action("TC", "OLDCO", "-100"), action("TC", "VTI", "120", mark=2))
    assert moved(db) == [("exchange", "OLDCO", "100", "VTI", "120", "0")]


def test_a_new_number_of_the_same_share_changes_nothing_and_a_new_name_the_ticker(db: Path, tmp_path: Path) -> None:
    bring(db, tmp_path, "CorporateActions", action("IC", "VTI.OLD", "-120"), action("IC", "VTI", "120", mark=2))
    assert moved(db) == []
    bring(db, tmp_path, "CorporateActions", action("IC", "VTX", "-120"), action("IC", "VTI", "120", mark=2))
    assert moved(db) == [("exchange", "VTX", "120", "VTI", "120", "0")]


def test_a_merger_for_money_is_a_sale_and_worthless_shares_are_lost(db: Path, tmp_path: Path) -> None:
    bring(db, tmp_path, "CorporateActions", action("TC", "OLDCO", "-100", money="2500"))
    assert moved(db) == [("sell", "OLDCO", "100", None, "0", "2500")]
    bring(db, tmp_path, "CorporateActions", action("DW", "BUST", "-7", mark=3))
    assert moved(db)[1] == ("sell", "BUST", "7", None, "0", "0")


def test_a_reverse_split_shrinks_the_units_once(db: Path, tmp_path: Path) -> None:
    text = "VTI(US1) SPLIT 1 FOR 10 (VTI, D VTI, US2)"
    lines = action("RS", "VTI.OLD", "-1200", text), action("RS", "VTI", "120", text, mark=2)
    bring(db, tmp_path, "CorporateActions", *lines)
    assert moved(db) == [("split", "VTI", "0.1", None, "0", "0")]


def test_a_spin_off_shares_the_cost_as_the_market_values_are(db: Path, tmp_path: Path) -> None:
    """120 VTI at 310.25 are 37,230; 30 units worth 4,136.67 beside them are a tenth of the whole."""
    text = "VTI(US1) SPINOFF  1 FOR 4 (NEWCO, NEW CO, US3)"
    bring(db, tmp_path, "CorporateActions", action("SO", "NEWCO", "30", text, value="4136.67"))
    assert moved(db) == [("spin_off", "VTI", "0", "NEWCO", "30", "0")]
    assert rows(db, "transactions")[0]["cost_share"] == "0.1"


def test_rights_and_bonus_shares_come_for_nothing(db: Path, tmp_path: Path) -> None:
    bring(db, tmp_path, "CorporateActions", action("RI", "VTI.RTS", "120"))
    assert moved(db) == [("transfer", "VTI.RTS", "120", None, "0", "0")]


def test_an_action_with_shares_and_money_waits_for_a_person(db: Path, tmp_path: Path) -> None:
    bring(
        db, tmp_path, "CorporateActions", action("TC", "OLDCO", "-100", money="50"), action("TC", "VTI", "120", mark=2)
    )
    assert moved(db) == []
    assert [row["state"] for row in rows(db, "open_items")] == ["open"]


@pytest.mark.parametrize(
    ("direction", "booking"),
    [("IN", ("transfer", "VTI", "120", None, "0", "24180")), ("OUT", ("delivery", "VTI", "120", None, "0", "0"))],
)
def test_a_transfer_in_kind_carries_its_cost(
    db: Path, tmp_path: Path, direction: str, booking: tuple[str | None, ...]
) -> None:
    line = (
        '<Transfer accountId="U1" currency="USD" assetCategory="STK" symbol="VTI" date="2026-11-05" type="ACATS" '
        f'direction="{direction}" quantity="120" transactionID="5" />'
    )
    bring(db, tmp_path, "Transfers", line)
    assert moved(db) == [booking]
    differences = json.loads(alm(db, "ledger", "--as-of", "2026-11-20", "--json").stdout)["differences"]
    assert (direction == "IN") == (not [d for d in differences if d["level"] == "holding"])
