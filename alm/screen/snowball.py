"""The snowball on the page: the year dividends pay for life, a cut to try, and the months they arrive in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from alm.charts import snowball as charts
from alm.screen.drawing import draw
from alm.screen.page import fragment
from alm.screen.tables import show_table
from alm.snowball import (
    CrossoverDistribution,
    Cut,
    Policy,
    Snowball,
    crises,
    cut,
    distribution,
    dividend_paths,
    find_crisis,
    growth_sentences,
    project,
)
from alm.text import literal, money, percent, t

if TYPE_CHECKING:
    from alm.screen.page import Page

INTO = ("fund", "same", "targets")
PATHS = 1_000


def show(page: Page) -> None:
    projection(page)


@fragment
def projection(page: Page) -> None:
    """The projection under the chosen policy and cut, beside the one without a cut."""
    policy, shock = controls(page)
    whole = project(page.sheet, page.settings, policy)
    shown = whole if shock is None else project(page.sheet, page.settings, policy, cut=shock)
    figures(shown, whole)
    drawn = st.container()
    year_table(shown)
    reservations(shown)
    with drawn:  # last: a browser that draws charts writes no figure meanwhile
        pictures(page, policy, shock, shown, whole)


def pictures(page: Page, policy: Policy, shock: Cut | None, shown: Snowball, whole: Snowball) -> None:
    """Dividends against spending, what moves them, how certain the year is, and the months they arrive in."""
    draw(charts.dividends_and_spending(shown, None if shock is None else whole), key="snowball-spending")
    left, right = st.columns(2)
    with left:
        draw(charts.causes(shown), key="snowball-causes")
    with right:
        chances(page, policy, shock)
    if shown.calendar:
        draw(charts.calendar(shown), key="snowball-calendar")


def controls(page: Page) -> tuple[Policy, Cut | None]:
    """The policy and the cut the reader is trying."""
    size, years, crisis, into = st.columns(4)
    fraction = size.slider(
        t("Dividend cut"), 0.0, 1.0, 0.0, 0.05, format="percent", help=t("Against what would have been paid.")
    )
    length = years.slider(t("Years of the cut"), 1, 10, 2)
    names = {"": t("my own cut"), **{name: t(known.title) for name, known in crises().items()}}
    happened = crisis.selectbox(t("A crisis as it happened"), list(names), format_func=names.__getitem__)
    labels = {"fund": t("one fund"), "same": t("the holding that paid"), "targets": t("target weights")}
    choices = INTO if page.sheet.targets else INTO[:2]
    default = page.settings.reinvest_into if page.settings.reinvest_into in choices else INTO[0]
    bought = into.selectbox(t("Dividends buy"), choices, index=choices.index(default), format_func=labels.__getitem__)
    shock = find_crisis(happened) if happened else cut(fraction, length) if fraction else None
    return Policy(into=bought), shock


def figures(shown: Snowball, whole: Snowball) -> None:
    """The years in which dividends reach spending, first with interest; each beside what it is without the cut."""
    columns = st.columns(4)
    later = shown.stress is not None
    for column, label, year, before in (
        (columns[0], t("Crossover"), shown.crossover.net_after_interest, whole.crossover.net_after_interest),
        (columns[1], t("Crossover without interest"), shown.crossover.net, whole.crossover.net),
        (columns[2], t("Crossover, gross"), shown.crossover.gross, whole.crossover.gross),
    ):
        note = t("without the cut: {year}", year=in_years(before)) if later else None
        column.metric(label, in_years(year), note, delta_color="off", delta_arrow="off", border=True)
    columns[3].metric(
        t("FIRE ratio"),
        percent(shown.ratios.net),
        t(
            "without interest {net}, gross {gross}",
            net=percent(shown.ratios.before_interest),
            gross=percent(shown.ratios.gross),
        ),
        delta_color="off",
        delta_arrow="off",
        border=True,
    )


def in_years(year: int | None) -> str:
    return t("not in sight") if year is None else t("year {year}", year=year)


def chances(page: Page, policy: Policy, shock: Cut | None) -> None:
    """The crossover over many paths, when asked for: it takes a second."""
    if not st.toggle(t("Show how certain the year is"), key="snowball-paths"):
        st.caption(
            t("Growth and inflation vary from year to year; {paths} paths show by how much.", paths=f"{PATHS:,}")
        )
        return
    with st.spinner(t("Rolling {paths} snowballs…", paths=f"{PATHS:,}")):
        spread, lives = _spread(page.key, policy, shock, page), _lives(page.key, page)
    draw(charts.crossed_by(spread, lives), key="snowball-crossed")
    st.caption(t("Simulated lives have market falls, margin calls and sales in them, and no cut but theirs."))


@st.cache_resource(max_entries=16, show_spinner=False)
def _spread(
    key: tuple[str, str, str],  # noqa: ARG001  # stands for the page in the cache
    policy: Policy,
    shock: Cut | None,
    _page: Page,
) -> CrossoverDistribution:
    paths = dividend_paths(_page.sheet, _page.settings, policy, cut=shock, paths=PATHS)
    return distribution(paths.net, paths.needs)


@st.cache_resource(max_entries=2, show_spinner=False)
def _lives(key: tuple[str, str, str], _page: Page) -> CrossoverDistribution:  # noqa: ARG001  # as above
    from alm.crossing import simulated_crossover
    from alm.gather import household_plan

    plan = household_plan(_page.db, _page.sheet, _page.settings, _page.profiles)
    return simulated_crossover(plan, min(PATHS, plan.paths))


def year_table(shown: Snowball) -> None:
    """Every year's figures, for those who check."""
    with st.expander(t("Year by year")):
        names = ("organic", "cut", "reinvested", "contributed", "gross", "net", "spending", "interest")
        show_table(
            [
                {t("Year"): year.year}
                | {t(name.capitalize()): money(getattr(year, name), shown.base_currency) for name in names}
                for year in shown.years
            ],
        )


def reservations(shown: Snowball) -> None:
    """What the figures rest on and cannot know."""
    income = shown.income
    for sentence in growth_sentences(shown):
        st.caption(literal(sentence))
    if shown.largest_payer is not None:
        ticker, share = shown.largest_payer
        st.caption(literal(t("Largest payer: {ticker}, {share} of dividends.", ticker=ticker, share=percent(share))))
    if income.assumed:
        st.caption(literal(t("Assumed yields, not histories: {names}.", names=", ".join(income.assumed))))
    if income.unknown:
        unknown = t("Nothing is known of the dividends of {names}; they count as 0.", names=", ".join(income.unknown))
        st.caption(literal(unknown))
    for special in income.specials:
        left_out = t("Left out as not repeating: {ticker}, {day}.", ticker=special.ticker, day=special.ex_date)
        st.caption(literal(left_out))
    if shown.stress is not None and shown.stress.source:
        st.caption(t("Source: {source}", source=t(shown.stress.source)))
