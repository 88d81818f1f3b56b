"""The words of an alert. Amounts stay on this machine unless the household asked for them in the message."""

from __future__ import annotations

from alm.alerts.rules import Alert
from alm.text import t
from alm.verdict import LEVELS, Level

NAMES = {
    "data_health": "Data health",
    "margin_distance": "Margin distance",
    "survivable_fall": "Largest survivable fall",
    "runway": "Runway",
    "line_expiry": "Credit line expiry",
    "fire_probability": "FIRE probability",
    "snapshot": "Daily snapshot",
}
KINDS = {"raised": "new", "repeated": "still", "cleared": "over"}


def title(alerts: tuple[Alert, ...]) -> str:
    """`alm: DANGER`, by the worst level among them; `alm: all clear` when everything is over."""
    open_ = [alert.concern.level for alert in alerts if alert.kind != "cleared"]
    worst: Level = max(open_, key=LEVELS.index, default="SAFE")
    return f"alm: {t('all clear')}" if not open_ else f"alm: {t(worst)}"


def body(alerts: tuple[Alert, ...], *, amounts: bool) -> str:
    """One line an alert: what it is about, and with `amounts` the sentence with its figures."""
    return "\n".join(_line(alert, amounts) for alert in alerts)


def _line(alert: Alert, amounts: bool) -> str:
    name = t(NAMES.get(alert.concern.key, alert.concern.key))
    said = f"{name}: {t(alert.concern.level)} ({t(KINDS[alert.kind])})"
    return f"{said}. {alert.concern.sentence}" if amounts and alert.kind != "cleared" else said
