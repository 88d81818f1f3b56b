"""A household with two years of daily prices that were made to be known, in a real database."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from alm.store.database import create, writing
from alm.store.tables import write_all

DAYS = pd.bdate_range(end="2026-11-20", periods=521)
RETURNS = np.random.default_rng(11).normal(0.0003, 0.01, (520, 2))
RETURNS[:, 1] = 0.5 * RETURNS[:, 0] + 0.3 * RETURNS[:, 1]
FACTORS = np.cumprod(np.vstack([np.ones(2), 1 + RETURNS]), axis=0)
LEVELS = np.round(FACTORS / FACTORS[-1] * [50_000, 25_000], 4)
"""SHARE ends at 50,000 and BOND at 25,000: a thousand of each, pledged for a loan of 30,000,000."""


def row(**cells: object) -> dict[str, str | None]:
    return {name: str(value) for name, value in cells.items()}


def portfolio_database(path: Path) -> Path:
    create(path)
    holding = {"account": "Broker", "currency": "JPY", "quantity": "1000", "pledged_to": "Loan"}
    closes = [
        row(ticker=ticker, date=day.date(), close=LEVELS[place, column], currency="JPY")
        for column, ticker in enumerate(("SHARE", "BOND"))
        for place, day in enumerate(DAYS)
    ]
    # the index is quoted in dollars and split 1:2 a hundred days before the end
    half = np.where(np.arange(521) < 421, 2.0, 1.0)
    closes += [
        row(ticker="INDEX", date=day.date(), close=LEVELS[place, 0] / 100 * half[place], currency="USD")
        for place, day in enumerate(DAYS)
    ]
    with writing(path) as conn:
        write_all(
            conn,
            {
                "accounts": [{"name": "Broker", "country": "JP"}],
                "loans": [
                    row(name="Loan", kind="securities_backed", profile="standard-60-70-85", balance=30_000_000,
                        rate_pa=0.02, currency="JPY")
                ],
                "holdings": [
                    {**holding, "ticker": "SHARE", "asset_class": "equity", "cost_basis": "40000000"},
                    {**holding, "ticker": "BOND", "asset_class": "bond", "cost_basis": "26000000"},
                ],
                "cash": [row(account="Broker", currency="JPY", amount=5_000_000)],
                "prices": closes,
                "fx_rates": [row(currency="USD", base="JPY", date=day.date(), rate=150) for day in DAYS],
                "transactions": [
                    row(date=DAYS[421].date(), kind="split", account="Broker", ticker="INDEX", quantity=2, currency="USD")
                ],
                "targets": [row(name="equity", weight=0.6), row(name="bond", weight=0.4)],
                "expenses": [row(name="Living", amount=300_000, currency="JPY", frequency="monthly")],
            },
        )  # fmt: skip
    return path
