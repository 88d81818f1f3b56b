"""Gather what the briefing needs from the books, then compute it: shared by screen, terminal, report and timers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from alm.balance_sheet import BalanceSheet
from alm.briefing import Briefing, Past, brief, without_fire
from alm.calls import Call, judged
from alm.changes import Change
from alm.errors import AlmError, BadInput
from alm.freedom import Probability, can_simulate
from alm.lenders import LenderProfile, profiles
from alm.recorded import fire_figures, fire_from
from alm.settings import Settings, day_of, today, user_folder
from alm.store import snapshots
from alm.store.books import load_balance_sheet, load_settings
from alm.store.calls import load_calls, save_calls
from alm.store.clock import require_plausible
from alm.store.database import reading, writing
from alm.store.feeds import Connection, held_back
from alm.store.market import Market, load_market, read_market
from alm.store.tables import read_rows
from alm.text import day, listed, t, use_language
from alm.verdict import LEVELS, Level

if TYPE_CHECKING:
    from alm.fire.plan import Plan

FIGURES = (
    "portfolio_value", "unrealised_gain", "collateral_value", "cash", "debt", "net_worth", "ltv", "fall_to_freeze",
    "fall_to_call", "fall_to_forced", "max_survivable_fall", "max_survivable_fall_slow", "max_survivable_fall_prepaid",
    "max_survivable_fall_selling", "runway_months", "monthly_cash_flow", "dividends_gross", "dividends_net",
    "fire_ratio_gross", "fire_ratio_before_interest", "fire_ratio_net", "crossover_year",
    "crossover_year_before_interest",
)  # fmt: skip
"""What a snapshot keeps of a briefing, by the briefing's own names; the FIRE probability is kept beside them."""


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """What the books say on a date: everything `brief` needs. `fire` is None until it has been computed.

    `market` is read where the settings ask for measured returns, `plan_before` is the plan of the last record, `calls`
    are the margin calls on record.
    """

    db: Path
    settings: Settings
    sheet: BalanceSheet
    history: tuple[Past, ...]
    lenders: Mapping[str, LenderProfile]
    notices: tuple[str, ...]
    fire: Probability | None
    market: Market | None = None
    plan_before: Mapping[str, object] | None = None
    calls: tuple[Call, ...] = ()

    def plan(self) -> Plan:
        """The household's own FIRE plan. Refused while a price, a rate or a lender's terms are missing."""
        from alm.measuring import own_plan

        return own_plan(self.sheet, self.settings, self.lenders, self.market)

    def brief(self, fire: Probability | None = None, *, no_fire: str = "") -> Briefing:
        """`no_fire`: why there is no probability, where none is given or remembered."""
        known = self.fire if fire is None else fire
        return brief(
            self.sheet, self.history, self.settings, self.lenders, fire=known, no_fire=no_fire, notices=self.notices,
            calls=self.calls,
        )  # fmt: skip


def gather(db: Path, as_of: date | None) -> Gathered:
    """Read once, in one view of the file; as_of None is the household's own today. Chooses the household's language."""
    lenders = profiles(user_folder() / "lenders")
    with reading(db) as conn:
        settings = load_settings(conn)
        use_language(settings.language)
        sheet = load_balance_sheet(conn, as_of or today(settings))
        history = past(conn, sheet.as_of)
        market = load_market(conn, sheet.as_of) if settings.fire_parameters == "measured" else None
        before = snapshots.plan_of(conn, history[-1].on) if history else None
        told, calls = notices(conn, sheet), load_calls(conn, sheet.as_of)
        found = Gathered(db, settings, sheet, history, lenders, told, None, market, before, calls)
        return replace(found, fire=remembered_fire(conn, found))


def household_plan(
    db: Path,
    sheet: BalanceSheet,
    settings: Settings,
    lenders: Mapping[str, LenderProfile],
    *,
    measured: bool = False,
) -> Plan:
    """The household's own FIRE plan. What its holdings returned is measured if the settings ask for it, or `measured`.

    Refused while a price, a rate or a lender's terms are missing.
    """
    from alm.measuring import own_plan

    wanted = measured or settings.fire_parameters == "measured"
    return own_plan(sheet, settings, lenders, read_market(db, sheet.as_of) if wanted else None)


def morning(db: Path, as_of: date | None, *, simulate: bool = True) -> Briefing:
    """The briefing of a date, with the second light simulated unless told not to."""
    return briefed(gather(db, as_of), simulate=simulate)


def briefed(found: Gathered, *, simulate: bool = True) -> Briefing:
    """The same of what was gathered before."""
    complete = found.fire is not None and found.fire.reaches is not None
    if complete or not simulate or not can_simulate(found.sheet):
        return found.brief()
    try:
        fire = found.fire or estimate_fire(found)
    except AlmError as refusal:
        return without_fire(found.brief(), str(refusal))
    try:
        return found.brief(explore_fire(found, fire))
    except AlmError:  # what takes further simulations is then said to be missing
        return found.brief(fire)


def tried(found: Gathered, sheet: BalanceSheet, *, simulate: bool = True) -> Briefing:
    """The briefing of another sheet than the books': what if? Both lights, by the same function as the morning's."""
    changed = replace(found, sheet=sheet, history=(), fire=None)
    if not simulate or not can_simulate(sheet):
        return changed.brief()
    try:
        return changed.brief(estimate_fire(changed))
    except AlmError as refusal:
        return without_fire(changed.brief(), str(refusal))


def notices(conn: Connection, sheet: BalanceSheet) -> tuple[str, ...]:
    """What a person should decide about the data: figures held back, and shares that have just been split."""
    found = []
    if held := held_back(conn):
        names = listed(dict.fromkeys(figure.ticker for figure in held))
        found.append(t("Strange figures wait for your decision: {names}. See `alm prices held`.", names=names))
    if damaged := snapshots.passed_over(conn, sheet.as_of):
        days = listed([day(on) for on in damaged], limit=3)
        found.append(t("Left out, because it is not what was recorded: {days}. See `alm doctor`.", days=days))
    waiting = {split.ticker.partition("/")[0] for split in sheet.uncounted_splits}
    for row in (row for row in read_rows(conn, "splits") if row["ticker"] not in waiting):
        ticker, on = str(row["ticker"]), date.fromisoformat(str(row["date"]))
        if any(h.ticker == ticker for h in sheet.holdings) and timedelta() <= sheet.as_of - on <= SPLIT_IS_NEWS:
            found.append(
                t("{ticker} was split on {date}: check that its quantity counts it.", ticker=ticker, date=day(on))
            )
    return tuple(found)


SPLIT_IS_NEWS = timedelta(days=14)


def past(conn: Connection, before: date) -> tuple[Past, ...]:
    """The last recorded day before a date, if it is intact."""
    found = snapshots.latest_before(conn, before)
    if found is None:
        return ()
    sheet = snapshots.inputs_of(conn, found.on)
    if found.freedom is None:  # recorded when both lights were one word
        return (Past(found.on, None, sheet),)
    return (Past(found.on, _level(found.verdict), sheet, _level(found.freedom)),)


def _level(recorded: str) -> Level:
    return LEVELS[[str(name) for name in LEVELS].index(recorded)]


def recorded_days(db: Path) -> tuple[date | None, tuple[date, ...]]:
    """The newest day on record up to today, and those after it, which a wrong clock recorded."""
    with reading(db) as conn:
        now = today(load_settings(conn))
        found = snapshots.latest_before(conn, now + timedelta(days=1))
        return None if found is None else found.on, snapshots.after(conn, now)


def estimate_fire(found: Gathered) -> Probability:
    """The probability by the household's own plan, seed and number of paths: the same inputs give the same number.

    With a recorded day before, also what moved it since: inputs swapped one group at a time on the same random numbers.
    """
    from alm.simulated import probability

    plan = found.plan()
    answer = probability(plan)
    old = _plan_before(found)
    if old is None:
        return answer
    from alm.fire.attribution import attribute

    before, _, causes = attribute(old, plan)
    return replace(answer, before=before, parts=tuple(Change(cause.name, cause.part) for cause in causes if cause.part))


def explore_fire(found: Gathered, fire: Probability) -> Probability:
    """The same with what takes further simulations: other models, and what would reach the household's target."""
    from alm.simulated import explored

    measured = household_plan(found.db, found.sheet, found.settings, found.lenders, measured=True)
    return explored(found.plan(), measured, fire, found.settings.caution_fire_probability)


def _plan_before(found: Gathered) -> Plan | None:
    """The plan of the last record, to the last assumption; a record without one has its sheet under today's settings.

    None without a record that could be simulated.
    """
    from alm.fire.plan_file import plan_from_tree
    from alm.measuring import own_plan

    if found.plan_before is not None:
        try:
            return plan_from_tree(found.plan_before)
        except BadInput:  # recorded by a version with other keys
            pass
    if not found.history or not can_simulate(found.history[-1].sheet):
        return None
    given = replace(found.settings, fire_parameters="given")
    return own_plan(found.history[-1].sheet, given, found.lenders, None)


def remembered_fire(conn: Connection, found: Gathered) -> Probability | None:
    """The probability that a snapshot of the same date has already computed from the same sheet and the same plan."""
    kept = snapshots.of_date(conn, found.sheet.as_of)
    tree = None if kept is None else plan_tree_of(found)
    if kept is None or tree is None or kept.inputs_digest != snapshots.inputs_digest(found.sheet, tree):
        return None
    return fire_from(kept.figures, found.plan(), found.settings.caution_fire_probability)


def plan_tree_of(found: Gathered) -> dict[str, object] | None:
    """The household's plan as a record keeps it; None where nothing can be simulated."""
    from alm.fire.plan_file import plan_tree

    if not can_simulate(found.sheet):
        return None
    try:
        return plan_tree(found.plan())
    except AlmError:  # the simulation itself says why
        return None


def record(db: Path, as_of: date | None, taken_at: datetime) -> snapshots.Snapshot:
    """Record a date once; the second time the standing row comes back and nothing is computed.

    Refused where the clock that gave `taken_at` cannot be right.
    """
    with reading(db) as conn:
        now = day_of(taken_at, load_settings(conn))
        standing = snapshots.of_date(conn, as_of or now)
        if standing is not None:
            return standing
        require_plausible(conn, as_of, now)
    found = with_calls(gather(db, as_of or now))
    told = briefed(found)
    plan = None if told.fire_probability is None else plan_tree_of(found)
    with writing(db) as conn:
        _keep_calls(conn, found)
        return snapshots.take(
            conn, found.sheet, taken_at=taken_at, verdict=told.verdict, freedom=told.freedom.verdict,
            figures=_figures(told), plan=plan,
        )  # fmt: skip


def with_calls(found: Gathered) -> Gathered:
    """With every call judged by today's sheet: those that open on it, and those that it ends."""
    return replace(found, calls=judged(found.sheet, found.lenders, found.calls))


def check_calls(db: Path, as_of: date | None) -> Gathered:
    """The same, written to the books. Refused on a day that has not come."""
    found = with_calls(gather(db, as_of))
    with writing(db) as conn:
        if as_of is not None:
            require_plausible(conn, as_of, today(found.settings))
        _keep_calls(conn, found)
    return found


def _keep_calls(conn: Connection, found: Gathered) -> None:
    """Write what the day changed, unless it is a day of the past and the books know how a loan's calls went on."""
    on, whole = found.sheet.as_of, load_calls(conn, date.max)
    known = load_calls(conn, on)
    later = {call.loan for call in whole if call not in known}
    today = judged(found.sheet, found.lenders, known)
    save_calls(conn, [call for call in today if call not in known and call.loan not in later])


def _figures(found: Briefing) -> dict[str, float | None]:
    kept: dict[str, float | None] = {name: getattr(found, name) for name in FIGURES}
    return kept | fire_figures(found.fire_probability)
