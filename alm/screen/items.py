"""Rows of statements that were not understood, each settled by a person: an account with an open one is incomplete."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from alm.errors import AlmError
from alm.feeds.items import Settled, items, settle
from alm.feeds.plan import Row
from alm.screen.page import Page
from alm.screen.tables import show_table
from alm.text import literal, t

CHOICES: dict[Settled, str] = {
    "ignored": "It does not matter",
    "entered": "I have entered it by hand",
    "mapped": "Its new word means a known one",
}


def show(page: Page) -> None:
    """Nothing where everything was understood."""
    found = [row for row in items(page.db) if row["state"] == "open"]
    if not found:
        return
    st.subheader(t("Not understood"), anchor=False)
    st.caption(t("Until each is settled its account is incomplete, and no verdict is green."))
    names = [f"{row['account']}: {row['item']}" for row in found]
    show_table(
        [{t("Row"): name, t("Place"): r["place"], t("Why"): r["reason"]} for name, r in zip(names, found, strict=True)]
    )
    chosen = st.multiselect(t("Rows"), range(len(found)), format_func=lambda n: names[n], key="items-chosen")
    state = st.radio(t("What of them?"), list(CHOICES), format_func=lambda s: t(CHOICES[s]), key="items-state")
    word = st.text_input(t("The known word"), key="items-word").strip() if state == "mapped" else ""
    if st.button(t("Settle"), key="items-settle", disabled=not chosen or (state == "mapped" and not word)):
        _settle(page, [found[n] for n in chosen], state, word)


def _settle(page: Page, chosen: list[Row], state: Settled, word: str) -> None:
    try:
        settle(page.db, chosen, state, datetime.now(ZoneInfo(page.settings.timezone)), word)
    except AlmError as refusal:
        st.error(literal(str(refusal)))
        return
    st.rerun()
