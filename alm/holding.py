"""What is held, as frozen values: a position, where it is kept, its price and how far that is to be believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from alm.errors import MissingValue
from alm.language import t

AssetClass = Literal["equity", "bond", "reit", "gold", "crypto", "fund", "cash_like"]
TaxTreatment = Literal["taxable", "tax_free", "deferred"]

ASSET_CLASSES: tuple[AssetClass, ...] = ("equity", "bond", "reit", "gold", "crypto", "fund", "cash_like")
TAX_TREATMENTS: tuple[TaxTreatment, ...] = ("taxable", "tax_free", "deferred")


@dataclass(frozen=True, slots=True)
class Quote:
    """A price or a currency's rate with the date it was true; `value` is in the quote's own unit. `source` says who
    said so; a `provisional` one was typed, came from a broker's file, or is of a day that has not closed."""

    value: float
    on: date
    source: str = ""
    provisional: bool = False

    def age_days(self, as_of: date) -> int:
        return (as_of - self.on).days


@dataclass(frozen=True, slots=True)
class Account:
    """Where something is held. Tax-free accounts cannot be pledged."""

    name: str
    institution: str = ""
    country: str = ""
    tax_treatment: TaxTreatment = "taxable"
    allows_shorts: bool = False

    @property
    def locked(self) -> bool:
        """Nothing can be taken out of a deferred account today: it pays no bill and no call."""
        return self.tax_treatment == "deferred"


@dataclass(frozen=True, slots=True)
class Holding:
    """A position.

    `price` is the ticker's own latest quote on or before the sheet's date, in `currency` per `price_unit` units
    (10,000 for Japanese investment trusts). `fx` is base currency per one unit of `currency`.
    `cost_basis` is the total paid, in `currency`; `cost_basis_base`, when known, is the same in the base currency
    at the rates of purchase, which is what Japanese tax uses. `advance_rate` is the share of the market value that
    the lender's thresholds are measured on: 1 when the contract states them on market value (the usual Japanese
    case), 1 − m for a US maintenance margin m. `pledged_to` names the loan it secures.
    """

    ticker: str
    name: str
    account: Account
    asset_class: AssetClass
    currency: str
    quantity: float
    cost_basis: float
    price: Quote | None
    fx: Quote | None
    price_unit: float = 1.0
    cost_basis_base: float | None = None
    pledged_to: str | None = None
    advance_rate: float = 1.0
    sector: str = ""
    country: str = ""
    dividend_yield_assumed: float | None = None
    quoted_elsewhere: tuple[str, ...] = ()
    """Without a price: the currencies in which the books have one of the same symbol, which is not used unasked."""
    cost_known: bool = True
    """Without a known cost no gain is claimed, and a sale is taxed as if all of it were gain."""

    @property
    def value(self) -> float:
        """Market value in the base currency: quantity · price / price_unit · fx. Negative for a short."""
        return self.quantity * self.unit_price_base

    @property
    def unit_price_base(self) -> float:
        if self.price is None:
            raise MissingValue(t("No price for {ticker}", ticker=self.ticker))
        return self.price.value / self.price_unit * self.fx_rate

    @property
    def fx_rate(self) -> float:
        if self.fx is None:
            raise MissingValue(t("No exchange rate for {currency}", currency=self.currency))
        return self.fx.value

    @property
    def cost(self) -> float:
        """Total cost in the base currency: as recorded, else the cost in `currency` at today's rate; 0 if unknown."""
        if not self.cost_known:
            return 0.0
        return self.cost_basis_base if self.cost_basis_base is not None else self.cost_basis * self.fx_rate

    @property
    def unrealised_gain(self) -> float:
        """0 where nobody knows the cost: none is invented."""
        return self.value - self.cost if self.cost_known else 0.0

    @property
    def lending_value(self) -> float:
        """What the lender counts: value · advance_rate."""
        return self.value * self.advance_rate

    @property
    def no_price(self) -> str:
        """What is missing, where `price` is."""
        if not self.quoted_elsewhere:
            return t("no price for {ticker}", ticker=self.ticker)
        return t(
            "no price for {ticker} in {currency}, only one in {others}, which may be another security's",
            ticker=self.ticker, currency=self.currency, others=", ".join(self.quoted_elsewhere),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class UncountedSplit:
    """A split that came with prices and that the quantity held may not count yet. `ratio`: new units per old; prices
    and dividends of the ticker are `valued` times what the market says, so as to be per unit of that quantity."""

    ticker: str
    on: date
    ratio: float
    valued: float

    @property
    def doubt(self) -> str:
        return t(
            "{ticker} was split on {date} ({ratio} new units per old) and its quantity may be the old one: import it "
            "again, or say with `alm prices confirm {symbol}` that it counts the split",
            ticker=self.ticker, date=self.on, ratio=f"{self.ratio:.6g}", symbol=self.ticker.partition("/")[0],
        )  # fmt: skip
