"""Asset-liability management for one household, on its own machine: am I safe, and am I free?

`alm.load()` gives the household of the books, which answers as the commands do: see `alm.api`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alm.api import Household as Household
    from alm.api import load as load

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Loaded when it is asked for: the commands import this package first, and each starts in its own time."""
    if name in ("Household", "load"):
        from alm import api

        return getattr(api, name)
    raise AttributeError(f"module 'alm' has no attribute {name!r}")
