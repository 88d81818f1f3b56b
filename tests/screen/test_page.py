"""The page in a real Chromium: every part, three widths, dark and light, keyboard, upload, edit, download, report."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader

from alm.screen.parts import PARTS
from tests.browser import Watched, browser, dashboard, picture, settle
from tests.screen.households import quick_database, recorded

pytestmark = pytest.mark.browser

WIDTHS = (420, 1024, 1600)
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
VISIBLE = 100  # milliseconds that a person can see


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with dashboard(recorded(quick_database(home / "alm.db")), home) as found:
        yield found


@pytest.mark.parametrize("width", WIDTHS)
def test_every_part_opens_without_an_error_or_a_request_to_the_outside(chromium, address, width):
    watched = Watched(chromium, address, width)
    page = watched.open(TITLES[-1])
    for title in TITLES:
        watched.turn_to(title)
        assert page.get_by_role("tab", name=title, exact=True).get_attribute("aria-selected") == "true"
        watched.check()
        picture(page, f"{title.lower().replace(' ', '-')}-{width}")
    watched.page.context.close()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_dark_and_light_are_both_legible(chromium, address, scheme):
    page = Watched(chromium, address, 1600, scheme).open()
    channels = page.evaluate(
        "() => [getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor,"
        " getComputedStyle(document.querySelector('[data-testid=stMetricValue]')).color]"
    )
    background, ink = (sum(map(float, colour.split("(")[1].rstrip(")").split(",")[:3])) / 3 for colour in channels)
    assert (background < 60 and ink > 200) if scheme == "dark" else (background > 240 and ink < 90)
    picture(page, f"today-{scheme}")
    page.context.close()


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


def test_a_card_opens_its_working(chromium, address):
    page = Watched(chromium, address).open()
    page.locator(".st-key-cards").get_by_test_id("stTooltipIcon").first.hover()
    working = page.get_by_test_id("stTooltipContent")
    working.wait_for()
    assert "¥50,000,000 ÷ ¥125,000,000 = 40.00%" in working.inner_text()
    assert "market value of what is pledged" in working.inner_text()
    page.context.close()


def test_the_keyboard_reaches_the_parts_and_their_widgets(chromium, address):
    page = Watched(chromium, address).open("Defence")
    reached: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => document.activeElement.getAttribute('role') || ''"))
        if reached[-1] == "tab":
            break
    assert reached[-1] == "tab"
    seen = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement);"
        " return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; }"
    )
    assert seen, "where the focus is cannot be seen"
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.type === 'range'"):
            break
    before = page.evaluate("() => document.activeElement.value")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => document.activeElement.value !== before", arg=before)
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
    verdict = page.locator('[class*="st-key-verdict-"] h1').inner_text().split()[-1]
    with page.expect_download(timeout=60_000) as coming:
        page.get_by_role("button", name="Report (PDF)").click()
    text = PdfReader(coming.value.path()).pages[0].extract_text()
    assert verdict in text
    assert "40.0%" in text
    watched.check()
    page.context.close()
