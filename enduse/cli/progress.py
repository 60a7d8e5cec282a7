"""A progress bar on standard error: `with bar("Loading") as tell: tell(done, total)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(title: str) -> Iterator[Callable[..., None]]:
    """`tell(done, total, what="")` moves the bar; on something that is not a terminal it stays quiet."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(),
                  TextColumn("[dim]{task.fields[what]}"), console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=None, what="")

        def tell(done: int, total: int, what: str = "") -> None:
            progress.update(task, completed=done, total=total, what=what)

        yield tell
