"""Why a figure differs between two dates: causes swapped in one at a time, so that the parts add up to the change.

From the earlier sheet, each cause in `CAUSES` takes its later value in turn; a cause's part is the difference it makes
at its turn. The order is a convention (prices before positions), the sum is not: the last sheet is the later one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from alm.balance_sheet import BalanceSheet, CashBalance, Holding, Quote
from alm.lenders import LenderProfile
from alm.settings import Settings
from alm.stress import stress_test


@dataclass(frozen=True, slots=True)
class Change:
    """One cause's part of a figure's change, in the figure's own unit."""

    cause: str
    amount: float


@dataclass(frozen=True, slots=True)
class FigureChange:
    """What one figure was at the last record and is now, and why: the parts add up to after − before.

    `error` is what chance alone may move it by; a smaller difference is no change and has no parts.
    """

    figure: str
    before: float
    after: float
    parts: tuple[Change, ...]
    error: float = 0.0


SHOWN = {"net_worth": 0.005, "ltv": 5e-5, "max_survivable_fall": 5e-5}
"""The least difference of each figure that its decimals show."""


def sheet_changes(
    before: BalanceSheet, after: BalanceSheet, profiles: Mapping[str, LenderProfile], settings: Settings
) -> tuple[FigureChange, ...]:
    """Net worth, margin ratio and survivable fall between two days; none where one of them is incomplete."""
    if before.missing or after.missing or before.base_currency != after.base_currency:
        return ()
    figures: dict[str, Callable[[BalanceSheet], float]] = {
        "net_worth": lambda sheet: sheet.net_worth,
        "ltv": lambda sheet: sheet.ltv,
        "max_survivable_fall": lambda sheet: stress_test(sheet, profiles, settings).max_survivable_fall,
    }
    found = [FigureChange(name, f(before), f(after), attribute(before, after, f)) for name, f in figures.items()]
    return tuple(change for change in found if any(abs(part.amount) >= SHOWN[change.figure] for part in change.parts))


TOO_SMALL = "causes within the error"


def beyond_chance(figure: str, before: float, after: float, parts: tuple[Change, ...], error: float) -> FigureChange:
    """The change of a simulated figure: none within its error, and no cause whose part is."""
    if abs(after - before) < error:
        return FigureChange(figure, before, after, (), error)
    causes = tuple(part for part in parts if abs(part.amount) >= error)
    rest = after - before - sum(part.amount for part in causes)
    small = (Change(TOO_SMALL, rest),) if len(causes) < len(parts) else ()
    return FigureChange(figure, before, after, (*causes, *small), error)


def attribute(before: BalanceSheet, after: BalanceSheet, figure: Callable[[BalanceSheet], float]) -> tuple[Change, ...]:
    """Parts of figure(after) − figure(before), one per cause that made a difference."""
    value = figure(before)
    parts: list[Change] = []
    for cause, sheet in stages(before, after):
        moved = figure(sheet)
        if moved != value:
            parts.append(Change(cause, moved - value))
        value = moved
    return tuple(parts)


def stages(before: BalanceSheet, after: BalanceSheet) -> Iterator[tuple[str, BalanceSheet]]:
    """The earlier sheet turning into the later one, cause by cause; the last stage is the later sheet itself."""
    sheet = before.with_(holdings=_quoted(before.holdings, after.holdings))
    yield "prices", sheet
    sheet = sheet.with_(
        holdings=_converted(sheet.holdings, after.fx, after.base_currency),
        cash_balances=_cash_converted(sheet.cash_balances, after.fx, after.base_currency),
        fx=after.fx,
    )
    yield "exchange rates", sheet
    sheet = sheet.with_(holdings=after.holdings)
    yield "holdings bought, sold or pledged", sheet
    sheet = sheet.with_(cash_balances=after.cash_balances)
    yield "cash", sheet
    sheet = sheet.with_(secured_loans=after.secured_loans, credit_lines=after.credit_lines, term_loans=after.term_loans)
    yield "loans", sheet
    sheet = sheet.with_(expenses=after.expenses)
    yield "spending", sheet
    sheet = sheet.with_(incomes=after.incomes, dividends=after.dividends)
    yield "income", sheet
    yield "the passing of time", after


def _quoted(holdings: tuple[Holding, ...], later: tuple[Holding, ...]) -> tuple[Holding, ...]:
    prices = {h.ticker: h.price for h in later if h.price is not None}
    return tuple(replace(h, price=prices.get(h.ticker, h.price)) for h in holdings)


def _converted(holdings: tuple[Holding, ...], fx: tuple[tuple[str, Quote], ...], base: str) -> tuple[Holding, ...]:
    rates = dict(fx)
    return tuple(h if h.currency == base else replace(h, fx=rates.get(h.currency, h.fx)) for h in holdings)


def _cash_converted(
    cash: tuple[CashBalance, ...], fx: tuple[tuple[str, Quote], ...], base: str
) -> tuple[CashBalance, ...]:
    rates = dict(fx)
    return tuple(c if c.currency == base else replace(c, fx=rates.get(c.currency, c.fx)) for c in cash)
