"""The snowball drawn: dividends against what life costs, why they grow, when they arrive, when they cross."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from alm.charts.colours import COLOURS, DARK_INK, INK, SEQUENTIAL
from alm.charts.lines import upright
from alm.charts.theme import figure
from alm.snowball import CrossoverDistribution, Snowball, Year
from alm.text import money_short, t

AFTER_CROSSOVER = 8
LEAST_YEARS = 15
NET, TAX, SPENDING, INTEREST = COLOURS[0], COLOURS[4], COLOURS[5], COLOURS[7]


def shown_years(snowball: Snowball, without_cut: Snowball | None = None) -> tuple[Year, ...]:
    """The years that matter: some past the last crossover, all where there is none; later ones would dwarf them."""
    found = [s.crossover.net_after_interest for s in (snowball, without_cut) if s is not None]
    if None in found:
        return snowball.years
    return snowball.years[: max(LEAST_YEARS, max(year for year in found if year is not None) + AFTER_CROSSOVER) + 1]


def dividends_and_spending(snowball: Snowball, without_cut: Snowball | None = None) -> go.Figure:
    """Bars of net dividends with the tax above them, the rising line of spending, and the year they cross."""
    shown = shown_years(snowball, without_cut)
    years = [year.year for year in shown]
    chart = figure(title=t("Dividends against spending"), x_title=t("Years from now"), height=420)
    chart.add_bar(x=years, y=[year.net for year in shown], name=t("Net dividends"), marker={"color": NET})
    chart.add_bar(x=years, y=[year.tax for year in shown], name=t("Tax"), marker={"color": TAX, "opacity": 0.6})
    _line(chart, years, [year.spending for year in shown], t("Spending"), SPENDING, "solid")
    if any(year.interest for year in shown):
        with_interest = [year.spending + year.interest for year in shown]
        _line(chart, years, with_interest, t("Spending and interest"), INTEREST, "dash")
    if without_cut is not None:
        _line(
            chart, years, [year.net for year in without_cut.years[: len(shown)]], t("Net without the cut"), NET, "dot"
        )
    _mark_crossover(chart, snowball, years)
    chart.update_layout(barmode="stack", bargap=0.25)
    chart.update_xaxes(range=[years[0] - 0.6, years[-1] + 0.6])  # else the words beside the line stretch the years
    chart.update_yaxes(rangemode="tozero")
    return chart


def _line(chart: go.Figure, x: Sequence[int], y: Sequence[float], name: str, colour: str, dash: str) -> None:
    chart.add_scatter(x=list(x), y=list(y), name=name, mode="lines", line={"color": colour, "width": 2.5, "dash": dash})


def _mark_crossover(chart: go.Figure, snowball: Snowball, years: Sequence[int]) -> None:
    """The year and its words, which stand on the side that has more room."""
    crossed = snowball.crossover.net_after_interest
    if crossed is None:
        return
    left = crossed > (years[0] + years[-1]) / 2
    words = {"text": t("Net dividends pay for life and interest: year {year}", year=crossed)}
    upright(chart, crossed, {"color": INK, "dash": "dash", "width": 1.5}, words, side="left" if left else "right")


def causes(snowball: Snowball) -> go.Figure:
    """Why each year's dividends differ from the year before: growth, cut, reinvestment, contributions."""
    shown = shown_years(snowball)
    years = [year.year for year in shown]
    chart = figure(title=t("Why dividends change"), x_title=t("Years from now"), height=320)
    for name, field, colour in (
        (t("Growth"), "organic", COLOURS[2]),
        (t("Reinvested"), "reinvested", COLOURS[0]),
        (t("Contributed"), "contributed", COLOURS[1]),
        (t("Cut"), "cut", COLOURS[5]),
    ):
        amounts = [getattr(year, field) for year in shown]
        if any(amounts):
            chart.add_bar(x=years, y=amounts, name=name, marker={"color": colour})
    chart.update_layout(barmode="relative", bargap=0.25)
    return chart


def calendar(snowball: Snowball, limit: int = 25) -> go.Figure:
    """Heat map of the coming twelve months, the largest payers first, the others in one row."""
    rows = [(row.ticker, row.amounts) for row in snowball.calendar[:limit]]
    rest = snowball.calendar[limit:]
    if rest:
        sums = tuple(sum(row.amounts[k] for row in rest) for k in range(len(snowball.months)))
        rows.append((t("{count} others", count=len(rest)), sums))
    currency = snowball.base_currency
    shown = [[money_short(amount, currency) if amount else "" for amount in amounts] for _, amounts in rows]
    chart = figure(title=t("Dividends by month"), height=120 + 28 * max(len(rows), 3))
    chart.add_heatmap(
        x=[f"{month:%Y-%m}" for month in snowball.months],
        y=[ticker for ticker, _ in rows],
        z=[[amount or None for amount in amounts] for _, amounts in rows],
        text=shown,
        texttemplate="%{text}",
        hovertemplate="%{y} %{x}: %{text}<extra></extra>",
        colorscale=SEQUENTIAL,
        textfont={"color": DARK_INK},
        showscale=False,
        xgap=2,
        ygap=2,
    )
    chart.update_yaxes(autorange="reversed", type="category")
    chart.update_xaxes(type="category")
    chart.update_layout(hovermode="closest")
    return chart


def crossed_by(spread: CrossoverDistribution, lives: CrossoverDistribution | None = None) -> go.Figure:
    """The share of snowballs, and of simulated lives, whose net dividends have paid for life and interest by a year."""
    chart = figure(title=t("Share that has crossed by each year"), x_title=t("Years from now"), height=320)
    for found, name, colour, dash in (
        (spread, t("Snowballs"), NET, "solid"),
        (lives, t("Simulated lives"), TAX, "dash"),
    ):
        if found is not None:
            _line(chart, range(len(found.crossed_by)), found.crossed_by, name, colour, dash)
    chart.update_traces(line_shape="hv")
    chart.update_yaxes(range=[0, 1.02], tickformat=".0%")
    return chart
