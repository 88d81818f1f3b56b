"""Macro and market history: FRED, Kenneth French's and Robert Shiller's files, in the units they publish.

Monthly figures are dated on the first day of their month, as FRED dates them. Fetching and parsing are apart: every
`parse_` is pure text to figures and refuses what it does not recognise with one sentence.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from alm.feeds.web import PATIENT, FeedFailure, Patience, Session, get_bytes, get_text, number, read_json
from alm.language import t

FRED_CSV = "https://fred.stlouisfed.org/graph/fredgraph.csv"
FRED_API = "https://api.stlouisfed.org/fred/series/observations"
FRENCH = "https://mba.tuck.dartmouth.edu/pages/faculty/ken.french/ftp/F-F_Research_Data_Factors_CSV.zip"
_LARGEST_ZIP_MEMBER = 20_000_000


@dataclass(frozen=True, slots=True)
class Series:
    """A named history, oldest first."""

    name: str
    source: str
    points: tuple[tuple[date, float], ...]


@dataclass(frozen=True, slots=True)
class Described:
    """A FRED series this program uses, and its unit."""

    name: str
    unit: str
    meaning: str


FRED_SERIES = (
    Described("USALOLITOAASTSAM", "index, 100 = trend", "OECD composite leading indicator, United States"),
    Described("JPNLOLITOAASTSAM", "index, 100 = trend", "OECD composite leading indicator, Japan"),
    Described("SAHMREALTIME", "points", "Sahm rule recession indicator as known at the time"),
    Described("USREC", "0 or 1", "NBER recession months"),
    Described("NIKKEI225", "yen", "Nikkei 225, daily close"),
    Described("SP500", "index", "S&P 500, daily close, ten years"),
    Described("DEXJPUS", "yen per dollar", "noon rate in New York"),
    Described("VIXCLS", "percent pa", "implied volatility of the S&P 500"),
    Described("CPIAUCNS", "index", "US consumer prices, not adjusted for season"),
    Described("JPNCPIALLMINMEI", "index", "Japanese consumer prices"),
    Described("TB3MS", "percent pa", "three-month US Treasury bills"),
    Described("GS10", "percent pa", "ten-year US Treasury notes"),
)


def fetch_fred(
    session: Session,
    name: str,
    *,
    key: str = "",
    csv_url: str = FRED_CSV,
    api_url: str = FRED_API,
    patience: Patience = PATIENT,
) -> Series:
    """A whole FRED series: through the API with a key, else as the CSV behind its graph."""
    if key:
        params = {"series_id": name, "api_key": key, "file_type": "json"}
        return parse_fred_json(get_text(session, "FRED", api_url, params, patience=patience), name)
    return parse_fred_csv(get_text(session, "FRED", csv_url, {"id": name}, patience=patience), name)


def fetch_french(session: Session, *, url: str = FRENCH, patience: Patience = PATIENT) -> tuple[Series, ...]:
    """The monthly factors from the library's zip file."""
    content = get_bytes(session, "Kenneth French's library", url, patience=patience)
    return parse_french(unzipped(content))


def unzipped(content: bytes) -> str:
    """The one text file inside; refused when it is no zip, holds something else, or unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (member,) = archive.infolist()
            if member.file_size > _LARGEST_ZIP_MEMBER:
                raise FeedFailure(
                    t(
                        "Kenneth French's file unpacks to {count} bytes; expected one table.",
                        count=f"{member.file_size:,}",
                    )
                )
            return archive.read(member).decode("latin-1")
    except (zipfile.BadZipFile, ValueError, EOFError):
        raise FeedFailure("Kenneth French's library broke off its answer or changed its format.") from None


def parse_fred_csv(text: str, name: str) -> Series:
    """`observation_date,NAME` (older: `DATE,NAME`); an empty cell or a full stop is a day without a figure."""
    rows = list(csv.reader(text.splitlines()))
    if not rows or len(rows[0]) != 2 or rows[0][0] not in ("observation_date", "DATE") or rows[0][1] != name:
        raise FeedFailure(t("FRED answered with something other than the series {name}.", name=name))
    return _series(name, "FRED", ((row[0], row[1]) if len(row) == 2 else ("", "") for row in rows[1:]))


def parse_fred_json(text: str, name: str) -> Series:
    """`observations[]{date,value}`; the value `.` is a day without a figure."""
    try:
        rows = [(str(row["date"]), str(row["value"])) for row in read_json(text)["observations"]]
    except (ValueError, KeyError, TypeError):
        raise FeedFailure(t("FRED answered with something other than the series {name}.", name=name)) from None
    return _series(name, "FRED", rows)


def _series(name: str, source: str, rows: Iterable[tuple[str, str]]) -> Series:
    points: dict[date, float] = {}
    for on, value in rows:
        if value.strip() in ("", ".") and on:
            continue
        try:
            points[date.fromisoformat(on)] = number(value.strip())
        except ValueError:
            raise FeedFailure(
                t(
                    "{source}, {name}: {on}, {value} is not a date and a number.",
                    source=source,
                    name=name,
                    on=f"{on!r}",
                    value=f"{value!r}",
                )
            ) from None
    if not points:
        raise FeedFailure(t("{source} has no figures for {name}.", source=source, name=name))
    return Series(name, source, tuple(sorted(points.items())))


def parse_french(text: str) -> tuple[Series, ...]:
    """The monthly block: below its header `,Mkt-RF,SMB,HML,RF`, rows `192607, 2.89, …` in percent up to the first blank
    line; −99.99 and −999 stand for no figure. The annual block that follows says the same again and is left."""
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if line.replace(" ", "").startswith(",Mkt-RF")), None)
    if start is None:
        raise FeedFailure("Kenneth French's file has no header with Mkt-RF.")
    names = [cell.strip() for cell in lines[start].split(",")[1:]]
    table: dict[str, list[tuple[date, float]]] = {name: [] for name in names}
    for line in lines[start + 1 :]:
        cells = [cell.strip() for cell in line.split(",")]
        if not cells[0]:
            break
        for name, value in zip(names, _french_row(cells, len(names)), strict=True):
            if value not in (-99.99, -999.0):
                table[name].append((_month(cells[0]), value))
    found = tuple(Series(f"FF_{name}", "Kenneth French", tuple(points)) for name, points in table.items() if points)
    if len(found) != len(names):
        raise FeedFailure("Kenneth French's file has no monthly rows.")
    return found


def _french_row(cells: list[str], count: int) -> list[float]:
    try:
        if len(cells) != count + 1 or len(cells[0]) != 6:
            raise ValueError(cells)
        _month(cells[0])
        return [number(cell.strip()) for cell in cells[1:]]
    except ValueError:
        raise FeedFailure(
            t(
                "Kenneth French's file: {names} is not a month and {count} numbers.",
                names=f"{','.join(cells)!r}",
                count=count,
            )
        ) from None


def _month(digits: str) -> date:
    return date(int(digits[:4]), int(digits[4:6]), 1)


# Column of Shiller's sheet, or of the copy at datahub.io, to the name of the series.
_SHILLER = {
    "P": "SHILLER_PRICE", "SP500": "SHILLER_PRICE",
    "D": "SHILLER_DIVIDEND", "Dividend": "SHILLER_DIVIDEND",
    "E": "SHILLER_EARNINGS", "Earnings": "SHILLER_EARNINGS",
    "CPI": "SHILLER_CPI", "Consumer Price Index": "SHILLER_CPI",
    "Rate GS10": "SHILLER_LONG_RATE", "Long Interest Rate": "SHILLER_LONG_RATE",
}  # fmt: skip


def parse_shiller(text: str) -> tuple[Series, ...]:
    """Sheet `Data` of ie_data saved as CSV, or the same as an ISO-dated CSV. In the sheet 1871.1 is October, 1871.01
    January: a year with two decimals that lost its zero. Lines above the header and the notes below are passed over."""
    rows = list(csv.reader(text.splitlines()))
    start = next((i for i, row in enumerate(rows) if row and row[0].strip() == "Date"), None)
    if start is None:
        raise FeedFailure("Shiller's file has no header that begins with Date.")
    columns = {_SHILLER[cell.strip()]: i for i, cell in enumerate(rows[start]) if cell.strip() in _SHILLER}
    body = [(month, row) for row in rows[start + 1 :] if row and (month := _shiller_month(row[0].strip()))]
    if "SHILLER_PRICE" not in columns or not body:
        raise FeedFailure("Shiller's file has no prices.")
    return tuple(_shiller_column(name, i, body) for name, i in columns.items())


def _shiller_column(name: str, index: int, body: list[tuple[date, list[str]]]) -> Series:
    cells = ((on.isoformat(), row[index].strip().replace(",", "") if index < len(row) else "") for on, row in body)
    # The last months have no dividends, earnings or prices yet: NA in the sheet, 0 in the copy.
    return _series(name, "Shiller", ((on, "" if cell in ("NA", "0", "0.0") else cell) for on, cell in cells))


def _shiller_month(text: str) -> date | None:
    """The first of the month of `1871.1` (October) or `1871-10-01`; None for a cell that is no date at all."""
    year, _, month = text.partition(".")
    dotted = len(year) == 4 and (year + month).isdecimal() and bool(month)
    if not dotted and not (len(text) == 10 and text[4] == text[7] == "-"):
        return None
    try:
        return date(int(year), int((month + "0")[:2]), 1) if dotted else date.fromisoformat(text)
    except ValueError:
        raise FeedFailure(t("Shiller's file: {text} is not a month.", text=f"{text!r}")) from None
