"""What a person with the database's password does: raw SQL, and the guards taken down to show that the log still tells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from enduse.deliveries.guards import GUARDS as OF_DELIVERIES
from enduse.ledger.guards import put_up, take_down
from enduse.licensing.guards import GUARDS as OF_LICENSING


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


@contextmanager
def guards_down() -> Iterator[None]:
    """As if the database's owner had dropped the triggers."""
    every = [*OF_LICENSING, *OF_DELIVERIES]
    take_down(every)
    try:
        yield
    finally:
        put_up(every)
