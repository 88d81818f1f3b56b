"""Japanese investment trusts: the Investment Trusts Association's file of a fund's whole history, without a key.

`symbol` is `ISIN/association code`. Prices are per 10,000 units, at most one session late; distributions stand beside
them. The file is Shift-JIS whatever it says, and an unknown fund is answered with JSON and status 200.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from alm.feeds.quotes.choice import FUND
from alm.feeds.quotes.values import Fetched, Payment, Point, Wanted
from alm.feeds.web import PATIENT, FeedFailure, Patience, Session, get_bytes, number
from alm.language import t

NAME = "The Investment Trusts Association"
BASE_URL = "https://toushin-lib.fwg.ne.jp/FdsWeb/FDST030000/csv-file-download"
UNITS = 10_000
"""What its prices and distributions are per."""
_DAY = re.compile(r"([0-9]{4})[年/-]([0-9]{1,2})[月/-]([0-9]{1,2})日?")
_ON, _PRICE, _PAID = "年月日", "基準価額(円)", "分配金"


class Toushin:
    def __init__(self, session: Session, *, base_url: str = BASE_URL, patience: Patience = PATIENT) -> None:
        self.session, self.base_url, self.patience = session, base_url, patience

    def fetch(self, wanted: Wanted) -> Fetched:
        named = FUND.fullmatch(wanted.symbol)
        if named is None:
            raise FeedFailure(
                t("{name} is asked by ISIN and its own code, such as JP90C000H1T1/0331418A, not {symbol}.",
                  name=NAME, symbol=wanted.symbol)
            )  # fmt: skip
        query = {"isinCd": named[1], "associFundCd": named[2]}
        body = get_bytes(self.session, NAME, self.base_url, query, patience=self.patience)
        return parse(_text(body), wanted.symbol)


def _text(body: bytes) -> str:
    """Shift-JIS, or UTF-8 should it become what it says; figures and brackets of full width as plain ones."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp932", "replace")
    return unicodedata.normalize("NFKC", text)


def parse(text: str, symbol: str) -> Fetched:
    """Prices and distributions by day; one row that is not understood refuses the file."""
    if text.lstrip().startswith("{"):
        raise FeedFailure(t("{name} knows no fund {symbol}.", name=NAME, symbol=symbol))
    rows = csv.DictReader(text.splitlines())
    if not {_ON, _PRICE, _PAID} <= set(rows.fieldnames or ()):
        raise FeedFailure(t("{name} broke off its answer or changed its format.", name=NAME))
    closes: list[Point] = []
    paid: list[Payment] = []
    for row in rows:
        try:
            on = _day(row)
            closes += [(on, number(price)) for price in [_plain(row, _PRICE)] if price]
            if _plain(row, _PAID) not in ("", "0"):
                paid.append(Payment(on, number(_plain(row, _PAID)), "JPY"))
        except ValueError:
            raise FeedFailure(
                t("{name}, row {row}: expected a day and a price.", name=NAME, row=rows.line_num)
            ) from None
    if not closes:
        raise FeedFailure(t("{name} has no prices.", name=NAME))
    return Fetched("JPY", tuple(sorted(closes)), tuple(sorted(paid)))


def _plain(row: Mapping[str, str | None], column: str) -> str:
    return (row[column] or "").strip().replace(",", "")


def _day(row: Mapping[str, str | None]) -> date:
    parts = _DAY.fullmatch(_plain(row, _ON))
    if parts is None:
        raise ValueError(row)
    return date(int(parts[1]), int(parts[2]), int(parts[3]))
