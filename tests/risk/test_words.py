"""Words of the portfolio's parts that are not literal texts at their place: each has its Japanese."""

from __future__ import annotations

from alm import portfolio_telling, text
from alm.allocation.drift import light
from alm.balance_sheet import ASSET_CLASSES
from alm.risk.concentration import LINES, NOT_STATED
from alm.screen import backtest, risk


def test_names_from_tables_are_translated():
    said = {by for by, _ in LINES} | {"dividend payer", NOT_STATED, *ASSET_CLASSES}
    said |= set(portfolio_telling.FUNDING.values()) | set(backtest.RULES.values()) | set(backtest.WINDOWS)
    said |= set(risk.LOOKBACKS) | set(portfolio_telling.METHODS.values())
    said |= {"buy", "sell", "freeze", "call", "cure", "sale", "ruin", "Least variance", "Equal risk"}
    said |= {light(drift, 0.05) for drift in (0.0, 0.03, 0.06)}
    assert sorted(said - set(text.words("ja"))) == []
