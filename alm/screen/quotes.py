"""Prices on the page: how old each is and why, fetching them now, and figures that wait for a decision."""

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
    from alm.screen.page import Page


def show(page: Page) -> None:
    with reading(page.db) as conn:
        waiting, statuses = rows.held_back(conn), rows.quote_statuses(conn)
    title = t("Prices: {count} held back", count=len(waiting)) if waiting else t("Prices")
    with st.expander(title, expanded=bool(waiting)):
        fetching(page)
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
        bar.progress(number / len(todo.wanted), text=filled.ticker)
        results.append(filled)
    bar.empty()
    return tuple(told(results, todo.unsourced)) or (t("Every price is up to date."),)


def deciding(page: Page, waiting: tuple[rows.HeldBack, ...]) -> None:
    """Figures too strange to store, and what to do with each ticker's."""
    table = [
        {t("Ticker"): f.ticker, t("Date"): f.date, t("Held back figure"): f"{f.value} {f.currency}", t("Why"): f.reason}
        for f in waiting
    ]
    show_table(pd.DataFrame(table), words=(t("Ticker"), t("Date"), t("Why")))
    figure = st.selectbox(t("Decide about"), [f"{f.ticker} {f.date}" for f in waiting], key="quotes-figure")
    chosen = next(f for f in waiting if f"{f.ticker} {f.date}" == figure)
    store, forget = st.columns(2)
    if store.button(t("It is right: store it"), key="quotes-accept"):
        decide(page, chosen, accept=True)
    if forget.button(t("It is wrong: forget it"), key="quotes-discard"):
        decide(page, chosen, accept=False)


def decide(page: Page, figure: rows.HeldBack, *, accept: bool) -> None:
    from alm.feeds.quotes import books

    on = date.fromisoformat(figure.date)
    try:
        with writing(page.db) as conn:
            if accept:
                books.accept(conn, figure.ticker, on, today=page.as_of)
            else:
                rows.decide(conn, figure.ticker, on, accept=False)
    except AlmError as refusal:
        st.error(literal(str(refusal)))
    else:
        st.rerun()
