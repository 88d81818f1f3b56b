"""Rows in and out: exact, once, whole or not at all, and every refusal a sentence."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from alm.errors import BadInput, StaleEdit, UnknownName
from alm.store.books import load_balance_sheet
from alm.store.columns import decimal_shape
from alm.store.database import reading, writing
from alm.store.exact import canonical
from alm.store.tables import TABLES, Written, fields, key, read_rows, table_version, write_all, write_rows
from tests.raw import raw
from tests.store.rows import account, holding, line, loan, price, rate


def write(db, table, *rows, **options):
    with writing(db) as conn:
        return write_rows(conn, table, rows, **options)


def read(db, table):
    with reading(db) as conn:
        return read_rows(conn, table)


@pytest.fixture
def household(db):
    with writing(db) as conn:
        write_all(
            conn,
            {
                "accounts": [
                    account(),
                    account("NISA", tax_treatment="tax_free"),
                    account("Short", allows_shorts="yes"),
                ],
                "loans": [loan(), line()],
                "holdings": [holding("7203", pledged_to="Loan")],
                "cash": [{"account": "Broker", "currency": "JPY", "amount": "4500000"}],
            },
        )
    return db


def test_digits_are_kept_to_the_last(household):
    """0.1 + 0.2 is 0.3, as many places as there are; none of it fits in a float."""
    exact = ["0.3", "0.1", "0.2", "12345678901234567.123456789", "0.00000001", "-5"]
    for number, amount in enumerate(exact):
        write(household, "cash", {"account": "Broker", "currency": f"AA{chr(65 + number)}", "amount": amount})
    stored = {row["currency"]: row["amount"] for row in read(household, "cash")}
    assert [stored[f"AA{chr(65 + number)}"] for number in range(6)] == exact
    assert Decimal(stored["AAB"]) + Decimal(stored["AAC"]) == Decimal(stored["AAA"])
    with raw(household) as conn:
        assert {kind for (kind,) in conn.execute("SELECT typeof(amount) FROM cash")} == {"text"}


def test_equal_numbers_are_equal_text(household):
    write(household, "cash", {"account": "Broker", "currency": "USD", "amount": "007.500"})
    assert read(household, "cash")[1]["amount"] == "7.5"
    again = write(household, "cash", {"account": "Broker", "currency": "USD", "amount": "7.50"})
    assert again == Written()


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**15), max_value=10**15))
@settings(max_examples=100)
def test_the_canonical_text_of_a_number_is_accepted_and_no_other_text_of_it(value):
    text = canonical(value)
    with raw(":memory:") as conn:
        accepted = conn.execute(f"SELECT {decimal_shape('?1')}", (text,)).fetchone()[0]
        padded = conn.execute(f"SELECT {decimal_shape('?1')}", (f"{text}.0" if "." not in text else f"{text}0",))
        assert (accepted, padded.fetchone()[0]) == (1, 0)
    assert Decimal(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", ".5", "5.", "+5", "1e5", "1E5", "nan", "inf", "0x1", "1,5", "1 5", " 5", "５", "--5", "5-", "1.2.3",
     "00", "01", "-0", "-01", "0.10", "1_000", "5\n", "abc"],
)  # fmt: skip
def test_the_file_itself_refuses_what_is_not_a_canonical_number(household, text):
    with pytest.raises(IntegrityError), writing(household) as conn:
        conn.exec_driver_sql("UPDATE cash SET amount = ?", (text,))


@pytest.mark.parametrize(
    "text",
    ["2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "2026/01/01", "20260101", "2026-01-01 ", "1899-12-31", "now"],
)
def test_the_file_itself_refuses_what_is_not_a_date(household, text):
    with pytest.raises(IntegrityError), writing(household) as conn:
        conn.exec_driver_sql("INSERT INTO prices (ticker, date, close, currency) VALUES ('X', ?, '1', 'JPY')", (text,))


REFUSED = [
    ("holdings", holding("X", "-5"), "holdings.quantity: '-5' is refused: expected 0 or more in an account that does not"),
    ("holdings", holding("X", "1e5"), "quantity: '1e5' is refused: expected a number such as 1234.56"),
    ("holdings", holding("X", "NaN"), "quantity: 'NaN' is refused: expected a number"),
    ("holdings", holding("X", "Infinity"), "quantity: 'Infinity' is refused"),
    ("holdings", holding("X", "１２"), "quantity: '１２' is refused"),
    ("holdings", holding("X", "1,000"), "quantity: '1,000' is refused"),
    ("holdings", holding("X", cost_basis="-1"), "holdings: expected a cost_basis of 0 or more unless it is a short"),
    ("holdings", holding("X", account="Nowhere"), "'Nowhere' is refused: expected the name of an account that is in"),
    ("holdings", holding("X", pledged_to="Line"), "'Line' is refused: expected the name of a securities-backed loan"),
    ("holdings", holding("X", pledged_to="Gone"), "'Gone' is refused: expected the name of a securities-backed loan that"),
    ("holdings", holding("X", account="NISA", pledged_to="Loan"), "expected nothing, because a tax-free account cannot"),
    ("holdings", holding("X", "-1", account="Short", pledged_to="Loan"), "expected no pledge of a short"),
    ("holdings", holding("X", asset_class="house"), "holdings.asset_class: 'house' is refused: expected one of equity,"),
    ("holdings", holding("X", currency="yen"), "holdings.currency: 'yen' is refused: expected an ISO currency code"),
    ("holdings", holding("X", advance_rate="1.2"), "holdings.advance_rate: '1.2' is refused: expected a number from 0 to 1"),
    ("holdings", holding("X", price_unit="0"), "holdings.price_unit: '0' is refused: expected a number above 0"),
    ("holdings", holding("  "), "holdings.ticker: '' is refused: expected a line of 1 to 200 characters"),
    ("holdings", holding("X", name="a\tb"), r"holdings.name: 'a\\tb' is refused: expected a line"),
    ("holdings", holding("X", colour="red"), "colour: expected one of the columns ticker, name,"),
    ("loans", loan("L", profile=None), "expected a profile for a securities-backed loan"),
    ("loans", line("L", credit_limit=None), "expected a credit_limit for a credit line"),
    ("loans", loan("L", kind="mortgage"), "expected a payment for a mortgage or term loan"),
    ("loans", loan("L", balance="-1"), "loans.balance: '-1' is refused: expected a number of 0 or more"),
    ("loans", loan("L", rate_pa="2"), "loans.rate_pa: '2' is refused: expected a number from -0.1 to 1"),
    ("loans", line("L", committed="maybe"), "committed: 'maybe' is refused: expected yes or no"),
    ("prices", price("X", "2026-02-30", "1"), "prices.date: '2026-02-30' is refused: expected a date such as 2026-01-31"),
    ("prices", price("X", "2026-01-30", "0"), "prices.close: '0' is refused: expected a number above 0"),
    ("fx_rates", rate("JPY", "2026-01-30", "1"), "expected two different currencies"),
    ("fx_rates", rate("USD", "2026-01-30", "-150"), "fx_rates.rate: '-150' is refused: expected a number above 0"),
    ("cash", {"account": "Broker", "currency": "USD"}, "amount: '' is refused: expected a number"),
    ("dividends", {"ticker": "X", "ex_date": "2026-06-30", "pay_date": "2026-06-01", "amount": "1", "currency": "JPY"},
     "expected a pay_date on or after the ex_date"),
    ("expenses", {"name": "Car", "amount": "1", "currency": "JPY", "frequency": "once"}, "expected a start date for what"),
    ("expenses", {"name": "Car", "amount": "1", "currency": "JPY", "starts": "2026-02-01", "ends": "2026-01-01"},
     "expected an end on or after the start"),
    ("transactions", {"date": "2026-01-05", "kind": "buy", "account": "Broker", "currency": "JPY", "amount": "1"},
     "expected a ticker and a quantity above 0 for a buy, sell, split, delivery or exchange"),
    ("transactions", {"date": "2026-01-05", "kind": "draw", "account": "Broker", "currency": "JPY", "amount": "1"},
     "expected the loan of a draw or repayment"),
    ("targets", {"name": "equity", "weight": "1.5"}, "targets.weight: '1.5' is refused: expected a number from 0 to 1"),
    ("settings", {"name": "colour", "value": "red"}, "There is no setting named 'colour'"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "sentence"), REFUSED)
def test_a_refused_row_is_one_sentence_and_changes_nothing(household, table, row, sentence):
    before = read(household, table)
    good = {"settings": {"name": "stale_days", "value": "3"}, "targets": {"name": "bond", "weight": "0.1"}}
    with pytest.raises((BadInput, UnknownName), match=sentence.replace("(", r"\(")) as refusal:
        write(household, table, *([good[table]] if table in good else []), row)
    assert "\n" not in str(refusal.value)
    assert read(household, table) == before


def test_the_row_that_was_refused_is_named_by_its_number(household):
    rows = [price("A", "2026-01-05", "1"), price("A", "2026-01-06", "2"), price("A", "2026-01-07", "0")]
    with pytest.raises(BadInput, match=r"row 3, prices\.close"):
        write(household, "prices", *rows)
    assert read(household, "prices") == []


def test_whoever_goes_on_after_a_refusal_writes_none_of_the_refused_rows(household):
    with writing(household) as conn:
        for close in ("0", "7"):
            with suppress(BadInput):
                write_rows(conn, "prices", [price("A", "2026-01-05", "1"), price("B", "2026-01-05", close)])
            assert len(read_rows(conn, "prices")) == (0 if close == "0" else 2)
    assert [row["close"] for row in read(household, "prices")] == ["1", "7"]


def test_an_account_cannot_forbid_what_it_holds(household):
    write(household, "holdings", holding("SHORT", "-10", account="Short", cost_basis="-500"))
    with pytest.raises(BadInput, match="allows_shorts: '0' is refused: expected yes while the account holds a short"):
        write(household, "accounts", {"name": "Short", "allows_shorts": "no"})
    with pytest.raises(BadInput, match="tax_treatment: 'tax_free' is refused: expected taxable or deferred while"):
        write(household, "accounts", {"name": "Broker", "tax_treatment": "tax_free"})
    with pytest.raises(
        BadInput, match="kind: 'term' is refused: expected securities_backed while something is pledged"
    ):
        write(household, "loans", {"name": "Loan", "kind": "term", "payment": "1"})


def test_a_short_is_negative_wealth(household):
    write(household, "holdings", holding("SHORT", "-10", account="Short", cost_basis="-500"))
    write(household, "prices", price("SHORT", "2026-11-20", "70"), price("7203", "2026-11-20", "1"))
    with reading(household) as conn:
        sheet = load_balance_sheet(conn, date(2026, 11, 20))
    assert sheet.portfolio_value == 100 - 700
    assert sheet.holdings[-1].unrealised_gain == -700 + 500


def test_writing_the_same_rows_again_changes_nothing(household):
    with reading(household) as conn:
        everything = {table: read_rows(conn, table) for table in TABLES}
        versions = {table: table_version(conn, table) for table in TABLES}
    with writing(household) as conn:
        assert set(write_all(conn, everything).values()) == {Written()}
    with reading(household) as conn:
        assert {table: table_version(conn, table) for table in TABLES} == versions


def test_a_column_left_out_keeps_what_stands_and_an_empty_one_is_emptied(household):
    write(household, "holdings", {"account": "Broker", "ticker": "7203", "pledged_to": "Loan", "name": "Toyota"})
    write(household, "holdings", {"account": "Broker", "ticker": "7203", "quantity": "150"})
    (row,) = read(household, "holdings")
    assert (row["name"], row["quantity"], row["pledged_to"]) == ("Toyota", "150", "Loan")
    write(household, "holdings", {"account": "Broker", "ticker": "7203", "pledged_to": "Loan", "name": ""})
    assert read(household, "holdings")[0]["name"] == ""


def test_a_column_of_defaults_is_the_households_own_once_the_row_is_there(household):
    statement = holding("7203", "80", asset_class="fund", name="TOYOTA MOTOR")
    write(household, "holdings", statement, defaults=("asset_class", "name", "pledged_to"))
    (row,) = read(household, "holdings")
    assert (row["quantity"], row["asset_class"], row["name"], row["pledged_to"]) == ("80", "equity", "", "Loan")
    write(household, "holdings", holding("9984", asset_class="fund"), defaults=("asset_class",))
    assert [row["asset_class"] for row in read(household, "holdings")] == ["equity", "fund"]


def test_a_ticker_pledged_in_part_must_say_which_part_is_meant(household):
    write(household, "holdings", holding("7203", "40", pledged_to=None))
    with pytest.raises(BadInput, match="row 1: expected a pledged_to, because Broker and 7203 has several rows"):
        write(household, "holdings", {"account": "Broker", "ticker": "7203", "quantity": "1"})


def test_replacing_an_account_removes_what_the_statement_no_longer_lists(household):
    write(household, "holdings", holding("9984"), holding("9984", account="NISA"))
    assert write(household, "holdings", holding("6758"), replaces=("Broker",)) == Written(inserted=1, deleted=2)
    assert [(row["account"], row["ticker"]) for row in read(household, "holdings")] == [
        ("Broker", "6758"),
        ("NISA", "9984"),
    ]


def test_a_whole_table_removes_every_other_row_unless_something_refers_to_it(household):
    assert write(household, "accounts", account(), account("Short"), whole=True).deleted == 1
    with pytest.raises(BadInput, match="accounts: 'Broker' is refused: expected that nothing else refers to what is"):
        write(household, "accounts", account("Short"), whole=True)
    assert len(read(household, "accounts")) == 2


def test_two_equal_lines_of_a_statement_are_two_trades_and_the_same_statement_again_is_none(household):
    line_ = {"date": "2026-01-05", "kind": "buy", "account": "Broker", "currency": "JPY", "ticker": "7203",
             "quantity": "100", "amount": "300000"}  # fmt: skip
    assert write(household, "transactions", line_, line_).inserted == 2
    assert write(household, "transactions", line_, line_) == Written()
    assert write(household, "transactions", line_, line_, line_).inserted == 1
    assert write(household, "transactions", *read(household, "transactions")) == Written()


def test_an_edit_of_rows_that_changed_meanwhile_is_refused(household):
    with reading(household) as conn:
        version = table_version(conn, "cash")
    write(household, "cash", {"account": "Broker", "currency": "JPY", "amount": "4000000"}, expected=version)
    with pytest.raises(
        StaleEdit, match=r"cash changed since this page read it \(a row was edited\); nothing was saved"
    ):
        write(household, "cash", {"account": "Broker", "currency": "JPY", "amount": "1"}, expected=version)
    write(household, "cash", {"account": "Broker", "currency": "USD", "amount": "1"})
    with pytest.raises(StaleEdit, match="1 rows then, 2 now"):
        write(household, "cash", {"account": "Broker", "currency": "JPY", "amount": "1"}, expected=version)
    assert read(household, "cash")[0]["amount"] == "4000000"


def test_a_loan_renamed_keeps_what_secures_it(household):
    with writing(household) as conn:
        conn.exec_driver_sql("UPDATE loans SET name = 'Margin' WHERE name = 'Loan'")
    assert read(household, "holdings")[0]["pledged_to"] == "Margin"


def test_every_table_says_what_its_columns_expect():
    for table in TABLES:
        names = [field.name for field in fields(table)]
        assert set(key(table)) <= set(names)
        assert "id" not in names
    kinds = {field.name: (field.kind, field.required) for field in fields("holdings")}
    assert kinds["quantity"] == ("decimal", True)
    assert kinds["advance_rate"] == ("decimal", False)
    assert kinds["pledged_to"] == ("text", False)


def test_a_table_nobody_has_is_refused_by_name(db):
    with pytest.raises(UnknownName, match="no table named 'hodlings'; known: settings, accounts"), writing(db) as conn:
        write_all(conn, {"hodlings": []})


def test_a_number_as_a_float_is_a_mistake_of_the_program(db):
    with pytest.raises(TypeError, match="a cell is text"):
        write(db, "settings", {"name": "stale_days", "value": 3.0})


def test_three_hundred_business_days_of_prices_at_once(household):
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(300)]
    rows = [price("7203", day.isoformat(), str(1000 + number)) for number, day in enumerate(days)]
    assert write(household, "prices", *rows).inserted == 300
    changed = [*rows[:299], {**rows[299], "close": "5"}]
    assert write(household, "prices", *changed) == Written(updated=1)
