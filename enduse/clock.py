"""What time it is here. A demonstration lives at its own date; an installation with real casework never does.

`ENDUSE_HOME/clock.json` (written by `enduse demo` alone) holds the seconds to add to the machine's clock.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from django.conf import settings

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


@lru_cache(maxsize=1)
def offset() -> timedelta:
    """What a demonstration adds to the machine's clock; zero in an installation."""
    path = settings.ENDUSE_HOME / "clock.json"
    if not path.exists():
        return timedelta(0)
    return timedelta(seconds=json.loads(path.read_text())["offset_s"])


def is_demo() -> bool:
    return (settings.ENDUSE_HOME / "clock.json").exists()


def start_demo_at(moment: datetime) -> None:
    """From now on this installation's clock runs from `moment` (used by `enduse demo` only)."""
    shift = (moment - datetime.now(UTC)).total_seconds()
    (settings.ENDUSE_HOME / "clock.json").write_text(json.dumps({"offset_s": shift}))
    offset.cache_clear()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Records made inside say that they were recorded at `moment`: for loading a world and for tests."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)


def now() -> datetime:
    return _told.get() or datetime.now(UTC) + offset()


def today() -> date:
    return now().date()
