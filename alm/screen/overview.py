"""Today: the margin ratio against a fall, who pays, the balance sheet, the holdings and the health of the data."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import streamlit as st

from alm.balance_sheet import BalanceSheet, Quote
from alm.charts.described import Figure
from alm.charts.stress import margin_ratio
from alm.quick_start import still_missing
from alm.screen.drawing import draw
from alm.screen.page import Page, fragment
from alm.screen.tables import show_table
from alm.stress import StressTest, stress_test
from alm.text import day, literal, money, number, percent, t


def show(page: Page) -> None:
    if not page.sheet.missing:
        margin(page)
    assets, quality = st.columns([3, 2])
    with assets:
        st.subheader(t("Balance sheet"), anchor=False)
        show_table(balance_table(page.sheet))
    with quality:
        health(page)
    st.subheader(t("Holdings"), anchor=False)
    columns = ("Ticker", "Name", "Source", "Account", "Class", "Pledged to")
    show_table(holdings_table(page.sheet), words=[t(name) for name in columns])


def margin(page: Page) -> None:
    """The chart of the morning, and beside it who pays at each fall."""
    test, chart = _falling(*page.key, _page=page)
    if not test.loans:
        return
    with st.container(key="wide-margin"):
        curve, payers = st.columns(2)
    with curve:
        draw(chart, key="today-margin")
    with payers:
        st.subheader(t("If it falls, who pays?"), anchor=False)
        show_table(payers_table(test, page.currency), words=[t("Zone"), t("Survives")])


@st.cache_resource(max_entries=2, show_spinner=False)
def _falling(db: str, version: str, as_of: str, *, _page: Page) -> tuple[StressTest, Figure]:  # noqa: ARG001  # the first three are the key
    """Computed and drawn once for each state of the data: this part is run again most often."""
    test = stress_test(_page.sheet, _page.profiles, _page.settings, step=0.10)
    return test, margin_ratio(test)


def payers_table(test: StressTest, currency: str) -> pd.DataFrame:
    """One row per fall: the ratio, what cash and the line pay to cure it, what is left to sell, whether it holds."""
    return pd.DataFrame(
        [
            {
                t("Fall"): percent(row.fall, 0),
                t("Margin ratio"): percent(row.ltv),
                t("Zone"): t(row.zone),
                t("Survives"): t("yes") if row.survives else t("no"),
                t("Cash pays"): money(row.sources.cash, currency),
                t("Line pays"): money(row.sources.credit_line, currency),
                t("Still to sell"): money(row.sources.sale, currency),
            }
            for row in test.grid
        ]
    )


def balance_table(sheet: BalanceSheet) -> pd.DataFrame:
    """Assets, then debts as negative amounts, then what is left."""
    if sheet.missing:
        return pd.DataFrame({t("Missing"): list(sheet.missing)})
    shown = [
        (t("Pledged holdings"), sheet.collateral_value),
        (t("Other holdings"), sheet.portfolio_value - sheet.collateral_value),
        (t("Cash"), sheet.cash),
        *((loan.name, -loan.owed) for loan in sheet.secured_loans),
        *((line.name, -line.drawn) for line in sheet.credit_lines if line.drawn),
        *((loan.name, -loan.balance) for loan in sheet.term_loans),
        (t("Net worth"), sheet.net_worth),
    ]
    rows = [(name, money(amount, sheet.base_currency)) for name, amount in shown]
    return pd.DataFrame(rows, columns=[t("Item"), t("Amount")])


def holdings_table(sheet: BalanceSheet) -> pd.DataFrame:
    """Every position, those without a price included: their value stays empty."""
    rows = []
    for h in sheet.holdings:
        known = h.price is not None and h.fx is not None
        gain = h.unrealised_gain if known and h.cost_known else None
        rows.append(
            {
                t("Ticker"): h.ticker,
                t("Name"): h.name,
                t("Value"): money(h.value, sheet.base_currency) if known else money(None),
                t("Unrealised gain"): money(gain, sheet.base_currency, signed=True)
                if h.cost_known
                else t("cost unknown"),
                t("Quantity"): number(h.quantity, 4).rstrip("0").rstrip("."),
                t("Price"): money(h.price.value, h.currency) if h.price else money(None),
                t("Priced on"): day(h.price.on if h.price else None),
                t("Source"): origin(h.price),
                t("Class"): t(h.asset_class),
                t("Account"): h.account.name,
                t("Pledged to"): h.pledged_to or "",
            }
        )
    return pd.DataFrame(rows)


def origin(price: Quote | None) -> str:
    """Who said what a price is, and whether a close may still take its place."""
    if price is None:
        return ""
    source = t("by hand") if price.source == "manual" else price.source
    return t("{source} (provisional)", source=source).strip() if price.provisional else source


def health(page: Page) -> None:
    """What the figures rest on: what is missing, what is old, what would still help."""
    st.subheader(t("Data health"), anchor=False)
    st.markdown(literal(page.briefing.checks[0].sentence))
    for one in (*page.sheet.missing, *page.sheet.doubts):
        st.markdown(f"- {literal(one)}")
    for one in page.sheet.stale(page.settings.stale_days, page.settings.stale_days_by_class):
        st.markdown(f"- {literal(one)}")
    absent = still_missing(page.sheet)
    if absent:
        st.caption(t("Not entered yet, and what it would add:"))
        for sentence in absent:
            st.caption(f"• {literal(sentence)}")
    st.caption(t("Prices and rates as of {date}; all data stay on this machine.", date=day(page.as_of)))
    report(page)


@fragment
def report(page: Page) -> None:
    """The PDF is written when it is asked for."""
    st.download_button(
        t("Report (PDF)"),
        lambda: printed(page),
        file_name=f"alm-{day(page.as_of)}.pdf",
        mime="application/pdf",
        on_click="ignore",
        key="report",
        icon=":material/picture_as_pdf:",
    )


def printed(page: Page) -> bytes:
    from alm.paper import contents
    from alm.report import write

    with TemporaryDirectory() as folder:
        file = Path(folder) / "report.pdf"
        write(file, contents(page.db, page.as_of))
        return file.read_bytes()
