"""The Stress part: a falling market, a scenario, two shocks at once, and what it takes to force a sale."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from alm.calls import until_cured
from alm.charts.stress import frontier, margin_ratio, two_shocks
from alm.errors import AlmError
from alm.history import annual_history
from alm.reverse import ReverseStress, reverse_stress
from alm.scenarios import Scenario, library
from alm.screen.drawing import draw
from alm.screen.page import Page, fragment
from alm.screen.tables import show_table
from alm.settings import user_folder
from alm.stress import (
    Cure,
    Outcome,
    Standing,
    StressTest,
    daily_counts,
    heat_map,
    kept_sentence,
    named_days,
    outcome,
    stress_test,
    survived_sentences,
)
from alm.text import literal, money, number, percent, t

HEAT_FALLS = tuple(n / 20 for n in range(15))
HEAT_STRENGTHS = tuple(n / 20 for n in range(9))


def show(page: Page) -> None:
    falling_market(page)
    scenario(page)
    left, right = st.columns(2)
    with left:
        heat = heat_map(page.sheet, page.profiles, HEAT_FALLS, HEAT_STRENGTHS)
        draw(two_shocks(heat), key="two-shocks")
    with right:
        reverse(page)


@fragment
def falling_market(page: Page) -> None:
    """The curve with its thresholds, the grid below it."""
    names = [loan.name for loan in page.sheet.secured_loans]
    loan = st.selectbox(t("Loan"), names, index=None, placeholder=t("All loans")) if len(names) > 1 else None
    test = stress_test(page.sheet, page.profiles, page.settings, loan=loan)
    for call in page.briefing.open_calls:
        st.warning(literal(until_cured(call)))
    if test.owed <= 0:
        st.info(t("Nothing is owed on a securities-backed loan: a falling market forces no sale."))
        return
    draw(margin_ratio(test), key="margin-ratio")
    show_table(grid_table(test, page.currency))
    st.caption(
        t(
            'Any one of the three amounts is enough to satisfy the lender ("—": even selling everything is not). '
            "Survives: nothing is sold, because nobody asks or because cash and credit pay what is asked."
        )
    )
    for sentence in survived_sentences(test):
        st.caption(literal(sentence))
    for loan_test in test.loans:
        told = gap_sentence(loan_test.loan, loan_test.gap.jumps_from, over_call=loan_test.gap.over_call)
        st.caption(literal(told))
    st.caption(" ".join(dated_days() + counted_days()))


def grid_table(test: StressTest, currency: str) -> pd.DataFrame:
    """The grid in words, one row per fall; what matters most comes first, where a phone shows it."""

    def amount(cure: Cure | None) -> str:
        return money(cure.pay_cash if cure else None, currency)

    return pd.DataFrame(
        [
            {
                t("Fall"): percent(row.fall, 0),
                t("Margin ratio"): percent(row.ltv),
                t("Zone"): t(row.zone),
                t("Survives"): t("yes") if row.survives else t("no"),
                t("Ends"): t(row.outcome),
                t("Asked: pay"): amount(row.cures.asked),
                t("or pledge"): money(row.cures.asked.post_collateral if row.cures.asked else None, currency),
                t("or sell"): money(row.cures.asked.sell_after_costs if row.cures.asked else None, currency),
                t("Cash pays"): money(row.sources.cash, currency),
                t("Line pays"): money(row.sources.credit_line, currency),
                t("Sale pays"): money(row.sources.sale, currency),
                t("Pay, to freeze"): amount(row.cures.freeze),
                t("to call"): amount(row.cures.call),
                t("to forced sale"): amount(row.cures.forced),
                t("Pledged"): money(row.collateral, currency),
            }
            for row in test.grid
        ]
    )


def gap_sentence(loan: str, jumps_from: float, *, over_call: bool) -> str:
    """What one day like 2024-08-05 would do to a loan."""
    text = (
        "{loan}: one day of −12.4 % reaches the forced sale from a margin ratio of {ltv}, before any call."
        if over_call
        else "{loan}: one day of −12.4 % reaches the forced sale from a margin ratio of {ltv}; the call comes first."
    )
    return t(text, loan=loan, ltv=percent(jumps_from))


def dated_days() -> list[str]:
    return [
        t("{series} fell {fall} on {day}.", series=bad.series, fall=percent(bad.fall), day=bad.on)
        for bad in named_days()
    ]


def counted_days() -> list[str]:
    return [
        t(
            "{series}, {first} to {last}: {count} of {days} days were as bad, the worst {worst}.",
            series=count.series,
            first=count.first,
            last=count.last,
            count=count.as_bad,
            days=count.days,
            worst=percent(-count.worst_fall),
        )
        for count in daily_counts()
    ]


@fragment
def scenario(page: Page) -> None:
    """Pick one or several scenarios; before and after stand side by side."""
    st.subheader(t("Scenario"), anchor=False)
    try:
        known = library(user_folder() / "scenarios")
    except AlmError as refusal:
        st.warning(literal(str(refusal)))
        known = library()
    picked = st.multiselect(
        t("What happens"),
        list(known),
        default=["us-2007"] if "us-2007" in known else None,
        format_func=lambda name: t(known[name].title) or name,
        help=t("Several at once happen together."),
    )
    chosen = [known[name] for name in picked]
    result = outcome(page.sheet, page.profiles, page.settings, chosen)
    before_and_after(result, page.currency)
    for one in chosen:
        st.caption(literal(source_line(one)))


def source_line(one: Scenario) -> str:
    return f"{t(one.title) or one.name}: {t(one.source)}"


def before_and_after(result: Outcome, currency: str) -> None:
    columns = st.columns(2)
    with columns[0]:
        show_table(standing_table(result.before, result.after, currency), words=[t("Figure")])
    with columns[1]:
        asked = result.cures.asked
        if asked is None:
            st.markdown(t("The lenders ask for nothing."))
        else:
            st.metric(t("Asked: pay"), money(asked.pay_cash, currency), border=True)
            st.metric(t("or pledge"), money(asked.post_collateral, currency), border=True)
            st.metric(t("or sell"), money(asked.sell_after_costs, currency), help=asked.infeasible or None, border=True)
        st.markdown(f"**{kept_sentence(result)}**")


def standing_table(before: Standing, after: Standing, currency: str) -> pd.DataFrame:
    def column(standing: Standing) -> list[str]:
        amounts = (standing.portfolio_value, standing.collateral, standing.cash, standing.debt, standing.net_worth)
        distances = standing.distances
        ratios = (standing.ltv, distances.freeze, distances.call, distances.forced)
        return [*(money(x, currency) for x in amounts), *(percent(x) for x in ratios), t(standing.zone)]

    names = ("Portfolio", "Pledged", "Cash", "Debts", "Net worth", "Margin ratio", "Fall to freeze", "Fall to call")
    return pd.DataFrame(
        {
            t("Figure"): [t(name) for name in (*names, "Fall to forced sale", "Zone")],
            t("Before"): column(before),
            t("After"): column(after),
        }
    )


def reverse(page: Page) -> None:
    """The smallest joint shock in one sentence, the frontier, and how often history was worse."""
    result = reverse_stress(page.sheet, page.profiles, page.settings, annual_history())
    draw(frontier(result), key="frontier")
    st.markdown(literal(reverse_sentence(result)))
    for run in result.history:
        st.caption(
            t(
                "US shares with dividends, over {years} year(s): {worse} of {windows} fell as far as prices alone "
                "must; the worst, from {start}, fell {fall}.",
                years=run.years,
                worse=run.worse,
                windows=run.windows,
                start=run.worst_from,
                fall=percent(run.worst_fall),
            )
        )


def reverse_sentence(result: ReverseStress) -> str:
    joint = result.smallest
    if joint is None:
        return t("Nothing forces a sale: no shock of prices, currency, rates or haircuts is enough.")
    return t(
        "The smallest joint shock that forces a sale: prices −{fall}, base currency +{strength}, "
        "rates +{points} points, advance rates −{cut}: {distance} bad years away.",
        fall=percent(joint.equity_fall),
        strength=percent(joint.base_strength),
        points=number(joint.rate_bp / 100),
        cut=percent(joint.advance_rate_cut),
        distance=number(joint.distance),
    )
