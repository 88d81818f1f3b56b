"""The briefing as figures for a monitor: Prometheus' text format, version 0.0.4. Pure; no server.

What is not known is left out: an absent figure is an alert of its own, a wrong one is none. Amounts of money are given
only where they are asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from alm.briefing import Briefing
from alm.verdict import LEVELS, Level

RATIOS = {
    "ltv": "Loan with accrued interest over the market value of what is pledged.",
    "fall_to_freeze": "Fall of prices that reaches the freeze, a fraction.",
    "fall_to_call": "Fall of prices that reaches the margin call, a fraction.",
    "fall_to_forced": "Fall of prices that reaches the forced sale, a fraction.",
    "max_survivable_fall": "Largest fall, at any speed, that ends without a sale, a fraction.",
    "max_survivable_fall_slow": "The same when each call is answered as it comes.",
    "runway_months": "Cash over essential spending and interest, in months.",
    "fire_ratio_net": "Net dividends less interest over spending.",
}
AMOUNTS = {
    "net_worth": "All assets less all debts, in the base currency.",
    "portfolio_value": "Market value of the holdings, in the base currency.",
    "cash": "Cash, in the base currency.",
    "debt": "All debts, in the base currency.",
    "monthly_cash_flow": "Income and net dividends less spending and interest of a month, in the base currency.",
}


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure under its name, or one for each set of labels."""

    name: str
    help: str
    value: float | None
    labels: Mapping[str, str] = field(default_factory=dict)


def exposition(found: Briefing, recorded: date | None, *, amounts: bool) -> str:
    """The file that a node exporter's textfile collector reads."""
    lines: list[str] = []
    said: set[str] = set()
    for gauge in (*_states(found), *_figures(found, amounts=amounts), *_recorded(recorded)):
        if gauge.value is None or math.isnan(gauge.value):
            continue
        if gauge.name not in said:
            lines += [f"# HELP alm_{gauge.name} {gauge.help}", f"# TYPE alm_{gauge.name} gauge"]
            said.add(gauge.name)
        lines.append(f"alm_{gauge.name}{_shown(gauge.labels)} {_number(gauge.value)}")
    return "\n".join(lines) + "\n"


def _states(found: Briefing) -> Iterable[Gauge]:
    """One series a level, 1 for the one that holds."""
    yield from _state("verdict", "The first light, am I safe: 1 for the level that holds.", found.verdict, {})
    yield from _state("freedom", "The second light, am I free: 1 for the level that holds.", found.freedom.verdict, {})
    for check in (*found.checks, *found.freedom.checks):
        yield from _state(
            "check", "Each check of the day: 1 for the level that holds.", check.level, {"check": check.name}
        )


def _state(name: str, words: str, level: Level, labels: Mapping[str, str]) -> Iterable[Gauge]:
    return (Gauge(name, words, float(level == each), {**labels, "level": each}) for each in LEVELS)


def _figures(found: Briefing, *, amounts: bool) -> Iterable[Gauge]:
    yield from (Gauge(name, words, getattr(found, name)) for name, words in RATIOS.items())
    fire = found.fire_probability
    yield Gauge("fire_probability", "Share of simulated lives that are sustained.", fire.probability if fire else None)
    if amounts:
        labels = {"currency": found.currency}
        yield from (Gauge(name, words, getattr(found, name), labels) for name, words in AMOUNTS.items())


def _recorded(day: date | None) -> Iterable[Gauge]:
    moment = None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    yield Gauge("last_snapshot_timestamp_seconds", "Midnight (UTC) of the last day on record.", moment)


def _shown(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    pairs = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return "{" + ",".join(pairs) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return {math.inf: "+Inf", -math.inf: "-Inf"}.get(value) or repr(float(value))
