"""Dividend cuts: a fraction for some years and a way back, for everything or for some tickers or sectors, and
the cuts that happened, from `data/dividend_crises.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from alm.balance_sheet import BalanceSheet
from alm.elementary import power
from alm.errors import BadInput, UnknownName
from alm.settings import data_folder, read_toml
from alm.snowball.roll import Floats


@dataclass(frozen=True, slots=True)
class Cut:
    """What dividends are, year by year from the first projected one, as a fraction of what they would have been.

    With `pauses_growth` the levels are fractions of the dividends before the crisis, growth stops while it lasts and
    resumes from its last level: lost growth is not made up. Without, dividends return to their trend.
    """

    name: str
    levels: tuple[float, ...]
    tickers: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    """Both empty: every holding, and the fund that new money buys."""
    pauses_growth: bool = False
    title: str = ""
    source: str = ""


def cut(
    size: float,
    years: int,
    *,
    recovery_years: int = 0,
    tickers: tuple[str, ...] = (),
    sectors: tuple[str, ...] = (),
) -> Cut:
    """`size` off for `years` years, then back to trend in equal steps over `recovery_years` (0: at once)."""
    if not 0 <= size <= 1:
        raise BadInput("a fraction from 0 to 1", column="cut", value=size)
    if years < 0 or recovery_years < 0:
        raise BadInput("0 years or more", column="cut years", value=min(years, recovery_years))
    back = tuple(1 - size * (1 - k / (recovery_years + 1)) for k in range(1, recovery_years + 1))
    return Cut("cut", (1 - size,) * years + back, tickers, sectors)


def factors(cut: Cut | None, sheet: BalanceSheet, growth: Floats, years: int) -> Floats:
    """(years, n) what a cut leaves of each row's dividends against their trend, the fund last; never above 1."""
    left = np.ones((years, len(growth)))
    if cut is not None and cut.levels:
        hit = _hit(cut, sheet)
        left[:, hit] = np.minimum(_levels(cut, growth, years), 1.0)[:, hit]
    return left


def _levels(cut: Cut, growth: Floats, years: int) -> Floats:
    """(years, n), not yet limited to 1."""
    shown = np.arange(years)
    last = len(cut.levels) - 1
    levels = np.array([*cut.levels, cut.levels[-1] if cut.pauses_growth else 1.0])[np.minimum(shown, last + 1)]
    paused = np.minimum(shown, last) if cut.pauses_growth else np.zeros(years)
    left: Floats = levels[:, None] / power(1 + growth, paused[:, None])
    return left


def _hit(cut: Cut, sheet: BalanceSheet) -> list[bool]:
    if not cut.tickers and not cut.sectors:
        return [True] * (len(sheet.holdings) + 1)
    _known("ticker", cut.tickers, tuple(dict.fromkeys(h.ticker for h in sheet.holdings)))
    _known("sector", cut.sectors, tuple(dict.fromkeys(h.sector for h in sheet.holdings if h.sector)))
    return [h.ticker in cut.tickers or h.sector in cut.sectors for h in sheet.holdings] + [False]


def _known(kind: str, names: tuple[str, ...], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            raise UnknownName(kind, name, known)


# --- what happened ----------------------------------------------------------------------------------------------------


def crises() -> Mapping[str, Cut]:
    """The dividend crises on record, by name."""
    return _read(data_folder() / "dividend_crises.toml")


def find_crisis(name: str) -> Cut:
    known = crises()
    if name not in known:
        raise UnknownName("dividend crisis", name, tuple(known))
    return known[name]


@cache
def _read(path: Path) -> Mapping[str, Cut]:
    return {name: _crisis(path, name, table) for name, table in read_toml(path).items()}


def _crisis(path: Path, name: str, table: Mapping[str, object]) -> Cut:
    """`dividends` are yearly totals or amounts per share, the year before the crisis first."""
    amounts = table.get("dividends")
    if (
        not isinstance(amounts, list)
        or len(amounts) < 2
        or not all(isinstance(a, int | float) and a > 0 for a in amounts)
    ):
        raise BadInput("two or more positive numbers", file=path, column=f"{name}.dividends", value=amounts)
    before, *during = (float(a) for a in amounts)
    return Cut(
        name,
        tuple(amount / before for amount in during),
        pauses_growth=True,
        title=str(table.get("title", name)),
        source=str(table.get("source", "")),
    )
