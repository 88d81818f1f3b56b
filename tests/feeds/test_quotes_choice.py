"""Symbols by convention, and silence where there is none."""

from __future__ import annotations

import pytest

from alm.balance_sheet import AssetClass
from alm.feeds.quotes.choice import usual_source


@pytest.mark.parametrize(
    ("ticker", "currency", "asset_class", "expected"),
    [
        ("7203", "JPY", "equity", ("yahoo", "7203.T")),
        ("402A", "JPY", "equity", ("yahoo", "402A.T")),
        ("7203.T", "JPY", "equity", ("yahoo", "7203.T")),
        ("25935", "JPY", "equity", ("yahoo", "25935.T")),
        ("03311187", "JPY", "fund", None),
        ("eMAXIS Slim", "JPY", "fund", None),
        ("VTI", "USD", "equity", ("yahoo", "VTI")),
        ("BRK.B", "USD", "equity", ("yahoo", "BRK-B")),
        ("SHEL", "GBP", "equity", ("yahoo", "SHEL.L")),
        ("MC.PA", "EUR", "equity", ("yahoo", "MC.PA")),
        ("BTC", "JPY", "crypto", ("coingecko", "bitcoin")),
        ("JP90C000H1T1/0331418A", "JPY", "fund", ("toushin", "JP90C000H1T1/0331418A")),
        ("PEPE", "JPY", "crypto", None),
        ("PETR4", "BRL", "equity", None),
        ("トヨタ", "USD", "equity", None),
    ],
)
def test_the_usual_source(ticker: str, currency: str, asset_class: AssetClass, expected: object) -> None:
    assert usual_source(ticker, currency, asset_class, 1.0) == expected


def test_a_fund_quoted_per_ten_thousand_has_no_usual_symbol() -> None:
    assert usual_source("0331", "JPY", "fund", 10_000.0) is None
