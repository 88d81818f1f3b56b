"""The Ledger part: what each ticker gave, what was realised, and whether the books and the transactions agree."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pandas as pd
import streamlit as st

from alm.charts import ledger as charts
from alm.ledger.growth import Growth, growth
from alm.ledger.lots import Method
from alm.ledger.report import LedgerReport, ledger_report
from alm.ledger.telling import sentences
from alm.ledger.transactions import Transaction
from alm.ledger.values import Series
from alm.macro import Band, bands
from alm.screen.drawing import draw
from alm.screen.page import fragment
from alm.screen.past import market
from alm.screen.tables import show_table
from alm.store.database import reading
from alm.store.feeds import read_history
from alm.store.ledger import load_loan_accounts, load_transactions
from alm.text import day, literal, money, number, percent, t

if TYPE_CHECKING:
    from alm.screen.page import Page

Key = tuple[str, str, str]
LEADING, UNEMPLOYMENT = "USALOLITOAASTSAM", "SAHMREALTIME"


def show(page: Page) -> None:
    rows = _transactions(*page.key)
    if not rows:
        st.info(t("There are no transactions yet; `alm import` reads a broker's trades."))
        return
    results(page)
    through_time(page)


@fragment
def results(page: Page) -> None:
    """Per ticker and in all, by the chosen method of cost."""
    names = {"average": t("Average cost"), "fifo": t("First in, first out")}
    method = st.segmented_control(
        t("Cost of what is sold"), get_args(Method), default="average", format_func=names.__getitem__, required=True
    )
    report = _report(page, method)
    total, yearly, count = st.columns(3)
    total.metric(t("Return in all"), percent(report.total_return, signed=True), border=True)
    yearly.metric(t("A year (XIRR)"), percent(report.xirr, signed=True), border=True)
    count.metric(t("Transactions"), f"{report.transactions:,}", border=True)
    agreement(report)
    ticker_table(report)
    draw(charts.gain_by_ticker(report.tickers, page.currency), key="ledger-gain")
    closed(report)


def agreement(report: LedgerReport) -> None:
    """One line when everything adds up, else every difference by name."""
    found = sentences(report)
    if not found:
        st.success(t("The books and the transactions agree."))
        return
    with st.expander(t("{count} differences between the books and the transactions", count=len(found)), expanded=True):
        for sentence in found:
            st.markdown(f"- {literal(sentence)}")


def ticker_table(report: LedgerReport) -> None:
    base = report.base_currency
    rows = [
        {
            t("Ticker"): k.ticker,
            t("Units"): number(k.quantity, 4).rstrip("0").rstrip("."),
            t("Value"): money(k.value, base),
            t("Cost"): money(k.cost, base),
            t("Unrealised"): money(k.unrealised, base, signed=True),
            t("Realised"): money(k.realised, base, signed=True),
            t("Dividends"): money(k.dividends, base),
            t("Return"): percent(k.total_return, signed=True),
            t("XIRR"): percent(k.xirr, signed=True),
            t("Days held"): f"{k.held_days:,}",
        }
        for k in report.tickers
    ]
    show_table(pd.DataFrame(rows))


def closed(report: LedgerReport) -> None:
    """Gains by year, and every closed trade behind them."""
    if not report.realised:
        st.caption(t("Nothing has been sold yet."))
        return
    draw(charts.gains_by_year(report.gain_years, report.base_currency), key="ledger-years")
    rows = [
        {
            t("Sold"): day(r.on),
            t("Ticker"): r.ticker,
            t("Account"): r.account,
            t("Units"): number(r.quantity, 4).rstrip("0").rstrip("."),
            t("Proceeds"): money(r.proceeds, r.currency),
            t("Cost"): money(r.cost, r.currency),
            t("Gain"): money(r.gain, r.currency, signed=True),
            t("Bought"): day(r.opened),
        }
        for r in reversed(report.realised)
    ]
    with st.expander(t("Closed trades")):
        show_table(pd.DataFrame(rows), words=(t("Sold"), t("Ticker"), t("Account")))


@fragment
def through_time(page: Page) -> None:
    """Value since the first trade, with the phases of the cycle where their series have been fetched."""
    grown = _growth(page)
    if grown is None:
        return
    phases = _bands(*page.key)
    draw(charts.value_history(grown, page.currency, phases), key="ledger-value")
    if phases:
        st.caption(
            t(
                "Bands: phases of the US cycle by the OECD's leading indicator and the Sahm rule. They explain the "
                "past and decide nothing here."
            )
        )


def _report(page: Page, method: Method) -> LedgerReport:
    rows = _transactions(*page.key)
    with reading(page.db) as conn:
        loans = load_loan_accounts(conn, rows, page.as_of)
    return ledger_report(rows, page.sheet, loans, method)


def _growth(page: Page) -> Growth | None:
    known = market(page)
    return growth(_transactions(*page.key), page.sheet, _series(known.closes), _series(known.fx))


def _series(frame: pd.DataFrame) -> dict[str, Series]:
    days = frame.index.to_numpy().astype("datetime64[D]")
    return {str(name): (days, frame[name].to_numpy(float)) for name in frame.columns}


@st.cache_resource(max_entries=2, show_spinner=False)
def _transactions(db: str, version: str, as_of: str) -> tuple[Transaction, ...]:  # noqa: ARG001  # part of the key
    with reading(Path(db)) as conn:
        return load_transactions(conn, date.fromisoformat(as_of))


@st.cache_resource(max_entries=2, show_spinner=False, ttl=600)
def _bands(db: str, version: str, as_of: str) -> tuple[Band, ...]:  # noqa: ARG001  # part of the key
    with reading(Path(db)) as conn:
        return bands(read_history(conn, LEADING), read_history(conn, UNEMPLOYMENT))
