"""The look that Streamlit's theme does not reach: banner, tabular figures, spacing. No user text in it."""

from __future__ import annotations

import time

import streamlit as st

from alm.charts.theme import LEVEL_COLOUR

# A word and a shape beside every colour, so that the status is never told by colour alone.
LEVEL_SHAPE = {"SAFE": "●", "CAUTION": "▲", "DANGER": "■", "UNKNOWN": "?", "CHECKING": "…"}

HEAD_START = 0.05  # seconds: the server sends what is queued every hundredth of one

_LINE = "rgba(128, 138, 148, 0.3)"
_PAPER = "light-dark(#FFFFFF, #171614)"  # Streamlit's own, opaque, for cells under which others scroll

_COLOURS = [*LEVEL_COLOUR.items(), ("CHECKING", "#7F7F7F")]
# The word is mixed with the ink of the theme: the bare colours are too pale to read.
_BANNERS = "\n".join(
    f".st-key-verdict-{level.lower()} {{ border-left: 0.6rem solid {colour}; background: {colour}1c; }}\n"
    f".st-key-verdict-{level.lower()} h1 {{ color: color-mix(in srgb, {colour} 55%, currentColor); }}"
    for level, colour in _COLOURS
)

STYLE = f"""
<style>
.stMainBlockContainer {{ padding: 2.4rem 2.2rem 4rem; max-width: 1680px; }}
[class*="st-key-verdict-"] {{ border-radius: 0.4rem; padding: 1rem 1.3rem; min-height: 7rem; }}
[class*="st-key-verdict-"] h1 {{ font-size: 2.1rem; line-height: 1.25; padding: 0; letter-spacing: 0.02em; }}
{_BANNERS}
.st-key-cards {{ display: grid; gap: 0.7rem; grid-template-columns: repeat(5, minmax(0, 1fr)); }}
.st-key-cards > div {{ width: auto !important; min-width: 0; height: 100%; }}
.st-key-cards [data-testid="stMetric"] {{ min-width: 0; height: 100%; }}
.stMainBlockContainer :is([data-testid="stMetricLabel"] p, [data-testid="stMetricDelta"] *) {{
  white-space: normal; overflow: visible; text-overflow: clip; }}
.stMainBlockContainer :is(h3, h5) {{ font-size: 1.2rem; font-weight: 700; padding: 0.3rem 0; }}
.stMainBlockContainer [data-testid="stMarkdownContainer"] ul {{ margin: 0; padding-left: 0; }}
.stMainBlockContainer code {{ font-size: 0.9em; }}
.st-key-changes {{ padding-bottom: 0.6rem; }}
[data-testid="stCaptionContainer"] {{ opacity: 0.8; }}
.stPlotlyChart :is(.xtick, .ytick, .g-xtitle, .g-ytitle, .annotation-text-g) text,
.stPlotlyChart .outside text {{ fill: currentColor !important; fill-opacity: 0.8 !important; }}
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
  [class*="st-key-verdict-"] h1 {{ font-size: 1.7rem; }}
  .st-key-cards {{ gap: 0.5rem; }}
  .alm-table :is(th, td) {{ padding: 6px 7px; }}
  .alm-table table {{ font-size: 13px; line-height: 18px; }}
  .alm-table .prose:not(.long) {{ min-width: 130px; }}
  [data-testid="stColumn"]:has([data-testid="stMetric"]):not(:has([data-testid="stMarkdown"])) {{
    min-width: calc(50% - 1rem) !important; flex: 1 1 calc(50% - 1rem) !important; }}
  [data-testid="stMetricValue"] {{ font-size: 1.15rem; }}
}}
@media print {{ [data-testid="stToolbar"], [data-testid="stTabs"] {{ display: none; }} }}
[data-testid="stElementContainer"]:has(> [data-testid="stHtml"] style) {{ display: none; }}
</style>
<span></span>
"""


def style() -> None:
    """First of all: the span keeps it in the page's flow; a new page gets it a moment before anything it applies to."""
    st.html(STYLE)
    if "styled" not in st.session_state:
        st.session_state["styled"] = True
        time.sleep(HEAD_START)
