"""The question before the page, where the household set a passphrase: nothing is read until it is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic

import streamlit as st

from alm.passphrase import Kept, matches, wait_seconds
from alm.store.database import reading
from alm.store.passphrases import kept
from alm.text import t, use_language

_OPENED = "opened-with"


@dataclass(slots=True)
class Door:
    """Wrong answers in a row, of every browser together: one person guessing in many windows waits all the same."""

    failures: int = 0
    closed_until: float = 0.0
    lock: Lock = field(default_factory=Lock)

    def try_(self, words: str, known: Kept, now: float) -> bool | None:
        """Whether the words are right; None when it is too early to ask."""
        if now < self.closed_until:
            return None
        right = matches(words, known)
        self.failures = 0 if right else self.failures + 1
        self.closed_until = now + wait_seconds(self.failures)
        return right


@st.cache_resource
def _door() -> Door:
    return Door()


def opened(db: Path) -> bool:
    """True when this browser may see the page; otherwise the question is shown in its place."""
    with reading(db) as conn:
        known = kept(conn)
    if known is None or st.session_state.get(_OPENED) == known.hash:
        return True
    use_language("ja" if (st.context.locale or "").startswith("ja") else "en")
    with st.form("passphrase", width=480):
        words = st.text_input(t("Passphrase"), type="password", key="passphrase-words", autocomplete="current-password")
        sent = st.form_submit_button(t("Open"), type="primary")
    if sent:
        _answer(words, known)
    return False


def _answer(words: str, known: Kept) -> None:
    """One attempt at a time, whoever makes it."""
    door = _door()
    with door.lock:
        right = door.try_(words, known, monotonic())
        wait = door.closed_until - monotonic()
    if right:
        st.session_state[_OPENED] = known.hash
        st.rerun()
    st.error(t("That is not the passphrase.") if right is False else t("Too early."))
    if wait > 0:
        st.caption(t("Try again in {seconds} seconds.", seconds=f"{wait:.0f}"))
