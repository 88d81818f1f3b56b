"""Fire drill: a dated crisis replayed on today's balance sheet, with every freeze, call, cure, draw and sale."""

from alm.drill.crises import Crisis, crises, find_crisis
from alm.drill.replay import compared, drill
from alm.drill.values import SOURCE_LABELS, Comparison, Day, Drill, End, Event, Payment

__all__ = [
    "SOURCE_LABELS",
    "Comparison",
    "Crisis",
    "Day",
    "Drill",
    "End",
    "Event",
    "Payment",
    "compared",
    "crises",
    "drill",
    "find_crisis",
]
