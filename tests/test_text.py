"""Figures as a person reads them."""

from __future__ import annotations

import ast
import math
from datetime import date
from pathlib import Path

import pytest

from alm import text
from alm.text import DASH, day, listed, money, money_short, months, number, percent, t, use_language

ALM = Path(text.__file__).parent


@pytest.fixture
def japanese():
    use_language("ja")
    yield
    use_language("en")


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        (125_000_000, "JPY", "¥125,000,000"),
        (-1_234.5, "USD", "−$1,234.50"),
        (0.4, "JPY", "¥0"),
        (-0.4, "JPY", "¥0"),
        (1_000, "CHF", "CHF 1,000.00"),
        (None, "JPY", DASH),
        (math.nan, "JPY", DASH),
        (math.inf, "JPY", "unlimited"),
    ],
)
def test_money(value, currency, shown):
    assert money(value, currency) == shown


def test_signed_money_and_percent_show_the_sign_of_a_change_but_not_of_nothing():
    assert money(1_000, signed=True) == "+¥1,000"
    assert money(-1_000, signed=True) == "−¥1,000"
    assert money(0, signed=True) == "¥0"
    assert percent(0.123, signed=True) == "+12.3%"
    assert percent(-0.00001, signed=True) == "0.0%"


def test_short_money_for_narrow_places(japanese):
    assert money_short(125_000_000) == "1.25億円"
    assert money_short(-45_000) == "−4.5万円"
    use_language("en")
    assert money_short(125_000_000) == "¥125M"
    assert money_short(-1_500, "USD") == "−$1.5k"


def test_other_units():
    assert percent(0.42857) == "42.9%"
    assert percent(math.inf) == "∞"
    assert months(5.094) == "5.1 months"
    assert months(48) == "4.0 years"
    assert months(math.inf) == "unlimited"
    assert number(-1234.567) == "−1,234.57"
    assert day(date(2026, 1, 31)) == "2026-01-31"
    assert listed("abcdefg") == "a, b, c, d, e and 2 more"


def test_japanese_falls_back_to_english(japanese):
    assert months(math.inf) == "無制限"
    assert t("A sentence nobody translated") == "A sentence nobody translated"


def spoken() -> set[str]:
    """Every literal text the program passes to `t`."""
    calls = (node for path in ALM.rglob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    return {
        node.args[0].value
        for node in calls
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "t"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_text_on_the_screen_has_its_japanese():
    missing = sorted(spoken() - set(text.words("ja")))
    assert missing == []


def test_every_translation_keeps_the_placeholders():
    import string

    def names(template: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(template) if name}

    wrong = [english for english, japanese in text.words("ja").items() if names(english) != names(japanese)]
    assert wrong == []
