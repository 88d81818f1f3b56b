"""Files of exactly the shape the two Japanese brokers write: CP932, CRLF, sections, sums."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from alm.errors import BadInput
from alm.feeds.brokers import rakuten, sbi, sbi_trades
from alm.feeds.brokers.statement import Position, Statement
from alm.feeds.cells import decode
from alm.feeds.tabular import records

SAMPLES = Path(__file__).parent / "samples"
RAKUTEN = "assetbalance(all)_20261121_064500.csv"
SBI = "SaveFile.csv"
TRADES = "SaveFile_000001_000006.csv"
FRIDAY = date(2026, 11, 20)


def text_of(name: str) -> str:
    data = (SAMPLES / name).read_bytes()
    assert b"\r\n" in data
    return data.decode("cp932")


def read_rakuten(text: str) -> Statement:
    lines = records(decode(text.encode("cp932"), RAKUTEN), RAKUTEN)
    return rakuten.parse(lines, RAKUTEN, date(2026, 11, 21))


def read_sbi(text: str) -> Statement:
    return sbi.parse(records(decode(text.encode("cp932"), SBI), SBI), SBI, FRIDAY)


def read_trades(text: str) -> Statement:
    return sbi_trades.parse(records(decode(text.encode("cp932"), TRADES), TRADES), TRADES)


def position(statement: Statement, account: str, ticker: str) -> Position:
    return next(p for p in statement.positions if (p.account, p.ticker) == (account, ticker))


def test_rakuten_dates_its_file_by_name_even_after_a_phone_changed_the_brackets() -> None:
    assert rakuten.as_of(RAKUTEN) == rakuten.as_of("assetbalance_all__20261121_064500.csv") == date(2026, 11, 21)
    assert rakuten.as_of("assetbalance(all).csv") is None


def test_rakuten_shares_cost_is_value_less_gain_to_the_yen() -> None:
    toyota = position(read_rakuten(text_of(RAKUTEN)), "Rakuten 特定", "7203")
    assert (toyota.quantity, toyota.price, toyota.cost) == (400, 3105, 1_242_000 - 117_000)
    assert (toyota.currency, toyota.price_unit, toyota.asset_class) == ("JPY", 1, "equity")


def test_rakuten_codes_with_letters_stay_text() -> None:
    assert position(read_rakuten(text_of(RAKUTEN)), "Rakuten 特定", "402A").quantity == 600


def test_rakuten_us_shares_are_in_dollars_with_their_cost_in_yen_beside() -> None:
    """25 · 612.45 = 15,311.25 USD; at 155.42 that is 2,379,674 yen, of which 936,519 is gain."""
    voo = position(read_rakuten(text_of(RAKUTEN)), "Rakuten 特定", "VOO")
    assert (voo.currency, voo.price, voo.cost) == ("USD", Decimal("612.45"), 25 * Decimal("412.33"))
    assert voo.cost_base == 2_379_674 - 936_519


def test_rakuten_funds_are_per_ten_thousand_units() -> None:
    """149,927 units at 27,105 per 10,000 are 406,377 yen."""
    fund = next(p for p in read_rakuten(text_of(RAKUTEN)).positions if p.asset_class == "fund")
    assert (fund.price, fund.price_unit, fund.account) == (27_105, 10_000, "Rakuten NISAつみたて投資枠")
    assert fund.quantity * fund.price / fund.price_unit == Decimal("406377.1335")


def test_rakuten_foreign_money_funds_take_their_price_from_their_value() -> None:
    """401,252 units worth 4,012.52 USD are 100 USD per 10,000; the cost of 570,201 yen is 3,668.78 USD at 155.42."""
    fund = position(read_rakuten(text_of(RAKUTEN)), "Rakuten 特定", "GS米ドルファンド")
    assert (fund.currency, fund.price, fund.asset_class) == ("USD", 100, "cash_like")
    assert (fund.cost_base, fund.cost) == (570_201, Decimal("3668.78"))


def test_rakuten_cash_and_rates() -> None:
    statement = read_rakuten(text_of(RAKUTEN))
    assert [(b.account, b.currency, b.amount) for b in statement.balances] == [
        ("Rakuten", "JPY", 264_695),
        ("Rakuten", "USD", Decimal("1250.40")),
    ]
    assert [(r.currency, r.value, r.on) for r in statement.rates] == [
        ("USD", Decimal("155.42"), FRIDAY),
        ("EUR", Decimal("180.15"), FRIDAY),
        ("GBP", Decimal("204.90"), FRIDAY),
    ]
    assert {a.name: a.tax_treatment for a in statement.accounts} == {
        "Rakuten": "taxable",
        "Rakuten 特定": "taxable",
        "Rakuten NISA成長投資枠": "tax_free",
        "Rakuten NISAつみたて投資枠": "tax_free",
    }


@pytest.mark.parametrize(
    ("printed", "broken", "named"),
    [
        ('"国内株式","1,670,295"', '"国内株式","1,670,296"', "国内株式"),
        ('"資産合計","5,539,003"', '"資産合計","5,539,013"', "資産合計"),
        ('"預り金合計","459,032"', '"預り金合計","469,032"', "預り金合計"),
        ('"預り金","264,695"', '"預り金","264,795"', "預り金合計"),
        ('"400","株","2,812.50"', '"401","株","2,812.50"', "時価評価額"),
        ('"25","株","412.3300"', '"26","株","412.3300"', "時価評価額"),
        ('"612.4500"', '"612.5500"', "時価評価額"),
        ('"155.42","円/USD","(11/20', '"165.42","円/USD","(11/20', "時価評価額"),
        ('"149,927"', '"149,937"', "時価評価額"),
        ('"+117,000"', '"+117,001"', "評価損益"),
        ('"1,250.40"', '"1,250.50"', "時価評価額"),
        ('"国内株式","402A"', '"暗号資産","402A"', "国内株式"),
        ('"412.3300"', '"12.3300"', "平均取得価額"),
        ('"180.15","円/EUR","(11/20', '"180.15","円/EUR","(12/20', "更新"),
        ('"■参考為替レート"', '"■参考"', "■参考為替レート"),
        ('"■資産合計欄"', '"資産合計欄"', "■資産合計欄"),
        ('"種別","銘柄コード', '"種類","銘柄コード', "columns"),
    ],
)
def test_one_broken_figure_refuses_a_rakuten_file_and_names_the_place(printed: str, broken: str, named: str) -> None:
    text = text_of(RAKUTEN)
    assert text.count(printed) == 1
    with pytest.raises(BadInput) as refusal:
        read_rakuten(text.replace(printed, broken))
    assert named in str(refusal.value)
    assert str(refusal.value).startswith(RAKUTEN)


def test_a_rakuten_file_without_holdings_is_cash_alone() -> None:
    text = (
        '"■資産合計欄"\r\n"","時価評価額[円]","評価損益[円]"\r\n"資産合計","1,000","-"\r\n"保有商品の評価額合計","0","-"\r\n'
        '"預り金合計","1,000","-"\r\n"預り金","1,000","-"\r\n"楽天銀行普通預金残高","123,456"\r\n\r\n'
        '"■ 保有商品詳細 (すべて）"\r\n"該当する情報はありません。"\r\n"■参考為替レート"\r\n"米ドル","155.42","円/USD","(12/31  05:59)"\r\n'
    )
    statement = rakuten.parse(records(text, RAKUTEN), RAKUTEN, date(2027, 1, 4))
    assert statement.positions == ()
    assert statement.balances[0].amount == 1_000
    assert statement.rates[0].on == date(2026, 12, 31)
    assert "123,456" in statement.warnings[0]


def test_sbi_adds_the_lots_of_one_share() -> None:
    """Takeda: 20 at 4,199 and 30 at 4,050 cost 83,980 + 121,500."""
    takeda = position(read_sbi(text_of(SBI)), "SBI 特定", "4502")
    assert (takeda.quantity, takeda.cost, takeda.price, takeda.name) == (50, 205_480, 5_614, "武田薬")


def test_sbi_full_width_signs_are_losses_and_sections_are_accounts() -> None:
    statement = read_sbi(text_of(SBI))
    tobacco = position(statement, "SBI NISA成長投資枠", "2914")
    assert tobacco.quantity * (tobacco.price or 0) - tobacco.cost == -5_370
    assert {a.name: a.tax_treatment for a in statement.accounts} == {
        "SBI 特定": "taxable",
        "SBI NISA成長投資枠": "tax_free",
        "SBI NISAつみたて投資枠": "tax_free",
    }


def test_sbi_funds_are_per_ten_thousand_units_and_go_by_their_name() -> None:
    """225,183 units at 16,610 per 10,000 are 374,028.963 yen, bought at 12,153."""
    fund = position(read_sbi(text_of(SBI)), "SBI 特定", "SBI日本高配当株式(分配)ファンド(年4回決算型)")
    assert fund.quantity * (fund.price or 0) / fund.price_unit == Decimal("374028.963")
    assert fund.cost == Decimal("273664.8999")


def test_sbi_prints_the_totals_it_was_checked_against() -> None:
    totals = {total.what: total.printed for total in read_sbi(text_of(SBI)).totals}
    assert totals["総合計"] == Decimal("1964657.46")
    assert len(totals) == 5


def test_sbi_older_files_lack_columns_and_brackets() -> None:
    text = (
        '"ポートフォリオ一覧",\r\n"株式",\r\n"銘柄（コード）","数量","取得単価","現在値","評価額",\r\n'
        '"7203 トヨタ自動車",100,2500,2800,280000,\r\n"株式合計",\r\n"評価額",\r\n280000,\r\n"総合計",\r\n"評価額",\r\n280000,\r\n'
    )
    (toyota,) = read_sbi(text).positions
    assert (toyota.account, toyota.cost) == ("SBI", 250_000)


def test_sbi_sums_may_stand_in_one_line_and_the_grand_total_alone() -> None:
    rows = '"ポートフォリオ一覧"\r\n"株式（現物/特定預り）"\r\n"銘柄（コード）","数量","取得単価","現在値","評価額"\r\n'
    rows += '"7203 トヨタ自動車","100","2,500","2,800","280,000"\r\n'
    assert len(read_sbi(rows + '"総合計","","","","280,000"\r\n').positions) == 1
    assert len(read_sbi(rows + '"株式（現物/特定預り）合計","280,000"\r\n').positions) == 1
    with pytest.raises(BadInput, match="総合計"):
        read_sbi(rows + '"総合計","","","","280,001"\r\n')
    with pytest.raises(BadInput, match="総合計, which is missing"):
        read_sbi(rows)


def test_rakuten_sums_may_stand_under_no_header_and_cash_alone() -> None:
    """Without a sum of holdings each row is still compared with itself, and that is said."""
    text = text_of(RAKUTEN)
    start, end = text.index('"","時価評価額'), text.index('"■ 保有商品詳細')
    bare = text[:start] + '"預り金合計","459,032"\r\n"外貨預り金","194,337"\r\n\r\n' + text[end:]
    statement = read_rakuten(bare)
    assert statement.balances[0].amount == 264_695
    assert "row by row" in statement.warnings[0]
    with pytest.raises(BadInput, match="外貨預り金"):
        read_rakuten(bare.replace('"194,337"', '"194,347"'))


def test_rakuten_may_leave_out_a_rates_time_and_a_values_currency() -> None:
    text = text_of(RAKUTEN).replace('"円/EUR","(11/20  21:59)"', '"円/EUR"').replace("15,311.25 USD", "15,311.25")
    statement = read_rakuten(text)
    assert {rate.currency: rate.on for rate in statement.rates}["EUR"] == date(2026, 11, 21)
    assert position(statement, "Rakuten 特定", "VOO").currency == "USD"


def test_sbi_next_line_characters_break_lines() -> None:
    data = (SAMPLES / SBI).read_bytes().replace(b"\r\n", b"\x85\r\n")
    assert len(sbi.parse(records(decode(data, SBI), SBI), SBI, FRIDAY).positions) == 6


@pytest.mark.parametrize(
    ("printed", "broken", "named"),
    [
        ("361700,+77795", "361701,+77795", "特定預り）合計"),
        ("361700,+77795", "361700,+77796", "含み損益"),
        ("1964657.46", "1964657.56", "総合計"),
        ("総件数：7件", "総件数：8件", "7 positions"),
        ("選択範囲：1-7件", "選択範囲：8-14件", "the whole list"),
        ("20,4199,5614", "21,4199,5614", "評価額"),
        ("30,3766,3587", "30,3765,3587", "損益"),
        ('4502 武田薬","2023', '武田薬","2023', "a code and a name"),
        ("20,4199,5614", "20,4199", "cells"),
        ('"総合計"', '"合計"', "a section of"),
    ],
)
def test_one_broken_figure_refuses_an_sbi_file(printed: str, broken: str, named: str) -> None:
    text = text_of(SBI)
    assert printed in text
    with pytest.raises(BadInput) as refusal:
        read_sbi(text.replace(printed, broken))
    assert named in str(refusal.value)


def test_sbi_trades_keep_two_equal_ones_and_settle_to_the_yen() -> None:
    """Sold 150 at 600, fee 495, tax 50: 89,455 received."""
    trades = read_trades(text_of(TRADES)).trades
    assert trades[0].amount == trades[1].amount == 55_530
    sale = trades[3]
    assert (sale.kind, sale.amount, sale.fee, sale.tax) == ("sell", 90_000, 495, 50)
    fund = trades[4]
    assert (fund.account, fund.ticker) == ("SBI NISAつみたて投資枠", "SBI・V・S&P500インデックス・ファンド")
    assert (fund.quantity, fund.amount) == (13_723, 40_000)
    assert trades[5].account == "SBI NISA成長投資枠"


@pytest.mark.parametrize(
    ("printed", "broken", "named"),
    [
        ("89455", "89555", "受渡金額"),
        ('"6","1","6"', '"6","1","7"', "明細指定終了"),
        ("13723", "13743", "受渡金額"),
        ('"2026/06/02"', '"06/02/2026"', "約定日"),
        ('"2026/06/02"', '"2024/06/02"', "約定日"),
        ("89455", "89454", "受渡金額"),
    ],
)
def test_one_broken_figure_refuses_a_trade_history(printed: str, broken: str, named: str) -> None:
    text = text_of(TRADES)
    assert text.count(printed) == 1
    with pytest.raises(BadInput) as refusal:
        read_trades(text.replace(printed, broken))
    assert named in str(refusal.value)
