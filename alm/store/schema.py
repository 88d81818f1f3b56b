"""The tables. The migrations are their history; a test holds the two equal.

Every table is STRICT. What a household enters (`INPUTS`) is sealed: triggers note each part that changes in `touched`,
and the transaction that changed it writes the part's new digest to `digests` before it commits.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, Table, Text, text

from alm.balance_sheet import ASSET_CLASSES, FREQUENCIES, TAX_TREATMENTS
from alm.store.columns import choice, currency, currency_or_none, day, decimal, name, positive, record, words, yes_no

APPLICATION_ID = 0x414C4D31
"""`ALM1` in the file's header: what tells this program's files from any other SQLite database."""
SCHEMA_VERSION = 10
"""`user_version` of a current file: the number of the last migration."""

LOAN_KINDS = ("securities_backed", "credit_line", "mortgage", "term")
TRANSACTION_KINDS = (
    "buy", "sell", "dividend", "split", "transfer", "delivery", "exchange", "spin_off", "deposit", "withdrawal", "fee",
    "interest", "draw", "repayment",
)  # fmt: skip
OPEN_ITEM_PARTS = ("holdings", "cash", "transactions")
OPEN_ITEM_STATES = ("open", "ignored", "entered", "mapped")
QUOTE_KINDS = ("price", "rate")
PRICE_SOURCES = ("yahoo", "coingecko", "ecb", "toushin", "csv", "manual")
RANKS = ("1", "2", "3")
CALL_STATES = ("open", "cured", "closed")
AN_ACCOUNT = "the name of an account"

metadata = MetaData(naming_convention={"ck": "%(table_name)s_%(constraint_name)s"})


def _table(title: str, *parts: Any, **options: Any) -> Table:
    return Table(title, metadata, *parts, sqlite_strict=True, **options)


def _account(**options: Any) -> Column[Any]:
    key = ForeignKey("accounts.name", onupdate="CASCADE")
    return name("account", key, expected=AN_ACCOUNT, **options)


def _rule(condition: str, title: str, expected: str) -> CheckConstraint:
    return CheckConstraint(condition, name=title, info={"expected": expected})


accounts = _table(
    "accounts",
    name("name", primary_key=True),
    name("institution", empty=True),
    name("country", empty=True),
    choice("tax_treatment", TAX_TREATMENTS, server_default="taxable"),
    yes_no("allows_shorts", default=False),
    day("held_on", nullable=True),
    sqlite_with_rowid=False,
)

loans = _table(
    "loans",
    name("name", primary_key=True),
    choice("kind", LOAN_KINDS),
    currency(),
    decimal("balance", low="0", server_default="0"),
    decimal("accrued_interest", low="0", server_default="0"),
    decimal("rate_pa", low="-0.1", high="1"),
    name("profile", nullable=True, expected="the name of a lender profile"),
    decimal("credit_limit", low="0", nullable=True),
    decimal("commitment_fee_pa", low="0", high="1", server_default="0"),
    yes_no("committed", default=True),
    day("expires", nullable=True),
    decimal("payment", low="0", nullable=True),
    day("ends", nullable=True),
    day("balance_on", nullable=True),
    _rule("kind <> 'securities_backed' OR profile IS NOT NULL", "rules", "a profile for a securities-backed loan"),
    _rule("kind <> 'credit_line' OR credit_limit IS NOT NULL", "limit", "a credit_limit for a credit line"),
    _rule("kind NOT IN ('mortgage', 'term') OR payment IS NOT NULL", "repaid", "a payment for a mortgage or term loan"),
    sqlite_with_rowid=False,
)

loan_rates = _table(
    "loan_rates",
    name("loan", ForeignKey("loans.name", onupdate="CASCADE", ondelete="CASCADE"), primary_key=True),
    day("from_date", primary_key=True),
    decimal("from_balance", low="0", primary_key=True, server_default="0"),
    decimal("rate_pa", low="-0.1", high="1"),
    sqlite_with_rowid=False,
)

holdings = _table(
    "holdings",
    Column("id", Integer, primary_key=True),
    name("ticker"),
    name("name", empty=True),
    _account(),
    choice("asset_class", ASSET_CLASSES),
    name("sector", empty=True),
    name("country", empty=True),
    currency(),
    decimal("quantity"),
    decimal("cost_basis"),
    decimal("cost_basis_base", nullable=True),
    positive("price_unit", server_default="1"),
    name(
        "pledged_to",
        ForeignKey("loans.name", onupdate="CASCADE"),
        nullable=True,
        expected="the name of a securities-backed loan",
    ),
    decimal("advance_rate", low="0", high="1", server_default="1"),
    decimal("dividend_yield", low="0", high="1", nullable=True),
    yes_no("cost_known", default=True),
    _rule("cost_basis NOT GLOB '-*' OR quantity GLOB '-*'", "cost", "a cost_basis of 0 or more unless it is a short"),
    _rule("pledged_to IS NULL OR quantity NOT GLOB '-*'", "short", "no pledge of a short"),
)
Index(
    "holdings_once", holdings.c.account, holdings.c.ticker, holdings.c.currency, text("coalesce(pledged_to, '')"),
    unique=True,
)  # fmt: skip
"""A security is its symbol and the currency it is quoted in: BA in New York and BA in London are two."""

cash = _table(
    "cash",
    _account(primary_key=True),
    currency(primary_key=True),
    decimal("amount"),
    sqlite_with_rowid=False,
)

prices = _table(
    "prices",
    name("ticker", primary_key=True),
    currency(primary_key=True),
    day("date", primary_key=True),
    positive("close"),
    name("source", empty=True),
    yes_no("provisional", default=True),
    sqlite_with_rowid=False,
)
"""`provisional`: typed, from a broker's file, or of a day that has not closed. The close a feed gives takes its place,
and is then permanent."""

fx_rates = _table(
    "fx_rates",
    currency("currency", primary_key=True),
    currency("base", primary_key=True),
    day("date", primary_key=True),
    positive("rate"),
    name("source", empty=True),
    yes_no("provisional", default=True),
    _rule("currency <> base", "pair", "two different currencies"),
    sqlite_with_rowid=False,
)

dividends = _table(
    "dividends",
    name("ticker", primary_key=True),
    day("ex_date", primary_key=True),
    choice("kind", ("regular", "special"), primary_key=True, server_default="regular"),
    currency_or_none("quoted_in", primary_key=True),
    day("pay_date"),
    decimal("amount", low="0"),
    currency(),
    choice("status", ("actual", "projected"), server_default="actual"),
    _rule("pay_date >= ex_date", "order", "a pay_date on or after the ex_date"),
    sqlite_with_rowid=False,
)
"""`currency` is what is paid, `quoted_in` what the share is quoted in where one symbol is held in two currencies: a
share in London may pay dollars."""

transactions = _table(
    "transactions",
    Column("id", Integer, primary_key=True),
    day("date"),
    choice("kind", TRANSACTION_KINDS),
    _account(),
    name("to_account", ForeignKey("accounts.name", onupdate="CASCADE"), nullable=True, expected=AN_ACCOUNT),
    name("ticker", nullable=True),
    decimal("quantity", low="0", server_default="0"),
    decimal("price", low="0", nullable=True),
    decimal("amount", low="0", server_default="0"),
    currency(),
    decimal("fee", low="0", server_default="0"),
    decimal("tax", low="0", server_default="0"),
    positive("fx", nullable=True),
    name("loan", nullable=True),
    words("note"),
    name("fingerprint", unique=True),
    name("to_ticker", nullable=True),
    decimal("to_quantity", low="0", server_default="0"),
    decimal("cost_share", low="0", high="1", server_default="1"),
    words("parts"),
    _rule("kind NOT IN ('buy', 'sell', 'split', 'delivery', 'exchange')"
          " OR (ticker IS NOT NULL AND CAST(quantity AS REAL) > 0)", "units",
          "a ticker and a quantity above 0 for a buy, sell, split, delivery or exchange"),
    _rule("kind NOT IN ('exchange', 'spin_off') OR (ticker IS NOT NULL AND to_ticker IS NOT NULL"
          " AND to_ticker <> ticker AND CAST(to_quantity AS REAL) > 0)", "into",
          "a ticker, another to_ticker and a to_quantity above 0 for an exchange or spin_off"),
    _rule("kind NOT IN ('draw', 'repayment') OR loan IS NOT NULL", "of_loan", "the loan of a draw or repayment"),
    _rule("to_account IS NULL OR (kind = 'transfer' AND to_account <> account)", "to",
          "a to_account only for a transfer, and to another account"),
)  # fmt: skip
Index("transactions_by_date", transactions.c.date)


open_items = _table(
    "open_items",
    _account(primary_key=True),
    name("item", primary_key=True),
    choice("part", OPEN_ITEM_PARTS),
    name("ticker", nullable=True),
    words("place"),
    words("reason"),
    name("field", empty=True),
    name("word", empty=True),
    name("meaning", empty=True),
    choice("state", OPEN_ITEM_STATES, server_default="open"),
    sqlite_with_rowid=False,
)
"""Rows of a statement that were not understood. While one of an account's is open, the account is incomplete.

`word` is the stranger in column `field`; `meaning` a known word of that column that it stands for in later files."""


def _cash_flow(title: str, *more: Column[Any]) -> Table:
    return _table(
        title,
        name("name", primary_key=True),
        decimal("amount", low="0"),
        currency(),
        choice("frequency", FREQUENCIES, server_default="monthly"),
        day("starts", nullable=True),
        day("ends", nullable=True),
        decimal("growth_pa", low="-0.5", high="0.5", server_default="0"),
        name("category", empty=True),
        *more,
        _rule("ends IS NULL OR starts IS NULL OR ends >= starts", "order", "an end on or after the start"),
        _rule("frequency <> 'once' OR starts IS NOT NULL", "when", "a start date for what happens once"),
        sqlite_with_rowid=False,
    )


income = _cash_flow("income")
expenses = _cash_flow("expenses", yes_no("essential", default=True))

targets = _table(
    "targets",
    name("name", primary_key=True, expected="an asset class or a ticker"),
    decimal("weight", low="0", high="1"),
    sqlite_with_rowid=False,
)

settings = _table(
    "settings",
    name("name", primary_key=True),
    name("value", empty=True),
    sqlite_with_rowid=False,
)

snapshots = _table("snapshots", *record(one_a_day=True))
"""One immutable row per date: triggers refuse its change, and its removal unless it has been set aside. `verdict` is
the first light, `freedom` the second; a record without it is of a version in which one word stood for both."""

set_aside = _table(
    "set_aside", Column("id", Integer, primary_key=True), name("set_aside_at"), name("reason"), *record(one_a_day=False)
)
"""Records that a person took out of the series, as they stood: of a wrong clock, or of wrong books. None is changed."""

day_notes = _table("annotations", day("date", primary_key=True), words("note"), sqlite_with_rowid=False)

passphrase = _table(
    "passphrase",
    Column("number", Integer, CheckConstraint("number = 1", name="number"), primary_key=True),
    yes_no("is_set", default=False),
    Column("salt", Text, nullable=False),
    Column("hash", Text, nullable=False),
    _rule("is_set = (length(salt) = 32) AND is_set = (length(hash) = 64)", "whole", "a salt and a hash, or neither"),
)
"""One row: whether the page asks for a passphrase, and the salted hash of it."""

digests = _table(
    "digests",
    Column("part", Text, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""SHA-256 of each part of the inputs: a table, or one ticker's or currency's year of it."""

touched = _table(
    "touched",
    Column("part", Text, primary_key=True),
    Column("times", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Parts changed since their digest was written: empty, unless another program wrote to the file."""

imports = _table(
    "imports",
    Column("id", Integer, primary_key=True),
    name("at"),
    name("source", empty=True),
    words("files"),
    name("undone_at", nullable=True),
)
"""Each import or edit that changed something, so that the last one can be undone."""

import_changes = _table(
    "import_changes",
    Column("import_id", Integer, ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("part", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    sqlite_with_rowid=False,
)
"""Rows of a table (`part`) before and after, as JSON by column; nothing before what came or after what went."""

price_sources = _table(
    "price_sources",
    choice("kind", QUOTE_KINDS, primary_key=True, server_default="price"),
    name("ticker", primary_key=True, expected="a ticker, or a currency for a rate"),
    currency_or_none("currency", primary_key=True),
    choice("rank", RANKS, primary_key=True, server_default="1"),
    choice("source", PRICE_SOURCES),
    name("symbol", empty=True),
    positive("scale", server_default="1"),
    sqlite_with_rowid=False,
)
"""Where a price or a rate comes from when that is not the usual place; `scale` turns it into the books' own quote.

`currency` is needed for a ticker that no holding quotes, such as a benchmark, and for a symbol held in two. A source
of rank 2 or 3 is asked when those before it gave nothing."""

splits = _table(
    "splits",
    name("ticker", primary_key=True),
    day("date", primary_key=True),
    currency_or_none("quoted_in", primary_key=True),
    positive("ratio"),
    name("source", empty=True),
    decimal("held_before", nullable=True),
    sqlite_with_rowid=False,
)
"""New units per old, as prices arrived with them, of the symbol `quoted_in` a currency. `held_before` is the quantity
that was held when the split arrived, empty once the quantity counts it."""

quote_status = _table(
    "quote_status",
    choice("kind", QUOTE_KINDS, primary_key=True),
    name("ticker", primary_key=True),
    currency(primary_key=True),
    name("tried_at"),
    name("succeeded_at", nullable=True),
    words("failure"),
    sqlite_with_rowid=False,
)
"""When each source was last asked, and what it said when it had nothing."""

quarantine = _table(
    "quarantine",
    choice("kind", (*QUOTE_KINDS, "dividend"), primary_key=True),
    name("ticker", primary_key=True),
    day("date", primary_key=True),
    currency("quoted_in", primary_key=True),
    name("value"),
    currency(),
    name("source", empty=True),
    words("reason"),
    choice("status", ("held", "discarded"), server_default="held"),
    sqlite_with_rowid=False,
)
"""Figures too strange to store, until a person accepts or discards them."""

history = _table(
    "history",
    name("series", primary_key=True),
    day("date", first="1700-01-01", primary_key=True),
    decimal("value"),
    name("source", empty=True),
    sqlite_with_rowid=False,
)
"""Market and macro series in the units they are published in."""

calls = _table(
    "calls",
    name("loan", ForeignKey("loans.name", onupdate="CASCADE", ondelete="CASCADE"), primary_key=True),
    day("detected", primary_key=True),
    positive("ltv", nullable=True),
    positive("demanded_target"),
    decimal("amount", low="0"),
    decimal("owed", low="0"),
    day("deadline"),
    name("exchange"),
    name("hour", nullable=True),
    choice("state", CALL_STATES, server_default="open"),
    day("closed_on", nullable=True),
    words("reason"),
    yes_no("confirmed", default=False),
    Column(
        "payments", Text, CheckConstraint("payments GLOB '[[]*]'", name="payments"), nullable=False, server_default="[]"
    ),
    _rule("(state = 'open') = (closed_on IS NULL)", "over", "a closed_on for a call that is over, and for no other"),
    sqlite_with_rowid=False,
)
"""Margin calls by the lender's rules, confirmed by its notice or not; money in the base currency of the day. `payments`
are what was brought to meet it: a list of date, amount and by what."""
Index("calls_open", calls.c.loan, unique=True, sqlite_where=text("state = 'open'"))

INPUTS = (
    settings, accounts, loans, loan_rates, holdings, cash, prices, fx_rates, dividends, splits, transactions, income,
    expenses, targets, price_sources, open_items,
)  # fmt: skip
"""What a household enters, in an order in which rows can be written: what is referred to comes first."""
