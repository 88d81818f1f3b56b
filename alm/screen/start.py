"""The first run: three short ways to a first verdict, from no database or from an empty one."""

from __future__ import annotations

import streamlit as st

from alm.demo import demo_rows
from alm.errors import AlmError
from alm.lenders import profiles
from alm.quick_start import FiveNumbers, Rows, rows
from alm.settings import Settings, database_path, today, user_folder
from alm.store.database import create, writing
from alm.store.tables import write_all
from alm.text import t


def show() -> None:
    """Demo, five numbers, or files; each ends in a verdict."""
    with st.container(key="verdict-unknown"):
        st.title(f"? {t('Am I safe?')}", anchor=False)
        st.markdown(t("There is nothing to judge yet. Three ways to a first answer; nothing leaves this machine."))
    demo, numbers, files = st.columns(3)
    with demo, st.container(border=True):
        _demo()
    with numbers, st.container(border=True):
        _five_numbers()
    with files, st.container(border=True):
        _files()


def _demo() -> None:
    st.markdown(f"##### {t('Look around with the demo household')}")
    st.caption(t("An invented household: a loan of 50 million yen against 125 million of shares and funds."))
    if st.button(t("Create the demo household"), type="primary"):
        _fill(demo_rows(today(Settings())))


def _five_numbers() -> None:
    st.markdown(f"##### {t('Type five numbers')}")
    names = profiles(user_folder() / "lenders")
    with st.form("five-numbers", border=False):
        pledged = st.number_input(t("Pledged shares and funds, market value"), min_value=0.0, step=100_000.0)
        loan = st.number_input(t("Securities-backed loan"), min_value=0.0, step=100_000.0)
        cash = st.number_input(t("Cash"), min_value=0.0, step=100_000.0)
        spending = st.number_input(t("Spending a month"), min_value=0.0, step=10_000.0)
        income = st.number_input(t("Income a month, after tax"), min_value=0.0, step=10_000.0)
        currency = st.text_input(t("Currency"), value=Settings().base_currency, max_chars=3)
        rate = st.number_input(t("Interest rate of the loan, percent a year"), 0.0, 30.0, 2.0, 0.1)
        profile = st.selectbox(t("Lender's rules"), list(names), format_func=lambda name: names[name].title)
        sent = st.form_submit_button(t("Give me the verdict"), type="primary")
    if sent:
        try:
            numbers = FiveNumbers(pledged, loan, cash, spending, income)
            settings = Settings(base_currency=currency.strip().upper())
        except AlmError as refusal:
            st.error(str(refusal))
        else:
            _fill(rows(numbers, settings.base_currency, today(settings), profile=str(profile), rate_pa=rate / 100))


def _files() -> None:
    st.markdown(f"##### {t('Bring your broker files')}")
    st.caption(t("An empty database is created; then upload holdings, loans or a broker's own file in the Data part."))
    if not database_path().exists() and st.button(t("Create an empty database")):
        create(database_path())
        st.rerun()
    st.caption(t("In a terminal: `alm init`, then `alm import FILE…`."))


def _fill(tables: Rows) -> None:
    """Write the rows, all or none, and show the verdict."""
    path = database_path()
    try:
        if not path.exists():
            create(path)
        with writing(path) as conn:
            write_all(conn, tables)
    except AlmError as refusal:
        st.error(str(refusal))
    else:
        st.rerun()
