"""A contract's numbers, answered by its borrower, written as a lender profile of one's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from alm.errors import BadInput
from alm.language import t
from alm.lenders import LenderProfile, read_profile


@dataclass(frozen=True, slots=True)
class Answers:
    """Ratios and the rate in percent, as a contract states them; a call of 0 is none."""

    title: str
    source: str
    freeze: float
    call: float
    strict: bool
    cure: float
    cure_days: int
    stays_open: bool
    forced: float
    everything: bool
    late_rate: float


def as_toml(answers: Answers) -> str:
    """The lines of the file; strict is said of every threshold."""
    call = [f"call_ltv = {_ratio(answers.call)}", f"call_strict = {_flag(answers.strict)}"] if answers.call else []
    lines = [
        f"title = {json.dumps(answers.title, ensure_ascii=False)}",
        f"source = {json.dumps(answers.source, ensure_ascii=False)}",
        'standing = "official"',
        f"freeze_ltv = {_ratio(answers.freeze)}",
        f"freeze_strict = {_flag(answers.strict)}",
        *call,
        f"forced_ltv = {_ratio(answers.forced)}",
        f"forced_strict = {_flag(answers.strict)}",
        f"cure_ltv = {_ratio(answers.cure)}",
        f"cure_days = {answers.cure_days}",
        f"call_stays_open = {_flag(answers.stays_open)}",
        f"full_liquidation = {_flag(answers.everything)}",
        f"late_rate_pa = {_ratio(answers.late_rate)}",
    ]
    return "\n".join(lines) + "\n"


def written(path: Path, answers: Answers) -> LenderProfile:
    """The profile, in its file, which must not exist; what the answers may not say leaves no file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(as_toml(answers))
    except FileExistsError:
        raise BadInput(
            t("a name that is not taken; {path} exists", path=path), column="NAME", value=path.stem
        ) from None
    try:
        return read_profile(path)
    except BadInput:
        path.unlink()
        raise


def _ratio(percent: float) -> str:
    return f"{percent / 100:.12g}"


def _flag(value: bool) -> str:
    return "true" if value else "false"
