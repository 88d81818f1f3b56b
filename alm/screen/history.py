"""History: the verdict and its figures over the recorded days, two days compared, and the household's own notes."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from alm.changes import attribute
from alm.charts.history import money_over_time, timeline
from alm.engines.survivable import max_survivable_fall
from alm.errors import AlmError
from alm.gather import FIGURES
from alm.screen.drawing import draw
from alm.screen.page import Page, fragment
from alm.screen.tables import show_table
from alm.store import snapshots
from alm.store.database import reading, writing
from alm.store.snapshots import Snapshot
from alm.store.tables import read_rows, write_rows
from alm.text import day, listed, literal, money, number, percent, points, t, up_to

RATIOS = (
    ("ltv", "Margin ratio"),
    ("max_survivable_fall", "Largest survivable fall"),
    ("fire_probability", "FIRE probability"),
    ("fire_ratio_net", "FIRE ratio"),
)
AMOUNTS = (("net_worth", "Net worth"), ("portfolio_value", "Portfolio"), ("debt", "Debt"))
LABELS = {
    "portfolio_value": "Portfolio",
    "unrealised_gain": "Unrealised gain",
    "collateral_value": "Pledged holdings",
    "cash": "Cash",
    "debt": "Debt",
    "net_worth": "Net worth",
    "ltv": "Margin ratio",
    "fall_to_freeze": "Fall to the freeze",
    "fall_to_call": "Fall to the margin call",
    "fall_to_forced": "Fall to the forced sale",
    "max_survivable_fall": "Largest survivable fall",
    "max_survivable_fall_slow": "The same, slowly",
    "max_survivable_fall_prepaid": "The same, all paid ahead",
    "max_survivable_fall_selling": "The same, selling what is not pledged",
    "runway_months": "Runway, months",
    "monthly_cash_flow": "Monthly cash flow",
    "dividends_gross": "Dividends a year, gross",
    "dividends_net": "Dividends a year, net",
    "fire_ratio_gross": "FIRE ratio, gross",
    "fire_ratio_before_interest": "FIRE ratio without interest",
    "fire_ratio_net": "FIRE ratio",
    "crossover_year": "Crossover year",
    "crossover_year_before_interest": "Crossover year without interest",
    "fire_probability": "FIRE probability",
}
MONEY = frozenset({"portfolio_value", "unrealised_gain", "collateral_value", "cash", "debt", "net_worth",
                   "monthly_cash_flow", "dividends_gross", "dividends_net"})  # fmt: skip

PLACES = {"runway_months": 1, "crossover_year": 0, "crossover_year_before_interest": 0}
"""Decimals of the figures that are neither money nor fractions."""


def show(page: Page) -> None:
    with reading(page.db) as conn:
        days, absent = snapshots.load(conn, end=page.as_of), snapshots.gaps(conn, page.as_of)
        notes = {str(row["date"]): str(row["note"]) for row in read_rows(conn, "annotations")}
    if not days:
        st.info(t("Nothing is recorded yet: `alm snapshot` records a day, and the timer does so each morning."))
        return
    charts(days)
    if absent:
        shown = listed([day(on) for on in absent[-5:]])
        st.caption(t("{count} days without a record, the last of them {dates}.", count=len(absent), dates=shown))
    compare(page, days)
    annotate(page, days, notes)


def charts(days: tuple[Snapshot, ...]) -> None:
    dates = [found.on for found in days]
    safe, free = [found.verdict for found in days], [found.freedom for found in days]
    left, right = st.columns(2)
    ratios = [(t(name), _series(days, key)) for key, name in RATIOS]
    draw(timeline(dates, safe, free, ratios), key="timeline", place=left)
    draw(money_over_time(dates, [(t(name), _series(days, key)) for key, name in AMOUNTS]), key="worth", place=right)


def _series(days: tuple[Snapshot, ...], key: str) -> list[float | None]:
    return [found.figures.get(key) for found in days]


@fragment
def compare(page: Page, days: tuple[Snapshot, ...]) -> None:
    """Two recorded days side by side, and why net worth, margin ratio and survivable fall differ."""
    st.subheader(t("Two days compared"), anchor=False)
    if len(days) < 2:
        st.caption(t("A second recorded day is needed."))
        return
    dates = [found.on for found in days]
    left, right = st.columns(2)
    earlier = left.selectbox(t("From"), dates, index=max(len(dates) - 8, 0), format_func=day)
    later = right.selectbox(t("To"), dates, index=len(dates) - 1, format_func=day)
    by_date = {found.on: found for found in days}
    show_table(side_by_side(by_date[earlier], by_date[later], page.currency), words=[t("Figure")])
    try:
        show_table(causes(page, earlier, later))
    except AlmError as refusal:
        st.info(literal(str(refusal)))


def side_by_side(before: Snapshot, after: Snapshot, currency: str) -> pd.DataFrame:
    def shown(found: Snapshot, name: str) -> str:
        value = found.figures.get(name)
        if name in MONEY:
            return money(value, currency)
        places = PLACES.get(name)
        if places is not None:
            return number(value, places)
        return up_to(value) if name.startswith(("fall_to_", "max_survivable_")) else percent(value)

    names = (*FIGURES, "fire_probability")
    rows = [(t(LABELS[name]), shown(before, name), shown(after, name)) for name in names]
    lights = [
        (t("Am I safe?"), t(before.verdict), t(after.verdict)),
        (t("Am I free?"), t(before.freedom or "UNKNOWN"), t(after.freedom or "UNKNOWN")),
    ]
    return pd.DataFrame([*lights, *rows], columns=[t("Figure"), day(before.on), day(after.on)])


def causes(page: Page, earlier: date, later: date) -> pd.DataFrame:
    """Every cause's part of each change; the parts of a column add up to the change."""
    with reading(page.db) as conn:
        before, after = snapshots.inputs_of(conn, earlier), snapshots.inputs_of(conn, later)
    before.require_complete()
    after.require_complete()
    worth = {c.cause: c.amount for c in attribute(before, after, lambda sheet: sheet.net_worth)}
    ratio = {c.cause: c.amount for c in attribute(before, after, lambda sheet: sheet.ltv)}
    fall = {
        c.cause: c.amount
        for c in attribute(before, after, lambda s: max_survivable_fall(s, page.profiles, page.settings))
    }
    rows = [
        (
            t(cause),
            money(worth.get(cause, 0.0), page.currency, signed=True),
            points(ratio.get(cause, 0.0)),
            points(fall.get(cause, 0.0)),
        )
        for cause in dict.fromkeys([*worth, *ratio, *fall])
    ]
    return pd.DataFrame(rows, columns=[t("Why"), t("Net worth"), t("Margin ratio"), t("Largest survivable fall")])


@fragment
def annotate(page: Page, days: tuple[Snapshot, ...], notes: dict[str, str]) -> None:
    """A line of the household's own words for a date."""
    st.subheader(t("Notes"), anchor=False)
    for written, words in sorted(notes.items(), reverse=True)[:20]:
        st.text(f"{written}  {words}")
    with st.form("note", clear_on_submit=True):
        on = st.date_input(t("Date"), value=days[-1].on, format="YYYY-MM-DD")
        note = st.text_input(t("Note"), max_chars=500)
        sent = st.form_submit_button(t("Keep the note"))
    if sent and note.strip() and isinstance(on, date):
        try:
            with writing(page.db) as conn:
                write_rows(conn, "annotations", [{"date": on.isoformat(), "note": note.strip()}])
        except AlmError as refusal:
            st.error(literal(str(refusal)))
        else:
            st.rerun()
