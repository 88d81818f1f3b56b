"""Answers for an assistant: levels, ratios, dates and names; sums of money only where the household allows them.

Every question is free of scale as well: a share of a loan or of today's spending, not a sum, from whose answer the sums
could be worked out. Everything is read afresh, nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alm.api import Household, load
from alm.briefing import Briefing
from alm.errors import AlmError, BadInput, Infeasible
from alm.gather import gather, tried
from alm.metrics import AMOUNTS, RATIOS
from alm.text import t
from alm.what_if import Borrow, Sell, Step, what_if

Answer = dict[str, Any]  # values that JSON has
END = ("survived", "forced_sale", "ruined", "highest_ltv", "kept")
LIFE = ("success_probability", "standard_error", "p_call", "p_forced_sale", "p_ruin", "paths", "model")


@dataclass(frozen=True, slots=True)
class Assistant:
    """The questions an assistant may ask about the books at `db`; with `amounts`, sums of money are in the answers."""

    db: Path
    amounts: bool = False

    def brief(self) -> Answer:
        """Is the household safe today, and is it free? Both lights, the check that binds, every check, the ratios."""
        return self._briefing(load(self.db).brief())

    def stress(self, step: float = 0.1, max_fall: float = 0.7) -> Answer:
        """The margin ratio against a falling market: the falls that reach the lender's thresholds, and fall by fall
        whether cash and credit alone hold the loans. Falls are fractions: 0.3 is thirty percent."""
        test = load(self.db).stress(step=step, max_fall=max_fall)
        grid = [{"fall": r.fall, "ltv": r.ltv, "zone": r.zone, "survives": r.survives} for r in test.grid]
        found = {"ltv": test.ltv, "zone": test.zone, "distances": test.distances, "grid": grid}
        falls = ("max_survivable_fall", "max_survivable_fall_slow", "max_survivable_fall_prepaid")
        return found | {name: getattr(test, name) for name in falls}

    def what_if(self, repay: float = 0.0, borrow: float = 0.0, sell: Mapping[str, float] | None = None) -> Answer:
        """The briefing before and after a change that is not saved. `repay` and `borrow` are shares of the largest
        securities-backed loan, paid from and into cash; `sell` gives for a ticker the share of it that is sold."""
        home = load(self.db)
        found, steps = gather(self.db, home.as_of), _steps(home, repay, borrow, sell or {})
        before, after = what_if(home.sheet, home.settings, steps, home.profiles, lambda sheet: tried(found, sheet))
        return {"before": self._briefing(before), "after": self._briefing(after)}

    def drill(self, crisis: str) -> Answer:
        """A dated crisis replayed on today's balance sheet: what the lender did and when, and what is left with the
        credit lines and without. An unknown name is answered with the names there are."""
        both = load(self.db).drill(crisis)
        ends = {"with_line": both.with_line.end, "without_line": both.without_line.end}
        events = [{"date": e.date, "event": e.event, "ltv": e.ltv} for e in both.with_line.events]
        kept = [*END, "net_worth"] if self.amounts else END
        found = {name: {key: getattr(end, key) for key in kept} for name, end in ends.items()}
        return {"title": both.with_line.title, "note": both.with_line.note, "events": events, **found}

    def fire(self, spending: float = 1.0, retire_year: float | None = None, years: int | None = None) -> Answer:
        """The probability that this life is sustained, with its standard error. `spending` is a share of today's,
        `retire_year` the number of years until work ends, `years` the horizon."""
        home = load(self.db)
        today = home.plan().spending.amount_pa
        asked = {"spending.amount_pa": today * spending, "retire_year": retire_year, "years": years}
        changes = {key: value for key, value in asked.items() if value is not None}
        life = home.simulate(changes)
        return {name: getattr(life, name) for name in LIFE}

    def questions(self) -> tuple[Callable[..., Answer], ...]:
        return (self.brief, self.stress, self.what_if, self.drill, self.fire)

    def refusal(self, error: AlmError) -> str:
        """Why there is no answer. What is infeasible is explained by sums, what was asked wrongly is not."""
        if self.amounts or not isinstance(error, Infeasible):
            return str(error)
        return t("This cannot be done, for a reason that holds sums of money; the household can ask for it itself.")

    def _briefing(self, found: Briefing) -> Answer:
        figures = {name: getattr(found, name) for name in (*RATIOS, *(AMOUNTS if self.amounts else ()))}
        every = (*found.checks, *found.freedom.checks)
        checks = [{"check": check.name, "level": check.level} for check in every]
        fire = found.fire_probability
        told = {
            "as_of": found.as_of,
            "safe": found.verdict,
            "free": found.freedom.verdict,
            "binding": found.binding.name,
            "checks": checks,
        }
        if self.amounts:
            told |= {"currency": found.currency, "sentence": found.binding.sentence}
        return told | figures | {"fire_probability": fire.probability if fire else None}


def _steps(home: Household, repay: float, borrow: float, sell: Mapping[str, float]) -> list[Step]:
    for name, share in {"repay": repay, "borrow": borrow, **sell}.items():
        if not 0 <= share <= 1:
            raise BadInput("a share from 0 to 1", column=name, value=share)
    steps: list[Step] = []
    for ticker, share in sell.items():
        held = sum(h.value for h in home.sheet.holdings if h.ticker == ticker)
        steps.append(Sell(ticker, held * share))
    if repay or borrow:
        if not home.sheet.secured_loans:
            raise Infeasible("There is no securities-backed loan to change.")
        largest = max(home.sheet.secured_loans, key=lambda loan: loan.balance)
        steps.append(Borrow((borrow - repay) * largest.balance, largest.name))
    return steps
