"""From sources to what may be stored: partial failure, freshness, permanence and quarantine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from alm import text
from alm.feeds.quotes.quarantine import Screened, screen
from alm.feeds.quotes.update import Outcome, update
from alm.feeds.quotes.values import Fetched, Key, Known, Payment, Point, Source, SourceName, Wanted
from alm.feeds.quotes.written import CsvPrices, Manual

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TODAY = NOW.date()


def days(*values: float, until: date = TODAY) -> tuple[Point, ...]:
    """Closes on consecutive days, the last one today."""
    return tuple((until - timedelta(days=len(values) - 1 - i), value) for i, value in enumerate(values))


def paid(*payments: tuple[int, float]) -> tuple[Payment, ...]:
    """Dividends so many days ago."""
    return tuple(Payment(TODAY - timedelta(days=ago), amount, "JPY") for ago, amount in payments)


def screened(
    *values: float, believed: float | None = 100.0, splits: tuple[Point, ...] = (), dividends: tuple[Payment, ...] = ()
) -> Screened:
    closes = days(*values)
    before = None if believed is None else (closes[0][0] - timedelta(days=1), believed)
    return screen(Fetched("JPY", closes, dividends, splits), Known(before), TODAY)


class TestQuarantine:
    def test_ordinary_and_extraordinary_days_pass(self) -> None:
        for values in [(101, 99, 100.5), (234.9, 230), (38, 40), (100, 100, 100, 100)]:
            assert screened(*values).closes == days(*values)
            assert screened(*values).suspects == ()

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            (1_000.0, "10 times the 100 of 2026-11-19: a split, perhaps"),
            (1.0, "1/100 of the 100 of 2026-11-19: a minor unit such as pence, perhaps"),
            (10_000.0, "100 times the 100 of 2026-11-19: a minor unit such as pence, perhaps"),
            (1_000_000.0, "1e+04 times the 100 of 2026-11-19: another number of units, perhaps"),
            (500.0, "5 times the 100 of 2026-11-19"),
            (0.0, "a price is above zero"),
            (-3.0, "a price is above zero"),
            (float("nan"), "a price is above zero"),
            (float("inf"), "a price is above zero"),
        ],
    )
    def test_a_strange_price_is_held_back_and_named(self, value: float, reason: str) -> None:
        result = screened(value)
        assert result.closes == ()
        assert [s.reason for s in result.suspects] == [reason]

    def test_the_reason_is_said_in_the_household_s_language(self) -> None:
        text.use_language("ja")
        try:
            (suspect,) = screened(1.0).suspects
            assert suspect.reason == "2026-11-19の100の100分の1（ペンスなどの補助単位かもしれません）"
        finally:
            text.use_language("en")

    def test_after_a_strange_price_the_last_believed_one_remains_the_measure(self) -> None:
        result = screened(10_000, 10_100, 101)
        assert result.closes == ((TODAY, 101),)
        assert [s.value for s in result.suspects] == [10_000, 10_100]

    def test_a_reported_split_explains_the_jump(self) -> None:
        assert screened(10.1, splits=((TODAY, 10.0),)).suspects == ()
        assert screened(5_000.0, splits=((TODAY, 0.02),)).suspects == ()
        assert screened(100.0, splits=((TODAY, 10.0),)).suspects != ()

    def test_a_first_price_has_nothing_to_be_compared_with(self) -> None:
        assert screened(1e6, believed=None).closes == days(1e6)

    def test_a_history_older_than_the_books_is_filled_in(self) -> None:
        imported = Known((TODAY, 101.0), frozenset({TODAY}))
        assert screen(Fetched("JPY", days(99.0, 100.0, 102.0)), imported, TODAY).closes == days(
            99.0, 100.0, until=TODAY - timedelta(days=1)
        )

    def test_a_price_that_is_years_old_allows_a_wider_move(self) -> None:
        closes = days(900.0)
        assert screen(Fetched("JPY", closes), Known((date(2020, 1, 1), 100.0)), TODAY).suspects == ()

    def test_a_dead_feed_repeats_itself_and_only_its_first_day_is_kept(self) -> None:
        result = screened(101, 102, *[103.0] * 12)
        assert [value for _, value in result.closes] == [101, 102, 103]
        assert len(result.suspects) == 11
        assert "the same price on 12 days in a row" in result.suspects[0].reason

    def test_a_cash_fund_that_never_moves_is_not_dead(self) -> None:
        assert screened(*[100.0] * 30).suspects == ()

    def test_a_feed_that_dies_one_day_at_a_time_is_noticed_on_the_tenth(self) -> None:
        before = Known((TODAY - timedelta(days=1), 100.0), repeats=8, moves=True)
        today = Fetched("JPY", days(100.0))
        assert screen(today, before, TODAY).closes == days(100.0)
        assert screen(today, replace(before, repeats=9), TODAY).closes == ()
        assert screen(today, replace(before, repeats=200, moves=False), TODAY).closes == days(100.0)

    def test_tomorrow_may_have_begun_elsewhere_but_next_week_has_not(self) -> None:
        closes = ((TODAY + timedelta(days=1), 100.0), (TODAY + timedelta(days=7), 100.0))
        result = screen(Fetched("JPY", closes), Known(), TODAY)
        assert result.closes == closes[:1]
        assert result.suspects[0].reason == "the day has not come yet"

    def test_a_dividend_of_a_hundred_times_is_held_back(self) -> None:
        result = screened(100, 100, 101, dividends=paid((0, 120.0), (1, 1.2)))
        assert result.dividends == paid((1, 1.2))
        assert result.suspects[0].reason == "a dividend above 25 % of the price of 101"


def csv_wanted(tmp_path: Path, ticker: str, text: str, **more: object) -> Wanted:
    (tmp_path / ticker).write_text(text, encoding="utf-8")
    return Wanted(ticker, "csv", str(tmp_path / ticker), "JPY", **more)  # type: ignore[arg-type]


SOURCES: dict[SourceName, Source] = {"csv": CsvPrices(), "manual": Manual()}
TWO_DAYS = "date,close\n2026-11-19,100\n2026-11-20,101\n"


def outcomes(*wanted: Wanted, known: Known | None = None, force: bool = False) -> list[Outcome]:
    return list(update(wanted, SOURCES, {("price", "A", "JPY"): known or Known()}, NOW, force=force))


def books(newest: float, *days: date, **more: object) -> Known:
    """Permanent closes on these days, the first of them the newest; without any, a provisional one of today."""
    return Known((days[0] if days else TODAY, newest), frozenset(days), **more)  # type: ignore[arg-type]


def closes(outcome: Outcome) -> list[float]:
    assert outcome.screened is not None
    return [value for _, value in outcome.screened.closes]


def test_one_failure_stops_no_other_and_is_no_number(tmp_path: Path) -> None:
    first, second, third = outcomes(
        csv_wanted(tmp_path, "A", TWO_DAYS), csv_wanted(tmp_path, "B", "nonsense"), csv_wanted(tmp_path, "C", TWO_DAYS)
    )
    assert closes(first) == closes(third) == [100, 101]
    assert second.failure == "B, row 1: expected the columns date and close."
    assert (second.fetched, second.screened) == (None, None)


def test_a_price_of_a_quarter_of_an_hour_is_the_price(tmp_path: Path) -> None:
    wanted = csv_wanted(tmp_path, "A", TWO_DAYS)
    asked = books(101.0, TODAY, asked_at=NOW - timedelta(minutes=14))
    assert outcomes(wanted, known=asked) == [Outcome(wanted)]
    assert outcomes(wanted, known=asked, force=True)[0].fetched is not None
    assert outcomes(wanted, known=replace(asked, asked_at=NOW - timedelta(minutes=15)))[0].fetched


def test_a_close_is_permanent_and_a_provisional_price_is_not(tmp_path: Path) -> None:
    wanted = csv_wanted(tmp_path, "A", TWO_DAYS)
    assert closes(outcomes(wanted, known=books(99.0, TODAY, TODAY - timedelta(days=1)))[0]) == []
    assert closes(outcomes(wanted, known=books(99.0))[0]) == [100, 101]
    assert closes(outcomes(wanted, known=books(99.0, TODAY - timedelta(days=1)))[0]) == [101]


def test_a_fund_priced_per_unit_is_stored_per_ten_thousand(tmp_path: Path) -> None:
    assert closes(outcomes(csv_wanted(tmp_path, "A", TWO_DAYS, scale=10_000.0))[0]) == [1_000_000, 1_010_000]


@dataclass
class Says:
    """A source that says one thing."""

    what: Fetched

    def fetch(self, wanted: Wanted) -> Fetched:
        assert wanted.ticker
        return self.what


def test_another_currency_is_refused_whole() -> None:
    sources: dict[SourceName, Source] = {"yahoo": Says(Fetched("USD", days(100.0)))}
    (outcome,) = update([Wanted("A", "yahoo", "A", "JPY")], sources, {}, NOW)
    assert outcome.failure == "A is quoted in USD there and in JPY in the books; nothing was stored."


def test_an_exchange_rate_moves_less_than_a_share() -> None:
    sources: dict[SourceName, Source] = {"ecb": Says(Fetched("JPY", days(200.0)))}
    known: dict[Key, Known] = {
        (kind, "USD", "JPY"): books(100.0, TODAY - timedelta(days=1)) for kind in ("rate", "price")
    }
    (outcome,) = update([Wanted("USD", "ecb", "USD", "JPY", is_rate=True)], sources, known, NOW)
    assert closes(outcome) == []
    (outcome,) = update([Wanted("USD", "ecb", "USD", "JPY")], sources, known, NOW)
    assert closes(outcome) == [200]
