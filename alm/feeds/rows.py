"""One pydantic model per table: the columns of its CSV, strictly typed. Imported only when something is imported.

An empty cell is the column's default (nothing, where it has none); a column that is absent keeps what stands. Required
columns are those without a default.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from alm.errors import BadInput
from alm.feeds import cells
from alm.feeds.fields import (
    Amount,
    AmountAbove0,
    AmountFrom0,
    Class,
    Currency,
    Day,
    DividendKind,
    DividendStatus,
    GrowthRate,
    ItemPart,
    ItemState,
    Kind,
    LoanKind,
    LoanRate,
    Name,
    Note,
    Number,
    NumberAbove0,
    NumberFrom0,
    QuoteKind,
    QuoteSource,
    Rank,
    Rhythm,
    Share,
    Symbol,
    Text,
    Treatment,
    YesNo,
)  # fmt: skip
from alm.feeds.plan import Row


class _Row(BaseModel):
    """`KEY` is what makes a row the same one next time."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    KEY: ClassVar[tuple[str, ...]] = ("name",)


class Setting(_Row):
    name: Name
    value: Text = ""


class Account(_Row):
    name: Name
    institution: Text = ""
    country: Text = ""
    tax_treatment: Treatment = "taxable"
    allows_shorts: YesNo = False
    held_on: Day | None = None


class Loan(_Row):
    currency: Currency
    name: Name
    kind: LoanKind
    balance: AmountFrom0 = Decimal(0)
    accrued_interest: AmountFrom0 = Decimal(0)
    rate_pa: LoanRate
    profile: Name | None = None
    credit_limit: AmountFrom0 | None = None
    commitment_fee_pa: Share = Decimal(0)
    committed: YesNo = True
    expires: Day | None = None
    payment: AmountFrom0 | None = None
    ends: Day | None = None
    balance_on: Day | None = None

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Loan:
        _need(self.kind != "securities_backed" or self.profile, "a lender profile for a securities-backed loan")
        _need(self.kind != "credit_line" or self.credit_limit is not None, "a credit_limit for a credit line")
        repaid = self.kind in ("mortgage", "term")
        _need(not repaid or self.payment is not None, "a payment for a mortgage or term loan")
        return self


class LoanTier(_Row):
    KEY = ("loan", "from_date", "from_balance")
    loan: Name
    from_date: Day
    from_balance: NumberFrom0 = Decimal(0)
    rate_pa: LoanRate


class Holding(_Row):
    """Whether a quantity may be negative is the account's to say, so the whole import decides it, not the row."""

    KEY = ("account", "ticker", "currency", "pledged_to")
    currency: Currency
    ticker: Symbol
    name: Text = ""
    account: Name
    asset_class: Class
    sector: Text = ""
    country: Text = ""
    quantity: Number
    cost_basis: Amount
    cost_basis_base: Number | None = None
    price_unit: NumberAbove0 = Decimal(1)
    pledged_to: Name | None = None
    advance_rate: Share = Decimal(1)
    dividend_yield: Share | None = None
    cost_known: YesNo = True


class Cash(_Row):
    KEY = ("account", "currency")
    currency: Currency
    account: Name
    amount: Amount


class Price(_Row):
    KEY = ("ticker", "currency", "date")
    currency: Currency
    ticker: Symbol
    date: Day
    close: AmountAbove0
    source: Text = ""
    provisional: YesNo = True


class FxRate(_Row):
    KEY = ("currency", "base", "date")
    currency: Currency
    base: Currency
    date: Day
    rate: NumberAbove0
    source: Text = ""
    provisional: YesNo = True

    @model_validator(mode="after")
    def _has_two_currencies(self) -> FxRate:
        _need(self.currency != self.base, "two different currencies")
        return self


class Dividend(_Row):
    KEY = ("ticker", "ex_date", "kind", "quoted_in")
    currency: Currency
    ticker: Symbol
    ex_date: Day
    pay_date: Day
    amount: AmountFrom0
    kind: DividendKind = "regular"
    status: DividendStatus = "actual"
    quoted_in: Currency | None = None

    @model_validator(mode="after")
    def _is_paid_after_it_is_earned(self) -> Dividend:
        _need(self.pay_date >= self.ex_date, "a pay_date on or after the ex_date")
        return self


class Split(_Row):
    """`ratio`: new units per old, 10 for 1:10 and 0.02 for 50:1."""

    KEY = ("ticker", "date", "quoted_in")
    ticker: Symbol
    date: Day
    ratio: NumberAbove0
    source: Text = ""
    quoted_in: Currency | None = None
    held_before: Number | None = None


class PriceSource(_Row):
    KEY = ("kind", "ticker", "currency", "rank")
    ticker: Symbol
    source: QuoteSource
    kind: QuoteKind = "price"
    symbol: Text = ""
    currency: Currency | None = None
    scale: NumberAbove0 = Decimal(1)
    rank: Rank = "1"


class Transaction(_Row):
    """`fingerprint` may be left out: the store then makes it from the row, counted among its equals in the file."""

    KEY = ("fingerprint",)
    currency: Currency
    date: Day
    kind: Kind
    account: Name
    to_account: Name | None = None
    ticker: Symbol | None = None
    quantity: NumberFrom0 = Decimal(0)
    price: AmountFrom0 | None = None
    amount: AmountFrom0 = Decimal(0)
    fee: AmountFrom0 = Decimal(0)
    tax: AmountFrom0 = Decimal(0)
    fx: NumberAbove0 | None = None
    loan: Name | None = None
    note: Text = ""
    fingerprint: Text = ""
    to_ticker: Symbol | None = None
    to_quantity: NumberFrom0 = Decimal(0)
    cost_share: Share = Decimal(1)
    parts: Note = ""

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Transaction:
        units = self.kind in ("buy", "sell", "split", "delivery", "exchange")
        wanted = "a ticker and a quantity above 0 for a buy, sell, split, delivery or exchange"
        _need(not units or (self.ticker and self.quantity), wanted)
        into = self.ticker and self.to_ticker and self.to_ticker != self.ticker and self.to_quantity
        wanted = "a ticker, another to_ticker and a to_quantity above 0 for an exchange or spin_off"
        _need(self.kind not in ("exchange", "spin_off") or into, wanted)
        _need(self.kind not in ("draw", "repayment") or self.loan, "the loan of a draw or repayment")
        elsewhere = self.kind == "transfer" and self.to_account != self.account
        _need(self.to_account is None or elsewhere, "a to_account only for a transfer, and to another account")
        return self


class Income(_Row):
    currency: Currency
    name: Name
    amount: AmountFrom0
    frequency: Rhythm = "monthly"
    starts: Day | None = None
    ends: Day | None = None
    growth_pa: GrowthRate = Decimal(0)
    category: Text = ""

    @model_validator(mode="after")
    def _happens_in_order(self) -> Self:
        in_order = self.starts is None or self.ends is None or self.ends >= self.starts
        _need(in_order, "an end on or after the start")
        _need(self.frequency != "once" or self.starts, "a start date for what happens once")
        return self


class Expense(Income):
    essential: YesNo = True


class Target(_Row):
    name: Name
    weight: Share


class OpenItem(_Row):
    KEY = ("account", "item")
    account: Name
    item: Name
    part: ItemPart
    ticker: Symbol | None = None
    place: Note = ""
    reason: Note = ""
    field: Text = ""
    word: Text = ""
    meaning: Text = ""
    state: ItemState = "open"


TABLES: dict[str, type[_Row]] = {
    "settings": Setting,
    "accounts": Account,
    "loans": Loan,
    "loan_rates": LoanTier,
    "holdings": Holding,
    "cash": Cash,
    "prices": Price,
    "fx_rates": FxRate,
    "dividends": Dividend,
    "splits": Split,
    "transactions": Transaction,
    "income": Income,
    "expenses": Expense,
    "targets": Target,
    "price_sources": PriceSource,
    "open_items": OpenItem,
}
"""In the order of writing: what is referred to comes before what refers to it."""


def _need(condition: object, expected: str) -> None:
    if not condition:
        raise ValueError(expected)


@cache
def columns(table: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The required and the optional columns of a table's CSV."""
    fields = TABLES[table].model_fields
    required = tuple(name for name, field in fields.items() if field.is_required())
    return required, tuple(name for name in fields if name not in required)


def key_of(table: str, row: Row) -> tuple[str, ...]:
    return tuple(row.get(column) or "" for column in TABLES[table].KEY)


def defaults(table: str) -> Row:
    """What a new row has where its file says nothing."""
    optional = columns(table)[1]
    return {name: _text(TABLES[table].model_fields[name].default) for name in optional}


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return cells.canonical(value) if isinstance(value, Decimal) else None if value is None else str(value)


def parsed(table: str, raw: Mapping[str, str], file: str | None = None, line: int | None = None) -> Row:
    """The row in canonical text, its given columns only, or a refusal that names the cell."""
    model, optional = TABLES[table], columns(table)[1]
    empty = [name for name in raw if not raw[name].strip() and name in optional]
    try:
        value = model.model_validate({name: text for name, text in raw.items() if name not in empty})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        column = str(first["loc"][0]) if first["loc"] else None
        reason = first.get("ctx", {}).get("error", first["msg"])
        shown = raw.get(column) if column else None
        raise BadInput(str(reason), file=file, row=line, column=column, value=shown) from None
    dumped: dict[str, str | None] = value.model_dump(include=set(raw))
    return dumped
