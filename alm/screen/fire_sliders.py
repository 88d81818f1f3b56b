"""The sliders of the FIRE part: the plan the reader is trying."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from alm.settings import FIRE_MODELS, FIRE_PARAMETERS
from alm.text import t

if TYPE_CHECKING:
    from alm.fire.plan import Plan

FLOOR, CEILING = 60, 140
"""Percent of today's spending an adapting rule stays between until the reader says otherwise."""


def sliders(plan: Plan) -> Plan:
    """Decisions in the first row, how the future is drawn and what is spent in the second."""
    first, second = st.container(), st.container()
    with second:
        assumed = _assumed(plan)
    with first:
        return _decided(assumed)


def _decided(plan: Plan) -> Plan:
    from alm.fire.solve import with_loan, with_spending

    spend, owe, work = st.columns(3)
    less = spend.slider(t("Spending"), -50, 50, 0, 5, format="%+d%%", key="fire-spending")
    loan = owe.slider(t("Loan"), -100, 50, 0, 10, format="%+d%%", key="fire-loan", disabled=not plan.loans)
    years = work.slider(
        t("Stop working in"), 0, plan.years, plan.years, key="fire-retire", disabled=not plan.incomes,
        format=t("%d years"),
    )  # fmt: skip
    tried = with_spending(plan, plan.spending.amount_pa * (1 + less / 100)) if less else plan
    owed = sum(x.balance for x in plan.loans)
    tried = with_loan(tried, owed * (1 + loan / 100)) if loan and owed > 0 else tried
    return replace(tried, retire_year=float(years)) if years < plan.years else tried


def _assumed(plan: Plan) -> Plan:
    from alm.fire.plan_file import plan_set
    from alm.sources import RULE_NAMES
    from alm.step.spending import RULES

    draw, source, spend, least = st.columns(4)
    market, spending = plan.market, plan.spending
    model = draw.selectbox(t("Model"), FIRE_MODELS, FIRE_MODELS.index(market.model), format_func=t, key="fire-model")
    parameters = source.selectbox(
        t("Return and volatility"), FIRE_PARAMETERS, FIRE_PARAMETERS.index(market.parameters), format_func=t,
        key="fire-parameters", help=t("given: your settings. measured: your holdings' own prices. estimated: long "
                                      "history."),
    )  # fmt: skip
    rule = spend.selectbox(
        t("Spending rule"), RULES, RULES.index(spending.rule), format_func=lambda name: t(RULE_NAMES[name]),
        key="fire-rule",
    )  # fmt: skip
    floor = least.slider(
        t("Never below"), 0, 100, FLOOR, 5, format="%d%%", key="fire-floor", disabled=rule == "constant",
        help=t("Of today's spending, in today's money: less is a failure. The floor-and-ceiling rule stays below "
               "{ceiling} % of it.", ceiling=CEILING),
    )  # fmt: skip
    changed: dict[str, object] = {}
    if (model, parameters) != (market.model, market.parameters):
        changed |= {"market.model": model, "market.parameters": parameters}
    if rule != spending.rule:
        amount = spending.amount_pa
        changed |= {"spending.rule": rule, "spending.floor_pa": amount * floor / 100,
                    "spending.ceiling_pa": amount * CEILING / 100}  # fmt: skip
    return plan_set(plan, changed) if changed else plan
