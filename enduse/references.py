"""References that people write on letters: a letter for the noun, the year, a number that runs within the year."""

from __future__ import annotations

from zlib import crc32

from django.db import connection, models
from django.db.models.functions import Length

from enduse import clock


def next_reference(model: type[models.Model], prefix: str) -> str:
    """The next free reference such as 'A-2011-0117'. Call inside the transaction that saves it.

    SQLite's write lock already lets one transaction number at a time; PostgreSQL is asked for a lock of the prefix.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [crc32(prefix.encode())])
    start = f"{prefix}-{clock.today().year}-"
    # Longer numbers sort after shorter ones, so 10000 follows 9999.
    last = (
        model._default_manager.filter(reference__startswith=start)
        .annotate(length=Length("reference"))
        .order_by("-length", "-reference").values_list("reference", flat=True).first()
    )
    return f"{start}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:04d}"
