"""The installation's index of serials: every firearm of the register and every watched serial, searchable at once.

It lies in `ENDUSE_HOME/serials/`, one folder a database, and is derived: `rebuild()` makes it from the tables. Before each
search it takes up the committed rows it lacks. Rows of a transaction that is still open are searched in a scratch index
that is thrown away, so the index never holds a firearm whose transaction was rolled back.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, models

from enduse import clock
from enduse.custody.models import Firearm
from enduse.tracing.models import WatchedSerial

if TYPE_CHECKING:
    from enduse.engines.serials import Gun, Register

WATCHED_FROM = 2**40
AT_ONCE = 20_000
SAMPLED = 16
SAMPLED_OF_SCRATCH = 2_000
GAP_SETTLES_S = 86_400
MOST_GAPS = 200
STATE = "state.json"


@dataclass(frozen=True)
class Source:
    """A table whose rows are searched, and what is added to its ids to make keys."""

    name: str
    model: type[models.Model]
    key_from: int

    @property
    def rows(self) -> models.QuerySet[Any]:
        return self.model._default_manager.all()

    def first(self) -> int:
        return self.rows.aggregate(n=models.Min("pk"))["n"] or 0

    def last(self) -> int:
        return self.rows.aggregate(n=models.Max("pk"))["n"] or 0


SOURCES = (Source("firearm", Firearm, 0), Source("watched", WatchedSerial, WATCHED_FROM))


def key_of_watched(pk: int) -> int:
    return WATCHED_FROM + pk


def split_key(key: int) -> tuple[int | None, int | None]:
    """A key of the index as (firearm id, watched serial id), one of them None."""
    return (None, key - WATCHED_FROM) if key >= WATCHED_FROM else (key, None)


def register() -> Register:
    """The index, holding every row that this connection sees now."""
    own = _index(str(_home()))
    with own.guard:
        if not connection.in_atomic_block:
            return own.brought_up_to_date()
        if own.is_current():
            return own.register
    scratch = _index(str(_scratch()), SAMPLED_OF_SCRATCH)
    with scratch.guard:
        return scratch.brought_up_to_date()


def rebuild() -> int:
    """Makes the index anew from the tables; how many guns it holds."""
    own = _index(str(_home()))
    with own.guard, own.locked():
        own.build()
        return len(own.register)


def warm_up() -> None:
    """Loads the index and compiles the search, so that the first officer of the day does not wait for it."""
    from enduse.engines import serials

    with suppress(serials.TooLittle):
        register().search(serials.read_marks("A1B2?3"), limit=1)


def _home() -> Path:
    named = f"{connection.vendor}:{connection.settings_dict['NAME']}"
    return Path(settings.ENDUSE_HOME) / "serials" / hashlib.sha256(named.encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _scratch() -> Path:
    import atexit

    path = Path(tempfile.mkdtemp(prefix="enduse-serials-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


@lru_cache(maxsize=8)
def _index(path: str, sampled: int = SAMPLED) -> _Index:
    return _Index(Path(path), sampled)


class _Index:
    """A register on disk with what it was made from: per table the last row taken up, the rows not there then, a sample."""

    def __init__(self, path: Path, sampled: int) -> None:
        self.path, self.sampled = path, sampled
        self.guard = threading.RLock()
        self._register: Register | None = None

    @property
    def register(self) -> Register:
        if self._register is None:
            from enduse.engines.serials import Register

            self._register = Register.open(self.path)
        else:
            self._register.refresh()
        return self._register

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One writer among all processes of the installation."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "taking-up").open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(handle, fcntl.LOCK_UN)

    def is_current(self) -> bool:
        """Whether the index is of this database and holds all its rows: one query a table."""
        state = self._kept_state()
        return state is not None and all(_unchanged(source, state[source.name]) for source in SOURCES)

    def brought_up_to_date(self) -> Register:
        if self.is_current():
            return self.register
        with self.locked():
            state = self._trusted_state()
            if state is None or any(_appeared(source, state[source.name]["gaps"]) for source in SOURCES):
                # A row that came late into a gap is rare: another transaction took earlier ids and committed later.
                self.build()
            else:
                self._take_up(state)
        return self.register

    def build(self) -> None:
        from enduse.engines.serials import Register

        (self.path / STATE).unlink(missing_ok=True)
        state = {source.name: {"last": source.last(), "gaps": []} for source in SOURCES}
        self._register = Register.build(self.path, (gun for source in SOURCES for gun in _guns(source, 0, state[source.name])))
        self._save(state)

    def _take_up(self, state: dict[str, Any]) -> None:
        for source in SOURCES:
            kept = state[source.name]
            before, kept["last"] = kept["last"], source.last()
            if kept["last"] > before:
                self.register.append(_guns(source, before, kept))
        self._save(state)

    def _save(self, state: dict[str, Any]) -> None:
        state["guns"] = len(self.register)
        for source in SOURCES:
            kept = state[source.name]
            kept["sample"] = _sample(source, _spread(source.first(), kept["last"], self.sampled))
            settled = clock.now().timestamp() - GAP_SETTLES_S
            kept["gaps"] = [gap for gap in kept["gaps"] if gap[2] > settled][-MOST_GAPS:]
        partial = self.path / f"{STATE}.partial"
        partial.write_text(json.dumps(state))
        partial.replace(self.path / STATE)

    def _kept_state(self) -> dict[str, Any] | None:
        """What the index was made from; None where it is missing or damaged."""
        from enduse.engines.serials import DamagedIndex

        try:
            state = json.loads((self.path / STATE).read_text())
            held = len(self.register)
        except (OSError, ValueError, DamagedIndex):
            self._register = None
            return None
        return state if held == state["guns"] else None

    def _trusted_state(self) -> dict[str, Any] | None:
        """The kept state, None where it is not of this database (a restored backup)."""
        state = self._kept_state()
        for source in SOURCES:
            kept = state[source.name]["sample"] if state else []
            if _sample(source, [row[0] for row in kept]) != kept:
                return None
        return state


def _guns(source: Source, after: int, kept: dict[str, Any]) -> Iterator[Gun]:
    """The guns of a table beyond an id up to kept['last']; the ids that are not there are noted in kept['gaps']."""
    from enduse.engines.serials import Gun

    rows = (
        source.rows.filter(pk__gt=after, pk__lte=kept["last"])
        .order_by("pk")
        .values_list("pk", "serial", "make", "model", "firearm_type", "calibre", *(["year"] if source.name == "firearm" else []))
    )
    expected, seen_at = after + 1, clock.now().timestamp()
    for row in rows.iterator(chunk_size=AT_ONCE):
        if row[0] > expected:
            kept["gaps"].append([expected, row[0] - 1, seen_at])
        expected = row[0] + 1
        yield Gun(source.key_from + row[0], *row[1:])


def _unchanged(source: Source, kept: dict[str, Any]) -> bool:
    """Whether the sampled rows stand as they did, nothing came after them and nothing into a gap."""
    asked = models.Q(pk__in=[row[0] for row in kept["sample"]]) | models.Q(pk__gt=kept["last"]) | _within(kept["gaps"])
    rows = source.rows.filter(asked).order_by("pk").values_list("pk", "serial", "make", "model")[: len(kept["sample"]) + 1]
    return bool([list(row) for row in rows] == kept["sample"])


def _appeared(source: Source, gaps: list[list[float]]) -> bool:
    return bool(gaps) and source.rows.filter(_within(gaps)).exists()


def _within(gaps: list[list[float]]) -> models.Q:
    """The ids that were not there when their neighbours were taken up."""
    late = models.Q(pk__in=[])
    # SQLite lets one transaction write at a time, so its ids are committed in their order.
    for first, last, _seen_at in gaps if connection.vendor != "sqlite" else []:
        late |= models.Q(pk__gte=first, pk__lte=last)
    return late


def _spread(first: int, last: int, sampled: int) -> list[int]:
    """Ids from the first to the last, all or evenly apart: what tells one database from another."""
    if last - first < sampled:
        return list(range(first, last + 1)) if last else []
    return sorted({first + (last - first) * step // (sampled - 1) for step in range(sampled)})


def _sample(source: Source, ids: list[int]) -> list[list[Any]]:
    return [list(row) for row in source.rows.filter(pk__in=ids).order_by("pk").values_list("pk", "serial", "make", "model")]
