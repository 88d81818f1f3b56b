"""What a browser can be asked about a page: which words are too pale, which widgets have no name."""

from __future__ import annotations

import re
from contextlib import suppress

from playwright.sync_api import Page, TimeoutError

WIDGETS = ("button", "slider", "textbox", "combobox", "checkbox", "switch", "spinbutton", "figure", "tab")
_NAMELESS = re.compile(rf"- (?:{'|'.join(WIDGETS)})(?! \"| /)\b")

# WCAG 2.2, 1.4.3: 4.5 to 1, and 3 to 1 from 24 pixels (18.66 in bold). The ground is what the elements around paint;
# words on a painted shape (a heat map's cells, the value above a slider's knob) are left out.
_PALE = """() => {
  const light = c => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
  const linear = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const brush = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const known = new Map();
  const colour = text => {
    if (!known.has(text)) {
      brush.clearRect(0, 0, 1, 1); brush.fillStyle = text; brush.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  };
  const over = (top, ground) => [0, 1, 2].map(k => top[k] * top[3] + ground[k] * (1 - top[3]));
  const skipped = 'script, style, canvas, .heatmap-label, [data-testid="stSliderThumbValue"], [data-testid="stSlider"] p';
  const pale = [];
  const words = document.createTreeWalker(document.querySelector('[data-testid="stMain"]'), NodeFilter.SHOW_TEXT);
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    const text = node.textContent.trim(), element = node.parentElement;
    if (!text || !element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    if (element.closest(skipped)) continue;
    const around = [];
    for (let e = element; e; e = e.parentElement) around.unshift(getComputedStyle(e));
    let ground = [255, 255, 255], opacity = 1;
    for (const style of around) {
      ground = over(colour(style.backgroundColor), ground);
      opacity *= Number(style.opacity);
    }
    const own = around.at(-1), drawn = element instanceof SVGElement;
    const [r, g, b, a] = colour(drawn ? own.fill : own.color);
    const ink = light(over([r, g, b, a * opacity * (drawn ? Number(own.fillOpacity) : 1)], ground)), paper = light(ground);
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    const size = parseFloat(own.fontSize), large = size >= 24 || (size >= 18.66 && Number(own.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) pale.push(`${ratio.toFixed(2)}: ${text.slice(0, 40)}`);
  }
  return pale;
}"""


def pale(page: Page) -> list[str]:
    """Words whose contrast with their ground is too low, each with its ratio, once a change of scheme has been drawn."""
    with suppress(TimeoutError):
        page.wait_for_function(f"() => ({_PALE})().length === 0", timeout=10_000)
    found: list[str] = page.evaluate(_PALE)
    return found


def nameless(page: Page) -> list[str]:
    """Widgets and charts that a screen reader could only call by their kind."""
    spoken = page.get_by_test_id("stMain").aria_snapshot()
    return [line.strip() for line in spoken.splitlines() if _NAMELESS.search(line)]
