"""Every part of the page, opened and moved as a person would."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page

from page.clock import THUMB, moved, since_acted

TRIES = 5
"""Each key press asks for another figure; the shortest wait is what the machine can do when nobody else asks it."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a person waited, and for what."""

    what: str
    seconds: float
    charts: float = 0.0
    """Until the charts were drawn again as well."""


def names(page: Page) -> list[str]:
    return [tab.inner_text() for tab in page.get_by_role("tab").all()]


def open_part(page: Page, name: str) -> Wait:
    """From the click on its name until the part is painted and nothing runs any more."""
    page.get_by_role("tab", name=name, exact=True).click()
    return Wait(name, since_acted(page)[1])


def sliders(page: Page, name: str) -> list[Wait]:
    """From the key on each slider of the open part until its new figures stand; one that moves none is left out."""
    _prepare(page)
    found = []
    for place in range(page.locator(THUMB).count()):
        thumb = page.locator(THUMB).nth(place)
        if thumb.is_enabled():
            waits = [told for _ in range(TRIES) if (told := moved(page, thumb)) is not None]
            label = (thumb.get_attribute("aria-label") or "").partition(" — ")[0]
            found += [Wait(f"{name}, {label}", *map(min, zip(*waits, strict=True)))] if waits else []
    return found


def _prepare(page: Page) -> None:
    """The weight of a what-if has its slider once a holding is chosen."""
    choice = page.locator(".st-key-what-if-weight input")
    if choice.count():
        choice.click()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        since_acted(page)
