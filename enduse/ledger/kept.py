"""What is computed from the whole register, kept for as long as the log does not grow: no figure changes without a new entry."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.core.cache import cache
from django.utils.translation import get_language

from enduse import clock
from enduse.ledger.actions import size

T = TypeVar("T")
KEPT_FOR_S = 24 * 3600
DEAR_S, STALE_FOR = 1.0, 20


def kept(name: str, compute: Callable[[], T]) -> T:
    """What `compute` gives for the log as long as it is now.

    When that takes more than a second, an answer for a shorter log is still given for twenty times as long: however fast
    the log grows, reading it costs no more than a twentieth of one core.
    """
    place = f"{name}:{(get_language() or 'en')[:2]}"
    length, today = size(), clock.today()
    known: tuple[int, date, float, float, T] | None = cache.get(place)
    if known is not None:
        its_length, its_day, made_at, took_s, value = known
        if (its_length, its_day) == (length, today) or (took_s > DEAR_S and time.time() - made_at < STALE_FOR * took_s):
            return value
    start = time.perf_counter()
    value = compute()
    cache.set(place, (length, today, time.time(), time.perf_counter() - start, value), KEPT_FOR_S)
    return value
