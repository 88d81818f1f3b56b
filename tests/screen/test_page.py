"""The page in a real Chromium: every part, three widths, dark and light, keyboard, upload, edit, download, report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError
from pypdf import PdfReader

from alm.screen.parts import PARTS
from alm.text import t, use_language, words
from tests.browser import Watched, browser, dashboard, picture, settle
from tests.screen.households import quick_database, recorded, with_a_past
from tests.screen.legible import nameless, pale

pytestmark = pytest.mark.browser

VIEWS = ((420, "dark"), (1024, "light"), (1600, "light"))
TITLES = [title for title, _ in PARTS]
ORDER = """() => {
  const top = selector => document.querySelector(selector).getBoundingClientRect().top;
  return [top('[class*="st-key-verdict-"]'), top('.st-key-changes'), top('.st-key-cards'), top('[data-testid="stTabs"]')];
}"""
WATCH_VERDICT = """() => {
  window.places = {};
  let before = performance.now();
  const look = now => {
    const found = document.querySelector('[class*="st-key-verdict-"]');
    if (found) {
      const r = found.getBoundingClientRect(), place = [r.left, r.top, r.width].join(' ');
      window.places[place] = (window.places[place] || 0) + now - before;
    }
    before = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
GROUND = "() => getComputedStyle(document.querySelector('[data-testid=\"stApp\"]')).backgroundColor"
VISIBLE = 100  # milliseconds that a person can see
FOCUS = """() => {
  const focus = document.activeElement, ring = e => { const s = getComputedStyle(e);
    return s.outlineStyle !== 'none' || s.boxShadow !== 'none' || s.borderColor === accent; };
  const accent = getComputedStyle(document.querySelector('[role="tab"][aria-selected="true"]')).color;
  const name = focus.getAttribute('aria-label') || focus.innerText || focus.labels?.[0]?.innerText || '';
  const around = [focus, focus.parentElement, focus.parentElement?.parentElement].filter(Boolean);
  return [focus.type && focus.tagName === 'INPUT' ? focus.type : focus.getAttribute('role') || focus.tagName.toLowerCase(),
    name.trim(), around.some(ring)];
}"""


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with dashboard(with_a_past(home / "alm.db"), home) as found:
        yield found


def every_part(watched: Watched, titles: list[str], name: str) -> Iterator[str]:
    """Turns to each part as a person does, looks, keeps a picture, and gives the words on the page."""
    page = watched.open(titles[-1])
    for title, english in zip(titles, TITLES, strict=True):
        watched.turn_to(title)
        assert page.get_by_role("tab", name=title, exact=True).get_attribute("aria-selected") == "true"
        watched.check()
        assert nameless(page) == []
        assert pale(page) == []
        picture(page, f"{english.lower().replace(' ', '-')}-{name}")
        yield page.get_by_test_id("stMain").inner_text()
    page.context.close()


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_every_part_opens_without_an_error_or_a_request_and_can_be_read(chromium, address, width, scheme):
    watched = Watched(chromium, address, width, scheme)
    for _ in every_part(watched, TITLES, f"{width}-{scheme}"):
        assert watched.page.evaluate(GROUND) == {"light": "rgb(255, 255, 255)", "dark": "rgb(23, 22, 20)"}[scheme]


def test_every_part_speaks_japanese(chromium, tmp_path):
    """No line of the page is an English text that has its Japanese; what a person typed stays as it was typed."""
    english = {said for said, told in words("ja").items() if said != told}
    with dashboard(recorded(quick_database(tmp_path / "alm.db", language="ja")), tmp_path) as address:
        use_language("ja")
        titles = [t(title) for title in TITLES]
        watched = Watched(chromium, address, 1024, "dark")
        for told in every_part(watched, titles, "1024-dark-ja"):
            watched.page.wait_for_function("() => document.documentElement.lang === 'ja'")
            assert english & {line.strip() for line in told.splitlines()} == set()


def test_attention_is_led_from_the_verdict_to_the_parts(chromium, address):
    page = Watched(chromium, address).open()
    tops = page.evaluate(ORDER)
    assert tops == sorted(tops)
    assert tops[-1] < 1000, "the parts begin above the fold"
    page.context.close()


def test_the_verdict_does_not_move_while_the_page_loads(chromium, address):
    watched = Watched(chromium, address)
    watched.page.add_init_script(f"({WATCH_VERDICT})()")
    page = watched.open()
    page.wait_for_timeout(700)
    seen = {place: held for place, held in page.evaluate("() => window.places").items() if held > VISIBLE}
    assert len(seen) == 1, seen
    page.context.close()


def test_every_card_opens_its_working(chromium, address):
    """The formula with today's numbers ends in the figure on the card; its source stands under it."""
    page = Watched(chromium, address).open()
    cards = page.locator(".st-key-cards").get_by_test_id("stMetric")
    opened = {}
    for card in cards.all():
        card.get_by_test_id("stTooltipIcon").get_by_role("button").focus()
        told = page.get_by_test_id("stTooltipContent").locator("p")
        told.nth(1).wait_for()
        working, source = told.all_inner_texts()
        page.keyboard.press("Escape")
        told.first.wait_for(state="detached")
        value = card.get_by_test_id("stMetricValue").inner_text()
        opened[card.get_by_test_id("stMetricLabel").inner_text().strip()] = (value, working)
        assert source
    assert len(opened) == 10
    assert opened["Margin ratio (LTV)"] == ("40.0%", "¥50,000,000 ÷ ¥125,000,000 = 40.00%")
    assert opened["Net worth"][1] == "portfolio ¥125,000,000 + cash ¥4,500,000 − debt ¥50,000,000 = ¥79,500,000"
    for label, (value, working) in opened.items():
        shown = value.removesuffix("%").removesuffix(" months")
        assert shown in working or f"{float(working.split('= ')[1].rstrip('%').replace(',', '')):.1f}" == shown, label
    page.context.close()


def test_the_keyboard_reaches_and_works_everything(chromium, address):
    """With Tab alone: help, parts, sliders, choices, the expander; the focus is always seen; each does its work."""
    page = Watched(chromium, address).open("Snowball")
    reached: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        kind, name, seen = page.evaluate(FOCUS)
        if kind == "body":
            break
        assert seen or kind == "main", f"where the focus is cannot be seen: {kind} {name}"
        reached.append(f"{kind} {name}")
        if name == "Help for Margin ratio (LTV)":
            page.get_by_test_id("stTooltipContent").wait_for()
        if name == "Years of the cut":
            page.keyboard.press("ArrowRight")
            page.wait_for_function("() => document.activeElement.value === '3'")
            settle(page)
        if kind == "summary":
            page.keyboard.press("Enter")
            page.get_by_role("columnheader", name="Organic").wait_for()
    assert len([name for name in reached if name.startswith("button Help for")]) == 11
    assert "tab Snowball" in reached
    assert [name for name in reached if name.startswith(("range", "text", "checkbox"))] == [
        "range Dividend cut", "range Years of the cut", "text A crisis as it happened", "text Dividends buy",
        "checkbox Show how certain the year is",
    ]  # fmt: skip
    page.context.close()


def test_the_arrows_turn_the_parts_and_scroll_a_table(chromium, address):
    page = Watched(chromium, address, 420).open("Today")
    page.get_by_role("tab", name="Today", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_role("columnheader", name="Asked: pay").wait_for()
    assert page.get_by_role("tab", name="Stress", exact=True).get_attribute("aria-selected") == "true"
    table = page.locator(".alm-table", has_text="Asked: pay")
    first = table.locator("tbody th").first
    before = first.bounding_box()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.className === 'alm-table'"):
            break
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")
    assert first.bounding_box()["x"] == before["x"], "the fall stays in sight"
    page.context.close()


def test_two_days_are_compared_and_a_note_is_kept(chromium, address):
    """Five days ago the loan was 10,000,000 larger: that is the cause that is named."""
    watched = Watched(chromium, address, 420)
    page = watched.open("History")
    page.locator(".js-plotly-plot .xtick").nth(5).wait_for()  # three days on each chart: nothing moves any more
    settle(page)
    for _ in range(10):  # a list that is open while its part is drawn again closes
        page.get_by_role("combobox", name="From").focus()
        page.keyboard.press("ArrowDown")
        with suppress(TimeoutError):
            page.get_by_role("option").nth(2).wait_for(timeout=3_000)
            break
    days = page.get_by_role("option").all_inner_texts()
    assert len(days) == 3
    page.keyboard.type(days[1])
    page.keyboard.press("Enter")
    loans = page.get_by_role("row", name="loans")
    loans.wait_for()
    assert loans.get_by_role("cell").first.inner_text() == "+¥10,000,000"
    days_shown = page.get_by_role("columnheader").all_inner_texts()
    assert days_shown[:3] == ["Figure", days[1], days[2]]
    page.get_by_label("Note", exact=True).fill("Repaid a part of the loan")
    page.get_by_role("button", name="Keep the note").click()
    page.get_by_text("Repaid a part of the loan").wait_for()
    watched.check()
    page.context.close()


def test_a_file_is_previewed_applied_and_taken_back(chromium, address, tmp_path):
    file = tmp_path / "cash.csv"
    file.write_text("account,currency,amount\nDemo Bank,JPY,3600000\n")
    watched = Watched(chromium, address)
    page = watched.open("Data")
    page.locator('input[type="file"]').set_input_files(file)
    page.get_by_role("button", name="Apply these changes").click()
    page.get_by_text("1 rows changed.").wait_for()
    settle(page)
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("1 rows were put back.").wait_for()
    watched.check()
    page.context.close()


def test_every_table_can_be_downloaded(chromium, address):
    page = Watched(chromium, address).open("Data")
    page.get_by_role("button", name="Prepare the files").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download", exact=True).click()
    assert coming.value.suggested_filename.endswith(".zip")
    assert Path(coming.value.path()).read_bytes()[:2] == b"PK"
    page.context.close()


def test_the_report_says_what_the_page_says(chromium, address):
    watched = Watched(chromium, address)
    page = watched.open()
    verdict = page.locator('[class*="st-key-verdict-"] h1').inner_text().split()[1]
    with page.expect_download(timeout=60_000) as coming:
        page.get_by_role("button", name="Report (PDF)").click()
    text = PdfReader(coming.value.path()).pages[0].extract_text()
    assert verdict in text
    assert "40.0%" in text
    watched.check()
    page.context.close()
