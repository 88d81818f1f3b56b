"""The first run: three short ways to a first verdict, from no database or from an empty one."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from alm.demo import demo_rows
from alm.errors import AlmError
from alm.lenders import profiles
from alm.quick_start import FiveNumbers, Rows, begin, chosen, rows
from alm.screen.page import Page
from alm.settings import Settings, database_path, today, user_folder
from alm.text import literal, t, use_language

DEFAULT_PROFILE = "standard-60-70-85"
LANGUAGES = {"en": "English", "ja": "日本語"}


def show() -> None:
    """No database yet."""
    settings = _language()
    _greeting()
    _ways(settings)


def show_empty(page: Page) -> None:
    """A database with nothing in it: the same ways, and the files at once."""
    _greeting()
    _ways(page.settings, files=page)


def _language() -> Settings:
    """The browser's language, unless another one is chosen; it stays the household's."""
    guess = "ja" if (st.context.locale or "").startswith("ja") else "en"
    picked = st.segmented_control(
        "Language / 言語", list(LANGUAGES), default=guess, format_func=LANGUAGES.__getitem__, key="start-language"
    )
    settings = Settings(language=picked or guess)
    use_language(settings.language)
    return settings


def _greeting() -> None:
    with st.container(key="verdict-unknown"):
        st.title(f"? {t('Am I safe?')}", anchor=False)
        st.markdown(t("There is nothing to judge yet. Three ways to a first answer; nothing leaves this machine."))


def _ways(settings: Settings, files: Page | None = None) -> None:
    with st.container(key="wide-start"):
        left, middle, right = st.columns(3)
    with left, st.container(border=True):
        _demo(settings)
    with middle, st.container(border=True):
        _five_numbers(settings)
    with right, st.container(border=True):
        _files(settings, files)


def _demo(settings: Settings) -> None:
    st.subheader(t("Look around with the demo household"), anchor=False)
    st.caption(t("An invented household: a loan of 50 million yen against 125 million of shares and funds."))
    if st.button(t("Create the demo household"), type="primary", key="start-demo"):
        _fill(demo_rows(today(settings)), settings, "language")


def _five_numbers(settings: Settings) -> None:
    st.subheader(t("Type five numbers"), anchor=False)
    names = profiles(user_folder() / "lenders")
    with st.form("five-numbers", border=False):
        pledged = _amount(t("Pledged shares and funds, market value"))
        loan = _amount(t("Securities-backed loan"))
        cash = _amount(t("Cash"))
        spending = _amount(t("Spending a month"))
        income = _amount(t("Income a month, after tax"))
        currency = st.text_input(t("Currency"), value=settings.base_currency, max_chars=3)
        rate = st.number_input(t("Interest rate of the loan, percent a year"), 0.0, 30.0, 2.0, 0.1)
        profile = st.selectbox(
            t("Lender's rules"),
            list(names),
            list(names).index(DEFAULT_PROFILE),
            format_func=lambda name: t(names[name].title),
        )
        sent = st.form_submit_button(t("Give me the verdict"), type="primary")
    if not sent:
        return
    try:
        numbers = FiveNumbers(pledged, loan, cash, spending, income)
        own = replace(settings, base_currency=currency.strip().upper())
    except AlmError as refusal:
        st.error(literal(str(refusal)))
        return
    typed = rows(numbers, own.base_currency, today(own), profile=profile, rate_pa=round(rate / 100, 6))
    _fill(typed, own, "language", "base_currency")


def _amount(label: str) -> float:
    return float(st.number_input(label, min_value=0.0, value=0.0, step=100_000.0, format="%.0f"))


def _files(settings: Settings, page: Page | None) -> None:
    st.subheader(t("Bring your broker files"), anchor=False)
    if page is not None:
        from alm.screen import data

        data.import_files(page)
    else:
        st.caption(t("An empty database is created; then your holdings, loans or a broker's own file go here."))
        if st.button(t("Create an empty database"), key="start-empty"):
            _fill({}, settings, "language")
    st.caption(t("In a terminal: `alm init`, then `alm import FILE…`."))


def _fill(tables: Rows, settings: Settings, *names: str) -> None:
    """Write the rows, all or none, and show the verdict."""
    kept = chosen(settings, *names)["settings"]
    try:
        begin(database_path(), {**tables, "settings": [*tables.get("settings", []), *kept]})
    except AlmError as refusal:
        st.error(literal(str(refusal)))
    else:
        st.rerun()
