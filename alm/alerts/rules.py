"""When to speak: once when something turns bad, again while it lasts, once when it is over. No clock, no I/O.

A *concern* is a named reason to worry today: the verdict below SAFE, a threshold nearly reached, data too old, a
snapshot that was not taken. What was said is remembered between runs, so that a restart neither repeats nor forgets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from alm.briefing import Briefing
from alm.text import day, t
from alm.verdict import LEVELS, Check, Level

FAR_AHEAD = timedelta(days=7)
"""What was said later than this from now was said under a wrong clock."""

Kind = Literal["raised", "repeated", "cleared"]


@dataclass(frozen=True, slots=True)
class Concern:
    """One reason to worry: `key` tells it from others, `level` orders them, `sentence` may hold amounts."""

    key: str
    level: Level
    sentence: str
    light: str = "safe"
    """The light it belongs to; the two are never told as one word."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was last said of a concern."""

    level: Level
    at: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to say now."""

    kind: Kind
    concern: Concern


def concerns(
    brief: Briefing,
    last_snapshot: date | None,
    ahead: tuple[date, ...] = (),
    *,
    level: Level,
    near: float,
    snapshot_days: int,
) -> tuple[Concern, ...]:
    """Today's reasons to worry.

    - every check of either light at `level` or worse;
    - a SAFE check within the share `near` of its threshold (0.05: five percent above it);
    - no snapshot for more than `snapshot_days` days: the timer has failed;
    - snapshots of days that have not come (`ahead`): the clock was wrong.
    """
    safe = _of_light("safe", brief.checks, level, near)
    free = _of_light("free", brief.freedom.checks, level, near)
    return (*safe, *free, *_snapshot_concern(brief.as_of, last_snapshot, ahead, snapshot_days))


def _of_light(light: str, checks: tuple[Check, ...], level: Level, near: float) -> tuple[Concern, ...]:
    bad = [Concern(check.name, check.level, check.sentence, light) for check in checks if _at_least(check.level, level)]
    close = [_nearly(check, light) for check in checks if check.level == "SAFE" and check.room <= near]
    return (*bad, *close)


def _at_least(found: Level, level: Level) -> bool:
    return LEVELS.index(found) >= LEVELS.index(level)


def _nearly(check: Check, light: str) -> Concern:
    return Concern(check.name, "SAFE", t("Nearly at a threshold. {sentence}", sentence=check.sentence), light)


def _snapshot_concern(as_of: date, last: date | None, ahead: tuple[date, ...], days: int) -> tuple[Concern, ...]:
    if last is not None and as_of - last <= timedelta(days=days):
        return tuple(
            Concern("snapshot", "UNKNOWN", t("A snapshot is of {date}, a day that has not come.", date=day(on)))
            for on in ahead[:1]
        )
    told = t("no snapshot was ever taken") if last is None else t("the last snapshot is of {date}", date=day(last))
    return (Concern("snapshot", "UNKNOWN", t("The daily snapshot is missing: {told}.", told=told)),)


def decide(
    now: datetime, found: tuple[Concern, ...], said: Mapping[str, Said], repeat: timedelta
) -> tuple[tuple[Alert, ...], dict[str, Said]]:
    """What to say now, and what to remember if it could be said.

    A concern is raised when it is new or worse than when it was last said, repeated after `repeat` while it lasts at
    the same level, and cleared once when it is gone. A clock set back repeats nothing and forgets nothing, unless it
    had been so far ahead that nothing would be said for long.
    """
    alerts: list[Alert] = []
    remembered: dict[str, Said] = {}
    for concern in found:
        before = said.get(concern.key)
        kind = _kind(now, concern, before, repeat)
        if kind is not None:
            alerts.append(Alert(kind, concern))
        remembered[concern.key] = Said(concern.level, now) if kind or before is None else before
    gone = [key for key in said if key not in remembered]
    cleared = [Alert("cleared", Concern(key, "SAFE", t("Over: this no longer holds."))) for key in gone]
    return (*alerts, *cleared), remembered


def _kind(now: datetime, concern: Concern, before: Said | None, repeat: timedelta) -> Kind | None:
    if before is None or LEVELS.index(concern.level) > LEVELS.index(before.level):
        return "raised"
    if concern.level != before.level:
        return "repeated"
    due = now - before.at >= repeat or before.at - now > FAR_AHEAD
    return "repeated" if concern.level != "SAFE" and due else None
