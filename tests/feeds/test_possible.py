"""What can never be right is refused, whoever writes it, and changes nothing: the file, the row, the column, the value."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from ibflex.parser import ISO4217

from alm.cli import group
from alm.currencies import COINS, CURRENT, WITHDRAWN, is_currency
from alm.errors import BadInput
from alm.feeds.edit import opened, save
from alm.lenders import profiles
from alm.settings import Settings
from alm.store.database import reading, writing
from alm.store.feeds import HeldBack, held_back, hold_back
from tests.feeds.books import NOW, new_books, read, rows

LOAN = "name,kind,currency,rate_pa,profile,balance,balance_on\n"
AFTER_TOMORROW = NOW.date() + timedelta(days=2)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return new_books(tmp_path)


@pytest.mark.parametrize(
    ("file", "text", "refused"),
    [
        ("cash.csv", "account,currency,amount\nBank,XYZ,1\n",
         "cash.csv, row 2, currency: 'XYZ' is refused: expected an ISO currency code such as JPY."),
        ("expenses.csv", "name,amount,currency\nFood,1,XXX\n",
         "expenses.csv, row 2, currency: 'XXX' is refused: expected an ISO currency code such as JPY."),
        ("fx_rates.csv", "currency,base,date,rate\nUSD,YEN,2026-11-20,150\n",
         "fx_rates.csv, row 2, base: 'YEN' is refused: expected an ISO currency code such as JPY."),
        ("prices.csv", f"ticker,date,close,currency\nVT,2026-11-20,100,USD\nVT,{AFTER_TOMORROW},100,USD\n",
         "prices.csv, row 3, date: '2026-11-22' is refused: expected a date up to 2026-11-21, the day after today."),
        ("fx_rates.csv", "currency,base,date,rate\nUSD,JPY,2062-11-20,150\n",
         "fx_rates.csv, row 2, date: '2062-11-20' is refused: expected a date up to 2026-11-21, the day after today."),
        ("loans.csv", f"{LOAN}L,securities_backed,JPY,0.02,standard-60-70-85,1,{AFTER_TOMORROW}\n",
         "loans.csv, row 2, balance_on: '2026-11-22' is refused: expected a date up to 2026-11-21, the day after today."),
        ("loans.csv", f"{LOAN}L,securities_backed,JPY,0.02,my-bnk,1,\n",
         "loans.csv, row 2, profile: 'my-bnk' is refused: expected one of "
         f"{', '.join(profiles())}, or the name of a file in "),
    ],
)  # fmt: skip
def test_a_file_with_what_can_never_be_right_changes_nothing(db: Path, file: str, text: str, refused: str) -> None:
    good = ("targets.csv", "name,weight\nequity,1\n")
    with pytest.raises(BadInput) as refusal:
        read(db, good, (file, text))
    assert str(refusal.value).startswith(refused)
    assert rows(db, "targets") == rows(db, file.removesuffix(".csv")) == []


def test_it_may_be_tomorrow_already_where_a_price_was_made(db: Path) -> None:
    tomorrow = NOW.date() + timedelta(days=1)
    read(db, ("prices.csv", f"ticker,date,close,currency\nVT,{tomorrow},100,USD\n"))
    assert rows(db, "prices")[0]["date"] == tomorrow.isoformat()


def test_a_lender_of_ones_own_is_known_by_the_name_of_its_file(db: Path, tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "config" / "alm" / "lenders"
    folder.mkdir(parents=True)
    terms = 'title = "My bank"\nsource = "contract"\nstanding = "official"\nfreeze_ltv = 0.6\nforced_ltv = 0.85\ncure_ltv = 0.5\n'
    (folder / "my-bank.toml").write_text(terms)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    read(db, ("loans.csv", f"{LOAN}L,securities_backed,JPY,0.02,my-bank,1,\n"))
    assert rows(db, "loans")[0]["profile"] == "my-bank"


def test_the_editors_of_the_page_refuse_the_same(db: Path) -> None:
    read(db, ("loans.csv", f"{LOAN}L,securities_backed,JPY,0.02,standard-60-70-85,1,\n"))
    before = opened(db, "loans")
    edited = {name: value or "" for name, value in before[0].items()}
    with pytest.raises(
        BadInput, match=r"^loans, row 1, profile: 'my-bnk' is refused: expected one of au-buffer-10, eu-lombard"
    ):
        save(db, "loans", [{**edited, "profile": "my-bnk"}], before, NOW)
    with pytest.raises(BadInput, match=r"^loans, row 1, currency: 'ABC' is refused: expected an ISO currency code"):
        save(db, "loans", [{**edited, "currency": "ABC"}], before, NOW)
    with pytest.raises(BadInput, match=r"^loans, row 1, balance_on: '2027-01-01' is refused: expected a date up to"):
        save(db, "loans", [{**edited, "balance_on": "2027-01-01"}], before, NOW)
    assert opened(db, "loans") == before


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ("enter VT 2199-01-01 100", "date: '2199-01-01' is refused: expected a date up to "),
        (
            "enter VT 2026-01-05 100 --currency USB",
            "currency: 'USB' is refused: expected an ISO currency code such as JPY.",
        ),
        ("source VT yahoo VT --currency USB", "currency: 'USB' is refused: expected an ISO currency code such as JPY."),
    ],
)
def test_what_is_typed_in_the_terminal_is_refused_the_same(db: Path, words: str, refused: str) -> None:
    found = CliRunner().invoke(group, ["prices", *words.split(), "--db", str(db)])
    assert str(found.exception).startswith(refused)
    assert rows(db, "prices") == rows(db, "price_sources") == []


def test_a_figure_of_a_day_that_has_not_come_stays_held_back_whoever_accepts_it(db: Path) -> None:
    held = HeldBack("price", "VT", "2199-01-01", "100", "USD", "yahoo", "the day has not come yet", "USD")
    with writing(db) as conn:
        hold_back(conn, [held])
    found = CliRunner().invoke(group, ["prices", "accept", "VT", "--db", str(db)])
    assert str(found.exception).startswith("date: '2199-01-01' is refused: expected a date up to ")
    assert rows(db, "prices") == []
    with reading(db) as conn:
        assert held_back(conn) == (held,)


def test_a_household_counts_in_a_currency_that_exists(db: Path) -> None:
    found = CliRunner().invoke(group, ["settings", "base_currency=ABC", "--db", str(db)])
    assert str(found.exception) == "base_currency: 'ABC' is refused: expected an ISO currency code such as JPY."
    assert Settings(base_currency="CHF").base_currency == "CHF"


def test_the_currencies_are_those_of_the_standard(tmp_path: Path) -> None:
    """Compared with a broker library's own list, which is older: what differs is known by name."""
    others = set(ISO4217) - {"XXX", "XTS"}
    assert others - CURRENT - WITHDRAWN == set()
    assert others - CURRENT == {
        "ANG", "BGN", "BYR", "CUC", "EEK", "HRK", "LTL", "LVL", "MRO", "SLL", "STD", "USS", "VEF", "ZMK", "ZWL",
    }  # fmt: skip
    assert CURRENT - others == {
        "BYN", "MRU", "SLE", "SSP", "STN", "UYW", "VED", "VES", "XCG", "XSU", "XUA", "ZMW", "ZWG",
    }  # fmt: skip
    assert CURRENT.isdisjoint(WITHDRAWN)
    assert is_currency("DEM")
    assert is_currency("BTC")
    assert "LINK" in COINS
    assert not is_currency("LINK")
    assert not is_currency("jpy")
