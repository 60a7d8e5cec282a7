"""Rows that are kept for speed and follow from facts: written where they are not as they were, and made again in parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model


def write(model: type[Model], rows: Mapping[int, Mapping[str, Any]]) -> int:
    """Rows by their keys, each with its fields; how many were not there or were otherwise."""
    all_rows: Any = model._default_manager
    pk: Any = model._meta.pk
    kept = all_rows.in_bulk(list(rows))
    all_rows.bulk_create(model(**{pk.attname: key}, **row) for key, row in rows.items() if key not in kept)
    changed = [key for key, known in kept.items() if any(getattr(known, name) != value for name, value in rows[key].items())]
    for key in changed:
        all_rows.filter(pk=key).update(**rows[key])
    return len(rows) - len(kept) + len(changed)


def in_parts(keys: Sequence[int], at_once: int, keep: Callable[[Sequence[int]], int]) -> int:
    """Keep many rows again, so many in a transaction; how many differed."""
    differed = 0
    for first in range(0, len(keys), at_once):
        with transaction.atomic():
            differed += keep(keys[first:first + at_once])
    return differed
