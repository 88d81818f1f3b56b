"""The What-if part: change one thing, see every figure of the briefing before and after."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from alm.balance_sheet import ASSET_CLASSES
from alm.errors import AlmError
from alm.gather import gather, tried
from alm.lights import lights
from alm.screen.page import Page, fragment
from alm.screen.tables import show_table
from alm.telling import lines
from alm.text import literal, t
from alm.what_if import Borrow, Buy, Money, Rate, Sell, Step, Weights, what_if


@fragment
def show(page: Page) -> None:
    """Steps are taken in the order of the form; nothing is saved."""
    page.sheet.require_complete()
    st.caption(t("Steps are taken from left to right: money, sale, loan, purchase, weight, rate. Nothing is saved."))
    first, second, third = st.columns(3)
    with first:
        steps = cash(page) + sale(page)
    with second:
        steps += loan(page) + purchase(page)
    with third:
        steps += weight(page) + rate(page)
    if steps:
        compare(page, steps)


def cash(page: Page) -> list[Step]:
    amount = _amount(t("New money ({currency})", currency=page.currency), "what-if-cash", low=None)
    return [Money(amount)] if amount else []


def sale(page: Page) -> list[Step]:
    ticker = _ticker(page, t("Sell"), "what-if-sell")
    amount = _amount(t("for (0: all of it)"), "what-if-sell-amount") if ticker else 0.0
    return [Sell(ticker, amount or math.inf)] if ticker else []


def loan(page: Page) -> list[Step]:
    name = _loan(page)
    if not name:
        return []
    amount = _amount(t("Borrow more (negative: repay from cash)"), "what-if-borrow", low=None)
    return [Borrow(amount, name)] if amount else []


def purchase(page: Page) -> list[Step]:
    ticker = st.text_input(t("Buy"), key="what-if-buy").strip()
    if not ticker:
        return []
    amount = _amount(t("Amount"), "what-if-buy-amount")
    held = {h.ticker for h in page.sheet.holdings}
    kind = "" if ticker in held else st.selectbox(t("Class"), ASSET_CLASSES, format_func=t, key="what-if-class")
    return [Buy(ticker, amount, kind)] if amount else []


def weight(page: Page) -> list[Step]:
    ticker = _ticker(page, t("Hold another weight of"), "what-if-weight")
    if not ticker:
        return []
    share = st.slider(t("Weight, %"), 0, 100, 50, key="what-if-share")
    return [Weights(((ticker, share / 100),))]


def rate(page: Page) -> list[Step]:
    names = [one.name for one in page.sheet.secured_loans]
    if not names:
        return []
    chosen = st.selectbox(
        t("Another rate for"), names, index=None, placeholder=t("none chosen"), key="what-if-rate-loan"
    )
    if not chosen:
        return []
    return [Rate(st.number_input(t("Rate, % a year"), 0.0, 30.0, 3.0, 0.25, key="what-if-rate") / 100, chosen)]


def compare(page: Page, steps: list[Step]) -> None:
    found = page.gathered or gather(page.db, page.as_of)
    try:
        before, after = what_if(page.sheet, page.settings, steps, page.profiles, lambda sheet: tried(found, sheet))
    except AlmError as refusal:
        st.warning(literal(str(refusal)))
        return
    rows = [
        {t("Figure"): old.question, t("Before"): t(old.level), t("After"): t(new.level)}
        for old, new in zip(lights(before), lights(after), strict=True)
    ]
    rows += [
        {t("Figure"): old.label, t("Before"): old.value, t("After"): new.value}
        for old, new in zip(lines(before), lines(after), strict=True)
    ]
    table = pd.DataFrame(rows)
    table[""] = ["●" if row[t("Before")] != row[t("After")] else "" for row in rows]
    show_table(table, words=[t("Figure")])
    for light in lights(after):
        st.markdown(literal(light.line))
    st.caption(t("● changed. Both probabilities rest on the same random numbers."))


def _amount(label: str, key: str, *, low: float | None = 0.0) -> float:
    return float(st.number_input(label, min_value=low, value=0.0, step=100_000.0, format="%.0f", key=key))


def _ticker(page: Page, label: str, key: str) -> str:
    names = list(dict.fromkeys(h.ticker for h in page.sheet.holdings if h.quantity > 0))
    return st.selectbox(label, names, index=None, placeholder=t("none chosen"), key=key) or ""


def _loan(page: Page) -> str:
    names = [one.name for one in page.sheet.secured_loans]
    if len(names) > 1:
        return st.selectbox(t("Loan"), names, key="what-if-loan") or ""
    return names[0] if names else ""
