"""The household in Python: `import alm; home = alm.load(); home.brief()`. What a notebook needs, and the commands use.

Every answer is the frozen value that the command of the same name prints. A what-if is another sheet or other settings:
`dataclasses.replace(home, sheet=home.sheet.with_(…))`. Refusals are `alm.errors.AlmError`, each one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from alm.balance_sheet import BalanceSheet
from alm.errors import Infeasible
from alm.settings import Settings, database_path, resolved, today, user_folder
from alm.text import use_language

if TYPE_CHECKING:
    from alm.briefing import Briefing
    from alm.drill import Comparison
    from alm.fire.plan import Plan
    from alm.fire.result import FireResult
    from alm.lenders import LenderProfile
    from alm.stress import StressTest


@dataclass(frozen=True, slots=True)
class Household:
    """The books of a date, as they were when they were loaded, and the questions they answer."""

    db: Path
    as_of: date
    settings: Settings
    sheet: BalanceSheet
    profiles: Mapping[str, LenderProfile]

    def brief(self, *, simulate: bool = True) -> Briefing:
        """Am I safe today? The verdict, its binding constraint and every figure of the morning."""
        from alm.gather import briefed, gather, tried

        found = gather(self.db, self.as_of)
        if (found.sheet, found.settings) == (self.sheet, self.settings):
            return briefed(found, simulate=simulate)
        return tried(replace(found, settings=self.settings, lenders=self.profiles), self.sheet, simulate=simulate)

    def stress(self, *, step: float = 0.05, max_fall: float = 0.70, loan: str | None = None) -> StressTest:
        """The margin ratio against a falling market: distances, cures and who pays, fall by fall."""
        from alm.stress import stress_test

        return stress_test(self.sheet, self.profiles, self.settings, step=step, max_fall=max_fall, loan=loan)

    def drill(self, crisis: str) -> Comparison:
        """A dated crisis replayed on this balance sheet, with the credit lines and without; `alm drill --list`."""
        from alm.drill import compared, course_of, find_crisis
        from alm.scenarios import find_scenario

        course = course_of(find_crisis(crisis))
        scenario = find_scenario(crisis, user_folder() / "scenarios")
        return compared(self.sheet, course, scenario, self.profiles, self.settings)

    def plan(self, changes: Mapping[str, object] | None = None, *, measured: bool = False) -> Plan:
        """The household's own FIRE plan, with keys of it changed: `{"paths": 2000, "spending.amount_pa": 6e6}`."""
        from alm.fire.plan_file import plan_set
        from alm.gather import household_plan

        plan = household_plan(self.db, self.sheet, self.settings, self.profiles, measured=measured)
        return plan_set(plan, changes) if changes else plan

    def simulate(self, changes: Mapping[str, object] | None = None) -> FireResult:
        """The probability that this life is sustained, with its error, by the plan's own seed and number of lives."""
        from alm.fire import simulate

        return simulate(self.plan(changes))


def load(db: str | Path | None = None, as_of: date | None = None, *, may_be_empty: bool = False) -> Household:
    """The household on a date (default: its own today, in $ALM_DB, else the XDG data folder).

    Sheets with missing prices load: ask `sheet.require_complete()` before computing. From an empty one nothing can be
    computed, which is said here for everybody.
    """
    from alm.lenders import profiles
    from alm.store.books import load_balance_sheet, load_settings
    from alm.store.database import reading

    path = database_path() if db is None else resolved(Path(db))
    with reading(path) as conn:
        settings = load_settings(conn)
        use_language(settings.language)
        when = as_of or today(settings)
        sheet = load_balance_sheet(conn, when)
    if sheet.empty and not may_be_empty:
        raise Infeasible("Nothing has been entered yet; `alm import` reads your files, see `alm import --help`.")
    return Household(path, when, settings, sheet, profiles(user_folder() / "lenders"))
