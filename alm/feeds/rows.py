"""One pydantic model per table: the columns of its CSV, strictly typed. Imported only when something is imported.

An empty cell is the column's default (nothing, where it has none); a column that is absent keeps what stands. Required
columns are those without a default. Amounts may carry the sign of their row's currency; rates may be percentages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, ClassVar, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from alm.balance_sheet import ASSET_CLASSES, FREQUENCIES, TAX_TREATMENTS, AssetClass, Frequency, TaxTreatment
from alm.errors import BadInput
from alm.feeds import cells
from alm.feeds.brokers import lines
from alm.feeds.plan import Row
from alm.language import t
from alm.ledger.transactions import KINDS


def _between(value: Decimal, low: str | None, high: str | None, above: bool = False) -> Decimal:
    if low is not None and (value < Decimal(low) or (above and value == Decimal(low))):
        raise ValueError(t("a number above {low}", low=low) if above else t("a number of {low} or more", low=low))
    if high is not None and value > Decimal(high):
        raise ValueError(t("a number from {low} to {high}", low=low, high=high))
    return value


def _amount(low: str | None = None, *, above: bool = False) -> Callable[[str, ValidationInfo], Decimal]:
    """Money in the row's currency: a currency sign must be of that currency."""

    def read(text: str, info: ValidationInfo) -> Decimal:
        figure = cells.figure(text)
        currency = str(info.data.get("currency", ""))
        if figure.percent or (figure.sign and currency not in cells.CURRENCY_SIGNS[figure.sign]):
            raise ValueError(
                t("an amount in {currency}, without another sign", currency=currency or t("its own currency"))
            )
        return _between(figure.value, low, None, above)

    return read


def _rate(low: str, high: str) -> Callable[[str], Decimal]:
    """A fraction, or a percentage with its sign: `0.02` or `2%`."""

    def read(text: str) -> Decimal:
        figure = cells.figure(text)
        if figure.sign:
            raise ValueError("a fraction such as 0.02, or 2%")
        return _between(figure.value / 100 if figure.percent else figure.value, low, high)

    return read


def _number(low: str | None = None, *, above: bool = False) -> Callable[[str], Decimal]:
    return lambda text: _between(cells.number(text), low, None, above)


def _yes_no(text: str) -> bool:
    words = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    word = cells.ascii_form(text).lower()
    if word not in words:
        raise ValueError("yes or no")
    return words[word]


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        word = cells.ascii_form(text).lower()
        if word not in choices:
            raise ValueError(t("one of {names}", names=", ".join(choices)))
        return word

    return read


def _code(text: str) -> str:
    return lines.currency(cells.ascii_form(text))


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else cells.canonical(value)


_AS_TEXT = PlainSerializer(_plain)
_AS_YES_NO = PlainSerializer(lambda value: "yes" if value else "no")
_AS_ISO = PlainSerializer(lambda value: None if value is None else value.isoformat())

Text = Annotated[str, BeforeValidator(cells.label)]
Name = Annotated[str, BeforeValidator(lines.name)]
Currency = Annotated[str, BeforeValidator(_code)]
Day = Annotated[date, BeforeValidator(cells.day), _AS_ISO]
YesNo = Annotated[bool, BeforeValidator(_yes_no), _AS_YES_NO]
Amount = Annotated[Decimal, BeforeValidator(_amount()), _AS_TEXT]
AmountFrom0 = Annotated[Decimal, BeforeValidator(_amount("0")), _AS_TEXT]
AmountAbove0 = Annotated[Decimal, BeforeValidator(_amount("0", above=True)), _AS_TEXT]
Number = Annotated[Decimal, BeforeValidator(_number()), _AS_TEXT]
NumberFrom0 = Annotated[Decimal, BeforeValidator(_number("0")), _AS_TEXT]
NumberAbove0 = Annotated[Decimal, BeforeValidator(_number("0", above=True)), _AS_TEXT]
Share = Annotated[Decimal, BeforeValidator(_rate("0", "1")), _AS_TEXT]
LoanRate = Annotated[Decimal, BeforeValidator(_rate("-0.1", "1")), _AS_TEXT]
GrowthRate = Annotated[Decimal, BeforeValidator(_rate("-0.5", "0.5")), _AS_TEXT]

Kind = Annotated[str, BeforeValidator(_one_of(*KINDS))]
Class = Annotated[AssetClass, BeforeValidator(_one_of(*ASSET_CLASSES))]
Treatment = Annotated[TaxTreatment, BeforeValidator(_one_of(*TAX_TREATMENTS))]
Rhythm = Annotated[Frequency, BeforeValidator(_one_of(*FREQUENCIES))]
LoanKind = Annotated[str, BeforeValidator(_one_of("securities_backed", "credit_line", "mortgage", "term"))]
DividendKind = Annotated[str, BeforeValidator(_one_of("regular", "special"))]
QuoteKind = Annotated[str, BeforeValidator(_one_of("price", "rate"))]
QuoteSource = Annotated[str, BeforeValidator(_one_of("yahoo", "coingecko", "ecb", "csv", "manual"))]
DividendStatus = Annotated[str, BeforeValidator(_one_of("actual", "projected"))]


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

    KEY = ("account", "ticker", "pledged_to")
    currency: Currency
    ticker: Name
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


class Cash(_Row):
    KEY = ("account", "currency")
    currency: Currency
    account: Name
    amount: Amount


class Price(_Row):
    KEY = ("ticker", "date")
    currency: Currency
    ticker: Name
    date: Day
    close: AmountAbove0
    source: Text = ""


class FxRate(_Row):
    KEY = ("currency", "base", "date")
    currency: Currency
    base: Currency
    date: Day
    rate: NumberAbove0
    source: Text = ""

    @model_validator(mode="after")
    def _has_two_currencies(self) -> FxRate:
        _need(self.currency != self.base, "two different currencies")
        return self


class Dividend(_Row):
    KEY = ("ticker", "ex_date", "kind")
    currency: Currency
    ticker: Name
    ex_date: Day
    pay_date: Day
    amount: AmountFrom0
    kind: DividendKind = "regular"
    status: DividendStatus = "actual"

    @model_validator(mode="after")
    def _is_paid_after_it_is_earned(self) -> Dividend:
        _need(self.pay_date >= self.ex_date, "a pay_date on or after the ex_date")
        return self


class Split(_Row):
    """`ratio`: new units per old, 10 for 1:10 and 0.02 for 50:1."""

    KEY = ("ticker", "date")
    ticker: Name
    date: Day
    ratio: NumberAbove0
    source: Text = ""


class PriceSource(_Row):
    KEY = ("kind", "ticker")
    ticker: Name
    source: QuoteSource
    kind: QuoteKind = "price"
    symbol: Text = ""
    currency: Currency | None = None
    scale: NumberAbove0 = Decimal(1)


class Transaction(_Row):
    """`fingerprint` may be left out: the store then makes it from the row, counted among its equals in the file."""

    KEY = ("fingerprint",)
    currency: Currency
    date: Day
    kind: Kind
    account: Name
    to_account: Name | None = None
    ticker: Name | None = None
    quantity: NumberFrom0 = Decimal(0)
    price: AmountFrom0 | None = None
    amount: AmountFrom0 = Decimal(0)
    fee: AmountFrom0 = Decimal(0)
    tax: AmountFrom0 = Decimal(0)
    fx: NumberAbove0 | None = None
    loan: Name | None = None
    note: Text = ""
    fingerprint: Text = ""

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Transaction:
        units = self.kind in ("buy", "sell", "split")
        _need(not units or (self.ticker and self.quantity), "a ticker and a quantity above 0 for a buy, sell or split")
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
