"""Long series as frames: SQLite joins a ticker's rows into one text, NumPy parses it in one go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

if TYPE_CHECKING:
    import pandas as pd

Days: TypeAlias = npt.NDArray[np.datetime64]
Floats: TypeAlias = npt.NDArray[np.float64]
Series: TypeAlias = tuple[Days, Floats]

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)

# Grouping by the head of the primary key reads the rows in its order; `_parsed` sorts them should that ever change.
_CLOSES = """
    SELECT ticker, group_concat(date, ''), group_concat(close, ' ') FROM prices
    WHERE date BETWEEN ? AND ? GROUP BY ticker
"""
_CLOSES_OF_ONE = """
    SELECT ticker, group_concat(date, ''), group_concat(close, ' ') FROM prices
    WHERE date BETWEEN ? AND ? AND ticker = ? GROUP BY ticker
"""
_RATES = """
    SELECT currency, base, group_concat(date, ''), group_concat(rate, ' ') FROM fx_rates
    WHERE date BETWEEN ? AND ? GROUP BY currency, base
"""


def price_history(
    conn: Connection, tickers: Iterable[str] | None = None, *, start: date | None = None, end: date | None = None
) -> pd.DataFrame:
    """Raw closes in quote currency: dates × tickers (default: all), NaN where a ticker has no price that day.

    The columns are the tickers asked for, in that order, one without any price included.
    """
    bounds = _bounds(start, end)
    if tickers is None:
        return _frame({row[0]: _parsed(row[1], row[2]) for row in conn.exec_driver_sql(_CLOSES, bounds)})
    series: dict[str, Series] = {}
    for ticker in dict.fromkeys(tickers):
        row = conn.exec_driver_sql(_CLOSES_OF_ONE, (*bounds, ticker)).first()
        series[ticker] = _parsed(row[1], row[2]) if row is not None else _parsed("", "")
    return _frame(series)


def fx_history(
    conn: Connection,
    currencies: Iterable[str] | None = None,
    *,
    base: str | None = None,
    start: date | None = None,
    end: date | None = None,
) -> pd.DataFrame:
    """Base currency (default: the household's) per unit: dates × currencies, NaN where there is no rate that day.

    Pairs are read either way round; a currency quoted only against a third is converted on the days both have.
    """
    base = base or _household_base(conn)
    rows = conn.exec_driver_sql(_RATES, _bounds(start, end)).all()
    stored = {(row[0], row[1]): _parsed(row[2], row[3]) for row in rows}
    known = sorted({name for pair in stored for name in pair} - {base})
    wanted = known if currencies is None else list(dict.fromkeys(currencies))
    return _frame({name: _against(stored, name, base) for name in wanted if name != base})


def _household_base(conn: Connection) -> str:
    from alm.settings import Settings

    row = conn.exec_driver_sql("SELECT value FROM settings WHERE name = 'base_currency'").first()
    return str(row[0]) if row is not None else Settings().base_currency


def _bounds(start: date | None, end: date | None) -> tuple[str, str]:
    return (start or FIRST).isoformat(), (end or LAST).isoformat()


def _parsed(days: str, values: str) -> Series:
    """`2026-01-302026-02-02` and `101.5 102` as sorted days and numbers."""
    on: Days = np.frombuffer(days.encode("ascii"), dtype="S10").astype("datetime64[D]")
    numbers: Floats = np.array(values.split(), dtype=np.float64)
    if np.all(on[1:] > on[:-1]):
        return on, numbers
    order = np.argsort(on, kind="stable")
    return on[order], numbers[order]


def _frame(series: Mapping[str, Series]) -> pd.DataFrame:
    """Columns side by side on the union of their days."""
    import pandas as pd  # a quarter of a second that the verdict does not wait for

    days = [on for on, _ in series.values()]
    union = np.unique(np.concatenate(days)) if days else np.empty(0, dtype="datetime64[D]")
    matrix = np.full((len(union), len(series)), np.nan)
    for column, (on, values) in enumerate(series.values()):
        matrix[np.searchsorted(union, on), column] = values
    return pd.DataFrame(matrix, index=pd.DatetimeIndex(union, name="date"), columns=list(series))


def _against(stored: Mapping[tuple[str, str], Series], currency: str, base: str) -> Series:
    if (found := _pair(stored, currency, base)) is not None:
        return found
    for via in sorted({name for pair in stored for name in pair}):
        first, second = _pair(stored, currency, via), _pair(stored, via, base)
        if first is not None and second is not None:
            both, here, there = np.intersect1d(first[0], second[0], assume_unique=True, return_indices=True)
            return both, first[1][here] * second[1][there]
    return _parsed("", "")


def _pair(stored: Mapping[tuple[str, str], Series], currency: str, base: str) -> Series | None:
    """The pair as stored, with the days that only its inverse has."""
    direct, inverse = stored.get((currency, base)), stored.get((base, currency))
    if inverse is None:
        return direct
    turned = inverse[0], 1 / inverse[1]
    if direct is None:
        return turned
    extra = ~np.isin(turned[0], direct[0])
    days = np.concatenate((direct[0], turned[0][extra]))
    order = np.argsort(days)
    return days[order], np.concatenate((direct[1], turned[1][extra]))[order]
