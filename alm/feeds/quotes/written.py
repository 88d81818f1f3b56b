"""Prices a person wrote down: a CSV of `date,close` per ticker (the symbol is its path), or rows entered by hand."""

from __future__ import annotations

import csv
import math
from datetime import date
from pathlib import Path

from alm.feeds.quotes.values import Fetched, Point, Wanted
from alm.feeds.web import FeedFailure


class CsvPrices:
    def fetch(self, wanted: Wanted) -> Fetched:
        path = Path(wanted.symbol).expanduser()
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise FeedFailure(f"{path.name} could not be read ({type(error).__name__}).") from None
        return Fetched(wanted.currency, parse(text, path.name))


class Manual:
    """Nothing to fetch: the sentence reminds that this price is a person's work."""

    def fetch(self, wanted: Wanted) -> Fetched:
        last = f"last on {wanted.since}" if wanted.since else "none yet"
        raise FeedFailure(f"entered by hand ({last}).")


def parse(text: str, name: str) -> tuple[Point, ...]:
    """`date,close` with ISO dates and plain decimals, any other column ignored; one bad row refuses the file."""
    rows = csv.DictReader(text.splitlines())
    if rows.fieldnames is None or not {"date", "close"} <= set(rows.fieldnames):
        raise FeedFailure(f"{name}, row 1: expected the columns date and close.")
    points: dict[date, float] = {}
    for row in rows:
        try:
            on, close = date.fromisoformat((row["date"] or "").strip()), float(row["close"] or "")
        except ValueError:
            raise FeedFailure(
                f"{name}, row {rows.line_num}: expected a date such as 2026-01-31 and a number."
            ) from None
        if not math.isfinite(close) or on in points:
            raise FeedFailure(f"{name}, row {rows.line_num}: expected one finite price a day.")
        points[on] = close
    if not points:
        raise FeedFailure(f"{name} has no rows.")
    return tuple(sorted(points.items()))
