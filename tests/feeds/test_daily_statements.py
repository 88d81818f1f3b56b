"""A month of daily statements, in any order, with overlaps and corrections, ends in the same books."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from alm.feeds.apply import apply
from alm.feeds.recognise import Reading, plan_file
from tests.feeds.books import FRIDAY, NOW, new_books, rows

TABLES = ("accounts", "holdings", "cash", "prices", "transactions", "open_items")
STATEMENT = """<FlexQueryResponse queryName="q" type="AF"><FlexStatements count="1">
<FlexStatement accountId="U1" fromDate="{first}" toDate="{last}" period="x" whenGenerated="{last};060000">
<CashReport><CashReportCurrency accountId="U1" currency="USD" endingCash="{cash}" /></CashReport>
<OpenPositions>{positions}</OpenPositions><Trades>{trades}</Trades><CashTransactions>{events}</CashTransactions>
</FlexStatement></FlexStatements></FlexQueryResponse>"""
POSITION = (
    '<OpenPosition accountId="U1" currency="USD" assetCategory="{kind}" symbol="{symbol}" reportDate="{on}" '
    'position="{units}" markPrice="{price}" positionValue="{value}" costBasisMoney="{cost}" levelOfDetail="SUMMARY" />'
)
TRADE = (
    '<Trade accountId="U1" currency="USD" assetCategory="STK" symbol="{symbol}" tradeID="{mark}" tradeDate="{on}" '
    'quantity="{units}" tradePrice="10" taxes="0" ibCommission="{fee}" ibCommissionCurrency="USD" buySell="{side}" '
    'origTradeID="{original}" levelOfDetail="EXECUTION" />'
)
EVENT = (
    '<CashTransaction accountId="U1" currency="USD" symbol="VTI" type="{kind}" amount="{amount}" '
    'dateTime="{on};202000" reportDate="{reported}" transactionID="{mark}" levelOfDetail="DETAIL" />'
)


def day(number: int) -> str:
    return f"2026-11-{number:02d}"


def bought(symbol: str, on: int, units: int, mark: int, side: str = "BUY", original: str = "") -> tuple[int, str]:
    fee = "1" if original else "-1"  # given back with what is cancelled
    return on, TRADE.format(symbol=symbol, on=day(on), units=units, mark=mark, side=side, original=original, fee=fee)


def paid(kind: str, amount: str, on: int, reported: int, mark: int) -> tuple[int, str]:
    return reported, EVENT.format(kind=kind, amount=amount, on=day(on), reported=day(reported), mark=mark)


# Bought, sold out, bought in error and cancelled two days later; a dividend paid on the 6th, taxed on the 7th, reversed
# and rebooked on the 16th.
TRADES = (
    bought("VTI", 2, 100, 1), bought("OLD", 3, 50, 2), bought("OLD", 10, -50, 3, "SELL"), bought("VTI", 12, 20, 4),
    bought("VTI", 13, 7, 5), bought("VTI", 15, -7, 6, "BUY (Ca.)", "5"),
)  # fmt: skip
EVENTS = (
    paid("Dividends", "95", 6, 6, 11), paid("Withholding Tax", "-9.5", 6, 7, 12), paid("Dividends", "-95", 6, 16, 13),
    paid("Dividends", "90", 6, 16, 14), paid("Withholding Tax", "9.5", 6, 16, 15),
    paid("Withholding Tax", "-9", 6, 16, 16), paid("Deposits & Withdrawals".replace("&", "&amp;"), "500", 18, 18, 17),
)  # fmt: skip


def position(symbol: str, on: int, units: int, kind: str = "STK") -> str:
    value = units * (10 + on)
    return POSITION.format(
        symbol=symbol, on=day(on), units=units, price=10 + on, value=value, cost=units * 10, kind=kind
    )


def statement(first: int, last: int) -> tuple[str, bytes]:
    """What the broker reports in the evening of `last` about the days from `first` on."""
    vti = 100 * (last >= 2) + 20 * (last >= 12) + 7 * (13 <= last < 15)
    held = [position("VTI", last, vti)] if vti else []
    held += [position("OLD", last, 50)] if 3 <= last < 10 else []
    held += [position("VTI 320 C", last, -1, "OPT")] if 5 <= last < 19 else []
    listed = ["".join(text for on, text in lines if first <= on <= last) for lines in (TRADES, EVENTS)]
    filled = STATEMENT.format(
        first=day(first), last=day(last), cash=1000 + last, positions="".join(held), trades=listed[0], events=listed[1]
    )
    return f"flex {day(first)} {day(last)}.xml", filled.encode()


def books_after(folder: Path, statements: list[tuple[str, bytes]]) -> dict[str, list[dict[str, str | None]]]:
    folder.mkdir()
    db = new_books(folder)
    for name, data in statements:
        apply(db, plan_file(name, data, Reading(FRIDAY)), NOW, way="replace")
    found = {table: rows(db, table) for table in TABLES}
    for item in found["open_items"]:
        item["place"] = ""  # the file it was last seen in
    for table in TABLES:
        found[table].sort(key=str)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_daily_statements_in_any_order_end_in_the_same_books(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    daily = [statement(number, number) for number in range(2, 21)]
    weekly = [statement(max(2, number - 6), number) for number in range(3, 21, 4)]
    in_order = books_after(tmp_path / "in order", daily)
    mixed = [*daily, *weekly, *random.sample(daily, 5)]
    random.shuffle(mixed)
    assert books_after(tmp_path / "mixed", mixed) == in_order


def test_those_books_are_the_right_ones(tmp_path: Path) -> None:
    found = books_after(tmp_path / "x", [statement(number, number) for number in range(20, 1, -1)])
    assert [(row["ticker"], row["quantity"]) for row in found["holdings"]] == [("VTI", "120")]
    assert [row["amount"] for row in found["cash"]] == ["1020"]
    booked = {(row["kind"], row["ticker"], row["quantity"], row["amount"], row["tax"]) for row in found["transactions"]}
    assert booked == {
        ("buy", "VTI", "100", "1000", "0"), ("buy", "OLD", "50", "500", "0"), ("sell", "OLD", "50", "500", "0"),
        ("buy", "VTI", "20", "200", "0"), ("fee", "VTI", "0", "0", "0"), ("dividend", "VTI", "0", "90", "9"),
        ("deposit", "VTI", "0", "500", "0"),
    }  # fmt: skip


def test_a_sale_in_the_same_statement_needs_no_word_for_what_is_gone(tmp_path: Path) -> None:
    """The holding that is gone was sold, and the statement says so."""
    db = new_books(tmp_path)
    for number in (9, 10):
        apply(db, plan_file(*statement(number, number), Reading(FRIDAY)), NOW)
    assert [(row["ticker"], row["quantity"]) for row in rows(db, "holdings")] == [("VTI", "100")]
