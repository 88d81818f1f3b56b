"""The Allocation part: drift from target, the trades that restore it, losses worth taking, optimised weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from alm.allocation.losses import loss_candidates
from alm.allocation.suggestions import Suggestions, suggest
from alm.allocation.trades import Plan, rebalance
from alm.charts import allocation as charts
from alm.errors import AlmError
from alm.portfolio_telling import FUNDING, plan_sentences, units
from alm.risk.concentration import concentrated
from alm.risk.report import risk_report
from alm.screen.drawing import draw
from alm.screen.page import Page, fragment
from alm.screen.past import closes, market
from alm.screen.tables import show_table
from alm.text import literal, money, t


def show(page: Page) -> None:
    held(page)
    try:
        restore(page)
    except AlmError as refusal:
        st.info(literal(str(refusal)))
    losses(page)
    optimise(page)


def held(page: Page) -> None:
    page.sheet.require_complete()
    left, right = st.columns(2)
    for column, name, by in (
        (left, t("By ticker"), lambda h: h.ticker),
        (right, t("By asset class"), lambda h: t(h.asset_class)),
    ):
        shares = concentrated(name, ((by(h), h.value) for h in page.sheet.holdings)).shares
        draw(charts.allocation(shares, name), key=f"allocation-{name}", place=column)


@fragment
def restore(page: Page) -> None:
    """Drift with its lights, and the plan; a refusal is shown with its reason."""
    left, middle, right = st.columns(3)
    new_money = left.number_input(t("New money"), min_value=0.0, step=100_000.0, format="%.0f", key="allocation-money")
    low, high = 0.5, 20.0
    start = min(max(page.settings.drift_band * 100, low), high)
    band = middle.slider(t("Band, points of weight"), low, high, start, 0.5, key="allocation-band") / 100
    keep = right.toggle(t("Keep what is pledged"), key="allocation-keep")
    settings = replace(page.settings, drift_band=band)
    try:
        plan = rebalance(page.sheet, settings, page.profiles, new_money=new_money, sell_pledged=not keep)
    except AlmError as refusal:
        st.warning(literal(str(refusal)))
        return
    draw(charts.drift_bars(plan.before, band), key="allocation-drift")
    trades(plan, page.currency)


def trades(plan: Plan, currency: str) -> None:
    if plan.trades:
        rows = [
            {
                t("Order"): t(trade.side),
                t("Ticker"): trade.ticker,
                t("Account"): trade.account,
                t("Units"): units(trade),
                t("Value"): money(trade.value, currency),
                t("Tax"): money(trade.tax, currency),
                t("With"): t(FUNDING[trade.pays]),
                t("Pledged to"): trade.pledged_to or "",
            }
            for trade in plan.trades
        ]
        show_table(rows)
    for sentence in plan_sentences(plan, currency):
        st.caption(literal(sentence))


@fragment
def losses(page: Page) -> None:
    """Taxable holdings under their cost, with the tax that selling them would save."""
    st.subheader(t("Losses worth taking"), anchor=False)
    gains = st.number_input(t("Gains realised this year"), min_value=0.0, step=100_000.0, format="%.0f", key="gains")
    found = loss_candidates(page.sheet, page.settings, realised_gains=gains)
    if not found:
        st.caption(t("No taxable holding stands under its cost."))
        return
    rows = [
        {
            t("Ticker"): one.ticker,
            t("Account"): one.account,
            t("Loss"): money(one.loss, page.currency),
            t("Tax saved now"): money(one.saving_now, page.currency),
            t("Later, at most"): money(one.carried, page.currency),
            t("Cost of selling"): money(one.sale_cost, page.currency),
        }
        for one in found
    ]
    show_table(rows)
    st.caption(t("Buying back lowers the cost basis, so the saving is a deferral; your country may refuse it."))


@fragment
def optimise(page: Page) -> None:
    """Behind a button: it draws the past a hundred times."""
    st.subheader(t("What an optimiser would have held"), anchor=False)
    st.caption(
        t(
            "An estimate from this past, never an order: the whiskers are the 5 % to 95 % range of the weights when "
            "the same past is drawn again a hundred times."
        )
    )
    low, high = st.slider(t("Bounds of a weight, %"), 0, 100, (0, 100), key="optimise-bounds")
    if st.button(t("Compute"), key="optimise"):
        try:
            with st.spinner(t("Drawing the past again")):
                found = suggestions(page, (low / 100, high / 100))
        except AlmError as refusal:
            st.warning(literal(str(refusal)))
            return
        for sentence in found.impossible:
            st.caption(literal(sentence))
        left, right = st.columns(2)
        draw(charts.optimised_weights(found), key="optimised", place=left)
        draw(charts.efficient_frontier(found), key="frontier", place=right)


def suggestions(page: Page, bounds: tuple[float, float]) -> Suggestions:
    report = risk_report(
        page.sheet, closes(page, dividends=False), market(page).fx, page.settings, benchmark="",
        currencies=market(page).currencies,
    )  # fmt: skip
    past = report.past
    return suggest(past.holdings, np.asarray(past.weights), past.per_year, seed=page.settings.fire_seed, bounds=bounds)
