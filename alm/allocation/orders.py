"""Buying and selling units of a holding, as new frozen holdings: average cost, whole lots."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from alm.balance_sheet import Account, Holding
from alm.settings import Settings
from alm.step.sale import tax_share

Funding = Literal["new_money", "tax_free", "taxable"]
SMALLEST_COIN = 1e-8


@dataclass(frozen=True, slots=True)
class Trade:
    """One order. `units` are positive; `value` is at today's price in the base currency, before `cost` and `tax`.

    `tax` is on the gain inside a sale, before any loss is set off against it; `gain` is negative for a loss taken.
    `pays` says where the money of this trade comes from or stays.
    """

    side: Literal["buy", "sell"]
    ticker: str
    account: str
    units: float
    price: float
    value: float
    pays: Funding
    pledged_to: str | None = None
    gain: float = 0.0
    cost: float = 0.0
    tax: float = 0.0

    @property
    def proceeds(self) -> float:
        """What a sale brings: value − cost − tax."""
        return self.value - self.cost - self.tax


def lot_size(holding: Holding, lots: Mapping[str, float]) -> float:
    """Units that trade together: as given, else 1 (the smallest fraction of a coin)."""
    return lots.get(holding.ticker, SMALLEST_COIN if holding.asset_class == "crypto" else 1.0)


def whole_lots(units: float, lot: float) -> float:
    """The most whole lots in `units`, never negative."""
    return max(math.floor(units / lot + 1e-9), 0) * lot


def tax_rate(holding: Holding, settings: Settings) -> float:
    """On a gain when sold and the money stays in the account: nothing inside tax-free and deferred accounts."""
    return settings.gains_tax if holding.account.tax_treatment == "taxable" else 0.0


def sale(holding: Holding, units: float, settings: Settings, pays: Funding) -> Trade:
    """Selling `units` of a long holding at today's price; its cost basis leaves in proportion."""
    value = units * holding.unit_price_base
    taxed = value * tax_share(holding.value, holding.cost, settings.sale_cost, tax_rate(holding, settings))
    return Trade(
        "sell",
        holding.ticker,
        holding.account.name,
        units,
        holding.unit_price_base,
        value,
        pays,
        pledged_to=holding.pledged_to,
        gain=value - holding.cost * units / holding.quantity,
        cost=value * settings.sale_cost,
        tax=taxed,
    )


def purchase(holding: Holding, units: float, pays: Funding) -> Trade:
    """Buying `units` at today's price, without a cost of buying."""
    price = holding.unit_price_base
    return Trade(
        "buy", holding.ticker, holding.account.name, units, price, units * price, pays, pledged_to=holding.pledged_to
    )


def after_sale(holding: Holding, units: float) -> Holding:
    """What is left, its cost basis reduced in proportion (average cost)."""
    left = 1 - units / holding.quantity
    base = None if holding.cost_basis_base is None else holding.cost_basis_base * left
    return replace(
        holding, quantity=holding.quantity * left, cost_basis=holding.cost_basis * left, cost_basis_base=base
    )


def after_purchase(holding: Holding, units: float) -> Holding:
    """The holding with `units` more, bought at today's price and rate."""
    paid = units * holding.unit_price_base
    base = None if holding.cost_basis_base is None else holding.cost_basis_base + paid
    return replace(
        holding,
        quantity=holding.quantity + units,
        cost_basis=holding.cost_basis + paid / holding.fx_rate,
        cost_basis_base=base,
    )


def empty_position(like: Holding, account: Account) -> Holding:
    """The same security in another account, none held yet and nothing pledged."""
    base = None if like.cost_basis_base is None else 0.0
    return replace(like, account=account, quantity=0.0, cost_basis=0.0, cost_basis_base=base, pledged_to=None)
