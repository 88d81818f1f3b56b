"""What every test starts from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alm.text import use_language


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The language belongs to the process; a test that changes it leaves nothing behind."""
    use_language("en")
    yield
    use_language("en")
