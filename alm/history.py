"""Market history as arrays: what stocks, bonds, bills and prices did together, year by year and month by month.

Two tables are packaged. *Annual*: US calendar years 1928-2024 (A. Damodaran, NYU Stern). *Monthly*: the US market and
bills of Kenneth French, 1928-01 to 2018-11 as carried by the `arch` package, beside the annual bonds and CPI; a month
of those is the twelfth root of its year, so every year is reproduced exactly and no month of theirs is invented.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from alm.elementary import log1p, power
from alm.errors import BadInput, UnknownName
from alm.language import t
from alm.settings import data_folder

Floats = npt.NDArray[np.float64]

COLUMNS = ("stocks", "bills", "notes", "baa", "inflation")
_CSV_COLUMNS = ("year", "stocks", "tbill", "tnote", "baa", "cpi")


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Simple returns, `rows[t, column]` as fractions of one period, oldest first; `columns` names the columns.

    `per_year` is 1 or 12. `first_year` and `first_month` date row 0; rows follow without a gap.
    """

    name: str
    source: str
    per_year: int
    first_year: int
    first_month: int
    columns: tuple[str, ...]
    rows: Floats

    def column(self, name: str) -> Floats:
        if name not in self.columns:
            raise UnknownName(t("column of the {name} history", name=self.name), name, self.columns)
        return self.rows[:, self.columns.index(name)]

    def between(self, first: int, last: int) -> History:
        """The years `first` to `last`, both included."""
        begin = (first - self.first_year) * self.per_year - (self.first_month - 1 if self.per_year == 12 else 0)
        end = begin + (last - first + 1) * self.per_year
        if begin < 0 or end > len(self.rows) or first > last:
            raise BadInput(t("years within the {name} history", name=self.name), value=f"{first}-{last}")
        return History(self.name, self.source, self.per_year, first, 1, self.columns, self.rows[begin:end])

    @property
    def years(self) -> float:
        return len(self.rows) / self.per_year

    def label(self, row: int) -> str:
        """`1966` or `1966-01`: when a row happened."""
        if self.per_year == 1:
            return str(self.first_year + row)
        months = self.first_month - 1 + row
        return f"{self.first_year + months // 12}-{months % 12 + 1:02d}"


@cache
def annual_history() -> History:
    """The packaged table of calendar years, 1928-2024."""
    return read_annual(data_folder() / "us_annual_returns.csv")


def read_annual(path: Path) -> History:
    """A table `year,stocks,tbill,tnote,baa,cpi` in percent, one row a year without a gap; `#` lines are its source."""
    lines = path.read_text(encoding="utf-8").splitlines()
    source = " ".join(line.lstrip("# ") for line in lines if line.startswith("#"))
    body = [line for line in lines if line and not line.startswith("#")]
    table = list(csv.reader(body))
    if not table or tuple(table[0]) != _CSV_COLUMNS:
        raise BadInput(t("the header {names}", names=",".join(_CSV_COLUMNS)), file=path, row=1)
    values = np.array([_figures(path, number, row) for number, row in enumerate(table[1:], 2)])
    years = values[:, 0].astype(int)
    if np.any(np.diff(years) != 1):
        raise BadInput("consecutive years", file=path, column="year")
    return History("annual", source, 1, int(years[0]), 1, COLUMNS, _frozen(values[:, 1:] / 100.0))


def _figures(path: Path, number: int, row: list[str]) -> list[float]:
    if len(row) != len(_CSV_COLUMNS):
        raise BadInput(t("{count} figures", count=len(_CSV_COLUMNS)), file=path, row=number, value=",".join(row))
    figures = []
    for name, text in zip(_CSV_COLUMNS, row, strict=True):
        try:
            figures.append(float(text))
        except ValueError:
            raise BadInput("a number in percent", file=path, row=number, column=name, value=text) from None
        if not np.isfinite(figures[-1]) or (name != "year" and figures[-1] <= -100):
            raise BadInput("a finite percentage above -100", file=path, row=number, column=name, value=text)
    return figures


@cache
def monthly_history() -> History:
    """US market and bills by month, bonds and CPI bridged from their year, 1928-01 to 2018-11."""
    market, bills, first_year, first_month = _french()
    annual = annual_history()
    skip = (annual.first_year - first_year) * 12 - (first_month - 1)
    market, bills = market[skip:], bills[skip:]
    bridged = {name: _twelfths(annual.column(name))[: len(market)] for name in ("notes", "baa", "inflation")}
    rows = np.column_stack([market, bills, bridged["notes"], bridged["baa"], bridged["inflation"]])
    source = f"K. French, US market and bills by month; bonds and CPI within a year at a constant rate: {annual.source}"
    return History("monthly", source, 12, annual.first_year, 1, COLUMNS, _frozen(rows))


def _french() -> tuple[Floats, Floats, int, int]:
    """Market and bill returns with the year and month of the first row.

    The carried index reads the values 192607… as nanoseconds since 1970; the number itself is the month.
    """
    from arch.data import frenchdata

    frame = frenchdata.load()
    stamps = frame.index.asi8 if hasattr(frame.index, "asi8") else np.asarray(frame.index, dtype=np.int64)
    first = int(stamps[0])
    bills = frame["RF"].to_numpy(dtype=np.float64) / 100.0
    market = frame["Mkt-RF"].to_numpy(dtype=np.float64) / 100.0 + bills
    return market, bills, first // 100, first % 100


def _twelfths(annual: Floats) -> Floats:
    """Each year as twelve equal months that compound to it exactly."""
    return np.repeat(power(1.0 + annual, 1.0 / 12.0) - 1.0, 12)


def _frozen(rows: Floats) -> Floats:
    rows.setflags(write=False)
    return rows


def history(name: str) -> History:
    """A packaged history by name: `annual` or `monthly`."""
    known = {"annual": annual_history, "monthly": monthly_history}
    if name not in known:
        raise UnknownName("history", name, tuple(known))
    return known[name]()


def arithmetic_mean_pa(returns: Floats, per_year: int) -> float:
    """Mean simple return of a year: (1 + mean of a period)^per_year − 1."""
    return power(1.0 + float(returns.mean()), per_year) - 1.0


def log_volatility_pa(returns: Floats, per_year: int) -> float:
    """Standard deviation (n − 1) of log returns, per year by the square root of time."""
    return float(log1p(returns).std(ddof=1) * np.sqrt(per_year))
