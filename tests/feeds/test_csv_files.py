"""CSV of this program's own tables: what lands, what is refused, and that twice is once."""

from __future__ import annotations

from pathlib import Path

import pytest

from alm.errors import AlmError, BadInput
from alm.feeds import rows as row_models
from alm.feeds.export import exported
from alm.store.tables import fields, key
from tests.feeds.books import IBKR, RAKUTEN, SBI, SBI_TRADES, new_books, read, rows, sample

ACCOUNTS = "name,institution,tax_treatment\nBroker,A broker,taxable\nNISA,A broker,tax_free\n"
LOANS = "name,kind,currency,balance,rate_pa,profile\nLoan,securities_backed,JPY,50000000,2%,standard-60-70-85\n"
HOLDINGS = (
    "ticker,account,asset_class,currency,quantity,cost_basis,pledged_to,advance_rate,sector\n"
    "7203,Broker,equity,JPY,1000,2000000,Loan,1,autos\n"
    "VT,NISA,fund,USD,12.5,1250.75,,1,\n"
)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return new_books(tmp_path)


def household(db: Path) -> None:
    read(db, ("accounts.csv", ACCOUNTS), ("loans.csv", LOANS), ("holdings.csv", HOLDINGS))


@pytest.mark.parametrize("table", list(row_models.TABLES))
def test_the_columns_of_each_file_are_those_of_its_table(table: str) -> None:
    required, optional = row_models.columns(table)
    assert {*required, *optional} == {field.name for field in fields(table)}
    assert key(table) == row_models.TABLES[table].KEY
    in_store = {field.name for field in fields(table) if field.required} - {"fingerprint"}
    assert set(required) == in_store


def test_files_land_in_the_order_that_their_references_need(db: Path) -> None:
    """The holding secures a loan that a later file brings."""
    read(db, ("holdings.csv", HOLDINGS), ("loans.csv", LOANS), ("accounts.csv", ACCOUNTS))
    toyota = next(row for row in rows(db, "holdings") if row["ticker"] == "7203")
    assert (toyota["quantity"], toyota["pledged_to"], toyota["advance_rate"]) == ("1000", "Loan", "1")
    assert rows(db, "loans")[0]["rate_pa"] == "0.02"


def test_a_second_import_of_the_same_files_changes_nothing(db: Path) -> None:
    household(db)
    again = read(db, ("accounts.csv", ACCOUNTS), ("loans.csv", LOANS), ("holdings.csv", HOLDINGS))
    assert again.changes == ()
    assert again.number is None


def test_a_dry_run_says_the_same_and_writes_nothing(db: Path) -> None:
    dry = read(db, ("accounts.csv", ACCOUNTS), dry_run=True)
    assert rows(db, "accounts") == []
    assert dry.changes == read(db, ("accounts.csv", ACCOUNTS)).changes


def test_holdings_of_one_account_are_replaced_and_others_left_alone(db: Path) -> None:
    household(db)
    changed = read(db, ("holdings.csv", HOLDINGS.splitlines()[0] + "\n6758,Broker,equity,JPY,10,5000,,1,\n"))
    assert [(c.kind, c.key) for c in changed.changes] == [
        ("removed", ("Broker", "7203", "JPY", "Loan")),
        ("added", ("Broker", "6758", "JPY", None)),
    ]
    assert [row["ticker"] for row in rows(db, "holdings")] == ["6758", "VT"]


def test_columns_that_a_file_leaves_out_keep_what_stands(db: Path) -> None:
    household(db)
    read(
        db,
        (
            "holdings.csv",
            "ticker,account,asset_class,currency,quantity,cost_basis\n7203,Broker,equity,JPY,900,1800000\n",
        ),
    )
    toyota = next(row for row in rows(db, "holdings") if row["ticker"] == "7203")
    assert (toyota["quantity"], toyota["pledged_to"], toyota["sector"]) == ("900", "Loan", "autos")


def test_accounts_nobody_has_entered_are_created_and_said_so(db: Path) -> None:
    applied = read(db, ("cash.csv", 'account,currency,amount\nBank,JPY,"¥4,500,000"\n'))
    assert rows(db, "cash") == [{"account": "Bank", "currency": "JPY", "amount": "4500000"}]
    assert applied.warnings == ("New accounts, taken as taxable until you say otherwise: Bank.",)


def test_the_account_option_fills_a_missing_column(db: Path) -> None:
    read(db, ("cash.csv", "currency,amount\nJPY,1\n"), account="Bank")
    assert rows(db, "cash")[0]["account"] == "Bank"


HEAD = "ticker,account,asset_class,currency,quantity,cost_basis\n"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("7203,Broker,equity,JPY,NaN,1", "holdings.csv, row 2, quantity: 'NaN' is refused: expected a finite number."),
        ("7203,Broker,equity,JPY,inf,1", "quantity: 'inf' is refused: expected a finite number."),
        ("7203,Broker,equity,JPY,-5,1", "holdings.csv, row 2, holdings.quantity: '-5' is refused: expected 0 or more in an account that does not allow shorts."),
        ("7203,Broker,equity,JPY,1E+3,1", "expected a number with all its digits, not an exponent."),
        ("7203,Broker,equity,JPY,\"1,5\",1", "commas only between thousands"),
        ("7203,Broker,equity,JPY,1,$5", "expected an amount in JPY, without another sign."),
        ("7203,Broker,shares,JPY,1,5", "asset_class: 'shares' is refused: expected one of equity, bond"),
        ("7203,Broker,equity,YEN!,1,5", "currency: 'YEN!' is refused: expected an ISO currency code such as JPY."),
        (",Broker,equity,JPY,1,5", "ticker: '' is refused: expected a name or symbol."),
        ("7203,Broker,equity,JPY,1", "expected 6 cells, as the header has, not 5."),
        ('"72\n03",Broker,equity,JPY,1,5', "expected text on one line"),
        ("7203,Broker,equity,JPY,1,5\n7203,Broker,equity,JPY,1,5", "row 3: 'Broker 7203 JPY' is refused: expected each account, ticker, currency, pledged_to once (row 2 has it)."),
        ('"7203,Broker,equity,JPY,1,5', "expected well-formed CSV"),
        ("7203,Broker,equity,JPY,1,5\x00", "expected text without NUL bytes."),
    ],
)  # fmt: skip
def test_one_bad_cell_refuses_the_whole_file_in_one_sentence(db: Path, row: str, sentence: str) -> None:
    household(db)
    before = rows(db, "holdings")
    with pytest.raises(BadInput) as refusal:
        read(db, ("holdings.csv", f"{HEAD}{row}\n9984,Broker,equity,JPY,1,1\n"))
    assert sentence in str(refusal.value)
    assert str(refusal.value).startswith("holdings.csv")
    assert "\n" not in str(refusal.value)
    assert rows(db, "holdings") == before


def test_accepted_spellings_land_as_exact_text(db: Path) -> None:
    household(db)
    text = HEAD + 'SONY,Broker,Equity,jpy,"１，２３４．５０","￥1,000"\n'
    read(db, ("holdings.csv", text.encode("cp932")), ("cash.csv", 'account,currency,amount\nBroker,JPY,"(￥1,000)"\n'))
    row = next(row for row in rows(db, "holdings") if row["account"] == "Broker")
    assert (row["quantity"], row["cost_basis"], row["currency"]) == ("1234.5", "1000", "JPY")
    assert rows(db, "cash")[0]["amount"] == "-1000"


def test_a_good_file_beside_a_bad_one_does_not_land(db: Path) -> None:
    with pytest.raises(AlmError, match=r"loans\.csv, row 2, rate_pa"):
        read(db, ("accounts.csv", ACCOUNTS), ("loans.csv", LOANS.replace("2%", "200%")))
    assert rows(db, "accounts") == []


def test_two_equal_transactions_of_one_file_both_stay_and_never_multiply(db: Path) -> None:
    text = "date,kind,account,currency,ticker,quantity,amount\n" + "2026-05-26,buy,Broker,JPY,5401,100,55530\n" * 2
    first = read(db, ("transactions.csv", text))
    assert first.count("transactions", "added") == 2
    assert read(db, ("transactions.csv", text)).changes == ()
    third = read(db, ("transactions.csv", text + "2026-05-26,buy,Broker,JPY,5401,100,55530\n"))
    assert third.count("transactions", "added") == 1


def test_the_table_is_known_by_name_by_header_or_by_option(db: Path) -> None:
    read(db, ("my accounts.csv", ACCOUNTS))
    assert len(rows(db, "accounts")) == 2
    flows = "name,amount,currency\nLiving,800000,JPY\n"
    with pytest.raises(BadInput, match="named after its table"):
        read(db, ("flows.csv", flows))
    read(db, ("flows.csv", flows), kind="income")
    assert rows(db, "income")[0]["amount"] == "800000"
    with pytest.raises(AlmError, match="no table named 'incomes'"):
        read(db, ("flows.csv", flows), kind="incomes")


def test_a_name_is_never_a_path(db: Path) -> None:
    read(db, ("../../accounts.csv", ACCOUNTS))
    with pytest.raises(BadInput) as refusal:
        read(db, ("..\\..\\etc\\loans.csv", LOANS.replace("2%", "x")))
    assert str(refusal.value).startswith("loans.csv, row 2")


def test_importing_an_export_changes_nothing_whatever_is_in_the_books(db: Path) -> None:
    household(db)
    read(db, sample(RAKUTEN), sample(SBI), sample(SBI_TRADES), sample(IBKR))
    read(db, ("expenses.csv", 'name,amount,currency,category\n"\'=1+1",1,JPY,"\'@SUM(A1)"\n'))
    read(
        db,
        (
            "settings.csv",
            'name,value\nstale_days,3\nwaterfall_order,"cash, dividends, credit_line, unpledged_sale, pledged_sale"\n',
        ),
    )
    assert rows(db, "expenses")[0]["name"] == "=1+1"
    files = exported(db)
    assert b"'=1+1" in files["expenses.csv"]
    assert read(db, *files.items()).changes == ()


def test_an_export_fills_an_empty_database_with_the_same_books(db: Path, tmp_path: Path) -> None:
    household(db)
    read(db, sample(RAKUTEN), sample(SBI_TRADES))
    (tmp_path / "second").mkdir()
    second = new_books(tmp_path / "second")
    read(second, *exported(db).items())
    assert exported(second) == exported(db)


def test_settings_are_checked_before_they_land(db: Path) -> None:
    with pytest.raises(AlmError, match="no setting named 'stale_dayz'"):
        read(db, ("settings.csv", "name,value\nstale_dayz,3\n"))
    assert rows(db, "settings") == []
