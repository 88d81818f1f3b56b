"""Names typed by people are shown on charts as they are: plotly reads HTML in every label, tick and hover."""

from __future__ import annotations

import json

import numpy as np
import pytest

from alm.charts.allocation import allocation
from alm.charts.lines import upright
from alm.charts.plain import plain
from alm.charts.theme import figure
from tests.browser import browser

LINK = '<a href="https://evil.example">R&D &amp; <b>gold</b></a>'
SHOWN = '&lt;a href="https://evil.example"&gt;R&amp;D &amp;amp; &lt;b&gt;gold&lt;/b&gt;&lt;/a&gt;'


def every_kind():
    """A chart with the name in every place that plotly reads."""
    chart = figure(title=LINK, x_title=LINK, y_title=LINK)
    chart.add_bar(
        x=[1.0, 2.0], y=[LINK, "plain"], orientation="h", name=LINK, text=[LINK, "1 %"], customdata=[[LINK], [2]]
    )
    chart.add_scatter(x=np.array([LINK, "b"]), y=np.array([1.0, 2.0]), text=LINK, hovertext=LINK)
    upright(chart, 1.0, {"width": 1}, {"text": LINK})
    chart.update_xaxes(tickvals=[1, 2], ticktext=[LINK, "b"])
    return chart


def test_nothing_that_a_person_typed_is_read_as_markup():
    drawn = json.loads(plain(every_kind()).to_json())
    text = json.dumps(drawn["data"]) + json.dumps(drawn["layout"])
    assert "<" not in text
    assert text.count(json.dumps(SHOWN)) == 12


def test_numbers_and_plain_names_are_left_as_they_are():
    chart = allocation((("Equity", 0.6), ("Bonds", 0.4)), "What is held")
    assert plain(chart) is chart


def test_a_chart_that_is_drawn_again_is_the_same():
    chart = every_kind()
    assert plain(chart).to_json() == plain(chart).to_json()


def test_hover_templates_of_the_program_keep_their_own_markup():
    chart = plain(allocation(((LINK, 1.0),), "What is held"))
    assert chart.data[0].hovertemplate == "%{y}: %{x:.1%}<extra></extra>"
    assert chart.data[0].y == (SHOWN,)


@pytest.mark.browser
def test_a_browser_shows_the_name_and_no_link(tmp_path):
    from plotly.offline import get_plotlyjs

    drawn = plain(every_kind()).to_json()
    page_file = tmp_path / "chart.html"
    page_file.write_text(
        f"<!doctype html><meta charset=utf-8><div id=c></div><script>{get_plotlyjs()}</script>"
        f"<script>const f = {drawn}; Plotly.newPlot('c', f.data, f.layout).then(() => document.body.id = 'done')</script>"
    )
    with browser() as chromium:
        page = chromium.new_page()
        page.goto(page_file.as_uri())
        page.wait_for_selector("#done", state="attached")
        assert page.locator("#c svg a").count() == 0
        assert page.locator("#c .ytick text", has_text=LINK).count() == 1
