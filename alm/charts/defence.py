"""Charts of the defence: what each source can give as the market falls, and who pays month by month."""

from __future__ import annotations

import plotly.graph_objects as go

from alm.charts.colours import COLOURS, ZONE_COLOUR
from alm.charts.theme import figure
from alm.defence import Capacity, Month
from alm.text import t


def sources_against_fall(points: tuple[Capacity, ...]) -> go.Figure:
    """Stacked capacity: orthogonal sources below, correlated above, and what lenders ask for as a line."""
    chart = figure(title=t("Who can pay as the market falls"), x_title=t("Fall"))
    falls = [p.fall for p in points]
    stacked = (
        (t("Cash"), [p.cash for p in points], COLOURS[0]),
        (t("Credit line"), [p.credit_line for p in points], COLOURS[4]),
        (t("Borrowing more against holdings"), [p.further_borrowing for p in points], COLOURS[1]),
        (t("Selling unpledged holdings"), [p.unpledged_sale for p in points], COLOURS[3]),
    )
    for name, amounts, colour in stacked:
        chart.add_scatter(
            x=falls, y=amounts, name=name, mode="lines", stackgroup="sources", line={"color": colour, "width": 0.5}
        )
    chart.add_scatter(
        x=falls,
        y=[p.needed for p in points],
        name=t("Asked by the lenders"),
        mode="lines",
        line={"color": ZONE_COLOUR["forced"], "width": 3},
    )
    chart.update_xaxes(tickformat=".0%")
    chart.update_yaxes(tickformat="~s")
    return chart


def who_pays(months: tuple[Month, ...]) -> go.Figure:
    """Bars per month, one colour per source, month 0 holding the cures; what nobody pays stands on top."""
    chart = figure(title=t("Who pays, month by month"), x_title=t("Months after the fall"))
    sources = (
        (t("Work income"), [m.paid.income for m in months], COLOURS[7]),
        (t("Dividends"), [m.paid.dividends for m in months], COLOURS[2]),
        (t("Cash"), [m.paid.cash for m in months], COLOURS[0]),
        (t("Credit line"), [m.paid.credit_line for m in months], COLOURS[4]),
        (t("Selling unpledged holdings"), [m.paid.unpledged_sale for m in months], COLOURS[3]),
        (t("Selling pledged holdings"), [m.paid.pledged_sale for m in months], COLOURS[5]),
        (t("Nobody"), [m.unpaid for m in months], ZONE_COLOUR["forced"]),
    )
    for name, amounts, colour in sources:
        if any(amounts):
            chart.add_bar(x=[m.month for m in months], y=amounts, name=name, marker={"color": colour})
    chart.update_layout(barmode="stack")
    chart.update_yaxes(tickformat="~s")
    return chart
