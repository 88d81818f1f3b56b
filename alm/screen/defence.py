"""The Defence part: who can pay as the market falls, how long money lasts, and what would help."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from alm.charts.defence import sources_against_fall, who_pays
from alm.defence import Defence, Horizon, LineChoice, defend, horizons, line_choices, told_once
from alm.dividends import net_dividends
from alm.scenarios import library
from alm.screen.drawing import draw
from alm.screen.page import Page, fragment
from alm.screen.tables import show_table
from alm.settings import user_folder
from alm.text import literal, money, months, number, percent, t, up_to


def show(page: Page) -> None:
    page.sheet.require_complete()
    chosen_fall(page)
    how_long(page)


@fragment
def chosen_fall(page: Page) -> None:
    """Everything that follows from the fall on the slider."""
    fall = st.slider(
        t("The fall to survive"), 0.0, 0.95, page.settings.safety_fall, 0.05, format="percent", key="survive-fall"
    )
    result = defence(page, fall)
    verdict(result)
    draw(sources_against_fall(result.capacity), key="capacity")
    draw(who_pays(result.waterfall), key="who-pays")
    left, right = st.columns(2)
    with left:
        what_helps(result)
    with right:
        borrowing(result, page.currency)


def how_long(page: Page) -> None:
    """What no slider moves: every known scenario, and whether to draw the lines now."""
    st.subheader(t("How long it lasts"), anchor=False)
    known = library(user_folder() / "scenarios").values()
    found = horizons(page.sheet, page.profiles, page.settings, known, net_dividends(page.settings))
    show_table(horizon_table(found, page.currency))
    for line in line_choices(page.sheet, page.profiles, page.settings):
        st.caption(literal(line_sentence(line, page.currency)))


def defence(page: Page, fall: float) -> Defence:
    return defend(page.sheet, page.profiles, page.settings, survive_fall=fall, dividends=net_dividends(page.settings))


def verdict(result: Defence) -> None:
    columns = st.columns(4)
    columns[0].metric(t("Largest survivable fall"), up_to(result.max_survivable_fall), border=True)
    columns[1].metric(
        t("Runway"),
        months(result.runway_months),
        border=True,
        help=t("Months of essential spending and interest in cash; income is not counted."),
    )
    columns[2].metric(
        t("Survival horizon"),
        months(result.survival_horizon_months),
        border=True,
        help=t("After the chosen fall: cash, committed lines and haircut unpledged holdings, calls cured first."),
    )
    columns[3].metric(
        t("Coverage"),
        number(result.coverage_ratio),
        border=True,
        help=t("Twelve months of sources divided by twelve months of needs, after the chosen fall."),
    )


def what_helps(result: Defence) -> None:
    """The smallest actions, then the ways that fall short with the reason."""
    st.subheader(t("What to do"), anchor=False)
    if result.survives:
        st.markdown(t("Nothing: a fall of {fall} is survived.", fall=percent(result.survive_fall)))
    for why in told_once(result.actions):
        st.markdown(f"- {literal(why)}")
    for why in told_once(result.cannot):
        st.caption(f"✗ {literal(why)}")


def borrowing(result: Defence, currency: str) -> None:
    st.subheader(t("How much more could be borrowed"), anchor=False)
    if not result.borrow_and_spend:
        st.caption(t("Nothing more can be borrowed: the fall is not survivable as it is."))
    for spent, invested in zip(result.borrow_and_spend, result.borrow_and_invest, strict=True):
        both = t(
            "{loan}: {spent} to spend, or {invested} to invest in the same holdings.",
            loan=spent.loan,
            spent=money(spent.amount, currency),
            invested=money(invested.amount, currency),
        )
        st.markdown(literal(both))


def horizon_table(horizons: tuple[Horizon, ...], currency: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("Scenario"): [t(h.title) or h.scenario for h in horizons],
            t("Lasts"): [months(h.survival_horizon_months) for h in horizons],
            t("Coverage"): [number(h.coverage_ratio) for h in horizons],
            t("Asked at once"): [money(h.demanded, currency) for h in horizons],
            t("Reserves"): [money(h.reserves.total, currency) for h in horizons],
        }
    )


def line_sentence(line: LineChoice, currency: str) -> str:
    """Draw now or keep, with what each costs and survives."""
    return t(
        "{line}: drawn now, {amount} costs {drawn} a year; kept, {kept}. Drawn it survives a fall of {with_it}, "
        "withdrawn by the lender {without}.",
        line=line.line,
        amount=money(line.undrawn, currency),
        drawn=money(line.cost_drawn_pa, currency),
        kept=money(line.cost_kept_pa, currency),
        with_it=up_to(line.survivable_fall_drawn),
        without=up_to(line.survivable_fall_withdrawn),
    )
