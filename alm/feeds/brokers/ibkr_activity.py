"""Interactive Brokers, activity statement in CSV, as the lines of a Flex statement. Pure.

Every line has its section and `Header`, `Data`, `SubTotal` or `Total` in front. There are no identifiers: a line is
known again by what it says. Sections that are no mere report of others and are not read are
open items.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from alm.feeds.brokers import flex
from alm.feeds.brokers.ibkr import of_accounts
from alm.feeds.brokers.layout import Source, columns_of
from alm.feeds.brokers.statement import Statement
from alm.feeds.cells import number
from alm.feeds.tabular import Record
from alm.language import t

CATEGORIES = {
    "Stocks": "STK", "Bonds": "BOND", "Treasury Bills": "BILL", "Mutual Funds": "FUND", "Funds": "FUND",
    "Cryptocurrencies": "CRYPTO", "Forex": "CASH", "Equity and Index Options": "OPT", "Futures": "FUT",
    "Warrants": "WAR", "CFDs": "CFD",
}  # fmt: skip
COLUMNS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "Open Positions": ("OpenPositions", {
        "Currency": "currency", "Symbol": "symbol", "Quantity": "position", "Close Price": "markPrice",
        "Value": "positionValue", "Cost Basis": "costBasisMoney", "Unrealized P/L": "fifoPnlUnrealized",
    }),
    "Trades": ("Trades", {
        "Currency": "currency", "Symbol": "symbol", "Date/Time": "tradeDate", "Quantity": "quantity",
        "T. Price": "tradePrice", "Comm/Fee": "ibCommission",
    }),
    "Corporate Actions": ("CorporateActions", {
        "Currency": "currency", "Report Date": "reportDate", "Description": "description", "Quantity": "quantity",
        "Proceeds": "proceeds", "Value": "value",
    }),
}  # fmt: skip
"""What each column is called in Flex."""
DETAIL = {"Open Positions": "Summary", "Trades": "Order"}
"""The lines that count: the others are parts of them."""
CASH = {
    "Dividends": "Dividends", "Payment In Lieu Of Dividends": "Payment In Lieu Of Dividends",
    "Withholding Tax": "Withholding Tax", "Interest": "Broker Interest Received", "Fees": "Other Fees",
    "Deposits & Withdrawals": "Deposits & Withdrawals",
}  # fmt: skip
HISTORY = "Transaction History"
HISTORY_CASH = {
    "Dividend": "Dividends", "Payment in Lieu": "Payment In Lieu Of Dividends",
    "Foreign Tax Withholding": "Withholding Tax", "Credit Interest": "Broker Interest Received",
    "Debit Interest": "Broker Interest Paid", "Other Fee": "Other Fees", "Deposit": "Deposits & Withdrawals",
    "Withdrawal": "Deposits & Withdrawals", "Electronic Fund Transfer": "Deposits & Withdrawals",
}  # fmt: skip
SAME_CURRENCY = Decimal("0.01")
"""How far the gross amount, which is in the account's own currency, may be from quantity · price: a trade in another
currency is further (assumption: no other is within a hundredth of it), and waits for a person."""
REPORTS = frozenset((
    "Statement", "Summary", "Account Information", "Net Asset Value", "Change in NAV", "Cash Report", "Codes",
    "Notes/Legal Notes",
    "Mark-to-Market Performance Summary", "Realized & Unrealized Performance Summary", "Forex P/L Details",
    "Month & Year to Date Performance Summary", "Financial Instrument Information", "Interest Accruals",
    "Change in Dividend Accruals", "Open Dividend Accruals", "Total P/L for Statement Period", "Forex Balances",
    "Location of Customer Assets, Positions and Money", "Net Stock Position Summary", "Base Currency Exchange Rate",
    "Base Currency Exchange Rates",
))  # fmt: skip
"""Sections that say again, or sum up, what others say."""
_SYMBOL = re.compile(r"^\s*([A-Z0-9.]+(?: [A-Z])?)\s*\([A-Z0-9]{6,}\)")
_SPLIT = re.compile(r"\bsplit +[0-9.]+ +for +[0-9.]+", re.IGNORECASE)
_FIRST = date(1900, 1, 1)


@dataclass(slots=True)
class _Reading:
    """The account while its lines are read."""

    file: str
    account: flex.Account
    base: str = ""
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def header(self, section: str, record: Record) -> None:
        self.columns[section] = columns_of(Record(record.line, record.cells[2:]))
        if section in COLUMNS:
            self.account.lines.setdefault(COLUMNS[section][0], [])
        elif section not in REPORTS and section not in CASH and section != HISTORY:
            self.account.strange(f"section {section}", t("a section that is not read"))

    def data(self, section: str, record: Record) -> None:
        cells = (cell.strip() for cell in record.cells[2:])
        row = dict(zip(self.columns.get(section, ()), cells, strict=False))
        if section in COLUMNS and row.get("DataDiscriminator", "") == DETAIL.get(section, ""):
            self.listed(section, row)
        elif section in CASH and row.get("Date", row.get("Settle Date")):
            self.cash(section, row)
        elif section == HISTORY and row.get("Date"):
            self.happened(row)
        elif section == "Cash Report" and row.get("Currency Summary") == "Ending Cash":
            code = row.get("Currency", "").replace("Base Currency Summary", "BASE_SUMMARY")
            self.add("CashReport", {"currency": code, "endingCash": row.get("Total", "")})

    def listed(self, section: str, row: Mapping[str, str]) -> None:
        name, columns = COLUMNS[section]
        attributes = {columns[column]: text for column, text in row.items() if column in columns and text}
        category = row.get("Asset Category", "")
        attributes["assetCategory"] = CATEGORIES.get(category, category)
        if section == "Trades":
            attributes["tradeDate"] = row.get("Date/Time", "").partition(",")[0]
            attributes["dateTime"] = row.get("Date/Time", "")
        if section == "Corporate Actions":
            if not row.get("Report Date"):
                return  # a sum
            attributes |= _action(row.get("Description", "")) | {"transactionID": _mark(row)}
        self.add(name, attributes)

    def cash(self, section: str, row: Mapping[str, str]) -> None:
        told = row.get("Description", "")
        symbol = _SYMBOL.match(told)
        attributes = {
            "currency": row.get("Currency", ""), "description": told, "amount": row.get("Amount", ""),
            "reportDate": row.get("Date") or row.get("Settle Date", ""), "type": CASH[section],
            **({"symbol": symbol[1]} if symbol else {}),
        }  # fmt: skip
        self.add("CashTransactions", attributes)

    def happened(self, row: Mapping[str, str]) -> None:
        """A row of the newer files' history, which has no currency of its own for money."""
        word, quoted = row.get("Transaction Type", ""), row.get("Price Currency", "").strip("-")
        common = {
            "symbol": row.get("Symbol", "").strip("-"), "description": row.get("Description", ""),
            "currency": quoted or self.base,
        }  # fmt: skip
        if word in HISTORY_CASH and common["currency"]:
            told = {"amount": row.get("Net Amount", ""), "reportDate": row["Date"], "type": HISTORY_CASH[word]}
            self.add("CashTransactions", {**common, **told})
        elif word in ("Buy", "Sell") and _in_its_currency(row):
            told = {
                "quantity": row["Quantity"], "tradePrice": row["Price"], "tradeDate": row["Date"],
                "ibCommission": "0" if row.get("Commission") in ("", "-", None) else row["Commission"],
                "assetCategory": "STK",
            }  # fmt: skip
            self.add("Trades", {**common, **told})
        else:
            called = " ".join(filter(None, (HISTORY, row["Date"], word, common["symbol"], row.get("Net Amount"))))
            reason = t("one of {names}", names=", ".join(("Buy", "Sell", *HISTORY_CASH)))
            self.account.strange(called, reason, "", common["symbol"], "Transaction Type", word)

    def add(self, section: str, attributes: Mapping[str, str]) -> None:
        flex.add(self.account, section, flex.SECTIONS[section], attributes, self.file)


def _mark(row: Mapping[str, str]) -> str:
    """A corporate action is known again by what it says."""
    return "A" + hashlib.sha256(" ".join(row.values()).encode()).hexdigest()[:12]


def _in_its_currency(row: Mapping[str, str]) -> bool:
    try:
        units, price, gross = (number(row.get(name, "")) for name in ("Quantity", "Price", "Gross Amount"))
    except ValueError:
        return False
    return bool(units) and abs(abs(units * price) - abs(gross)) <= SAME_CURRENCY * abs(gross)


def _action(told: str) -> dict[str, str]:
    """Only splits name themselves: anything else is left to a person, by a type that fits none."""
    symbol = _SYMBOL.match(told)
    found = {"symbol": symbol[1] if symbol else told[:40]}
    return found | ({"type": "FS", "description": told} if _SPLIT.search(told) else {"type": "GV"})


def recognises(lines: Sequence[Record]) -> bool:
    return bool(lines) and lines[0].cells[:2] == ("Statement", "Header")


def read(source: Source) -> Statement:
    """The account is `<account> <number>` where the statement says its number."""
    told = {
        r.cells[2].strip(): r.cells[3].strip() for r in source.lines if r.cells[1:2] == ("Data",) and len(r.cells) > 3
    }
    period = _period_end(told.get("Period", ""), source.on)
    account = flex.Account(told.get("Account", "").split(" ")[0], _FIRST, period, known=source.known)
    reading = _Reading(source.file, account, told.get("Base Currency", ""))
    for record in source.lines:
        section, kind = (*record.cells, "", "")[:2]
        if kind == "Header":
            reading.header(section, record)
        elif kind == "Data":
            reading.data(section, record)
    return of_accounts([account], source.file, source.named("IBKR"))


def _period_end(told: str, otherwise: date) -> date:
    """`November 1, 2026 - November 20, 2026`, or one day."""
    try:
        return datetime.strptime(told.rpartition(" - ")[2].strip(), "%B %d, %Y").date()  # noqa: DTZ007  # a day, no time
    except ValueError:
        return otherwise
