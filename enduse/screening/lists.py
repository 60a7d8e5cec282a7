"""Where list files are kept, and the index over the current ones. Files are named by their hash, so none is kept twice."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from enduse.refusals import Invalid, Problem
from enduse.screening.list_errors import in_words
from enduse.screening.models import ListVersion

if TYPE_CHECKING:
    from enduse.engines.names import Index, ListDiff, ScreenedList

MAX_LIST_BYTES = 500_000_000
CHUNK = 1 << 20
INDEXES_KEPT = 3

_lock = threading.Lock()
_loaded: tuple[str, Index] | None = None


def folder() -> Path:
    path = Path(settings.ENDUSE_HOME) / "lists"
    path.mkdir(parents=True, exist_ok=True)
    return path


def keep(source: Path | IO[bytes]) -> tuple[Path, str]:
    """Copy a list file into a temporary place beside the kept ones: (its path, its SHA-256). Invalid: too large."""
    kept = folder() / f"loading-{uuid.uuid4().hex}"
    digest, size = hashlib.sha256(), 0
    opened = source.open("rb") if isinstance(source, Path) else source
    try:
        with kept.open("wb") as file:
            while chunk := opened.read(CHUNK):
                size += len(chunk)
                if size > MAX_LIST_BYTES:
                    raise Invalid(Problem(
                        _("The file is larger than %(limit)d MB.") % {"limit": MAX_LIST_BYTES // 1_000_000},
                        _("Load the list alone, not an archive of it."), field="file"))
                digest.update(chunk)
                file.write(chunk)
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    finally:
        if isinstance(source, Path):
            opened.close()
    return kept, digest.hexdigest()


def read(path: Path, *, format: str | None, source: str, mapping: Mapping[str, str] | None, called: str = "") -> ScreenedList:
    """The list in a file; `called`: its name as it came. Invalid says the line, the field, what is wrong and how to mend it."""
    from enduse.engines import names

    try:
        return names.read_list(path, format or None, source=source, mapping=mapping or None, called=called, max_bytes=MAX_LIST_BYTES)
    except names.ListError as error:
        place = re.fullmatch(r"(?:row|line) (\d+)", error.where)
        where = "" if place or error.where in {"", "file"} else f"{in_words(error.where)}: "
        raise Invalid(Problem(
            f"{where}{in_words(error.reason)}", in_words(error.remedy), row=int(place[1]) if place else None, field=error.field or "file")) from error


def format_of(path: Path, mapping: Mapping[str, str] | None) -> str:
    """Which format a list that was read is in, by its first bytes."""
    from enduse.engines.names.formats import guess

    with path.open("rb") as file:
        return guess(file.read(CHUNK), mapping)


def current() -> list[ListVersion]:
    """The newest version of each source, in the order of their sources."""
    return newest(ListVersion.objects.all())


def newest(versions: Iterable[ListVersion]) -> list[ListVersion]:
    """Of all versions the newest of each source, in the order of their sources."""
    last = {version.source: version for version in sorted(versions, key=lambda version: version.pk)}
    return [last[source] for source in sorted(last)]


def index(versions: list[ListVersion]) -> Index:
    """The index over these versions: the one in memory, the one on disk, or built now and kept."""
    global _loaded
    # What an index says of a file hangs on how it was read and on the source it was loaded under, not on its bytes alone.
    held = [[version.source, version.version, version.sha256, version.format, version.mapping] for version in versions]
    key = hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()[:24]
    with _lock:
        if _loaded is None or _loaded[0] != key:
            _loaded = (key, _open_or_build(folder() / f"index-{key}", versions))
        return _loaded[1]


def differences(before: list[int], now: list[ListVersion]) -> list[ListDiff] | None:
    """What changed in the lists between the versions of then (by their ids) and those of now; of a list that is new, all.

    None: it cannot be told, as there was none before or a list is there no more.
    """
    from enduse.engines import names

    earlier = {version.source: version for version in ListVersion.objects.filter(pk__in=before)}
    if not earlier or len(earlier) != len(before) or set(earlier) - {version.source for version in now}:
        return None
    found = []
    for version in now:
        old = earlier.get(version.source)
        if old is None:
            found.append(names.diff(names.ScreenedList(version.source, "", "", ()), read_kept(version)))
        elif old.pk != version.pk:
            found.append(names.diff(read_kept(old), read_kept(version)))
    return found


def read_kept(version: ListVersion) -> ScreenedList:
    """A list version from its kept file."""
    return read(folder() / version.sha256, format=version.format, source=version.source, mapping=version.mapping)


def _open_or_build(path: Path, versions: list[ListVersion]) -> Index:
    from enduse.engines import names

    if path.exists():
        try:
            return names.Index.load(path)
        except names.IndexFileError:
            path.unlink()
    built = names.Index.build([read_kept(version) for version in versions])
    built.save(path)
    _drop_old_indexes()
    return built


def _drop_old_indexes() -> None:
    """An index is a copy of the lists: only the last few are kept."""
    for old in sorted(folder().glob("index-*"), key=os.path.getmtime, reverse=True)[INDEXES_KEPT:]:
        old.unlink(missing_ok=True)
