"""The ledger against what was imported: every difference by name, with what would explain it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from alm.ledger.daily import Key
from alm.text import t

Level = Literal["holding", "cash"]

# Ratios at which companies split and consolidate shares.
_USUAL_SPLITS = (2.0, 3.0, 4.0, 5.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 50.0, 100.0, 1.5, 1.1, 1.2)


@dataclass(frozen=True, slots=True)
class Difference:
    """`recorded` is what was imported or entered, `rebuilt` what the transactions add up to."""

    level: Level
    account: str
    what: str
    recorded: float
    rebuilt: float
    explanation: str

    @property
    def difference(self) -> float:
        """Recorded − rebuilt: what the ledger lacks (negative: has too much)."""
        return self.recorded - self.rebuilt

    @property
    def sentence(self) -> str:
        return t(
            "{account}, {what}: recorded {recorded}, transactions give {rebuilt}, a difference of {difference}; {why}.",
            account=self.account,
            what=self.what,
            recorded=f"{self.recorded:,.10g}",
            rebuilt=f"{self.rebuilt:,.10g}",
            difference=f"{self.difference:+,.10g}",
            why=self.explanation,
        )


def reconcile_holdings(
    recorded: Mapping[Key, float], rebuilt: Mapping[Key, float], *, tolerance: float = 1e-6
) -> tuple[Difference, ...]:
    """Every (account, ticker) on which the two differ by more than `tolerance` units, in order."""
    found = []
    for key in sorted({*recorded, *rebuilt}):
        have, sum_of_trades = recorded.get(key, 0.0), rebuilt.get(key, 0.0)
        if abs(have - sum_of_trades) > tolerance:
            why = _unit_explanation(key, recorded, rebuilt)
            found.append(Difference("holding", *key, have, sum_of_trades, why))
    return tuple(found)


def reconcile_cash(
    recorded: Mapping[Key, float], rebuilt: Mapping[Key, float], *, tolerance: float = 0.5
) -> tuple[Difference, ...]:
    """Every (account, currency) whose money differs by more than `tolerance` of its own unit."""
    return tuple(
        Difference("cash", *key, have, total, _cash_explanation(have, total))
        for key in sorted({*recorded, *rebuilt})
        for have, total in [(recorded.get(key, 0.0), rebuilt.get(key, 0.0))]
        if abs(have - total) > tolerance
    )


def _unit_explanation(key: Key, recorded: Mapping[Key, float], rebuilt: Mapping[Key, float]) -> str:
    have, total = recorded.get(key, 0.0), rebuilt.get(key, 0.0)
    if not total:
        return t("no transaction explains it")
    split = _split_between(total, have)
    if split:
        return t("a {split} that is not in the ledger explains it exactly", split=split)
    twin = _moved_to(key, have - total, recorded, rebuilt)
    if twin:
        return t("{twin} differs by the opposite: a transfer between them is not in the ledger", twin=twin)
    return t("trades are missing or counted twice") if have else t("a sale is not in the ledger")


def _split_between(before: float, after: float) -> str:
    for ratio in _USUAL_SPLITS:
        if before and abs(after / before - ratio) < 1e-9 * ratio:
            return t("split of 1:{ratio}", ratio=f"{ratio:g}")
        if after and abs(before / after - ratio) < 1e-9 * ratio:
            return t("reverse split of {ratio}:1", ratio=f"{ratio:g}")
    return ""


def _moved_to(key: Key, gap: float, recorded: Mapping[Key, float], rebuilt: Mapping[Key, float]) -> str:
    for other in sorted({*recorded, *rebuilt}):
        opposite = recorded.get(other, 0.0) - rebuilt.get(other, 0.0)
        if other != key and other[1] == key[1] and abs(opposite + gap) <= 1e-6:
            return other[0]
    return ""


def _cash_explanation(have: float, total: float) -> str:
    if not total:
        return t("no transaction explains it")
    return t("a deposit or income is missing") if have > total else t("a withdrawal, fee or purchase is missing")
