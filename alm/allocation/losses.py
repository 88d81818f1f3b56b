"""Losses that would save tax if they were taken."""

from __future__ import annotations

from dataclasses import dataclass

from alm.balance_sheet import BalanceSheet
from alm.settings import Settings


@dataclass(frozen=True, slots=True)
class LossCandidate:
    """A taxable holding under its cost.

    `saving_now` is the tax on gains already realised this year that the loss cancels; `carried` is the tax it can
    cancel later (Japan carries losses forward three years when a return is filed); `sale_cost` is what selling costs.
    Buying back makes the cost basis today's price, so the saving is a deferral; the same day's purchase is averaged
    with what is left (Japan), and other countries refuse the loss altogether (US wash-sale rule: 30 days).
    """

    ticker: str
    account: str
    value: float
    loss: float
    saving_now: float
    carried: float
    sale_cost: float
    pledged_to: str | None


def loss_candidates(
    sheet: BalanceSheet, settings: Settings, *, realised_gains: float = 0.0
) -> tuple[LossCandidate, ...]:
    """Largest loss first; `realised_gains` of this year are cancelled by the first candidates before the later ones."""
    sheet.require_complete()
    losing = [
        h for h in sheet.holdings if h.account.tax_treatment == "taxable" and h.quantity > 0 and h.unrealised_gain < 0
    ]
    found = []
    left = max(realised_gains, 0.0)
    for holding in sorted(losing, key=lambda h: h.unrealised_gain):
        loss = -holding.unrealised_gain
        used = min(loss, left)
        left -= used
        found.append(
            LossCandidate(
                holding.ticker,
                holding.account.name,
                holding.value,
                loss,
                used * settings.gains_tax,
                (loss - used) * settings.gains_tax,
                holding.value * settings.sale_cost,
                holding.pledged_to,
            )
        )
    return tuple(found)
