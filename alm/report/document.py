"""The pages: verdict and figures first, then stress, then the long run, then what everything rests on.

Nothing is computed here: every figure comes from the briefing and from the engines' results.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from alm.briefing import Briefing
from alm.lights import Light, changed, lights, next_steps
from alm.report import drawings
from alm.settings import Settings, format_setting
from alm.snowball import Snowball
from alm.sources import source_sentences
from alm.stress import StressTest
from alm.telling import lines
from alm.text import day, language, money, money_short, percent, t

if TYPE_CHECKING:
    from alm.fire.result import FireResult

LEVEL = {"SAFE": "#007A5A", "CAUTION": "#A66F00", "DANGER": "#B34700", "UNKNOWN": "#5A5A5A"}
INK, RULE = HexColor("#222222"), HexColor("#C8CED4")
ASSUMPTIONS = (
    "total_return_pa", "volatility_pa", "inflation_pa", "dividend_growth_pa", "dividend_tax", "gains_tax", "sale_cost",
    "living_reserve_months", "safety_fall", "stale_days", "fire_model", "fire_parameters", "fire_years",
    "fire_paths", "fire_seed",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What goes on paper; `stress`, `snowball` and `fire` are None where the data do not allow them."""

    brief: Briefing
    settings: Settings
    stress: StressTest | None = None
    snowball: Snowball | None = None
    fire: FireResult | None = None


def write(path: Path, contents: Contents) -> None:
    """Write the PDF. The same contents give the same bytes: no clock, no random identifiers."""
    font = _font()
    document = SimpleDocTemplate(
        str(path),
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=16 * mm,
        title=f"alm {day(contents.brief.as_of)}",
        author="alm",
        invariant=1,
    )
    page = _Page(font)
    story = [*page.verdict(contents.brief), *page.figures(contents.brief), *page.stress(contents)]
    story += [*page.long_run(contents), *page.assumptions(contents)]
    document.build(story)


def _font() -> str:
    """A font every reader has: Helvetica, or the standard Japanese one, which is not embedded."""
    if language() != "ja":
        return "Helvetica"
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
    return "HeiseiKakuGo-W5"


class _Page:
    """Flowables in one font; Helvetica lacks the minus sign and a few shapes, which get their plain neighbours."""

    def __init__(self, font: str) -> None:
        self.font = font
        self.body = ParagraphStyle("body", fontName=font, fontSize=9.5, leading=13, textColor=INK, alignment=TA_LEFT)
        self.small = ParagraphStyle("small", parent=self.body, fontSize=8, leading=10.5)
        self.head = ParagraphStyle("head", parent=self.body, fontSize=12, leading=16, spaceBefore=10, spaceAfter=4)

    def plain(self, text: str) -> str:
        if self.font != "Helvetica":
            return text
        return text.replace("−", "-").replace("→", "to").replace("∞", "unlimited").replace("Σ", "sum of ")

    def text(self, text: str, style: ParagraphStyle | None = None) -> Paragraph:
        return Paragraph(escape(self.plain(text)), style or self.body)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[float], words: Sequence[int] = (0,)) -> Table:
        """A ruled table; columns in `words` wrap to the left, the others are figures aligned right."""
        cells = [
            [self.text(cell, self.small) if k in words else self.plain(cell) for k, cell in enumerate(row)]
            for row in rows
        ]
        table = Table(cells, colWidths=[width * mm for width in widths], repeatRows=1)
        table.setStyle(
            TableStyle(
                [
                    ("FONT", (0, 0), (-1, -1), self.font, 8),
                    ("ALIGN", (0, 0), (-1, -1), "RIGHT"),
                    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                    ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
                    ("LINEBELOW", (0, 1), (-1, -1), 0.25, RULE),
                    ("TOPPADDING", (0, 0), (-1, -1), 2),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ]
            )
        )
        return table

    def verdict(self, brief: Briefing) -> list[Flowable]:
        found = [flowable for light in lights(brief) for flowable in self.light(light, brief)]
        found += [self.text(f"• {sentence}", self.small) for sentence in changed(brief)]
        asked = next_steps(brief)
        found += [self.text(f"• {step}") for step in asked.steps]
        found += [self.text(remark, self.small) for remark in asked.remarks]
        return found

    def light(self, light: Light, brief: Briefing) -> list[Flowable]:
        style = ParagraphStyle(
            "level", parent=self.body, fontSize=22, leading=27, textColor=HexColor(LEVEL[light.level])
        )
        return [
            self.text(f"{light.question}  {day(brief.as_of)}", self.small),
            self.text(f"{t(light.level)}  {light.number}", style),
            self.text(light.sentence),
            *(self.text(note, self.small) for note in light.notes),
        ]

    def figures(self, brief: Briefing) -> list[Flowable]:
        head = (t("Figure"), t("Today"), t("Working"))
        rows = [(line.label, line.value, line.working) for line in lines(brief)]
        return [Spacer(1, 3 * mm), self.table([head, *rows], (42, 34, 98), words=(0, 2))]

    def stress(self, contents: Contents) -> list[Flowable]:
        test = contents.stress
        if test is None or not test.loans:
            return []
        levels = test.loans[0].levels
        named = ((t("freeze"), levels.freeze), (t("call"), levels.call), (t("forced sale"), levels.forced))
        thresholds = [(name, level) for name, level in named if level is not None]
        curve = [(0.0, test.ltv), *((row.fall, row.ltv) for row in test.grid)]
        head = [t(name) for name in ("Fall", "Pledged", "Margin ratio", "Zone", "Cash pays", "Line pays")]
        head += [t("Still to sell"), t("Survives")]
        currency = contents.brief.currency
        rows = [
            (
                percent(row.fall, 0),
                money(row.collateral, currency),
                percent(row.ltv),
                t(row.zone),
                money(row.sources.cash, currency),
                money(row.sources.credit_line, currency),
                money(row.sources.sale, currency),
                t("yes") if row.survives else t("no"),
            )
            for row in test.grid
        ]
        chart = drawings.margin_ratio(curve, thresholds, t("Margin ratio against a falling market"), self.font)
        return [
            KeepTogether([self.text(t("If it falls, who pays?"), self.head), chart]),
            self.table([head, *rows], (14, 28, 20, 18, 26, 26, 26, 16)),
        ]

    def long_run(self, contents: Contents) -> list[Flowable]:
        found: list[Flowable] = []
        if contents.snowball is not None:
            found.append(self._snowball(contents.snowball))
        if contents.fire is not None:
            found.append(self._fire(contents.fire, contents.brief.currency))
        return found

    def _snowball(self, snowball: Snowball) -> Flowable:
        years = snowball.years[:41]
        unit = 1e6
        title = t(
            "Net dividends against spending and interest, {unit} a year", unit=money_short(unit, snowball.base_currency)
        )
        chart = drawings.dividends(
            [year.year for year in years],
            [year.net for year in years],
            [year.spending + year.interest for year in years],
            unit,
            self.plain(title),
            self.font,
        )
        return KeepTogether([self.text(t("Snowball"), self.head), chart])

    def _fire(self, fire: FireResult, currency: str) -> Flowable:
        unit = 1e6
        title = t("Net worth in today's money, {unit}: percentiles by year", unit=money_short(unit, currency))
        low, high = fire.interval
        told = t(
            "Success {p} (95% interval {low} to {high}) in {paths} paths of the model {model}; margin call {call}, "
            "forced sale {forced}, ruin {ruin}.",
            p=percent(fire.success_probability),
            low=percent(low),
            high=percent(high),
            paths=f"{fire.paths:,}",
            model=t(fire.model),
            call=percent(fire.p_call),
            forced=percent(fire.p_forced_sale),
            ruin=percent(fire.p_ruin),
        )
        chart = drawings.fan([list(row) for row in fire.fan], unit, self.plain(title), self.font)
        whose = " ".join(source_sentences(fire.plan))
        return KeepTogether([self.text(t("FIRE probability"), self.head), self.text(f"{told} {whose}"), chart])

    def assumptions(self, contents: Contents) -> list[Flowable]:
        documents = {spec.name: t(spec.metadata["doc"]) for spec in fields(Settings)}
        rows = [
            (name, format_setting(getattr(contents.settings, name)) or "—", documents[name]) for name in ASSUMPTIONS
        ]
        head = (t("Setting"), t("Set to"), t("Meaning"))
        sources = [self.text(f"{line.label}: {line.source}", self.small) for line in lines(contents.brief)]
        return [
            self.text(t("Assumptions and sources"), self.head),
            self.table([head, *rows], (44, 30, 100), words=(0, 2)),
            Spacer(1, 3 * mm),
            *sources,
            self.text(t("A model of the future is not the future; nothing here is advice to buy or sell."), self.small),
        ]
