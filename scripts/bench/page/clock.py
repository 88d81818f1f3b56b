"""Clocks inside the browser: when a person's key or click arrived, and when the page last changed because of it."""

from __future__ import annotations

from playwright.sync_api import Browser, Locator, Page

THUMB = '[data-testid="stSlider"] input[type="range"]'
QUIET_MS = 600
"""A page is idle when its script does not run, nothing is being loaded and nothing was redrawn for this long. What is
measured is when it was redrawn for the last time, not when that was noticed."""
WATCH = """
(() => {
  const now = () => performance.timeOrigin + performance.now();
  const main = '[data-testid="stMain"]', control = '[data-testid="stSlider"]';
  const chart = '.js-plotly-plot';
  const loading = '[data-testid="stSkeleton"], [data-testid="stSpinner"], [data-testid="stAppSkeleton"]';
  const words = () => [...document.querySelectorAll(main + ' [data-testid="stElementContainer"]')]
    .filter(element => !element.querySelector(control) && !element.querySelector(chart))
    .map(element => element.textContent).filter(text => text).join(' | ');
  const clock = window.benchClock = {acted: 0, drawn: 0, told: 0, text: ''};
  clock.busy = () => {
    const app = document.querySelector('[data-testid="stApp"]');
    return !app || app.dataset.testScriptState !== 'notRunning' || document.querySelector(loading) !== null;
  };
  clock.idle = quiet => !clock.busy() && now() - Math.max(clock.drawn, clock.acted) > quiet;
  const counts = target => {
    const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
    if (!element) return false;
    if (element.matches('[data-testid="stApp"]')) return true;
    return element.closest(main) !== null && element.closest(control) === null;
  };
  new MutationObserver(changes => {
    const found = changes.filter(({target}) => counts(target));
    if (!found.length) return;
    clock.drawn = now();
    if (found.every(({type}) => type === 'attributes')) return;
    const text = words();
    if (text !== clock.text) { clock.text = text; clock.told = clock.drawn; }
  }).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true,
    attributeFilter: ['data-test-script-state', 'style', 'd', 'width', 'height', 'src'],
  });
  for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, event => {
    if (event.isTrusted) { clock.acted = clock.drawn = clock.told = now(); clock.text = words(); }
  }, {capture: true});
})();
"""
NEXT_FRAME = """
() => new Promise(done => requestAnimationFrame(() => done(performance.timeOrigin + performance.now())))
"""


def opened(chromium: Browser, address: str, *, height: int = 900) -> Page:
    page = chromium.new_page(viewport={"width": 1280, "height": height})
    page.add_init_script(WATCH)
    page.goto(address)
    return page


def painted(page: Page, selector: str) -> float:
    """Wait for what the selector names to be painted; when that was, in seconds since 1970."""
    page.locator(selector).first.wait_for()
    return float(page.evaluate(NEXT_FRAME)) / 1000


def idle(page: Page) -> float:
    """Wait until the page is idle; when it was last redrawn, in seconds since 1970."""
    page.locator('[data-testid="stMain"]').wait_for()
    page.wait_for_function("quiet => window.benchClock.idle(quiet)", arg=QUIET_MS, timeout=120_000)
    return float(page.evaluate("window.benchClock.drawn")) / 1000


def since_acted(page: Page) -> tuple[float, float]:
    """Seconds from the last key or click until the words and figures stood, and until the page was idle."""
    idle(page)
    acted, told, drawn = page.evaluate("(({acted, told, drawn}) => [acted, told, drawn])(window.benchClock)")
    return (told - acted) / 1000, (drawn - acted) / 1000


def rerun(page: Page) -> float:
    """Seconds from the key that runs the whole script again until the page is idle."""
    page.evaluate("document.activeElement && document.activeElement.blur()")
    page.keyboard.press("r")
    return since_acted(page)[1]


def moved(page: Page, thumb: Locator) -> tuple[float, float] | None:
    """Seconds from the key on a slider's thumb until every word and figure outside charts stood, and until the charts
    did; None where it moves none."""
    thumb.focus()
    at_end = thumb.input_value() == thumb.get_attribute("max")
    page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
    told, drawn = since_acted(page)
    return (told, drawn) if told > 0 else None
