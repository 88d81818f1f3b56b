"""Tables as HTML: cells that cannot be obeyed, figures to the right, words to the left, the first cell names the row."""

from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from alm.screen.tables import written
from tests.screen.shown import frame, tables

PAGE = """
from alm.screen.tables import show_table
show_table([{"Fall": "10%", "Zone": "safe", "Asked": "—"}, {"Fall": "60%", "Zone": "forced", "Asked": "¥5,000"}])
"""


def test_a_table_on_the_page_reads_as_it_was_given():
    app = AppTest.from_string(PAGE).run()
    (shown,) = tables(app)
    assert shown.to_dict("records") == [
        {"Fall": "10%", "Zone": "safe", "Asked": "—"},
        {"Fall": "60%", "Zone": "forced", "Asked": "¥5,000"},
    ]


def test_figures_stand_right_and_words_left():
    html = AppTest.from_string(PAGE).run().get("html")[0].proto.body
    assert '<th scope="col" class="figures">Fall</th><th scope="col">Zone</th>' in html
    assert '<th scope="row" class="figures">10%</th><td>safe</td><td class="figures">—</td>' in html


def test_the_columns_of_words_can_be_named():
    html = written(pd.DataFrame({"Figure": ["Verdict", "Cash"], "Today": ["SAFE", "¥1"]}), {"Figure"})
    assert '<td class="figures">SAFE</td>' in html


@pytest.mark.parametrize(("length", "kind"), [(16, ""), (17, ' class="prose"'), (49, ' class="prose long"')])
def test_long_words_stand_in_lines(length, kind):
    html = written(pd.DataFrame({"Name": ["n" * length]}), {"Name"})
    assert f'<th scope="row"{kind}>{"n" * length}</th>' in html


def test_what_is_typed_is_shown_and_never_obeyed():
    typed = "<script>window.owned=1</script> & <b>bold</b>"
    html = written(pd.DataFrame({typed: [typed]}), {typed})
    assert "<script" not in html
    assert "<b>" not in html
    assert frame(html).to_dict("records") == [{typed: typed}]


def test_an_empty_table_is_its_headings():
    html = written(pd.DataFrame({"Ticker": pd.Series(dtype="str")}), {"Ticker"})
    assert "<tbody></tbody>" in html
