"""The two lights in words, as every face shows them: number, sentence and notes, what changed, and what to do."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from alm.briefing import Briefing
from alm.changes import FigureChange
from alm.freedom import Freedom
from alm.telling import any_figure
from alm.text import day, money, months, percent, points, t, up_to
from alm.verdict import OPEN_CALL, Check, Level

FIGURE_NAMES = {
    "net_worth": "Net worth",
    "ltv": "Margin ratio",
    "max_survivable_fall": "Largest survivable fall",
    "fire_probability": "FIRE probability",
}


def changed(brief: Briefing) -> tuple[str, ...]:
    """What is not as it was recorded: a light that turned, then each figure with its causes."""
    return (*_turned(brief), *(change_sentence(brief, change) for change in brief.changes))


def _turned(brief: Briefing) -> tuple[str, ...]:
    """A light that was left out, or is still being computed, has not turned."""
    before = (brief.verdict_before, brief.freedom_before if brief.freedom.checks else None)
    return tuple(
        t("{question} Since {date}: {before} → {after}", question=light.question, date=day(brief.since),
          before=t(level), after=t(light.level))
        for light, level in zip(lights(brief), before, strict=True) if level not in (None, light.level)
    )  # fmt: skip


def change_sentence(brief: Briefing, change: FigureChange) -> str:
    """`Net worth −¥1,000,000 since 2026-01-30: prices −¥1,200,000, cash +¥200,000`; percentages differ by points."""
    figure, since = t(FIGURE_NAMES[change.figure]), day(brief.since)
    if not change.parts:
        error = points(change.error, 1, signed=False)
        return t("{figure}: no change since {date} (a difference of less than {error} is chance)",
                 figure=figure, date=since, error=error)  # fmt: skip
    shown = _difference_shown(brief, change)
    parts = ", ".join(f"{t(part.cause)} {shown(part.amount)}" for part in change.parts)
    moved = shown(change.after - change.before)
    return t("{figure} {change} since {date}: {parts}", figure=figure, change=moved, date=since, parts=parts)


def _difference_shown(brief: Briefing, change: FigureChange) -> Callable[[float], str]:
    if change.figure == "net_worth":
        return lambda value: money(value, brief.currency, signed=True)
    return points


@dataclass(frozen=True, slots=True)
class Light:
    """One light as every face shows it: the question, the word, its one number, its one sentence, and notes to it."""

    question: str
    level: Level
    number: str
    sentence: str
    notes: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """Without layout: for a first run, a log, or two days side by side."""
        return f"{self.question} {t(self.level)}: {self.sentence}"


def lights(brief: Briefing) -> tuple[Light, Light]:
    """*Am I safe?* and *Am I free?*, never one word for both."""
    free = brief.freedom
    return (
        Light(t("Am I safe?"), brief.verdict, _number(brief.binding), brief.binding.sentence, brief.warnings),
        Light(t("Am I free?"), free.verdict, "" if free.probability is None else percent(free.probability),
              free.sentence, freedom_notes(brief)),
    )  # fmt: skip


def _number(check: Check) -> str:
    """The binding figure; nothing where the data bind."""
    if check.value is None or not math.isfinite(check.value):
        return ""
    if check.name == "runway":
        return months(check.value)
    if check.name == OPEN_CALL:
        return t("{days} business days", days=f"{check.value:.0f}")
    return t("{days} days", days=f"{check.value:.0f}") if check.name == "line_expiry" else up_to(check.value)


def freedom_notes(brief: Briefing) -> tuple[str, ...]:
    """Beside the probability: where there is a loan, the chance of a forced sale; the spread between models."""
    free = brief.freedom
    if free.probability is None:
        return ()
    return (*(_sold(free) if brief.loans else ()), _spread(free))


def _sold(free: Freedom) -> tuple[str, ...]:
    sold = {within: percent(share) for within, share in free.p_forced_sale.items()}
    if not sold:
        return ()
    return (
        t("A forced sale comes within 1 year in {one} of these lives, within 5 years in {five}, at any time in {all}.",
          one=sold["1"], five=sold["5"], all=sold["all"]),
    )  # fmt: skip


def _spread(free: Freedom) -> str:
    error = points(free.standard_error, signed=False)
    if free.model_spread is None:
        return t(
            "± {error} covers chance only; other models are not computed yet: the daily snapshot does.", error=error
        )
    shares = [answer.probability for answer in free.model_spread]
    return t(
        "± {error} covers chance only. Other models and sources of returns give {low} to {high}: that is the real "
        "uncertainty.", error=error, low=percent(min(shares)), high=percent(max(shares)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NextSteps:
    """What to do: `steps` that reach the limit, each enough alone, and `remarks` on what none does or nobody knows,
    each once."""

    steps: tuple[str, ...]
    remarks: tuple[str, ...]


def next_steps(brief: Briefing) -> NextSteps:
    """For both lights, the first one's steps first."""
    remarks = (_safe_remark(brief), *(one.why for one in brief.not_enough), _free_remark(brief))
    return NextSteps(tuple(one.why for one in brief.actions), tuple(dict.fromkeys(filter(None, remarks))))


def _safe_remark(brief: Briefing) -> str:
    if not any_figure(brief):
        return ""  # there is nothing to act on
    if brief.verdict == "UNKNOWN":
        return t("Bring the data up to date first: no action is advised on figures nobody knows.")
    if brief.verdict == "SAFE":
        return t("Am I safe? Nothing to do: the margin of safety you asked for is met.")
    if any(one.light == "safe" for one in brief.actions):
        return ""
    return t("No single step reaches the limit of the first light; the Defence part shows what each one buys.")


def _free_remark(brief: Briefing) -> str:
    free, fire = brief.freedom, brief.fire_probability
    if free.verdict == "SAFE":
        return t("Am I free? Nothing to do: your plan reaches what you asked for.")
    if free.verdict == "UNKNOWN" or (fire is not None and fire.reaches is not None):
        return ""
    return t("What reaches the target is not computed yet: the daily snapshot does.")
