"""What the two Japanese brokers' files share: the names of custody and of what has no code. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from alm.balance_sheet import TaxTreatment
from alm.feeds.brokers.statement import BrokerAccount
from alm.feeds.cells import ascii_form

YEN = "円"
CUSTODIES = ("特定", "一般", "NISA成長投資枠", "NISAつみたて投資枠", "旧NISA", "旧つみたてNISA", "つみたてNISA", "NISA")
"""Every custody these brokers print: what was held in one that a whole statement lacks has been sold."""


def squeezed(text: str) -> str:
    """For comparing titles: the same one is written with full-width and ASCII brackets in one file."""
    return re.sub(r"\s", "", ascii_form(text))


def ticker_of(name: str) -> str:
    """What stands for a code where there is none: the name in one spelling, so that two brokers agree more often."""
    return re.sub(r"\s+", " ", ascii_form(name))


def tax_treatment(custody: str) -> TaxTreatment | None:
    """NISA of every vintage is free of tax, 特定 and 一般 are taxed; None for a name never seen."""
    plain = squeezed(custody)
    if "NISA" in plain:
        return "tax_free"
    return "taxable" if plain.startswith(("特定", "一般")) else None


def account_name(broker: str, custody: str) -> str:
    return f"{broker} {custody}".strip()


def accounts(broker: str, institution: str, custodies: Iterable[str]) -> tuple[BrokerAccount, ...]:
    """One account per custody, in the order of the file."""
    return tuple(
        BrokerAccount(account_name(broker, custody), institution, "JP", tax_treatment(custody) or "taxable")
        for custody in dict.fromkeys(custodies)
    )


def all_accounts(broker: str, found: Iterable[BrokerAccount]) -> tuple[str, ...]:
    """The names of the broker's accounts, those that no longer hold anything included."""
    return tuple(dict.fromkeys([*(account.name for account in found), *(account_name(broker, c) for c in CUSTODIES)]))
