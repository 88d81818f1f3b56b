"""Figures as a person reads them."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from alm import text
from alm.drill import crises
from alm.feeds.brokers import generic, rakuten, sbi, sbi_trades
from alm.feeds.plan import source_words
from alm.lenders import profiles
from alm.scenarios import library
from alm.settings import Settings, read_toml
from alm.snowball import crises as dividend_crises
from alm.store.schema import metadata
from alm.text import (
    DASH,
    day,
    listed,
    money,
    money_at_least,
    money_short,
    months,
    number,
    percent,
    points,
    t,
    up_to,
    use_language,
)

ALM = Path(text.__file__).parent


@pytest.fixture
def japanese():
    use_language("ja")
    yield
    use_language("en")


@pytest.mark.parametrize(
    ("limit", "shown"),
    [(0.5266666, "52.6%"), (0.428571, "42.8%"), (0.35, "35.0%"), (0.29, "29.0%"), (1 - 0.4 / 0.8, "50.0%"),
     (-0.0231, f"{text.MINUS}2.4%"), (1.0, "100.0%"), (-math.inf, f"{text.MINUS}∞"), (None, DASH)],
)  # fmt: skip
def test_a_limit_is_rounded_down_so_that_what_is_shown_holds(limit, shown):
    assert up_to(limit) == shown


def test_an_amount_that_has_to_suffice_is_rounded_up_and_one_that_is_a_limit_down():
    assert [money_at_least(x) for x in (89_062.5, 89_100.0, 1_234_001.0, 0.0)] == [
        "¥89,100",
        "¥89,100",
        "¥1,240,000",
        "¥0",
    ]
    assert money_at_least(61.234, "USD") == "$61.30"
    assert [money_short(x, down=True) for x in (53_571_428.0, 125e6, 0.0)] == ["¥53.5M", "¥125M", "¥0"]


def test_a_difference_of_percentages_is_in_points(japanese):
    assert points(-0.0123) == f"{text.MINUS}1.23ポイント"
    use_language("en")
    assert (points(0.0123), points(0.0), points(None)) == ("+1.23 pt", "0.00 pt", DASH)


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


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call in the program, with its place and the name of what is called."""
    for path in sorted(ALM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                yield f"{path.relative_to(ALM)}:{node.lineno}", name, node


def refusals() -> set[str]:
    """The name of every refusal class: `AlmError` and what is derived from it, however far."""
    trees = (ast.parse(path.read_text()) for path in ALM.rglob("*.py"))
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found: set[str] = set()
    more = {"AlmError"}
    while more:
        found |= more
        more = {c.name for c in classes for b in c.bases if isinstance(b, ast.Name) and b.id in found} - found
    return found


PLACES = {"DatabaseRefused": 1, "StaleEdit": 1, "ChannelFailed": 1, "_rule": 2, "_need": 1, "refuse": -1, "refusal": -1}
"""Which argument is the text, where it is not the first."""


def texts() -> Iterator[tuple[str, str, ast.expr]]:
    """Every expression that becomes a text for people: what `t` is given, and what a refusal expects or says."""
    refused, passed_on = refusals(), {"ValueError", "refuse", "refusal", "_need", "_rule"}
    for place, name, call in calls():
        yield from ((place, name, keyword.value) for keyword in call.keywords if keyword.arg == "expected")
        from_outside = name in passed_on and place.startswith(("feeds", "store"))
        if call.args and (name in ("t", "phrase") or name in refused or from_outside):
            given = call.args[PLACES.get(name, 0)] if len(call.args) > PLACES.get(name, 0) else call.args[0]
            branches = (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,)
            yield from ((place, name, branch) for branch in branches)


def spoken() -> set[str]:
    """Every literal text the program says to a person."""
    return {
        given.value
        for _, _, given in texts()
        if isinstance(given, ast.Constant) and isinstance(given.value, str) and re.search("[A-Za-z]{3}", given.value)
    } - {"ntfy"}


def test_every_setting_and_column_is_described_in_japanese():
    columns = [column.info.get("expected", "") for table in metadata.tables.values() for column in table.columns]
    expected = {getattr(words, "template", words) for words in columns if words}
    triggers = "".join(path.read_text() for path in ALM.rglob("*.sql"))
    expected |= set(re.findall(r"RAISE\(ABORT, '[^|']*\|[^|']*\|([^']*)'", triggers))
    documented = {spec.metadata["doc"] for spec in fields(Settings)}
    assert len(expected) > 20
    assert sorted((expected | documented) - set(text.words("ja"))) == []


def test_no_refusal_is_put_together_from_english_words():
    """A figure in a sentence stands in braces for `t`: an f-string would be English in every language."""
    strays = [
        f"{place} {name}"
        for place, name, given in texts()
        for part in ast.walk(given)
        if isinstance(given, ast.JoinedStr | ast.BinOp)
        and isinstance(part, ast.Constant)
        and re.search("[A-Za-z]{3}", str(part.value))
    ]
    assert strays == []


def test_the_terminal_prints_no_english_words_of_its_own():
    printed = (
        (place, part)
        for place, name, call in calls()
        if place.startswith("cli") and name in ("echo", "prompt", "print", "print_table")
        for given in (*call.args, *(k.value for k in call.keywords if k.arg in ("title", "footer")))
        for part in ([*given.elts] if isinstance(given, ast.Tuple | ast.List) else [given])
    )
    strays = [
        f"{place} {bit.value}"
        for place, part in printed
        for bit in (part.values if isinstance(part, ast.JoinedStr) else [part])
        if isinstance(bit, ast.Constant) and re.search("[A-Za-z]{3}", str(bit.value))
    ]
    assert strays == []


def test_no_english_text_has_two_translations():
    files = sorted((ALM / "words" / "ja").glob("*.toml"))
    counted = Counter(english for file in files for english in read_toml(file))
    assert [english for english, times in counted.items() if times > 1] == []


def test_one_thing_has_one_japanese_word():
    """Margin ratio, margin call, freeze and credit line: beside each other in one table, two words look like two things."""
    rejected = re.compile("担保比率|追加担保の請求|凍結|与信枠|クレジットライン")
    assert [japanese for japanese in text.words("ja").values() if rejected.search(japanese)] == []


def test_every_text_on_the_screen_has_its_japanese():
    missing = sorted(spoken() - set(text.words("ja")))
    assert missing == []


def test_every_translation_keeps_the_names_in_braces():
    import string

    def names(template: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(template) if name}

    wrong = [english for english, japanese in text.words("ja").items() if names(english) != names(japanese)]
    assert wrong == []


def test_every_title_and_source_that_the_program_brings_has_its_japanese():
    named = [*profiles().values(), *library().values(), *dividend_crises().values(), *crises().values()]
    said = {one.title for one in named} | {one.source for one in [*library().values(), *dividend_crises().values()]}
    said |= {text for one in profiles().values() for text in (one.source, one.note, one.standing) if text}
    assert len(named) > 30
    assert sorted(said - set(text.words("ja"))) == []


def test_the_journal_names_its_sources_in_japanese(japanese):
    assert source_words("edit") == "編集"
    assert (
        source_words(f"{rakuten.SOURCE} + {sbi.SOURCE}")
        == "楽天証券、assetbalance(all) + SBI証券、ポートフォリオのSaveFile"
    )
    named = {rakuten.SOURCE, sbi.SOURCE, sbi_trades.SOURCE, generic.SOURCE_HOLDINGS, generic.SOURCE_TRADES}
    assert sorted(named - set(text.words("ja"))) == []
