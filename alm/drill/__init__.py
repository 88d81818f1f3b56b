"""Fire drill: a course of prices on today's balance sheet, with every freeze, call, cure, draw and sale."""

from alm.drill.courses import Course, constant_speed, course_of, factors, of_closes, read_course
from alm.drill.crises import Crisis, crises, find_crisis
from alm.drill.replay import compared, drill
from alm.drill.values import SOURCE_LABELS, Comparison, Day, Drill, End, Event, Payment, by_month

__all__ = [
    "SOURCE_LABELS",
    "Comparison",
    "Course",
    "Crisis",
    "Day",
    "Drill",
    "End",
    "Event",
    "Payment",
    "by_month",
    "compared",
    "constant_speed",
    "course_of",
    "crises",
    "drill",
    "factors",
    "find_crisis",
    "of_closes",
    "read_course",
]
