"""FRED, French and Shiller: the published shapes read right, and everything else refused in one sentence."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from alm.feeds import macro
from alm.feeds.web import FeedFailure, Patience, opened
from tests.feeds.server import HTML, Reply, as_json, busy, in_turn, server

IMPATIENT = Patience(timeout_s=0.3, attempts=2, sleep=lambda _: None)
NIKKEI = "observation_date,NIKKEI225\n2024-08-02,35909.70\n2024-08-03,\n2024-08-05,31458.42\n"
FRENCH = """This file was created using the 202409 CRSP database.
The 1-month TBill rate data are from Ibbotson Associates.

,Mkt-RF,SMB,HML,RF
192607,   2.89,  -2.55,  -2.39,   0.22
192608,   2.64,  -1.14,   3.81,   0.25
192609,   0.38, -99.99,   0.05,   0.23

 Annual Factors: January-December
,Mkt-RF,SMB,HML,RF
  1927,  29.47,  -2.04,  -4.54,   3.12

Copyright 2024 Kenneth R. French
"""
SHILLER = """Stock Market Data Used in "Irrational Exuberance",,,,,,
,,,,,Date,Long
Date,P,D,E,CPI,Fraction,Rate GS10
1871.01,4.44,0.26,0.4,12.46,1871.04,5.32
1871.09,4.84,0.26,0.4,12.27,1871.71,5.33
1871.1,4.59,0.26,0.4,12.37,1871.79,5.33
2026.11,"6,789.01",NA,,330.1,2026.88,4.2
,November price is the 20th's close,,,,,
"""


def as_zip(text: str, *more: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for i, content in enumerate((text, *more)):
            archive.writestr(f"{i}.csv", content)
    return packed.getvalue()


def test_fred_without_a_key_is_the_csv_behind_the_graph() -> None:
    with server(in_turn(Reply(NIKKEI.encode(), content_type="text/csv"))) as playing, opened() as session:
        series = macro.fetch_fred(session, "NIKKEI225", csv_url=playing.url, patience=IMPATIENT)
    assert series.points == ((date(2024, 8, 2), 35_909.70), (date(2024, 8, 5), 31_458.42))
    assert playing.asked[0][1] == {"id": "NIKKEI225"}


def test_fred_with_a_key_is_the_api() -> None:
    answer = {"observations": [{"date": "2024-08-05", "value": "31458.42"}, {"date": "2024-08-06", "value": "."}]}
    with server(in_turn(busy("2"), as_json(answer))) as playing, opened() as session:
        series = macro.fetch_fred(session, "NIKKEI225", key="k", api_url=playing.url, patience=IMPATIENT)
    assert series == macro.Series("NIKKEI225", "FRED", ((date(2024, 8, 5), 31_458.42),))
    assert playing.asked[0][1] == {"series_id": "NIKKEI225", "api_key": "k", "file_type": "json"}


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (HTML, "FRED answered with a web page instead of data."),
        (Reply(b"", 404, "text/plain"), "FRED knows no such symbol (404): it may have been renamed or delisted."),
        (Reply(NIKKEI.encode(), half=True), "FRED broke off its answer."),
        (Reply(b"observation_date,GS10\n2024-08-01,3.87\n"), "FRED answered with something other than the series NIKKEI225."),
        (Reply(b"observation_date,NIKKEI225\n2024-08-02,.\n"), "FRED has no figures for NIKKEI225."),
        (Reply(b"observation_date,NIKKEI225\n2024-08-02,inf\n"), "FRED, NIKKEI225: '2024-08-02', 'inf' is not a date and a number."),
        (Reply(b"observation_date,NIKKEI225\n2024-0"), "FRED, NIKKEI225: '', '' is not a date and a number."),
    ],
)  # fmt: skip
def test_what_fred_must_not_answer(reply: Reply, sentence: str) -> None:
    with server(in_turn(reply)) as playing, opened() as session, pytest.raises(FeedFailure) as refused:
        macro.fetch_fred(session, "NIKKEI225", csv_url=playing.url, patience=IMPATIENT)
    assert str(refused.value) == sentence


def test_frenchs_monthly_factors_from_the_zip() -> None:
    with (
        server(in_turn(Reply(as_zip(FRENCH), content_type="application/zip"))) as playing,
        opened() as session,
    ):
        market, size, value, bills = macro.fetch_french(session, url=playing.url, patience=IMPATIENT)
    assert market.name == "FF_Mkt-RF"
    assert market.points == ((date(1926, 7, 1), 2.89), (date(1926, 8, 1), 2.64), (date(1926, 9, 1), 0.38))
    assert len(size.points) == 2  # −99.99 is no figure
    assert (value.points[1][1], bills.points[0][1]) == (3.81, 0.22)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("192607, 2.89\n", "no header with Mkt-RF"),
        (",Mkt-RF,RF\n\n", "no monthly rows"),
        (",Mkt-RF,RF\n192607, 2.89\n", "is not a month and 2 numbers"),
        (",Mkt-RF,RF\n192613, 2.89, 0.2\n", "is not a month and 2 numbers"),
        (",Mkt-RF,RF\n192607, x, 0.2\n", "is not a month and 2 numbers"),
    ],
)
def test_what_is_not_frenchs_file(text: str, sentence: str) -> None:
    with pytest.raises(FeedFailure, match=sentence):
        macro.parse_french(text)


def test_a_zip_must_be_whole_and_hold_one_file() -> None:
    for content in (as_zip(FRENCH)[:-30], b"no zip", as_zip(FRENCH, "more")):
        with pytest.raises(FeedFailure, match="broke off its answer or changed its format"):
            macro.unzipped(content)


def test_shillers_october_is_not_january() -> None:
    series = {each.name: each.points for each in macro.parse_shiller(SHILLER)}
    months = [on for on, _ in series["SHILLER_PRICE"]]
    assert months == [date(1871, 1, 1), date(1871, 9, 1), date(1871, 10, 1), date(2026, 11, 1)]
    assert series["SHILLER_PRICE"][-1][1] == 6_789.01
    assert series["SHILLER_DIVIDEND"][-1] == (date(1871, 10, 1), 0.26)  # the newest month has none yet
    assert series["SHILLER_LONG_RATE"][0][1] == 5.32


def test_shillers_copy_with_iso_dates() -> None:
    text = "Date,SP500,Dividend,Earnings,Consumer Price Index,Long Interest Rate\n1871-01-01,4.44,0.26,0.4,12.46,5.32\n"
    assert {each.name: each.points[0] for each in macro.parse_shiller(text)} == {
        "SHILLER_PRICE": (date(1871, 1, 1), 4.44), "SHILLER_DIVIDEND": (date(1871, 1, 1), 0.26),
        "SHILLER_EARNINGS": (date(1871, 1, 1), 0.4), "SHILLER_CPI": (date(1871, 1, 1), 12.46),
        "SHILLER_LONG_RATE": (date(1871, 1, 1), 5.32),
    }  # fmt: skip


def test_what_is_not_shillers_file() -> None:
    with pytest.raises(FeedFailure, match="no header that begins with Date"):
        macro.parse_shiller("P,D\n1,2\n")
    with pytest.raises(FeedFailure, match="no prices"):
        macro.parse_shiller("Date,P\nnothing,1\n")
