"""Rows of a small household, as a person would type them."""

from __future__ import annotations

Row = dict[str, str | None]


def account(name: str = "Broker", **more: str | None) -> Row:
    return {"name": name, **more}


def loan(name: str = "Loan", **more: str | None) -> Row:
    row: Row = {"name": name, "kind": "securities_backed", "currency": "JPY", "balance": "50000000", "rate_pa": "0.02"}
    return row | {"profile": "standard-60-70-85"} | more


def line(name: str = "Line", **more: str | None) -> Row:
    row: Row = {"name": name, "kind": "credit_line", "currency": "JPY", "rate_pa": "0.03", "credit_limit": "10000000"}
    return row | more


def holding(ticker: str, quantity: str = "100", **more: str | None) -> Row:
    row: Row = {"ticker": ticker, "account": "Broker", "asset_class": "equity", "currency": "JPY"}
    return row | {"quantity": quantity, "cost_basis": "0"} | more


def price(ticker: str, date: str, close: str, currency: str = "JPY") -> Row:
    return {"ticker": ticker, "date": date, "close": close, "currency": currency}


def rate(currency: str, date: str, value: str, base: str = "JPY") -> Row:
    return {"currency": currency, "base": base, "date": date, "rate": value}
