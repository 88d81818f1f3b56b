"""What a recorded step wrote down, as dated events and payments; the rows are emptied for the next step."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from alm.balance_sheet import ltv
from alm.drill.values import Event, Kind, Payment, Purpose, Source
from alm.engines.household_block import HouseholdBlock
from alm.step.block import LENDER, LIFE, LINE_EXHAUSTED, REPAY_LINE, SOURCES, USES
from alm.step.events import CALLED, LATE_INTEREST, PAID_IN, PLEDGED_MORE, SOLD_BY_LENDER

DUST = 0.005
"""Half a cent: less than this is rounding, and no event."""
PURPOSES: tuple[tuple[int, Purpose], ...] = ((LIFE, "life"), (LENDER, "lender"))
LENDERS: dict[int, Kind] = {
    CALLED: "call", PAID_IN: "cure", PLEDGED_MORE: "pledge", SOLD_BY_LENDER: "forced_sale",
    LATE_INTEREST: "late_interest",
}  # fmt: skip


class Recorder:
    """Reads a block of one path after each of its steps."""

    def __init__(self, block: HouseholdBlock, loans: tuple[str, ...]) -> None:
        self.block, self.loans = block, loans
        self.events: list[Event] = []
        self.paid: defaultdict[tuple[Purpose, Source], float] = defaultdict(float)
        self.unpaid = 0.0
        self.frozen = [False] * len(loans)

    @property
    def needed_for_life(self) -> float:
        """Living costs, interest and other debts, whoever paid them; what nobody paid included."""
        return sum(amount for (purpose, _), amount in self.paid.items() if purpose == "life") + self.unpaid

    @property
    def repaid_to_lenders(self) -> float:
        return sum(amount for (purpose, _), amount in self.paid.items() if purpose == "lender")

    def payments(self) -> tuple[Payment, ...]:
        return tuple(Payment(purpose, source, paid) for (purpose, source), paid in self.paid.items() if paid > 0)

    def read(self, on: date) -> None:
        """Everything since the last reading."""
        self._read_life(on)
        self._read_lenders(on)
        self._read_freezes(on)
        self._read_end(on)
        for purpose, name in PURPOSES:
            for place, source in enumerate(SOURCES):
                self.paid[name, source] += self._take("paid", purpose * len(SOURCES) + place)  # type: ignore[index]  # the six
        for number in range(len(self.loans) + 1):
            self._take("sold", number)
        self._take("sale_cost_tax")

    def _read_life(self, on: date) -> None:
        paid = {
            source: self.block.paid(LIFE, source)[0] for source in ("credit_line", "unpledged_sale", "pledged_sale")
        }
        self._add(on, "draw", self._ratio(), paid["credit_line"], "credit_line")
        self._add(on, "repay_line", self._ratio(), self._take("used", REPAY_LINE), "cash")
        for number in range(len(USES)):
            self._take("used", number)
        logged = {kind: self._logged(kind) for kind in (PAID_IN, SOLD_BY_LENDER)}
        free = self.block.sold_free()[0] - sum(
            row[3] for row in logged[PAID_IN] if SOURCES[int(row[6])] == "unpledged_sale"
        )
        pledged = self.block.sold_pledged()[0] - sum(row[3] for row in logged[SOLD_BY_LENDER])
        self._add(on, "sale", self._ratio(), free, "unpledged_sale", paid["unpledged_sale"])
        self._add(on, "sale", self._ratio(), pledged, "pledged_sale", paid["pledged_sale"])

    def _read_lenders(self, on: date) -> None:
        """The events of the step, each with its loan's own ratio."""
        log = self.block.terms.log
        count = int(log[0][0])
        if count >= len(log):
            raise AssertionError("a step with more events than its log holds")
        for row in log[1 : count + 1]:
            kind, loan = LENDERS[int(row[0])], self.loans[int(row[1])]
            source = SOURCES[int(row[6])] if int(row[0]) in (PAID_IN, SOLD_BY_LENDER) else loan
            self._add(on, kind, row[2], row[3], source, row[4], loan)
        log[0][0] = 0.0

    def _logged(self, kind: int) -> list[list[float]]:
        log = self.block.terms.log
        return [list(row) for row in log[1 : int(log[0][0]) + 1] if int(row[0]) == kind]

    def _read_freezes(self, on: date) -> None:
        for i, name in enumerate(self.loans):
            frozen = self.block.row("frozen", i)[0] > 0.0
            if frozen != self.frozen[i]:
                self.events.append(
                    Event(on, "freeze" if frozen else "unfreeze", self._ratio_of(i), 0.0, name, 0.0, name)
                )
                self.frozen[i] = frozen

    def _read_end(self, on: date) -> None:
        exhausted = self.block.row("first", LINE_EXHAUSTED)[0] >= 0.0
        if exhausted and not any(event.event == "line_exhausted" for event in self.events):
            self.events.append(Event(on, "line_exhausted", self._ratio(), 0.0))
        unpaid = self._take("unpaid")
        if self.block.row("done")[0] > 0.0:
            self.unpaid += unpaid
            self.events.append(Event(on, "ruin", self._ratio(), unpaid, "", unpaid))

    def _add(
        self, on: date, event: Kind, ratio: float, amount: float, source: str, net: float | None = None, loan: str = ""
    ) -> None:
        if amount > DUST:
            self.events.append(Event(on, event, ratio, amount, source, amount if net is None else net, loan))

    def _take(self, name: str, number: int = 0) -> float:
        row = self.block.row(name, number)
        value, row[0] = row[0], 0.0
        return value

    def _ratio(self) -> float:
        """The household's: all that is owed against all that is pledged."""
        pledged = sum(
            self.block.row("value", k)[0] for k, asset in enumerate(self.block.terms.assets) if asset.pledged >= 0
        )
        return ltv(sum(self._owed(i) for i in range(len(self.loans))), pledged)

    def _ratio_of(self, i: int) -> float:
        loan = self.block.terms.loans[i]
        counted = sum(
            self.block.row("value", k)[0] * self.block.terms.assets[k].advance
            for k in range(loan.first_asset, loan.last_asset)
        )
        return ltv(self._owed(i), counted)

    def _owed(self, i: int) -> float:
        return self.block.row("balance", i)[0] + self.block.row("accrued", i)[0]
