"""What a cell may hold, and what is refused: every case of bad input this program decides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alm.errors import BadInput
from alm.feeds.cells import Figure, canonical, day, decode, figure, label, number
from alm.feeds.tabular import cell, escaped, records, table


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.56", "1234.56"),
        (" 1,234,567.89 ", "1234567.89"),
        ("＋１２３．５", "123.5"),
        ("１，２３４", "1234"),
        ("−5", "-5"),
        ("▲1,000", "-1000"),
        ("△3", "-3"),
        ("(1,234)", "-1234"),
        ("（１，２３４）", "-1234"),
        ("-0", "0"),
        ("007", "7"),
    ],
)
def test_numbers_as_people_and_brokers_write_them(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NaN", "a finite number"),
        ("-inf", "a finite number"),
        ("1.23E+05", "not an exponent"),
        ("1e5", "not an exponent"),
        ("1,5", "commas only between thousands"),
        ("1,23,456", "commas only between thousands"),
        ("1.234.567", "commas only between thousands"),
        ("12 345", "a number such as"),
        ("5²", "a number such as"),
        ("٣", "a number such as"),
        ("", "a number such as"),
        ("(-5)", "one sign"),
        ("1234567890123456", "at most 15 digits"),
        ("0.1234567890123", "12 decimals"),
        ("¥100", "without a currency"),
        ("5%", "without a currency or percent"),
    ],
)
def test_what_is_no_number_says_what_was_expected(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        number(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("¥1,234", Figure(Decimal(1234), "¥")),
        ("￥1,234", Figure(Decimal(1234), "¥")),
        ("\\1,234", Figure(Decimal(1234), "¥")),
        ("-$5.50", Figure(Decimal("-5.5"), "$")),
        ("$-5.50", Figure(Decimal("-5.5"), "$")),
        ("(€1,000)", Figure(Decimal(-1000), "€")),
        ("100€", Figure(Decimal(100), "€")),
        ("2 %", Figure(Decimal(2), "", percent=True)),
    ],
)
def test_signs_are_reported_to_whoever_knows_the_currency(text: str, read: Figure) -> None:
    assert figure(text) == read


def test_dates_are_year_first_or_refused() -> None:
    assert day("2026-01-31") == day("2026/1/31") == day("２０２６／１／３１") == date(2026, 1, 31)
    for text in ("31/01/2026", "01/02/03", "2026-02-30", "2026-01/31", "20260131", "1776-07-04", "46053"):
        with pytest.raises(ValueError, match="year first"):
            day(text)


def test_text_is_one_line() -> None:
    assert label("  武田薬　") == "武田薬"
    for text in ("two\nlines", "a\tb", "evil\u202etxt", "x" * 201):
        with pytest.raises(ValueError, match="text"):
            label(text)


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=6))
def test_the_canonical_form_is_read_back_as_the_same_number(value: Decimal) -> None:
    text = canonical(value)
    assert number(text) == value
    assert canonical(number(text)) == text
    assert "E" not in text
    assert text not in ("-0", "")


def test_files_are_utf8_or_shift_jis() -> None:
    for encoding in ("utf-8", "utf-8-sig", "cp932"):
        assert decode("銘柄,①髙\r\n".encode(encoding), "a.csv") == "銘柄,①髙\r\n"


def test_a_next_line_character_ends_a_line_in_either_encoding() -> None:
    assert decode("株式\x85合計".encode(), "a.csv") == "株式\n合計"
    assert decode("株式".encode("cp932") + b"\x85\r\n" + "合計".encode("cp932"), "a.csv") == "株式\n合計"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "something in it"),
        (b" \r\n ", "something in it"),
        (b"a,b\n1,\x002", "row 2: expected text without NUL"),
        ("a,b".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "save it as CSV"),
        (b"\xef\xbb\xbfa\xff", "UTF-8 text, as its first bytes promise"),
        (b"a\xff\xff", "UTF-8 or Shift-JIS"),
        (b"x" * (5 * 1024 * 1024 + 1), "at most 5 MB"),
    ],
)
def test_other_files_are_refused_in_one_sentence(data: bytes, expected: str) -> None:
    with pytest.raises(BadInput, match=expected) as refusal:
        decode(data, "a.csv")
    assert str(refusal.value).startswith("a.csv")
    assert "\n" not in str(refusal.value)


def test_a_record_knows_the_line_it_begins_on() -> None:
    read = records('a,b\r\n\r\n"x\ny",1\r\n,\r\nz,2\r\n', "a.csv")
    assert [(record.line, record.cells) for record in read] == [(1, ("a", "b")), (3, ("x\ny", "1")), (6, ("z", "2"))]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name,name\n1,2\n", "a.csv, row 1: 'name' is refused: expected each column once."),
        ("name,sise\n1,2\n", "a.csv, row 1: 'sise' is refused: expected one of the columns name, size."),
        ("name\n1\n", "a.csv, row 1: expected the column size, which is missing."),
        ("name,size\n1\n", "a.csv, row 2: expected 2 cells, as the header has, not 1."),
        ("name,size\n1,2\n1,2,3\n", "a.csv, row 3: expected 2 cells, as the header has, not 3."),
        ("name;size\n1;2\n", "a.csv, row 1: 'name;size' is refused: expected columns separated by commas."),
    ],
)
def test_headers_and_rows_are_strict(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        table(records(text, "a.csv"), "a.csv", ("name", "size"))
    assert str(refusal.value) == sentence


def test_an_open_quote_is_refused_rather_than_swallowing_the_rest() -> None:
    with pytest.raises(BadInput, match="well-formed CSV"):
        records('name,size\n"a,1\nb,2\n', "a.csv")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
@example("＝1+1")
@example("＋A1")
@example("－A1")
@example("＠SUM(1)")
def test_what_a_spreadsheet_would_run_is_escaped_and_comes_back(text: str) -> None:
    safe = escaped(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    assert cell({"name": safe}, "name") == text
