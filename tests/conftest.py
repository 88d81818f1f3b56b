"""What every test starts from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from alm.text import use_language

# What a test proves does not depend on how busy the machine is; times are for `make bench`.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The language belongs to the process; a test that changes it leaves nothing behind."""
    use_language("en")
    yield
    use_language("en")
