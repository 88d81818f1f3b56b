"""Prices on the page: how old each is and why, fetching them now, whether a ticker is known, and what waits for a
decision: figures held back, and splits that the quantity may not count."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from alm.errors import AlmError
from alm.screen.tables import show_table
from alm.store import feeds as rows
from alm.store.database import reading, writing
from alm.text import literal, t

if TYPE_CHECKING:
    from alm.balance_sheet import UncountedSplit
    from alm.screen.page import Page


def show(page: Page) -> None:
    with reading(page.db) as conn:
        waiting, statuses = rows.held_back(conn), rows.quote_statuses(conn)
    title = t("Prices: {count} held back", count=len(waiting)) if waiting else t("Prices")
    splits = page.sheet.uncounted_splits
    with st.expander(title, expanded=bool(waiting or splits)):
        fetching(page)
        checking(page)
        for split in splits:
            confirming(page, split)
        failures = [f"{s.ticker}: {s.failure}" for s in statuses.values() if s.failure]
        for sentence in failures:
            st.caption(literal(sentence))
        if waiting:
            deciding(page, waiting)


def fetching(page: Page) -> None:
    """A button; the page is redrawn with the new figures when all sources have answered."""
    if st.button(t("Fetch prices now"), key="quotes-fetch"):
        told = fetched(page)
        st.session_state["quotes-told"] = told
        st.rerun()
    for sentence in st.session_state.pop("quotes-told", ()):
        st.info(literal(sentence))


def fetched(page: Page) -> tuple[str, ...]:
    """Ask every source, with progress; what a person has to know, one sentence each."""
    from alm.feeds.quotes.fill import fill, plan, told

    todo = plan(page.db)
    bar = st.progress(0.0, text=t("Asking…"))
    results = []
    for number, filled in enumerate(fill(page.db, todo, datetime.now(UTC)), start=1):
        bar.progress(min(number / len(todo.wanted), 1.0), text=filled.ticker)
        results.append(filled)
    bar.empty()
    return tuple(told(results, todo.unsourced)) or (t("Every price is up to date."),)


def checking(page: Page) -> None:
    """Whether a ticker is known where its prices would come from, before a holding is entered under it."""
    with st.form("quotes-check", border=False):
        ticker, currency = st.columns(2)
        name = ticker.text_input(t("Ticker"), key="quotes-check-ticker").strip()
        unit = currency.text_input(t("Quoted in"), key="quotes-check-currency").strip().upper()
        if st.form_submit_button(t("Is this ticker known?")) and name:
            from alm.feeds.quotes.check import check

            found = check(page.db, name, datetime.now(UTC), currency=unit or None)
            (st.success if found.known else st.warning)(literal(found.sentence))


def confirming(page: Page, split: UncountedSplit) -> None:
    """A split that came with prices: the household says when its quantity counts it."""
    ticker = split.ticker.partition("/")[0]
    st.warning(literal(split.doubt))
    if st.button(t("The quantity of {ticker} counts it", ticker=ticker), key=f"quotes-split-{split.ticker}-{split.on}"):
        from alm.feeds.quotes import books

        with writing(page.db) as conn:
            books.confirm(conn, ticker, split.on)
        st.rerun()


def deciding(page: Page, waiting: tuple[rows.HeldBack, ...]) -> None:
    """Figures too strange to store, and what to do with each ticker's."""
    table = [
        {t("Ticker"): f.ticker, t("Date"): f.date, t("Held back figure"): f"{f.value} {f.currency}", t("Why"): f.reason}
        for f in waiting
    ]
    show_table(pd.DataFrame(table), words=(t("Ticker"), t("Date"), t("Why")))
    figure = st.selectbox(t("Decide about"), [f"{f.ticker} {f.date}" for f in waiting], key="quotes-figure")
    chosen = next(f for f in waiting if f"{f.ticker} {f.date}" == figure)
    store, once, forget = st.columns(3)
    if store.button(t("It is right: store it"), key="quotes-accept"):
        decide(page, chosen, accept=True)
    if chosen.kind == "dividend" and once.button(t("It is right, but a one-off"), key="quotes-special"):
        decide(page, chosen, accept=True, special=True)
    if forget.button(t("It is wrong: forget it"), key="quotes-discard"):
        decide(page, chosen, accept=False)


def decide(page: Page, figure: rows.HeldBack, *, accept: bool, special: bool = False) -> None:
    from alm.feeds.quotes import books

    on = date.fromisoformat(figure.date)
    try:
        with writing(page.db) as conn:
            if accept:
                books.accept(conn, figure.ticker, on, today=page.as_of, special=special)
            else:
                rows.decide(conn, figure.ticker, on, accept=False)
    except AlmError as refusal:
        st.error(literal(str(refusal)))
    else:
        st.rerun()
