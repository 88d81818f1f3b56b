"""The look that Streamlit's theme does not reach: banner, tables, spacing. No user text in it.

It stands in the head of the page itself, so that nothing is painted before it applies and nothing moves afterwards.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from alm.charts.colours import LEVEL_COLOUR
from alm.screen.guard import AsgiApp, Message, Receive, Scope, Send

# A word and a shape beside every colour, so that the status is never told by colour alone.
LEVEL_SHAPE = {"SAFE": "●", "CAUTION": "▲", "DANGER": "■", "UNKNOWN": "?", "CHECKING": "…"}

_LINE = "rgba(128, 138, 148, 0.3)"
_PAPER = "light-dark(#FFFFFF, #171614)"  # Streamlit's own, opaque, for cells under which others scroll

_COLOURS = [*LEVEL_COLOUR.items(), ("CHECKING", "#7F7F7F")]
# The word is mixed with the ink of the theme: the bare colours are too pale to read.
_BANNERS = "\n".join(
    f':is([class*="st-key-verdict-{level.lower()}"], [class*="st-key-freedom-{level.lower()}"]) '
    f"{{ border-left: 0.6rem solid {colour}; background: {colour}1c; }}\n"
    f':is([class*="st-key-verdict-{level.lower()}"], [class*="st-key-freedom-{level.lower()}"]) :is(h1, h2) '
    f"{{ color: color-mix(in srgb, {colour} 55%, currentColor); }}"
    for level, colour in _COLOURS
)

_BANNER = ':is([class*="st-key-verdict-"], [class*="st-key-freedom-"])'

# Nested under :root, so that these rules weigh more than Streamlit's own, which come after them.
STYLE = f"""
<style>
:root {{
.stMainBlockContainer {{ padding: 2.4rem 2.2rem 4rem; max-width: 1680px; }}
{_BANNER} {{ border-radius: 0.4rem; padding: 1rem 1.3rem; min-height: 7rem; }}
{_BANNER} :is(h1, h2) {{ font-size: 2.1rem; line-height: 1.25; padding: 0; letter-spacing: 0.02em; font-weight: 700;
  font-variant-numeric: tabular-nums; }}
{_BANNERS}
.st-key-cards {{ display: grid; gap: 0.7rem; grid-template-columns: repeat(5, minmax(0, 1fr)); }}
.st-key-cards > div {{ width: auto !important; min-width: 0; height: 100%; }}
.st-key-cards [data-testid="stMetric"] {{ min-width: 0; height: 100%; }}
.stMainBlockContainer :is([data-testid="stMetricLabel"] p, [data-testid="stMetricDelta"] *) {{
  white-space: normal; overflow: visible; text-overflow: clip; }}
.stMainBlockContainer h3 {{ font-size: 1.2rem; font-weight: 700; padding: 0.3rem 0; }}
.stMainBlockContainer [data-testid="stMarkdownContainer"] ul {{ margin: 0; padding-left: 0; }}
.stMainBlockContainer code {{ font-size: 0.9em; }}
.st-key-changes {{ padding-bottom: 0.6rem; }}
[data-testid="stCaptionContainer"] {{ opacity: 0.8; }}
.stPlotlyChart :is([class$="tick"], [class$="title"]:not(.g-gtitle), .annotation-text-g) text,
.stPlotlyChart :is(.legendtext, .bartext-outside) {{ fill: currentColor !important; fill-opacity: 0.8 !important; }}
:is([data-tag], [data-testid^="stBaseButton-primary"]) * {{ color: light-dark(#FFFFFF, #171614) !important; }}
[data-testid="stMetric"] {{ min-height: 5rem; }}
.st-key-cards [data-testid="stMetric"] {{ min-height: 6.4rem; }}
[data-testid="stMetricValue"] {{ font-size: 1.45rem; font-variant-numeric: tabular-nums; }}
.alm-table {{ overflow: auto; scrollbar-width: thin; max-height: 66rem;
  border: 1px solid {_LINE}; border-radius: 0.4rem; }}
.alm-table table {{ width: 100%; border-collapse: separate; border-spacing: 0; font-size: 14px; line-height: 20px;
  font-variant-numeric: tabular-nums; }}
.alm-table :is(th, td) {{ padding: 8px 10px; text-align: left; font-weight: 400; white-space: nowrap;
  border: 0 solid {_LINE}; border-bottom-width: 1px; background: {_PAPER}; }}
.alm-table tr:last-child > * {{ border-bottom-width: 0; }}
.alm-table thead th {{ position: sticky; top: 0; z-index: 1; font-weight: 600; vertical-align: bottom;
  white-space: normal; word-break: keep-all; border-bottom-width: 1px !important; }}
.alm-table .figures {{ text-align: right; }}
.alm-table .prose {{ white-space: normal; min-width: 150px; }}
.alm-table .long {{ min-width: 240px; }}
.alm-table tr > :first-child {{ position: sticky; left: 0; }}
.alm-table thead tr > :first-child {{ z-index: 2; }}
.alm-table tbody tr:hover > * {{ background: color-mix(in srgb, currentColor 6%, {_PAPER}); }}
@media (max-width: 1200px) {{
  .st-key-cards [data-testid="stMetric"] > div {{ padding: 0.7rem; }}
  [data-testid="stMetricValue"] {{ font-size: 1.2rem; }}
  [class*="st-key-wide-"] [data-testid="stHorizontalBlock"] {{ flex-direction: column; }}
  [class*="st-key-wide-"] [data-testid="stColumn"] {{ width: 100%; flex: 1 1 auto; }}
}}
@media (max-width: 960px) {{ .st-key-cards {{ grid-template-columns: repeat(2, minmax(0, 1fr)); }} }}
@media (max-width: 640px) {{
  .stMainBlockContainer {{ padding: 2.6rem 0.8rem 3rem; }}
  {_BANNER} :is(h1, h2) {{ font-size: 1.7rem; }}
  .st-key-cards {{ gap: 0.5rem; }}
  .alm-table :is(th, td) {{ padding: 6px 7px; }}
  .alm-table table {{ font-size: 13px; line-height: 18px; }}
  .alm-table .prose:not(.long) {{ min-width: 130px; }}
  [data-testid="stColumn"]:has([data-testid="stMetric"]):not(:has([data-testid="stMarkdown"])) {{
    min-width: calc(50% - 1rem) !important; flex: 1 1 calc(50% - 1rem) !important; }}
  [data-testid="stMetricValue"] {{ font-size: 1.15rem; }}
}}
@media print {{ [data-testid="stToolbar"], [data-testid="stTabs"] {{ display: none; }} }}
}}
</style>
"""


class Dressed:
    """ASGI middleware: puts the look into the head of every HTML page; everything else passes as it is."""

    def __init__(self, app: AsgiApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(("/static/", "/_stcore/")):
            await self.app(scope, receive, send)
        else:
            plain = [(name, value) for name, value in scope["headers"] if name.lower() not in _UNWANTED]
            await self.app({**scope, "headers": plain}, receive, _dressing(send))


_UNWANTED = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"})
"""What would make the answer compressed, empty or a part of the page."""
_STALE = frozenset({b"content-length", b"etag", b"last-modified", b"accept-ranges"})


def _dressing(send: Send) -> Send:
    """Holds an HTML answer back until all of it is there; others are sent on at once."""
    begun: MutableMapping[str, Any] = {}
    parts: list[bytes] = []

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            begun.update(message)
        elif message["type"] == "http.response.body" and begun:
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                page = b"".join(parts).replace(b"</head>", STYLE.encode() + b"</head>", 1)
                kept = [(name, value) for name, value in begun["headers"] if name.lower() not in _STALE]
                await send({**begun, "headers": [*kept, (b"content-length", str(len(page)).encode())]})
                await send({**message, "body": page})
        else:
            await send(message)

    return sending


def _is_page(start: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in start.get("headers", [])
    )
