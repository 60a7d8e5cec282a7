"""Two people at once: callables started together in threads, each with its own database connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def race(*callables: Callable[[], Any]) -> list[Any]:
    """Run all at once; what each returned or raised, in the order given. Use with `django_db(transaction=True)`."""
    outcomes: list[Any] = [None] * len(callables)
    start = threading.Barrier(len(callables))

    def run(place: int) -> None:
        start.wait()
        try:
            outcomes[place] = callables[place]()
        except Exception as error:
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(callables))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
