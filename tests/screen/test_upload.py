"""Files above 5 MB are refused by the page and, where the page is gone round, by the server; names are never paths."""

from __future__ import annotations

import pytest

from tests.browser import browser, dashboard, settle
from tests.screen.households import quick_database

pytestmark = pytest.mark.browser

LIMIT = 5 * 2**20
PUT = """async ([url, size, xsrf]) => {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(size)]), '../../x.csv');
  try {
    const answer = await fetch(url, {method: 'PUT', body: form, headers: {'X-Xsrftoken': xsrf}});
    return answer.status;
  } catch (error) { return 0; }
}"""
XSRF = "() => (document.cookie.match(/_streamlit_xsrf=([^;]*)/) || ['', ''])[1]"


def test_large_files_and_names_that_climb(tmp_path):
    home = tmp_path / "a" / "b" / "home"
    home.mkdir(parents=True)
    uploads: list[str] = []
    with dashboard(quick_database(home / "alm.db"), home) as address, browser() as chromium:
        page = chromium.new_page()
        page.on("request", lambda asked: asked.method == "PUT" and uploads.append(asked.url))
        page.goto(f"{address}/?part=Data")
        settle(page)
        chooser = page.locator("input[type=file]").first
        chooser.wait_for(state="attached")
        chooser.set_input_files({"name": "big.csv", "mimeType": "text/csv", "buffer": b"x" * (LIMIT + 1)})
        page.get_by_text("5.0MB or smaller").wait_for()
        assert uploads == []

        chooser.set_input_files({"name": "../../x.csv", "mimeType": "text/csv", "buffer": b"nobody,knows\n1,2\n"})
        page.get_by_test_id("stAlert").wait_for()
        assert len(uploads) == 1
        token = page.evaluate(XSRF)
        assert page.evaluate(PUT, [uploads[0], 1000, token]) in (200, 204)
        assert page.evaluate(PUT, [uploads[0], LIMIT + 2**20, token]) not in (200, 204)
    assert list(tmp_path.rglob("x.csv")) == []
