"""A bar on standard error for long work; nothing at all when nobody is looking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from alm.fire.interpreted import PreliminaryEstimate


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """Yields `done(name)`: call it once for each of the `total` steps."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield lambda name: bar.update(task, advance=1, description=name)


class Bar:
    """Called with the share of the work that is done; until then it only shows life."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar, self._task = bar, task

    def __call__(self, share: float) -> None:
        self._bar.update(self._task, total=1.0, completed=share, description="")

    def meanwhile(self, answer: PreliminaryEstimate) -> None:
        """What the first lives say while the simulation is compiled."""
        from alm.sources import early_sentence

        self._bar.update(self._task, description=early_sentence(answer))


@contextmanager
def progress_share() -> Iterator[Bar]:
    """Yields the bar."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        yield Bar(bar, bar.add_task("", total=None))
