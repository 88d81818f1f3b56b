"""Households that the books accept and no person would have: every figure may be 0, tiny, huge, gone or of yesterday."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from alm.lenders import profiles
from alm.settings import FIRE_MODELS, FIRE_PARAMETERS
from alm.store.database import create, writing
from alm.store.schema import TRANSACTION_KINDS
from alm.store.tables import write_all

Row = dict[str, str | None]

TODAY = date(2026, 11, 20)
ACCOUNTS = (("A", "taxable"), ("B", "tax_free"), ("C", "deferred"))
CLASSES = ("equity", "fund", "reit", "bond", "gold", "crypto", "cash_like")
SETTINGS = {
    "pledge_more": ("true", "false"), "safety_fall": ("0.1", "0.5", "0.9"), "sale_cost": ("0", "0.1"),
    "fire_model": FIRE_MODELS, "fire_parameters": FIRE_PARAMETERS, "fire_born": ("", "1960-04-01"),
    "fire_years": ("1", "5", "40"), "total_return_pa": ("0.07", "-0.2"), "volatility_pa": ("0", "0.5"),
    "inflation_pa": ("-0.05", "0.3"), "dividend_growth_pa": ("", "0.06", "-0.3"),
    "reinvest_growth_pa": ("", "0.05"),
    "reinvest_into": ("fund", "same", "targets"), "benchmark": ("", "T0", "T0 0.5, T1 0.5"), "language": ("en", "ja"),
}  # fmt: skip


def any_household(path: Path, seed: int) -> Path:
    """A database with the household of a seed, as of TODAY."""
    create(path)
    with writing(path) as conn:
        write_all(conn, tables(Random(seed)))
    return path


def tables(random: Random) -> dict[str, list[Row]]:
    loans = [loan(random, f"L{number}") for number in range(random.randint(0, 3))]
    secured = [str(row["name"]) for row in loans if row["kind"] == "securities_backed"]
    tickers = {f"T{number}": random.choice(("JPY", "JPY", "USD", "EUR")) for number in range(random.randint(0, 6))}
    return {
        "accounts": [{"name": name, "tax_treatment": tax, "allows_shorts": "1"} for name, tax in ACCOUNTS],
        "loans": loans,
        "holdings": [row for ticker in tickers.items() for row in holdings(random, *ticker, secured)],
        "prices": [row for ticker in tickers.items() for row in prices(random, *ticker)],
        "dividends": [row for ticker in tickers.items() for row in dividends(random, *ticker)],
        "fx_rates": [row for currency in ("USD", "EUR") for row in rates(random, currency)],
        "cash": [
            {"account": account, "currency": currency, "amount": random.choice(("0", "-", "")) + amount(random, least=1)}
            for account in "AB" for currency in ("JPY", "USD") if random.random() < 0.5
        ],
        "income": [flow(random, f"I{number}") for number in range(random.randint(0, 3))],
        "expenses": [
            flow(random, f"E{number}") | {"essential": random.choice("01")} for number in range(random.randint(0, 3))
        ],
        "loan_rates": [row for name in secured for row in tiers(random, name)],
        "transactions": [
            transaction(random, number, list(tickers), secured) for number in range(random.choice((0, 0, 3, 40)))
        ],
        "splits": [
            {"ticker": ticker, "date": past(random), "ratio": random.choice(("2", "0.1", "1"))}
            for ticker in tickers if random.random() < 0.1
        ],
        "targets": [{"name": ticker, "weight": "0.25"} for ticker in list(tickers)[:4] if random.random() < 0.4],
        "settings": [{"name": "fire_paths", "value": "100"}]
        + [{"name": name, "value": random.choice(of)} for name, of in SETTINGS.items() if random.random() < 0.3],
    }  # fmt: skip


def text(value: float) -> str:
    """Canonical decimal text."""
    return format(Decimal(f"{value:.4f}").normalize(), "f")


def amount(random: Random, least: int = -1) -> str:
    """0.1 to a thousand million."""
    return text(max(10.0**least, math.floor(10.0 ** random.uniform(least, 9))))


def loan(random: Random, name: str) -> Row:
    kind = random.choice(("securities_backed", "securities_backed", "credit_line", "term", "mortgage"))
    row: Row = {
        "name": name, "kind": kind, "currency": random.choice(("JPY", "JPY", "USD")),
        "balance": random.choice(("0", amount(random), amount(random))),
        "accrued_interest": random.choice(("0", "0", amount(random))),
        "rate_pa": random.choice(("0", "-0.01", "0.02", "0.15")),
        "balance_on": random.choice((None, None, "2026-11-20", "2026-01-01")),
    }  # fmt: skip
    if kind == "securities_backed":
        row["profile"] = random.choice(list(profiles()))
    elif kind == "credit_line":
        row["credit_limit"], row["commitment_fee_pa"] = (
            random.choice(("0", amount(random))),
            random.choice(("0", "0.01")),
        )
        row["expires"] = random.choice((None, "2026-12-01", "2020-01-01", "2030-01-01"))
        row["committed"] = random.choice("01")
    else:
        row["payment"], row["ends"] = (
            random.choice(("0", amount(random))),
            random.choice((None, "2026-12-31", "2050-01-01")),
        )
    return row


def tiers(random: Random, name: str) -> list[Row]:
    """Rates by date and by balance."""
    return [
        {"loan": name, "from_date": "2020-01-01", "from_balance": floor, "rate_pa": random.choice(("0.01", "0.03"))}
        for floor in ("0", "1000000") if random.random() < 0.3
    ]  # fmt: skip


def past(random: Random) -> str:
    return (TODAY - timedelta(days=random.randint(0, 2_000))).isoformat()


def transaction(random: Random, number: int, tickers: Sequence[str], secured: Sequence[str]) -> Row:
    kind = random.choice(TRANSACTION_KINDS)
    of_ticker = bool(tickers) and kind in ("buy", "sell", "split", "dividend", "transfer", "delivery")
    homeless = kind in ("buy", "sell", "split", "delivery") and not tickers
    if homeless or kind in ("exchange", "spin_off") or (kind in ("draw", "repayment") and not secured):
        kind = "deposit"
    return {
        "fingerprint": f"{number:032d}", "date": past(random), "kind": kind, "account": random.choice("AB"),
        "to_account": "C" if kind == "transfer" else None, "ticker": random.choice(tickers) if of_ticker else None,
        "quantity": random.choice(("1", amount(random), "0.5")), "price": random.choice((None, amount(random))),
        "amount": amount(random), "currency": random.choice(("JPY", "JPY", "USD")),
        "fee": random.choice(("0", "1")), "tax": random.choice(("0", "1")), "fx": random.choice((None, None, "150")),
        "loan": random.choice(secured) if kind in ("draw", "repayment") else None,
    }  # fmt: skip


def holdings(random: Random, ticker: str, currency: str, secured: Sequence[str]) -> list[Row]:
    """One or two positions: long, short or sold; pledged or not; counted by the lender or not."""
    kind, found = random.choice(CLASSES), []
    for account, _ in random.sample(ACCOUNTS, random.randint(1, 2)):
        short = account == "A" and random.random() < 0.2
        pledged = account == "A" and not short and bool(secured) and random.random() < 0.7
        found.append({
            "ticker": ticker, "account": account, "asset_class": kind, "currency": currency,
            "quantity": "-1.5" if short else random.choice(("0", "1", amount(random))),
            "cost_basis": ("-" if short else "") + amount(random), "price_unit": random.choice(("1", "1", "10000")),
            "pledged_to": random.choice(secured) if pledged else None,
            "advance_rate": random.choice(("1", "1", "0.6", "0")),
            "dividend_yield": random.choice((None, "0", "0.03", "0.5")), "sector": random.choice(("", "Tech")),
            "country": random.choice(("", "US", "JP")),
        })  # fmt: skip
    return found


def prices(random: Random, ticker: str, currency: str) -> list[Row]:
    """None, one or many closes, of every day or every week, that move wildly, a little or never."""
    if random.random() < 0.07:
        return []
    close, last = 10.0 ** random.uniform(-2, 6), TODAY - timedelta(days=random.choice((0, 0, 0, 1, 10)))
    step, deviation, found = random.choice((1, 1, 7)), random.choice((0.0, 0.01, 0.05)), []
    for number in range(random.choice((1, 2, 30, 300, 900))):
        day = last - timedelta(days=number * step)
        found.append({"ticker": ticker, "date": day.isoformat(), "close": text(max(close, 1e-4)), "currency": currency})
        close *= math.exp(random.gauss(0.0, deviation))
    return found


def dividends(random: Random, ticker: str, currency: str) -> list[Row]:
    found = []
    for number in range(random.choice((0, 0, 2, 8))):
        ex = TODAY - timedelta(days=91 * number + random.randint(-30, -10))
        found.append({
            "ticker": ticker, "ex_date": ex.isoformat(), "pay_date": (ex + timedelta(days=random.randint(0, 60))).isoformat(),
            "amount": random.choice(("0", text(random.uniform(0.0, 5.0)))), "currency": currency,
            "status": "projected" if ex > TODAY else "actual",
        })  # fmt: skip
    return found


def rates(random: Random, currency: str) -> list[Row]:
    days = 0 if random.random() < 0.1 else random.choice((1, 400))
    return [
        {"currency": currency, "base": "JPY", "date": (TODAY - timedelta(days=day)).isoformat(), "rate": text(random.uniform(100, 200))}
        for day in range(days)
    ]  # fmt: skip


def flow(random: Random, name: str) -> Row:
    frequency = random.choice(("monthly", "quarterly", "annual", "once"))
    starts = TODAY + timedelta(days=random.randint(-1_000, 3_000))
    dated = frequency == "once" or random.random() < 0.3
    return {
        "name": name, "amount": random.choice(("0", amount(random))), "currency": random.choice(("JPY", "USD")),
        "frequency": frequency, "growth_pa": random.choice(("0", "0.02", "-0.5")),
        "category": random.choice(("work", "pension", "")), "starts": starts.isoformat() if dated else None,
        "ends": (starts + timedelta(days=random.randint(0, 3_000))).isoformat() if random.random() < 0.3 else None,
    }  # fmt: skip
