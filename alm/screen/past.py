"""What the risk, allocation and backtest parts share: the market, read once for each version of the data."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from alm.past import Actual, actual, restated
from alm.screen.page import Page
from alm.store.market import Market, read_market, read_transactions

if TYPE_CHECKING:
    import pandas as pd


def market(page: Page) -> Market:
    return _market(*page.key)


def closes(page: Page, *, dividends: bool) -> pd.DataFrame:
    """Closes in today's units; with dividends reinvested when asked."""
    return restated(market(page), dividends=dividends)


@st.cache_resource(max_entries=2, show_spinner=False)
def _market(db: str, version: str, as_of: str) -> Market:  # noqa: ARG001  # version is part of the key
    return read_market(Path(db), date.fromisoformat(as_of))


def really_held(page: Page) -> Actual | None:
    """The portfolio as the transactions say it was held."""
    transactions = read_transactions(page.db, page.as_of)
    return actual(transactions, page.sheet, market(page), page.settings.risk_free_pa)
