"""The report on paper: the same bytes for the same morning, every figure readable, one to four pages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pypdf import PdfReader

from alm.briefing import Probability, brief
from alm.fire import simulate
from alm.fire.household import plan_from
from alm.lenders import profiles
from alm.report import Contents, write
from alm.settings import Settings
from alm.snowball import project
from alm.stress import stress_test
from alm.text import use_language
from tests.households import reference_household

SETTINGS = Settings(fire_paths=300)
LENDERS = profiles()


def contents(sheet=None, *, fire=False) -> Contents:
    sheet = sheet or reference_household()
    found = brief(sheet, (), SETTINGS, LENDERS, fire=Probability(0.87, 0.003))
    if sheet.missing:
        return Contents(found, SETTINGS)
    simulated = simulate(plan_from(sheet, SETTINGS, LENDERS)) if fire else None
    return Contents(found, SETTINGS, stress_test(sheet, LENDERS, SETTINGS), project(sheet, SETTINGS), simulated)


def read(path) -> tuple[int, str]:
    reader = PdfReader(path)
    return len(reader.pages), " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def test_the_same_morning_gives_the_same_bytes(tmp_path):
    write(tmp_path / "a.pdf", contents())
    write(tmp_path / "b.pdf", contents())
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_the_pages_say_verdict_figures_workings_and_sources(tmp_path):
    write(tmp_path / "report.pdf", contents(fire=True))
    pages, text = read(tmp_path / "report.pdf")
    assert 1 <= pages <= 4
    for said in (
        "SAFE",
        "2026-11-20",
        "Margin ratio (LTV) 40.0% ¥50,000,000 ÷ ¥125,000,000 = 40.00%",
        "Largest survivable fall 52.7%",
        "If it falls, who pays?",
        "Net dividends against spending and interest",
        "in 300 paths of the model lognormal",
        "total_return_pa 0.07",
        "nothing here is advice",
    ):
        assert said in text, said


def test_a_household_that_cannot_be_known_gets_its_verdict_and_no_figure(tmp_path):
    sheet = reference_household()
    write(tmp_path / "report.pdf", contents(sheet.with_(holdings=(replace(sheet.holdings[0], price=None),))))
    _, text = read(tmp_path / "report.pdf")
    assert "UNKNOWN" in text
    assert "no price for PORT" in text
    assert "¥125,000,000" not in text


def test_names_are_text_not_markup(tmp_path):
    sheet = reference_household()
    loan = replace(sheet.secured_loans[0], profile="<b>my & bank</b>")
    write(tmp_path / "report.pdf", Contents(brief(sheet.with_(secured_loans=(loan,)), (), SETTINGS, LENDERS), SETTINGS))
    assert "<b>my & bank</b>" in read(tmp_path / "report.pdf")[1]


@pytest.fixture
def japanese():
    use_language("ja")
    yield
    use_language("en")


def test_it_speaks_japanese(tmp_path, japanese):
    write(tmp_path / "report.pdf", contents())
    pages, _ = read(tmp_path / "report.pdf")
    fonts = {str(font["/BaseFont"]) for page in PdfReader(tmp_path / "report.pdf").pages for font in (reference.get_object() for reference in page["/Resources"]["/Font"].values())}  # fmt: skip
    assert pages >= 1
    assert any("HeiseiKakuGo" in font for font in fonts)
