"""Statements with one odd thing in them: what is right lands, what is odd is named, and nothing is green meanwhile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.feeds.books import SAMPLES, Done, alm, new_books, rows

ODD = SAMPLES / "odd"
ON = ("--as-of", "2026-11-20")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return new_books(tmp_path)


def bring(db: Path, *names: str, more: tuple[str, ...] = ()) -> None:
    """Import each file in its turn; all of them must be accepted."""
    for name in names:
        done = alm(db, "import", str(ODD / name), *ON, *more)
        assert done.returncode == 0, done.stderr


def held(db: Path) -> dict[str | None, str | None]:
    return {row["ticker"]: row["quantity"] for row in rows(db, "holdings")}


def booked(db: Path, *columns: str) -> list[tuple[str | None, ...]]:
    return [tuple(row[column] for column in columns) for row in rows(db, "transactions")]


def verdict(db: Path) -> str:
    told: str = json.loads(alm(db, "brief", "--as-of", "2026-11-20", "--no-fire", "--json").stdout)["verdict"]
    return told


def money_in_the_bank(db: Path, tmp_path: Path) -> None:
    """Enough of a household in dollars that everything but the open item is green."""
    for name, text in {
        "cash.csv": "account,currency,amount\nBank,JPY,90000000\n",
        "expenses.csv": "name,currency,amount\nLiving,JPY,100000\n",
        "fx_rates.csv": "currency,base,date,rate\nUSD,JPY,2026-11-20,150\n",
    }.items():
        (tmp_path / name).write_text(text)
        assert alm(db, "import", str(tmp_path / name), "--replace").returncode == 0


def test_lots_of_a_symbol_are_its_position(db: Path) -> None:
    """A query with lot detail alone says what one with summaries says: 120 VTI stay."""
    bring(db, "flex_positions.xml", "flex_lots_only.xml")
    assert held(db) == {"VTI": "120"}


def test_two_lots_are_summed(db: Path, tmp_path: Path) -> None:
    text = (ODD / "flex_lots_only.xml").read_text()
    lot = text[text.index("<OpenPosition ") : text.index("</OpenPositions>")]
    other = lot.replace("120", "30").replace("37230", "9307.5").replace("24180", "6000")
    (tmp_path / "lots.xml").write_text(text.replace(lot, lot + other))
    assert alm(db, "import", str(tmp_path / "lots.xml")).returncode == 0
    (row,) = rows(db, "holdings")
    assert (row["quantity"], row["cost_basis"]) == ("150", "30180")


def test_a_dividend_paid_on_friday_is_in_mondays_statement(db: Path) -> None:
    bring(db, "flex_paid_friday.xml")
    assert booked(db, "date", "kind", "ticker", "amount") == [("2026-11-13", "dividend", "VTI", "95")]


def test_an_option_is_named_and_nothing_is_green_until_it_is_settled(db: Path, tmp_path: Path) -> None:
    money_in_the_bank(db, tmp_path)
    done = alm(db, "import", str(ODD / "flex_one_option.xml"), *ON)
    assert done.returncode == 0
    assert "OPT VTI   261218C00320000" in done.stdout
    assert "not options, futures or CFDs" in done.stdout
    assert held(db) == {"VTI": "120"}
    assert verdict(db) == "UNKNOWN"
    assert "IBKR U1 (1)" in alm(db, "brief", "--as-of", "2026-11-20", "--no-fire").stdout
    assert alm(db, "items", "ignore", "1").stdout == "Settled: 1.\n"
    assert verdict(db) == "SAFE"
    bring(db, "flex_one_option.xml")
    assert verdict(db) == "SAFE"


def test_what_was_entered_by_hand_for_an_odd_row_stays(db: Path, tmp_path: Path) -> None:
    bring(db, "flex_one_option.xml")
    by_hand = (
        "ticker,account,asset_class,currency,quantity,cost_basis\nVTI   261218C00320000,IBKR U1,equity,USD,1,300\n"
    )
    (tmp_path / "holdings.csv").write_text(by_hand)
    assert alm(db, "import", str(tmp_path / "holdings.csv"), "--update").returncode == 0
    alm(db, "items", "entered", "1")
    bring(db, "flex_one_option.xml")
    assert held(db) == {"VTI": "120", "VTI   261218C00320000": "1"}


def test_a_section_nobody_knows_is_named(db: Path) -> None:
    done = alm(db, "import", str(ODD / "flex_unknown_section.xml"))
    assert (done.returncode, "MutualFundDividendDetails" in done.stdout) == (0, True)
    assert held(db) == {"VTI": "120"}
    assert [(row["item"], row["state"]) for row in rows(db, "open_items")] == [
        ("section MutualFundDividendDetails", "open")
    ]


def changed(name: str, tmp_path: Path, *pairs: tuple[str, str]) -> str:
    text = (ODD / name).read_text()
    for printed, other in pairs:
        assert printed in text
        text = text.replace(printed, other)
    path = tmp_path / name
    path.write_text(text)
    return str(path)


def test_a_worthless_share_is_an_item_and_the_others_land(db: Path, tmp_path: Path) -> None:
    share = ('assetCategory="OPT"', 'assetCategory="STK"'), ('markPrice="2.5"', 'markPrice="0"')
    worthless = changed("flex_one_option.xml", tmp_path, *share, ('"-2.5"', '"0"'), ('"297.5"', '"300"'))
    assert alm(db, "import", worthless).returncode == 0
    assert held(db) == {"VTI": "120"}
    assert "worthless" in str(rows(db, "open_items")[0]["reason"])


def test_a_new_word_may_be_given_the_meaning_of_a_known_one(db: Path, tmp_path: Path) -> None:
    new = changed("flex_paid_friday.xml", tmp_path, ('type="Dividends"', 'type="Scrip Dividends"'))
    assert alm(db, "import", new).returncode == 0
    assert booked(db, "kind") == []
    for word, state in (("Divvies", "open"), ("Dividends", "mapped")):  # a slip of the keyboard settles nothing
        alm(db, "items", "map", "1", word)
        assert [row["state"] for row in rows(db, "open_items")] == ["open"]
        assert alm(db, "import", new).returncode == 0
        assert [row["state"] for row in rows(db, "open_items")] == [state]
    assert booked(db, "kind", "amount") == [("dividend", "95")]
    assert alm(db, "import", new).stdout.count("Nothing changed") == 1


def test_a_reversal_and_its_rebooking_are_one_dividend(db: Path) -> None:
    """+95 −95 +90 received, −9.5 +9.5 −9 withheld."""
    bring(db, "flex_rebooked.xml")
    assert booked(db, "kind", "amount", "tax") == [("dividend", "90", "9")]


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0), (1, 0, 1)])
def test_a_dividend_in_two_files_stands_once_in_any_order(db: Path, order: tuple[int, ...]) -> None:
    files = ("flex_dividend.xml", "flex_dividend_and_tax.xml")
    bring(db, *(files[i] for i in order))
    assert booked(db, "kind", "amount", "tax") == [("dividend", "95", "9.5")]


def test_a_reversal_that_comes_before_what_it_reverses_ends_right_too(db: Path, tmp_path: Path) -> None:
    """The correcting file alone shows −95; with the first file beside it nothing is left of that dividend."""
    reversal = changed("flex_dividend.xml", tmp_path, ('amount="95"', 'amount="-95"'), ('nID="1"', 'nID="7"'))
    assert alm(db, "import", reversal).returncode == 0
    assert booked(db, "kind", "amount") == [("fee", "95")]
    bring(db, "flex_dividend.xml")
    assert booked(db, "kind", "amount") == [("fee", "0")]


def test_a_split_in_the_statement_changes_the_ledgers_units(db: Path, tmp_path: Path) -> None:
    """30 bought in June are 120 after 4 for 1; the ledger and the statement agree."""
    trades = "date,kind,account,ticker,quantity,amount,currency\n2026-06-01,buy,IBKR U1,VTI,30,24180,USD\n"
    bring(db, "flex_split.xml")
    (tmp_path / "transactions.csv").write_text(trades)
    assert alm(db, "import", str(tmp_path / "transactions.csv")).returncode == 0
    told = json.loads(alm(db, "ledger", *ON, "--json").stdout)
    assert [d for d in told["differences"] if d["level"] == "holding"] == []
    assert ("2026-11-10", "split", "4") in booked(db, "date", "kind", "quantity")


def refused(done: Done) -> str:
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


def test_what_removes_holdings_is_told_in_money_and_asked_apart(db: Path, tmp_path: Path) -> None:
    """Two holdings of ¥1,500,000 are gone from the file: 100 · 3,000 and 400 · 3,000."""
    header = "ticker,account,asset_class,currency,quantity,cost_basis\n"
    whole = header + "7203,Broker,equity,JPY,100,1\n6758,Broker,equity,JPY,400,1\n8058,Broker,equity,JPY,10,1\n"
    prices = "ticker,date,close,currency\n7203,2026-11-20,3000,JPY\n6758,2026-11-20,3000,JPY\n8058,2026-11-20,1,JPY\n"
    file = tmp_path / "holdings.csv"
    file.write_text(whole)
    (tmp_path / "prices.csv").write_text(prices)
    alm(db, "import", str(tmp_path))
    file.write_text(header + "8058,Broker,equity,JPY,11,1\n9984,Broker,equity,JPY,5,1\n")
    assert refused(alm(db, "import", str(file))) == (
        "This import removes 2 holdings worth ¥1,500,000: 6758, 7203. Nothing was changed. "
        "`--replace` removes them; `--update` keeps them and takes the rest.\n"
    )
    assert held(db) == {"7203": "100", "6758": "400", "8058": "10"}
    assert "removes 2 holdings" in alm(db, "import", str(file), "--dry-run").stdout
    alm(db, "import", str(file), "--add")
    assert held(db) == {"7203": "100", "6758": "400", "8058": "10", "9984": "5"}
    alm(db, "import", str(file), "--update")
    assert held(db) == {"7203": "100", "6758": "400", "8058": "11", "9984": "5"}
    alm(db, "import", str(file), "--replace")
    assert held(db) == {"8058": "11", "9984": "5"}


def test_a_new_ticker_without_a_price_is_said(db: Path, tmp_path: Path) -> None:
    row = "ticker,account,asset_class,currency,quantity,cost_basis\nVTIX,Broker,equity,USD,1,1\n"
    (tmp_path / "holdings.csv").write_text(row)
    assert "There is no price of VTIX" in alm(db, "import", str(tmp_path / "holdings.csv")).stdout


def test_an_older_statement_leaves_what_a_newer_one_said_is_held(db: Path, tmp_path: Path) -> None:
    older = changed(
        "flex_positions.xml", tmp_path, ("2026-11-20", "2026-11-19"), ('"120"', '"100"'), ("37230.0", "31025.0"),
        ("13050.0", "6845.0"), ('endingCash="100"', 'endingCash="7"'),
    )  # fmt: skip
    bring(db, "flex_positions.xml")
    done = alm(db, "import", older)
    assert "they stand" in done.stdout
    assert held(db) == {"VTI": "120"}
    assert [row["amount"] for row in rows(db, "cash")] == ["100"]


HOLDINGS = "ticker;account;asset_class;currency;quantity;cost_basis\n"


@pytest.mark.parametrize(
    ("quantity", "cost", "read"),
    [("12,345", "1.250", ("12.345", "1250")), ("0,125", "15", ("0.125", "15")), ("1.234,5", "2", ("1234.5", "2"))],
)
def test_a_file_of_semicolons_has_decimal_commas(
    db: Path, tmp_path: Path, quantity: str, cost: str, read: tuple[str, str]
) -> None:
    (tmp_path / "holdings.csv").write_text(f"{HOLDINGS}VWCE;Depot;fund;EUR;{quantity};{cost}\n")
    assert alm(db, "import", str(tmp_path / "holdings.csv")).returncode == 0
    (row,) = rows(db, "holdings")
    assert (row["quantity"], row["cost_basis"]) == read


@pytest.mark.parametrize(("quantity", "cost"), [("12", "1.250"), ("1,234.5", "1")])
def test_a_figure_that_may_be_two_is_refused(db: Path, tmp_path: Path, quantity: str, cost: str) -> None:
    (tmp_path / "holdings.csv").write_text(f"{HOLDINGS}VWCE;Depot;fund;EUR;{quantity};{cost}\n")
    done = alm(db, "import", str(tmp_path / "holdings.csv"))
    assert done.returncode == (2 if cost == "1.250" else 0)
    assert [row["quantity"] for row in rows(db, "holdings")] == ([] if cost == "1.250" else ["1234.5"])


def test_codes_that_a_spreadsheet_wrapped_or_widened_are_codes(db: Path, tmp_path: Path) -> None:
    lines = [
        '="7203",Depot,equity,JPY,100,1',
        '="0700",Depot,equity,HKD,100,1',
        "９９８４,Depot,equity,JPY,1,1",
        "5,Depot,equity,HKD,1,1",
    ]
    text = "ticker,account,asset_class,currency,quantity,cost_basis\n" + "\n".join(lines) + "\n"
    (tmp_path / "holdings.csv").write_text(text)
    assert alm(db, "import", str(tmp_path / "holdings.csv")).returncode == 0
    assert sorted(str(ticker) for ticker in held(db)) == ["0005", "0700", "7203", "9984"]


@pytest.mark.parametrize("name", ["Société Générale", "Münchener Rück", "Nestlé"])
def test_western_text_of_windows_is_not_read_as_japanese(db: Path, tmp_path: Path, name: str) -> None:
    text = f"ticker,name,account,asset_class,currency,quantity,cost_basis\nX,{name},Depot,equity,EUR,1,1\n"
    (tmp_path / "holdings.csv").write_bytes(text.encode("cp1252"))
    assert alm(db, "import", str(tmp_path / "holdings.csv")).returncode == 0
    assert rows(db, "holdings")[0]["name"] == name


@pytest.mark.parametrize("name", ["ソニー", "楽天", "トヨタ自動車", "ﾄﾖﾀ", "架空１号"])
def test_japanese_text_of_windows_stays_japanese(db: Path, tmp_path: Path, name: str) -> None:
    text = f"ticker,name,account,asset_class,currency,quantity,cost_basis\nX,{name},Depot,equity,JPY,1,1\n"
    (tmp_path / "holdings.csv").write_bytes(text.encode("cp932"))
    assert alm(db, "import", str(tmp_path / "holdings.csv")).returncode == 0
    assert rows(db, "holdings")[0]["name"] == name


def test_the_list_of_holdings_of_sbi(db: Path) -> None:
    """200 of 8058 at 2,760; 100,000 units of the fund at 25,000 per 10,000."""
    done = alm(db, "import", str(ODD / "SaveFile_holdings_list.csv"), *ON, "--json")
    totals = json.loads(done.stdout)["totals"]
    assert [(float(total["value"]), float(total["printed"])) for total in totals] == [
        (552_000, 552_000),
        (250_000, 250_000),
    ]
    assert held(db) == {"8058": "200", "架空世界株式インデックス": "100000"}
    assert {r["ticker"]: (r["close"]) for r in rows(db, "prices")} == {
        "8058": "2760",
        "架空世界株式インデックス": "25000",
    }
    assert [(r["account"], r["cost_basis"], r["price_unit"]) for r in rows(db, "holdings")] == [
        ("SBI NISAつみたて投資枠", "200000", "10000"),
        ("SBI 特定", "510000", "1"),
    ]


@pytest.mark.parametrize(
    ("printed", "broken", "named"),
    [
        ('"552,000","+42,000"\n\n株', '"552,002","+42,000"\n\n株', "株式（特定預り）合計"),
        ('"200",""', '"201",""', "評価額"),
        ('"2,550"', '"2,650"', "取得金額"),
        ('"100000口"', '"100001枚"', "保有口数"),
    ],
)
def test_a_broken_figure_refuses_the_list_of_sbi(
    db: Path, tmp_path: Path, printed: str, broken: str, named: str
) -> None:
    text = (ODD / "SaveFile_holdings_list.csv").read_bytes().decode("cp932").replace("\r\n", "\n")
    assert text.count(printed) == 1
    (tmp_path / "New_file.csv").write_bytes(text.replace(printed, broken).encode("cp932"))
    done = alm(db, "import", str(tmp_path / "New_file.csv"), *ON)
    assert (done.returncode, rows(db, "holdings")) == (2, [])
    assert named in done.stderr


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("SaveFile_allotment.csv", ("buy", "186A", "100", "150000")),
        ("SaveFile_reinvested.csv", ("buy", "架空ファンド", "1000", "1000")),
    ],
)
def test_allotments_and_reinvested_distributions_are_purchases(db: Path, name: str, last: tuple[str, ...]) -> None:
    bring(db, name)
    assert booked(db, "kind", "ticker", "quantity", "amount") == [("buy", "5401", "100", "55530"), last]


@pytest.mark.parametrize(
    ("word", "booking"),
    [
        ("現引", ("buy", "186A", "100", "150000")),
        ("現渡", ("sell", "186A", "100", "150000")),
        ("入庫", ("transfer", "186A", "100", "150000")),
        ("出庫", ("delivery", "186A", "100", "0")),
    ],
)
def test_units_taken_over_delivered_and_moved(db: Path, tmp_path: Path, word: str, booking: tuple[str, ...]) -> None:
    data = (ODD / "SaveFile_allotment.csv").read_bytes()
    coded = data.replace("株式現物買(募集)".encode("cp932"), word.encode("cp932"))
    (tmp_path / "SaveFile.csv").write_bytes(coded)
    assert alm(db, "import", str(tmp_path / "SaveFile.csv")).returncode == 0
    assert booked(db, "kind", "ticker", "quantity", "amount")[1] == booking


def test_a_margin_row_leaves_the_rest_of_the_history_standing(db: Path, tmp_path: Path) -> None:
    data = (ODD / "SaveFile_allotment.csv").read_bytes()
    (tmp_path / "SaveFile.csv").write_bytes(
        data.replace("株式現物買(募集)".encode("cp932"), "信用新規買".encode("cp932"))
    )
    done = alm(db, "import", str(tmp_path / "SaveFile.csv"))
    assert done.returncode == 0
    assert booked(db, "ticker") == [("5401",)]
    (item,) = rows(db, "open_items")
    assert (item["account"], item["word"], item["state"]) == ("SBI 特定", "信用新規買", "open")
    assert "row 8" in str(item["place"])


def test_a_cost_nobody_knows_is_unknown_and_no_gain_of_it_is_invented(db: Path) -> None:
    """7203 cost 200,000 and is worth 300,000: 100,000 of gain. What the spin-off cost is not known."""
    bring(db, "assetbalance(all)_20261121_064501.csv")
    assert [(r["ticker"], r["quantity"], r["cost_known"]) for r in rows(db, "holdings")] == [
        ("7203", "100", "yes"),
        ("9999", "10", "no"),
    ]
    told = json.loads(alm(db, "brief", "--as-of", "2026-11-21", "--no-fire", "--json").stdout)
    assert (told["portfolio_value"], told["unrealised_gain"]) == (305_000, 100_000)


@pytest.mark.parametrize(
    ("printed", "other", "word"),
    [("国内株式", "暗号資産", "暗号資産"), ("特定", "謎口座", "謎口座")],
)
def test_a_row_of_an_unknown_kind_leaves_the_others_of_rakuten_standing(
    db: Path, tmp_path: Path, printed: str, other: str, word: str
) -> None:
    text = (ODD / "assetbalance(all)_20261121_064501.csv").read_bytes().decode("cp932")
    before, spin_off, after = text.partition('"国内株式","9999"')
    rest = (spin_off + after).replace(f'"{printed}"', f'"{other}"', 1)
    (tmp_path / "assetbalance(all)_20261121_064501.csv").write_bytes((before + rest).encode("cp932"))
    assert alm(db, "import", str(tmp_path)).returncode == 0
    assert held(db) == {"7203": "100"}
    (item,) = rows(db, "open_items")
    assert (item["word"], item["part"], item["ticker"]) == (word, "holdings", "9999")


def test_units_delivered_out_leave_at_no_price(db: Path) -> None:
    """20 bought for 2,141.60 and 10.25 of fees; 5 of them go with their share of the cost, and nothing is gained."""
    bring(db, "portfolio_delivery_out.csv", more=("--account", "Depot"))
    assert booked(db, "kind", "quantity", "amount") == [("buy", "20", "2141.6"), ("delivery", "5", "0")]
    told = json.loads(alm(db, "ledger", *ON, "--json").stdout)
    (share,) = told["tickers"]
    assert (share["quantity"], share["realised"]) == (15, 0)
    assert told["realised"] == []


def test_a_type_nobody_knows_leaves_the_other_rows_standing(db: Path, tmp_path: Path) -> None:
    new = changed("portfolio_delivery_out.csv", tmp_path, ("Delivery (Outbound)", "Swap"))
    assert alm(db, "import", new, "--account", "Depot").returncode == 0
    assert booked(db, "kind") == [("buy",)]
    assert [(row["word"], row["field"]) for row in rows(db, "open_items")] == [("Swap", "type")]


def test_what_was_entered_by_hand_before_is_not_booked_again(db: Path, tmp_path: Path) -> None:
    """The same dividend to the last figure, without the statement's identifier."""
    row = "date,kind,account,ticker,amount,tax,currency\n2026-11-12,dividend,IBKR U1,VTI,95,9.5,USD\n"
    (tmp_path / "transactions.csv").write_text(row)
    alm(db, "import", str(tmp_path / "transactions.csv"))
    bring(db, "flex_dividend_and_tax.xml")
    assert booked(db, "kind", "amount", "tax") == [("dividend", "95", "9.5")]


def test_a_section_of_margin_positions_leaves_the_rest_of_sbi_standing(db: Path, tmp_path: Path) -> None:
    """The sums printed count its rows too, and still have to be right."""
    text = (SAMPLES / "SaveFile.csv").read_bytes().decode("cp932").replace("現物/特定預り", "信用/特定預り")
    (tmp_path / "SaveFile.csv").write_bytes(text.encode("cp932"))
    done = alm(db, "import", str(tmp_path / "SaveFile.csv"), *ON)
    assert done.returncode == 0, done.stderr
    assert "4502" not in held(db)
    assert {row["account"] for row in rows(db, "open_items")} == {"SBI 特定"}
    (tmp_path / "SaveFile.csv").write_bytes(text.replace("361700", "361701").encode("cp932"))
    assert refused(alm(db, "import", str(tmp_path / "SaveFile.csv"), *ON))


def test_a_holding_of_rakuten_without_a_price_lands_and_the_price_is_missed(db: Path, tmp_path: Path) -> None:
    text = (ODD / "assetbalance(all)_20261121_064501.csv").read_bytes().decode("cp932")
    text = text.replace('"500.0","円","","","-","円","5,000"', '"-","円","","","-","円","-"').replace(
        "305,000", "300,000"
    )
    (tmp_path / "assetbalance(all)_20261121_064501.csv").write_bytes(text.encode("cp932"))
    done = alm(db, "import", str(tmp_path))
    assert held(db) == {"7203": "100", "9999": "10"}
    assert "There is no price of 9999" in done.stdout


def test_an_unknown_kind_of_a_generic_file_leaves_the_others_standing(db: Path, tmp_path: Path) -> None:
    text = "symbol,type,quantity,price,fees,date\nVTI,buy,1,300,0,2026-11-02\nVTI,swap,1,300,0,2026-11-03\n"
    (tmp_path / "trades.csv").write_text(text)
    assert alm(db, "import", str(tmp_path / "trades.csv"), "--account", "Robin").returncode == 0
    assert booked(db, "kind") == [("buy",)]
    assert [row["word"] for row in rows(db, "open_items")] == ["swap"]


def test_items_of_two_files_of_one_account_both_wait(db: Path, tmp_path: Path) -> None:
    """The unknown section is in the older statement, the option in the newer; a folder brings both at once."""
    older = (ODD / "flex_unknown_section.xml").read_text().replace("2026-11-20", "2026-11-19")
    (tmp_path / "a.xml").write_text(older)
    (tmp_path / "b.xml").write_bytes((ODD / "flex_one_option.xml").read_bytes())
    assert alm(db, "import", str(tmp_path)).returncode == 0
    waiting = ["OPT VTI   261218C00320000", "section MutualFundDividendDetails"]
    assert [row["item"] for row in rows(db, "open_items")] == waiting


def test_a_cost_that_is_entered_is_known_and_stays(db: Path, tmp_path: Path) -> None:
    bring(db, "assetbalance(all)_20261121_064501.csv")
    text = "ticker,account,asset_class,currency,quantity,cost_basis\n9999,Rakuten 特定,equity,JPY,10,4000\n"
    (tmp_path / "holdings.csv").write_text(text)
    assert alm(db, "import", str(tmp_path / "holdings.csv"), "--update").returncode == 0
    assert [(r["cost_basis"], r["cost_known"]) for r in rows(db, "holdings") if r["ticker"] == "9999"] == [
        ("4000", "yes")
    ]
    bring(db, "assetbalance(all)_20261121_064501.csv")
    assert [r["cost_basis"] for r in rows(db, "holdings") if r["ticker"] == "9999"] == ["4000"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_lines_without_identifiers_are_known_by_what_they_say(db: Path, tmp_path: Path, order: tuple[int, ...]) -> None:
    """A query without transactionID: the same dividend in two files, once with its tax."""
    for i in order:
        name = ("flex_dividend.xml", "flex_dividend_and_tax.xml")[i]
        bare = changed(name, tmp_path, (' transactionID="1"', ""), *((' transactionID="2"', ""),) * i)
        assert alm(db, "import", bare).returncode == 0
    assert booked(db, "kind", "amount", "tax") == [("dividend", "95", "9.5")]


def test_pence_are_no_pounds(db: Path, tmp_path: Path) -> None:
    text = "ticker,account,asset_class,currency,quantity,cost_basis\nVOD,Depot,equity,GBp,100,7000\n"
    (tmp_path / "holdings.csv").write_text(text)
    assert "amounts in GBP, of which GBp is a hundredth" in refused(alm(db, "import", str(tmp_path / "holdings.csv")))


def test_a_statement_of_several_periods_lands_too(db: Path, tmp_path: Path) -> None:
    bare = changed(
        "flex_positions.xml",
        tmp_path,
        ('fromDate="2026-11-01" toDate="2026-11-20" period', 'fromDate="MULTI" toDate="MULTI" period'),
    )
    assert alm(db, "import", bare).returncode == 0
    assert held(db) == {"VTI": "120"}
    assert [row["held_on"] for row in rows(db, "accounts")] == [None]
