"""The Fire drill part: a crisis replayed on today's balance sheet, with the credit line and without it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from alm.charts.drill import event_name, money_path, timeline
from alm.drill import SOURCE_LABELS, Comparison, Drill, by_month, compared, course_of, crises, find_crisis
from alm.scenarios import find_scenario
from alm.screen.drawing import draw
from alm.screen.page import Page, fragment
from alm.screen.tables import show_table
from alm.settings import user_folder
from alm.text import day, money, percent, t

LABELS = {"life": "Life and interest", "lender": "Cures and forced sales"}


@fragment
def show(page: Page) -> None:
    known = crises()
    names = list(known)
    name = st.selectbox(
        t("Crisis"),
        names,
        index=names.index("us-2007"),
        format_func=lambda key: t(known[key].title),
        key="drill-crisis",
    )
    both = _compared(*page.key, name, _page=page)
    found, without = both.with_line, both.without_line
    verdict(found, without)
    draw(timeline(found, without, page.currency), key="drill-timeline")
    st.caption(found.note)
    events, ends = st.columns([3, 2])
    with events:
        st.subheader(t("What happens"), anchor=False)
        show_table(events_table(found, page.currency), words=[t("Date"), t("What"), t("Paid from")])
    with ends:
        st.subheader(t("What is left"), anchor=False)
        show_table(end_table(found, without, page.currency), words=[t("At the end")])
        st.subheader(t("Who paid"), anchor=False)
        show_table(payments_table(found, page.currency), words=[t("For"), t("Paid from")])
    draw(money_path(found), key="drill-money")


@st.cache_resource(max_entries=24, show_spinner=False)
def _compared(db: str, version: str, as_of: str, name: str, *, _page: Page) -> Comparison:  # noqa: ARG001  # the first three are the key
    scenario = find_scenario(name, user_folder() / "scenarios")
    return compared(_page.sheet, course_of(find_crisis(name)), scenario, _page.profiles, _page.settings)


def verdict(found: Drill, without: Drill) -> None:
    """One line: did the household get through, and what the credit line changed."""
    if found.end.ruined:
        st.error(t("Ruin on {date}: nothing was left to pay with.", date=day(found.end.date)))
    elif found.end.forced_sale:
        st.warning(t("Pledged holdings had to be sold; {kept} of them are left.", kept=percent(found.end.kept)))
    else:
        st.success(
            t("Survived without a forced sale; the margin ratio reached {ltv}.", ltv=percent(found.end.highest_ltv))
        )
    if found.end.survived and not without.end.survived:
        st.caption(t("Without the credit line it would not have been."))


def events_table(found: Drill, currency: str) -> pd.DataFrame:
    rows = [
        (
            day(event.date),
            event_name(event.event),
            percent(event.ltv),
            money(event.amount, currency) if event.amount else "",
            t(SOURCE_LABELS.get(event.source, event.source)),
        )
        for event in by_month(found.events)
    ]
    return pd.DataFrame(rows, columns=[t("Date"), t("What"), t("Margin ratio"), t("Amount"), t("Paid from")])


def end_table(found: Drill, without: Drill, currency: str) -> pd.DataFrame:
    def column(drill: Drill) -> tuple[str, ...]:
        end = drill.end
        return (
            t("yes") if end.survived else t("no"),
            percent(end.highest_ltv),
            percent(end.kept),
            money(end.cash, currency),
            money(end.line_drawn, currency),
            money(end.owed, currency),
            money(end.net_worth, currency),
        )

    names = (
        "Survived",
        "Highest margin ratio",
        "Pledged holdings kept",
        "Cash",
        "Drawn on the line",
        "Loan",
        "Net worth",
    )
    columns = {
        t("At the end"): [t(name) for name in names],
        t("With the line"): column(found),
        t("Without"): column(without),
    }
    return pd.DataFrame(columns)


def payments_table(found: Drill, currency: str) -> pd.DataFrame:
    rows = [(t(LABELS[p.purpose]), t(SOURCE_LABELS[p.source]), money(p.amount, currency)) for p in found.payments]
    return pd.DataFrame(rows, columns=[t("For"), t("Paid from"), t("Amount")])
