"""Prices a person wrote down: a CSV of `date,close` per ticker (the symbol is its path), or rows entered by hand."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from alm.errors import BadInput
from alm.feeds.cells import TABLE_LIMIT
from alm.feeds.quotes.values import Fetched, Point, Wanted
from alm.feeds.web import FeedFailure, number
from alm.language import t
from alm.settings import read_file


class CsvPrices:
    def fetch(self, wanted: Wanted) -> Fetched:
        path = Path(wanted.symbol).expanduser()
        try:
            text = read_file(path, TABLE_LIMIT).decode("utf-8-sig")
        except BadInput as refusal:
            raise FeedFailure(str(refusal)) from None
        except UnicodeDecodeError as error:
            raise FeedFailure(
                t("{name} could not be read ({kind}).", name=path.name, kind=type(error).__name__)
            ) from None
        return Fetched(wanted.currency, parse(text, path.name))


class Manual:
    """Nothing to fetch: the sentence reminds that this price is a person's work."""

    def fetch(self, wanted: Wanted) -> Fetched:
        last = t("last on {since}", since=wanted.since) if wanted.since else t("none yet")
        raise FeedFailure(t("entered by hand ({last}).", last=last))


def parse(text: str, name: str) -> tuple[Point, ...]:
    """`date,close` with ISO dates and plain decimals, any other column ignored; one bad row refuses the file."""
    rows = csv.DictReader(text.splitlines())
    if rows.fieldnames is None or not {"date", "close"} <= set(rows.fieldnames):
        raise FeedFailure(t("{name}, row 1: expected the columns date and close.", name=name))
    points: dict[date, float] = {}
    for row in rows:
        try:
            on, close = date.fromisoformat((row["date"] or "").strip()), number((row["close"] or "").strip())
        except ValueError:
            raise FeedFailure(
                t("{name}, row {row}: expected a date such as 2026-01-31 and a number.", name=name, row=rows.line_num)
            ) from None
        if on in points:
            raise FeedFailure(t("{name}, row {row}: expected one price a day.", name=name, row=rows.line_num))
        points[on] = close
    if not points:
        raise FeedFailure(t("{name} has no rows.", name=name))
    return tuple(sorted(points.items()))
