"""A progress bar on standard error: `with bar("Loading") as tell: tell(done, total)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

EVERY_S = 0.1
"""How often the bar is drawn at most."""


@contextmanager
def bar(title: str) -> Iterator[Callable[..., None]]:
    """`tell(done, total, what="")` moves the bar; on something that is not a terminal it stays quiet.

    It is drawn by whoever tells, not by a thread of its own: a process with one thread can fork workers.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(),
                  TextColumn("[dim]{task.fields[what]}"), console=Console(stderr=True), auto_refresh=False) as progress:
        task = progress.add_task(title, total=None, what="")
        drawn = 0.0

        def tell(done: int, total: int, what: str = "") -> None:
            nonlocal drawn
            progress.update(task, completed=done, total=total, what=what)
            if done >= total or monotonic() - drawn > EVERY_S:
                progress.refresh()
                drawn = monotonic()

        yield tell
