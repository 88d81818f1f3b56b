"""The demo household: the reference household of every published check, in rows, dated on any day.

Pledged 125,000,000 yen; a securities-backed loan of 50,000,000; cash 4,500,000; an undrawn line of 10,000,000;
spending 800,000 and work income 1,000,000 a month; dividends of exactly 5,000,000 in the trailing year. Everything is
invented, and called Demo: securities, prices (see `demo_market`), broker and bank. The ledger adds up to what is held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from alm.demo_market import Closes, Security, market, on_or_before

Row = dict[str, str | None]
Rows = dict[str, list[Row]]

BROKER, BANK, LOAN = "Demo Securities", "Demo Bank", "Demo securities loan"
CASH = {BROKER: Decimal(1_000_000), BANK: Decimal(3_500_000)}
DOLLAR = Security("USD", Decimal("150.00"), 0.10, 0.35, 0.03)
SOURCE = "demo"
DIVIDEND_YEARS, DIVIDEND_GROWTH = 3, Decimal("1.05")
DAYS_TO_PAYMENT = 28
BOUGHT = ((1_300, Decimal("0.5")), (600, Decimal("0.5")))
"""Days before the date, and the share of what is held that was bought then."""
DIVIDEND_TAX = Decimal("0.20315")


@dataclass(frozen=True, slots=True)
class Position:
    """A holding; `pays` is what a unit paid in the last year, payment by payment, the last one first."""

    security: Security
    name: str
    asset_class: str
    sector: str
    country: str
    quantity: Decimal
    currency: str = "JPY"
    price_unit: int = 1
    pays: tuple[str, ...] = ()
    first_month: int = 3


POSITIONS = (
    Position(Security("DEMO-JEQ", Decimal("3125.0"), 0.19, 0.75, 0.07), "Demo Japan Equity", "equity", "Industrials",
             "JP", Decimal(8_000), pays=("65", "55")),
    Position(Security("DEMO-JHD", Decimal("2500.0"), 0.16, 0.70, 0.06), "Demo Japan High Dividend", "equity",
             "Financials", "JP", Decimal(7_000), pays=("70", "65")),
    Position(Security("DEMO-USE", Decimal("300.00"), 0.17, 0.80, 0.09), "Demo US Equity ETF", "equity", "Technology",
             "US", Decimal(500), "USD", pays=("1.5", "1.5", "1.5", "1.5")),
    Position(Security("DEMO-USD", Decimal("80.00"), 0.14, 0.75, 0.05), "Demo US Dividend ETF", "equity",
             "Consumer staples", "US", Decimal(1_750), "USD", pays=("1", "1", "1", "1")),
    Position(Security("DEMO-REIT", Decimal("200000"), 0.15, 0.50, 0.02), "Demo Japan REIT", "reit", "Real estate",
             "JP", Decimal(50), pays=("5200", "5200"), first_month=1),
    Position(Security("DEMO-INF", Decimal("100000"), 0.12, 0.40, 0.02), "Demo Infrastructure Fund", "reit",
             "Utilities", "JP", Decimal(110), pays=("3250", "3250"), first_month=5),
    Position(Security("DEMO-BND", Decimal("5000.0"), 0.05, -0.10, 0.01), "Demo Bond ETF", "bond", "", "JP",
             Decimal(2_000), pays=("15",) * 12),
    Position(Security("DEMO-WLD", Decimal("25000"), 0.16, 0.85, 0.08), "Demo World Index Fund", "fund", "", "",
             Decimal(1_600_000), price_unit=10_000),
    Position(Security("DEMO-GLD", Decimal("10000.0"), 0.15, 0.05, 0.06), "Demo Gold ETF", "gold", "", "",
             Decimal(200)),
    Position(Security("DEMO-BTC", Decimal("16000000"), 0.55, 0.30, 0.12, every_day=True), "Demo Bitcoin", "crypto", "",
             "", Decimal("0.125")),
)  # fmt: skip


def demo_rows(as_of: date) -> Rows:
    """Every table of the demo household on a date."""
    quotes = market([DOLLAR, *(position.security for position in POSITIONS)], as_of)
    dividends = [row for position in POSITIONS for row in _dividends(position, as_of)]
    trades = [row for position in POSITIONS for row in _purchases(position, quotes[position.security.ticker], as_of)]
    received = list(_received(dividends, as_of))
    return {
        "settings": [{"name": "benchmark", "value": "DEMO-WLD"}],
        "accounts": [
            {"name": BROKER, "institution": "Demo broker", "country": "JP", "tax_treatment": "taxable"},
            {"name": BANK, "institution": "Demo bank", "country": "JP", "tax_treatment": "taxable"},
        ],
        "loans": _loans(as_of),
        "holdings": [_holding(position, trades, quotes["USD"]) for position in POSITIONS],
        "cash": [{"account": name, "currency": "JPY", "amount": _text(amount)} for name, amount in CASH.items()],
        "price_sources": _sources(),
        "prices": [_price(p, day, close) for p in POSITIONS for day, close in quotes[p.security.ticker].items()],
        "fx_rates": [_rate(day, close) for day, close in quotes["USD"].items()],
        "dividends": dividends,
        "transactions": _ledger(trades, received, as_of),
        "income": [{"name": "Work, after tax", "amount": "1000000", "currency": "JPY", "category": "work"}],
        "expenses": _expenses(),
        "targets": _targets(),
    }


def _sources() -> list[Row]:
    """By hand, all of them: no market knows what is invented."""
    tickers: list[Row] = [{"ticker": p.security.ticker, "source": "manual"} for p in POSITIONS]
    return [*tickers, {"kind": "rate", "ticker": DOLLAR.ticker, "source": "manual"}]


def _text(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _loans(as_of: date) -> list[Row]:
    secured: Row = {"name": LOAN, "kind": "securities_backed", "profile": "standard-60-70-85"}
    secured |= {"currency": "JPY", "balance": "50000000", "rate_pa": "0.02", "balance_on": as_of.isoformat()}
    standby: Row = {"name": "Demo standby line", "kind": "credit_line", "currency": "JPY", "rate_pa": "0.03"}
    standby |= {"credit_limit": "10000000", "expires": (as_of + timedelta(days=2 * 365)).isoformat()}
    return [secured, standby]


def _expenses() -> list[Row]:
    monthly = {"Housing": 250_000, "Food": 150_000, "Family and school": 150_000, "Insurance and health": 80_000,
               "Utilities and transport": 70_000, "Everything else": 100_000}  # fmt: skip
    return [
        {"name": name, "amount": str(amount), "currency": "JPY", "category": "living", "essential": "yes"}
        for name, amount in monthly.items()
    ]


def _targets() -> list[Row]:
    weights = {"equity": "0.68", "reit": "0.15", "bond": "0.1", "fund": "0.03", "gold": "0.02", "crypto": "0.02"}
    return [{"name": name, "weight": weight} for name, weight in weights.items()]


def _holding(position: Position, trades: Sequence[Row], dollar: Closes) -> Row:
    """At the cost of its purchases; in yen at the rates of those days, which is what Japanese tax uses."""
    own = [row for row in trades if row["ticker"] == position.security.ticker]
    paid = [(date.fromisoformat(str(row["date"])), Decimal(str(row["amount"]))) for row in own]
    rates = [on_or_before(dollar, day)[1] if position.currency == "USD" else Decimal(1) for day, _ in paid]
    in_yen = sum((amount * rate for (_, amount), rate in zip(paid, rates, strict=True)), Decimal(0))
    return {
        "ticker": position.security.ticker,
        "name": position.name,
        "account": BROKER,
        "asset_class": position.asset_class,
        "sector": position.sector,
        "country": position.country,
        "currency": position.currency,
        "quantity": _text(position.quantity),
        "cost_basis": _text(sum((amount for _, amount in paid), Decimal(0))),
        "cost_basis_base": _text(in_yen.quantize(Decimal(1), ROUND_HALF_UP)),
        "price_unit": str(position.price_unit),
        "pledged_to": LOAN,
        "dividend_yield": None if position.pays else "0",
    }


def _price(position: Position, day: date, close: Decimal) -> Row:
    return {
        "ticker": position.security.ticker,
        "date": day.isoformat(),
        "close": _text(close),
        "currency": position.currency,
        "source": SOURCE,
        "provisional": "no",
    }


def _rate(day: date, close: Decimal) -> Row:
    return {"currency": "USD", "base": "JPY", "date": day.isoformat(), "rate": _text(close), "source": SOURCE,
            "provisional": "no"}  # fmt: skip


def _dividends(position: Position, as_of: date) -> Iterator[Row]:
    """Ex on the 10th of its months. The payments of the last year are `pays`, each year before 5 % less."""
    each_year = len(position.pays)
    for number, ex_date in enumerate(_ex_dates(position, as_of)):
        past_years, turn = divmod(number, each_year)
        last = Decimal(position.pays[turn])
        cent = Decimal(1).scaleb(min(int(last.as_tuple().exponent), 0) - 2)
        yield {
            "ticker": position.security.ticker,
            "ex_date": ex_date.isoformat(),
            "pay_date": (ex_date + timedelta(days=DAYS_TO_PAYMENT)).isoformat(),
            "amount": _text((last / DIVIDEND_GROWTH**past_years).quantize(cent)),
            "currency": position.currency,
        }


def _ex_dates(position: Position, as_of: date) -> list[date]:
    """The last three years' ex-dates, the latest first."""
    each_year = len(position.pays)
    if not each_year:
        return []
    months = [(position.first_month - 1 + turn * (12 // each_year)) % 12 + 1 for turn in range(each_year)]
    days = [date(year, m, 10) for year in range(as_of.year - DIVIDEND_YEARS - 1, as_of.year + 1) for m in months]
    return sorted((day for day in days if day <= as_of), reverse=True)[: each_year * DIVIDEND_YEARS]


def _purchases(position: Position, closes: Closes, as_of: date) -> Iterator[Row]:
    """Two purchases at the closes of their days."""
    for days_back, share in BOUGHT:
        day, close = on_or_before(closes, as_of - timedelta(days=days_back))
        quantity = position.quantity * share
        yield _entry(
            day,
            "buy",
            position.currency,
            (quantity * close / position.price_unit).quantize(_unit(position.currency), ROUND_HALF_UP),
            ticker=position.security.ticker,
            quantity=_text(quantity),
            price=_text(close),
        )


def _received(dividends: Sequence[Row], as_of: date) -> Iterator[Row]:
    """Dividends paid by the date on what was held on their ex-date, less Japanese tax."""
    held: Mapping[str, Position] = {position.security.ticker: position for position in POSITIONS}
    for row in dividends:
        position = held[str(row["ticker"])]
        ex_date, pay_date = date.fromisoformat(str(row["ex_date"])), date.fromisoformat(str(row["pay_date"]))
        share = sum((part for back, part in BOUGHT if as_of - timedelta(days=back) < ex_date), Decimal(0))
        if pay_date <= as_of and share:
            unit, units = _unit(position.currency), position.quantity * share / position.price_unit
            amount = (units * Decimal(str(row["amount"]))).quantize(unit, ROUND_HALF_UP)
            tax = (amount * DIVIDEND_TAX).quantize(unit, ROUND_HALF_UP)
            yield _entry(
                pay_date, "dividend", position.currency, amount, ticker=position.security.ticker, tax=_text(tax)
            )


def _unit(currency: str) -> Decimal:
    return Decimal("0.01") if currency == "USD" else Decimal(1)


def _entry(day: date, kind: str, currency: str, amount: Decimal, account: str = BROKER, **more: str) -> Row:
    row: Row = {"date": day.isoformat(), "kind": kind, "account": account, "currency": currency}
    return row | {"amount": _text(amount)} | more


def _ledger(trades: Sequence[Row], received: Sequence[Row], as_of: date) -> list[Row]:
    """What was put in at the start is what makes the cash of today: the loan and the dividends paid for the rest."""
    start = as_of - timedelta(days=max(back for back, _ in BOUGHT) + 7)
    borrowed = as_of - timedelta(days=BOUGHT[1][0] + 7)
    draw = _entry(borrowed, "draw", "JPY", Decimal(50_000_000), loan=LOAN)
    home = _entry(borrowed, "withdrawal", "JPY", Decimal(30_000_000), note="Paid off the house")
    moves = [draw, home, *trades, *received]
    opening = [
        _entry(start, "deposit", "JPY", CASH[BROKER] - _flow(moves, "JPY")),
        _entry(start, "deposit", "USD", -_flow(moves, "USD")),
        _entry(start, "deposit", "JPY", CASH[BANK], account=BANK),
    ]
    return sorted([*opening, *moves], key=lambda row: str(row["date"]))


def _flow(moves: Sequence[Row], currency: str) -> Decimal:
    """What the rows add to the broker's cash."""
    signs = {"buy": -1, "withdrawal": -1, "dividend": 1, "draw": 1}
    return sum(
        (
            signs[str(row["kind"])] * Decimal(str(row["amount"])) - Decimal(str(row.get("tax", "0")))
            for row in moves
            if row["currency"] == currency
        ),
        Decimal(0),
    )
