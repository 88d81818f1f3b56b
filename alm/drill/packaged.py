"""Daily closes of indices that come with the program.

S&P 500 and NASDAQ Composite, 1999-01-04 to 2018-12-31 (price indices, no dividends), as carried by the `arch` package:
read from its files, because importing it takes longer than a drill.
"""

from __future__ import annotations

import csv
import gzip
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path

FILES = {"SP500": "sp500", "NASDAQ": "nasdaq"}
PACKAGED = tuple(FILES)


@cache
def packaged_closes(index: str) -> tuple[tuple[date, float], ...]:
    """Every close of a packaged index, oldest first."""
    carrier = find_spec("arch")
    assert carrier is not None
    assert carrier.origin is not None
    name = FILES[index]
    with gzip.open(Path(carrier.origin).parent / "data" / name / f"{name}.csv.gz", "rt", encoding="utf-8") as file:
        return tuple((_day(row["Date"]), float(row["Close"])) for row in csv.DictReader(file))


def _day(text: str) -> date:
    """Month/day/year, as these files write it."""
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)
