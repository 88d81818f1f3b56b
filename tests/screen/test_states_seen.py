"""Every state of the page in a real browser: its word, no error, no request outside, words that can be read."""

from __future__ import annotations

import pytest

from alm.store.database import create
from tests.browser import Watched, browser, dashboard, picture, settle
from tests.screen import households
from tests.screen.legible import nameless, pale

pytestmark = pytest.mark.browser


def nothing(path):
    return path


def empty(path):
    create(path)
    return path


STATES = {
    "missing-price": (households.without_a_price, "? UNKNOWN", "NOPRICE"),
    "stale": (households.stale, "? UNKNOWN", "days old"),
    "danger": (households.in_danger, "■ DANGER 7.3%", "Repay ¥"),
    "refused": (households.not_a_database, "? UNKNOWN", "The database was refused and left as it is."),
    "empty": (empty, "? Am I safe?", "Three ways to a first answer"),
    "no-database": (nothing, "? Am I safe?", "Look around with the demo household"),
}


WITH_FIGURES = ("missing-price", "stale", "danger")


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


@pytest.mark.parametrize("state", STATES)
def test_a_state_says_its_word_and_why(chromium, tmp_path, state):
    made, word, reason = STATES[state]
    with dashboard(made(tmp_path / "alm.db"), tmp_path) as address:
        watched = Watched(chromium, address, 420)
        page = watched.page
        page.goto(address)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            settle(page)
            if state in WITH_FIGURES:
                watched.painted()
            page.get_by_text(reason).first.wait_for()
            assert page.get_by_role("heading", level=1).inner_text() == word
            watched.check()
            assert nameless(page) == []
            assert pale(page) == []
            picture(page, f"state-{state}-{scheme}")
        page.context.close()
