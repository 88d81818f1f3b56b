"""The words of an alert. Amounts stay on this machine unless the household asked for them in the message."""

from __future__ import annotations

from alm.alerts.rules import Alert
from alm.text import t
from alm.verdict import LEVELS, Level

NAMES = {
    "data_health": "Data health",
    "open_call": "Open margin call",
    "margin_distance": "Margin distance",
    "survivable_fall": "Largest survivable fall",
    "runway": "Runway",
    "line_expiry": "Credit line expiry",
    "fire_probability": "FIRE probability",
    "snapshot": "Daily snapshot",
}
KINDS = {"raised": "new", "repeated": "still", "cleared": "over"}


def title(alerts: tuple[Alert, ...]) -> str:
    """`alm: DANGER`, by the worst level of the first light; the second light names itself, as in
    `alm: Am I free? CAUTION`; `alm: all clear` when everything is over."""
    safe, free = _worst(alerts, "safe"), _worst(alerts, "free")
    if safe is None and free is None:
        return f"alm: {t('all clear')}"
    told = [] if safe is None else [t(safe)]
    told += [] if free is None else [f"{t('Am I free?')} {t(free)}"]
    return f"alm: {', '.join(told)}"


def _worst(alerts: tuple[Alert, ...], light: str) -> Level | None:
    levels = [alert.concern.level for alert in alerts if alert.kind != "cleared" and alert.concern.light == light]
    return max(levels, key=LEVELS.index, default=None)


def body(alerts: tuple[Alert, ...], *, amounts: bool) -> str:
    """One line an alert: what it is about, and with `amounts` the sentence with its figures."""
    return "\n".join(_line(alert, amounts) for alert in alerts)


def _line(alert: Alert, amounts: bool) -> str:
    name = t(NAMES.get(alert.concern.key, alert.concern.key))
    said = f"{name}: {t(alert.concern.level)} ({t(KINDS[alert.kind])})"
    return f"{said}. {alert.concern.sentence}" if amounts and alert.kind != "cleared" else said
