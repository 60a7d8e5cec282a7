"""The folder of a register: a manifest that names its segments, replaced in one step, and the locks of its writers."""

from __future__ import annotations

import fcntl
import json
import os
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from enduse.engines.serials.segment import DamagedIndex

MANIFEST, LOCK, MERGE_LOCK = "manifest.json", "lock", "merge.lock"
FORMAT = 1


def new_name() -> str:
    """A name for a segment that no other has."""
    return f"{uuid.uuid4().hex[:16]}.segment"


def state_of(path: Path) -> str:
    """What changes whenever the manifest is replaced. Raises FileNotFoundError where there is no register."""
    try:
        stat = (path / MANIFEST).stat()
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: there is no register here; make one with Register.build") from None
    return f"{stat.st_ino}-{stat.st_mtime_ns}-{stat.st_size}"


def manifest(path: Path) -> list[dict[str, Any]]:
    """The segments in order of entry, each with name, guns, max_key and bytes. Raises DamagedIndex."""
    text = (path / MANIFEST).read_bytes()
    try:
        content = json.loads(text)
        body = json.dumps(content["segments"], sort_keys=True).encode()
        sound = content["format"] == FORMAT and content["check"] == zlib.crc32(body)
    except (ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise DamagedIndex(path / MANIFEST, "the manifest does not match its checksum or is of another version")
    return list(content["segments"])


def commit(path: Path, entries: list[dict[str, Any]]) -> None:
    """Makes these the segments: on disk when this returns, the old ones in force until then."""
    body = json.dumps(entries, sort_keys=True).encode()
    partial = path / (MANIFEST + ".partial")
    with partial.open("w", encoding="utf-8") as out:
        json.dump({"format": FORMAT, "check": zlib.crc32(body), "segments": entries}, out)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(path / MANIFEST)
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sweep(path: Path) -> None:
    """Removes segments that no manifest names: left by a kill, a merge or a rebuild."""
    named = {e["name"] for e in manifest(path)}
    for file in path.iterdir():
        if file.suffix in {".segment", ".partial"} and file.name not in named:
            file.unlink(missing_ok=True)


@contextmanager
def locked(path: Path, name: str = LOCK, *, wait: bool = True) -> Iterator[bool]:
    """Holds a lock of the folder between processes and threads; gives False where it is taken and `wait` is false."""
    with (path / name).open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
