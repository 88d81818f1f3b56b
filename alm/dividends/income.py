"""Today's yearly dividends of the household, gross and net, by holding and by month of the year.

Forward: the trailing year of each ticker at today's quantity and today's exchange rate, with projected dividends in
place of the trailing ones of their season. No growth is in it. A ticker without history pays the yield the household
states, spread evenly over the months, and is named as assumed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from alm.balance_sheet import BalanceSheet, Dividend, Holding
from alm.dividends.payments import Payer, Rhythm, next_payment, payer
from alm.dividends.taxes import kept_share
from alm.errors import MissingValue
from alm.language import t
from alm.settings import Settings

PAYS_NOTHING = frozenset({"gold", "crypto", "cash_like"})
"""Asset classes that are not expected to pay: their silence is not an unknown."""


@dataclass(frozen=True, slots=True)
class HoldingDividends:
    """One holding's forward year, base currency. `by_month` is gross, January first."""

    ticker: str
    account: str
    gross: float
    net: float
    by_month: tuple[float, ...]
    rhythm: Rhythm | None
    assumed: bool
    yield_on_cost: float | None
    yield_on_value: float | None


@dataclass(frozen=True, slots=True)
class DividendIncome:
    """The household's forward year of dividends, base currency."""

    gross: float
    net: float
    holdings: tuple[HoldingDividends, ...]
    assumed: tuple[str, ...]
    """Tickers whose dividends are a stated yield, not a history."""
    unknown: tuple[str, ...]
    """Tickers that pay nothing here because nothing is known of them; they may well pay."""
    specials: tuple[Dividend, ...]
    """Payments of the last year that are not expected to repeat, left out."""
    yield_on_cost: float | None
    yield_on_value: float | None

    @property
    def per_ticker(self) -> tuple[tuple[str, float, float], ...]:
        """(ticker, gross, net), a ticker held in several accounts once, the largest first."""
        names = dict.fromkeys(h.ticker for h in self.holdings)
        rows = [(n, self._sum(n, "gross"), self._sum(n, "net")) for n in names]
        return tuple(sorted(rows, key=lambda row: -row[1]))

    @property
    def largest_payer(self) -> tuple[str, float] | None:
        """The ticker that pays most and its share of the gross dividends; None when nothing pays."""
        if self.gross <= 0:
            return None
        ticker, gross, _ = self.per_ticker[0]
        return ticker, gross / self.gross

    def _sum(self, ticker: str, field: str) -> float:
        return float(sum(getattr(h, field) for h in self.holdings if h.ticker == ticker))


def annual_dividends(sheet: BalanceSheet, settings: Settings) -> DividendIncome:
    """Forward twelve months of dividends at today's quantities, prices and rates (see the module's text)."""
    payers = _payers(sheet)
    rows = tuple(_of_holding(h, payers[h.ticker], sheet, settings) for h in sheet.holdings)
    gross = sum(row.gross for row in rows)
    silent = (h.ticker for h in sheet.holdings if payers[h.ticker] is None and h.dividend_yield_assumed is None)
    mute = {h.ticker for h in sheet.holdings if h.asset_class in PAYS_NOTHING}
    recent = [d for p in payers.values() if p for d in p.specials if (sheet.as_of - d.ex_date).days <= 365]
    return DividendIncome(
        gross=gross,
        net=sum(row.net for row in rows),
        holdings=rows,
        assumed=tuple(dict.fromkeys(row.ticker for row in rows if row.assumed)),
        unknown=tuple(dict.fromkeys(ticker for ticker in silent if ticker not in mute)),
        specials=tuple(sorted(recent, key=lambda d: (d.ticker, d.ex_date))),
        yield_on_cost=_ratio(gross, sheet.portfolio_cost),
        yield_on_value=_ratio(gross, sheet.portfolio_value),
    )


def net_dividends(settings: Settings) -> Callable[[BalanceSheet], float]:
    """The coming year's net dividends of a sheet, stressed or not."""
    return lambda sheet: annual_dividends(sheet, settings).net


def _payers(sheet: BalanceSheet) -> dict[str, Payer | None]:
    own: dict[str, list[Dividend]] = {h.ticker: [] for h in sheet.holdings}
    for dividend in sheet.dividends:
        if dividend.ticker in own:
            own[dividend.ticker].append(dividend)
    return {ticker: payer(ticker, dividends, sheet.as_of) for ticker, dividends in own.items()}


def _of_holding(h: Holding, known: Payer | None, sheet: BalanceSheet, settings: Settings) -> HoldingDividends:
    assumed = known is None and bool(h.dividend_yield_assumed)
    if known is not None:
        months = _months(h, known, sheet)
    else:
        months = (h.value * (h.dividend_yield_assumed or 0.0) / 12,) * 12 if assumed else (0.0,) * 12
    gross = sum(months)
    return HoldingDividends(
        ticker=h.ticker,
        account=h.account.name,
        gross=gross,
        net=gross * kept_share(h, settings, sheet.base_currency),
        by_month=months,
        rhythm=known.rhythm if known else None,
        assumed=assumed,
        yield_on_cost=_ratio(gross, h.cost),
        yield_on_value=_ratio(gross, h.value),
    )


def _months(h: Holding, known: Payer, sheet: BalanceSheet) -> tuple[float, ...]:
    """Gross by month of the year. An amount is quoted like the price: per `price_unit` units."""
    months = [0.0] * 12
    for payment in known.payments:
        months[next_payment(payment, sheet.as_of).month - 1] += _gross(h, payment, sheet)
    return tuple(months)


def _gross(h: Holding, payment: Dividend, sheet: BalanceSheet) -> float:
    return h.quantity / h.price_unit * payment.amount * _fx_rate(payment.currency, h, sheet)


@dataclass(frozen=True, slots=True)
class Expected:
    """A payment as it is expected: gross in the base currency, of all holdings of the ticker together."""

    on: date
    ticker: str
    gross: float


def expected_dividends(sheet: BalanceSheet) -> tuple[Expected, ...]:
    """Each payment of the forward year on its day, in order; what is a stated yield has no days."""
    found: dict[tuple[date, str], float] = {}
    for ticker, known in _payers(sheet).items():
        for payment in known.payments if known else ():
            gross = sum(_gross(h, payment, sheet) for h in sheet.holdings if h.ticker == ticker)
            on = next_payment(payment, sheet.as_of)
            found[on, ticker] = found.get((on, ticker), 0.0) + gross
    return tuple(Expected(on, ticker, gross) for (on, ticker), gross in sorted(found.items()))


def _fx_rate(currency: str, holding: Holding, sheet: BalanceSheet) -> float:
    if currency == sheet.base_currency:
        return 1.0
    if currency == holding.currency:
        return holding.fx_rate
    rates = dict(sheet.fx)
    if currency not in rates:
        raise MissingValue(
            t("No exchange rate for {currency}, in which {ticker} pays", currency=currency, ticker=holding.ticker)
        )
    return rates[currency].value


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
