"""The least amounts that make something hold, found in a block whose columns are amounts.

Amounts are slots: one for money that no loan owns, one for each loan where it matters which loan gets it. From all at
their most, one slot after the other is lowered as far as the question still holds; of the orders in which that can be
done, the one with the smallest sum wins.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import permutations

WIDTH = 8
"""Amounts compared in one block, shared by the orders tried."""
NEAR = 3e-8
"""An amount is placed to this share of itself, or to a billionth of its most."""
FEW = 3
"""Up to so many slots every order is tried, beyond them that of the books and its reverse."""

Amounts = Sequence[Sequence[float]]
"""By slot, then by path."""
Holds = Callable[[Amounts], list[bool]]


def least(holds: Holds, most: Sequence[float]) -> tuple[float, ...] | None:
    """The amounts with the smallest sum for which `holds`; None where it does not at the most of every slot."""
    if not holds([[top] for top in most])[0]:
        return None
    slots = tuple(range(len(most)))
    orders = list(permutations(slots)) if len(slots) <= FEW else [slots, slots[::-1]]
    found = [list(most) for _ in orders]
    for place in range(len(most)):
        _lower(holds, found, [order[place] for order in orders])
    return tuple(min(found, key=sum))


def _lower(holds: Holds, found: list[list[float]], slots: Sequence[int]) -> None:
    """Lower one slot of every vector as far as it holds, all of them in the same blocks."""
    low, high = [0.0] * len(found), [vector[slot] for vector, slot in zip(found, slots, strict=True)]
    width = max(2, WIDTH // len(found))
    for _ in range(math.ceil(30 / math.log2(width))):
        if all(b - a <= NEAR * b for a, b in zip(low, high, strict=True)):
            break
        steps = [[a + (b - a) * n / width for n in range(width)] for a, b in zip(low, high, strict=True)]
        columns = [
            [*vector[:slot], amount, *vector[slot + 1 :]]
            for vector, slot, amounts in zip(found, slots, steps, strict=True)
            for amount in amounts
        ]
        held = holds(list(zip(*columns, strict=True)))
        for v, amounts in enumerate(steps):
            first = next((n for n in range(width) if held[v * width + n]), width)
            high[v] = high[v] if first == width else amounts[first]
            low[v] = amounts[first - 1] if first > 0 else high[v]
    for vector, slot, amount in zip(found, slots, high, strict=True):
        vector[slot] = amount


MARKS = 32
MARKS_ROUNDS = 5
"""Rounds of so many marks between a mark and its double place an amount to 3e-8 of itself."""


def most(holds: Callable[[Sequence[float]], list[bool]], unit: float) -> float:
    """The largest amount up to which `holds`, to 3e-8 of itself; inf where it never ends. `unit` is its size."""
    marks = [0.0, *(unit * 2.0**power for power in range(-24, 24))]
    low, high = _between(holds, marks)
    for _ in range(MARKS_ROUNDS):
        if high - low <= 0.0 or high == float("inf"):
            break
        low, high = _between(holds, [low + (high - low) * n / MARKS for n in range(MARKS + 1)])
    return low


def _between(holds: Callable[[Sequence[float]], list[bool]], marks: Sequence[float]) -> tuple[float, float]:
    """The last mark up to which all hold, and the next; (inf, inf) where all do, (0, 0) where the first does not."""
    broken = next((n for n, held in enumerate(holds(marks)) if not held), None)
    if broken is None:
        return float("inf"), float("inf")
    return (marks[broken - 1], marks[broken]) if broken > 0 else (marks[0], marks[0])
