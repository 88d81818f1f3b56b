"""Gather what the briefing needs from the books, then compute it: shared by screen, terminal, report and timers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from alm.balance_sheet import BalanceSheet
from alm.briefing import Briefing, Past, Probability, brief
from alm.changes import Change
from alm.lenders import LenderProfile, profiles
from alm.settings import Settings, today, user_folder
from alm.store import snapshots
from alm.store.books import load_balance_sheet, load_settings
from alm.store.database import reading, writing
from alm.store.feeds import Connection, held_back
from alm.store.sheet_json import sheet_to_json
from alm.store.tables import read_rows
from alm.text import day, listed, t, use_language
from alm.verdict import LEVELS

FIGURES = (
    "portfolio_value", "unrealised_gain", "collateral_value", "cash", "debt", "net_worth", "ltv", "fall_to_freeze",
    "fall_to_call", "fall_to_forced", "max_survivable_fall", "runway_months", "monthly_cash_flow", "dividends_gross",
    "dividends_net", "fire_ratio_gross", "fire_ratio_net", "crossover_year",
)  # fmt: skip
"""What a snapshot keeps of a briefing, by the briefing's own names; the FIRE probability is kept beside them."""


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """What the books say on a date: everything `brief` needs. `fire` is None until it has been computed."""

    settings: Settings
    sheet: BalanceSheet
    history: tuple[Past, ...]
    lenders: Mapping[str, LenderProfile]
    notices: tuple[str, ...]
    fire: Probability | None

    def brief(self, fire: Probability | None = None) -> Briefing:
        known = self.fire if fire is None else fire
        return brief(self.sheet, self.history, self.settings, self.lenders, fire=known, notices=self.notices)


def gather(db: Path, as_of: date | None) -> Gathered:
    """Read once, in one view of the file; as_of None is the household's own today. Chooses the household's language."""
    lenders = profiles(user_folder() / "lenders")
    with reading(db) as conn:
        settings = load_settings(conn)
        use_language(settings.language)
        sheet = load_balance_sheet(conn, as_of or today(settings))
        history, fire = past(conn, sheet.as_of), remembered_fire(conn, sheet, settings, lenders)
        return Gathered(settings, sheet, history, lenders, notices(conn, sheet), fire)


def morning(db: Path, as_of: date | None, *, simulate: bool = True) -> Briefing:
    """The briefing of a date, with the FIRE probability unless told not to."""
    found = gather(db, as_of)
    if found.fire is None and simulate and can_simulate(found.sheet):
        return found.brief(estimate_fire(found))
    return found.brief()


def notices(conn: Connection, sheet: BalanceSheet) -> tuple[str, ...]:
    """What a person should decide about the data: figures held back, and shares that have just been split."""
    found = []
    if held := held_back(conn):
        names = listed(dict.fromkeys(figure.ticker for figure in held))
        found.append(t("Strange figures wait for your decision: {names}. See `alm prices held`.", names=names))
    for row in read_rows(conn, "splits"):
        ticker, on = str(row["ticker"]), date.fromisoformat(str(row["date"]))
        if any(h.ticker == ticker for h in sheet.holdings) and timedelta() <= sheet.as_of - on <= SPLIT_IS_NEWS:
            found.append(
                t("{ticker} was split on {date}: check that its quantity counts it.", ticker=ticker, date=day(on))
            )
    return tuple(found)


PART = "fire_part "
"""In a snapshot: what each cause moved the FIRE probability by since the record before."""
SPLIT_IS_NEWS = timedelta(days=14)


def can_simulate(sheet: BalanceSheet) -> bool:
    """A household without spending has nothing to sustain, and one with missing prices cannot be valued."""
    return not sheet.missing and any(expense.active(sheet.as_of) for expense in sheet.expenses)


def past(conn: Connection, before: date) -> tuple[Past, ...]:
    """The last recorded day before a date, if it is intact."""
    found = snapshots.latest_before(conn, before)
    if found is None:
        return ()
    level = LEVELS[[str(name) for name in LEVELS].index(found.verdict)]
    return (Past(found.on, level, snapshots.inputs_of(conn, found.on)),)


def last_snapshot(db: Path) -> date | None:
    with reading(db) as conn:
        found = snapshots.latest_before(conn, date.max)
    return None if found is None else found.on


def estimate_fire(found: Gathered) -> Probability:
    """The probability by the household's own plan, seed and number of paths: the same inputs give the same number.

    With a recorded day before, also what moved it since: inputs swapped one group at a time on the same random numbers.
    """
    from alm.fire import estimate

    sheet, settings, lenders = found.sheet, found.settings, found.lenders
    answer = estimate(sheet, settings, lenders)
    plain = Probability(answer.success_probability, answer.standard_error)
    if not found.history or not can_simulate(found.history[-1].sheet):
        return plain
    from alm.fire.attribution import attribute
    from alm.fire.household import plan_from

    old = plan_from(found.history[-1].sheet, settings, lenders)
    before, _, causes = attribute(old, plan_from(sheet, settings, lenders))
    return replace(plain, before=before, parts=tuple(Change(cause.name, cause.part) for cause in causes if cause.part))


def remembered_fire(
    conn: Connection, sheet: BalanceSheet, settings: Settings, lenders: Mapping[str, LenderProfile]
) -> Probability | None:
    """The probability that a snapshot of the same date, sheet, settings and lender terms has already computed."""
    found = snapshots.of_date(conn, sheet.as_of)
    if found is None or found.inputs_digest != _digest(sheet_to_json(sheet)):
        return None
    probability, error = found.figures.get("fire_probability"), found.figures.get("fire_standard_error")
    if probability is None or error is None or found.figures.get("fire_terms") != terms(settings, lenders):
        return None
    parts = tuple(
        Change(name.removeprefix(PART), part) for name, part in found.figures.items() if name.startswith(PART) and part
    )
    return Probability(probability, error, found.figures.get("fire_before"), parts)


def terms(settings: Settings, lenders: Mapping[str, LenderProfile]) -> float:
    """A number that changes with any setting or lender term (48 bits of a digest, exact in a float)."""
    return float(int(_digest(repr((settings, sorted(lenders.items()))))[:12], 16))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def record(db: Path, as_of: date | None, taken_at: datetime) -> snapshots.Snapshot:
    """Record a date once; the second time the standing row comes back and nothing is computed."""
    with reading(db) as conn:
        settings = load_settings(conn)
        standing = snapshots.of_date(conn, as_of or today(settings))
    if standing is not None:
        return standing
    found = morning(db, as_of)
    lenders = profiles(user_folder() / "lenders")
    with writing(db) as conn:
        sheet = load_balance_sheet(conn, found.as_of)
        return snapshots.take(
            conn, sheet, taken_at=taken_at, verdict=found.verdict, figures=_figures(found, terms(settings, lenders))
        )


def _figures(found: Briefing, fire_terms: float) -> dict[str, float | None]:
    kept: dict[str, float | None] = {name: getattr(found, name) for name in FIGURES}
    fire = found.fire_probability
    if fire is not None:
        kept |= {
            "fire_probability": fire.probability,
            "fire_standard_error": fire.standard_error,
            "fire_terms": fire_terms,
            "fire_before": fire.before,
            **{PART + change.cause: change.amount for change in fire.parts},
        }
    return kept
