"""One line of the doctor: what was looked at, how it is, and what cures it. Never an amount."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "fault"]
LEVELS: tuple[Level, ...] = ("ok", "warning", "fault")


@dataclass(frozen=True, slots=True)
class Finding:
    """`cure` is empty where nothing needs one."""

    level: Level
    subject: str
    sentence: str
    cure: str = ""


def worst(findings: Iterable[Finding]) -> Level:
    return max((finding.level for finding in findings), key=LEVELS.index, default="ok")
