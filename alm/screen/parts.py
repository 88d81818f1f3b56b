"""The parts of the page, in the order of attention: the title of each and the module beside this one that shows it."""

from __future__ import annotations

PARTS = (
    ("Today", "overview"),
    ("Stress", "stress"),
    ("Fire drill", "drill"),
    ("Defence", "defence"),
    ("Snowball", "snowball"),
    ("FIRE", "fire"),
    ("Risk", "risk"),
    ("Allocation", "allocation"),
    ("What if", "what_if"),
    ("Backtest", "backtest"),
    ("Ledger", "ledger"),
    ("History", "history"),
    ("Data", "data"),
)
