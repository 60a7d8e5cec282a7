"""Merging segments, so that many small additions do not make every search walk many small tries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from enduse.engines.serials.attributes import ATTRIBUTES
from enduse.engines.serials.folder import MERGE_LOCK, commit, locked, manifest, new_name
from enduse.engines.serials.segment import Columns, Segment, write_segment

FAN = 6
"""So many segments of like size at the end of a register are made one."""


def due(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last segments that ought to be one: none larger than four times what came after it; none where that is few."""
    gathered: list[dict[str, Any]] = []
    guns = 0
    for entry in reversed(entries):
        if len(gathered) >= FAN and entry["guns"] > 4 * guns:
            break
        if gathered and entry["guns"] > 4 * max(guns, 1000):
            break
        gathered.append(entry)
        guns += entry["guns"]
    return gathered[::-1] if len(gathered) >= FAN else []


def merge(path: Path, entries: Sequence[dict[str, Any]], *, wait: bool = False) -> bool:
    """Writes neighbouring segments as one and names it in their place; readers of the old ones are not disturbed.

    Returns False where another merge is under way or the segments are no longer there.
    """
    with locked(path, MERGE_LOCK, wait=wait) as mine:
        if not mine:
            return False
        names = [e["name"] for e in entries]
        if not _place(manifest(path), names):
            return False
        joined = write_segment(path / new_name(), join([Segment(path / n) for n in names]))
        with locked(path):
            current = manifest(path)
            place = _place(current, names)
            if not place:
                (path / joined["name"]).unlink()
                return False
            commit(path, [*current[: place.start], joined, *current[place.stop :]])
        for name in names:
            (path / name).unlink(missing_ok=True)
    return True


def _place(entries: Sequence[dict[str, Any]], names: Sequence[str]) -> slice | None:
    """Where these segments stand, one after the other."""
    held = [e["name"] for e in entries]
    if names[0] not in held:
        return None
    start = held.index(names[0])
    return slice(start, start + len(names)) if held[start : start + len(names)] == list(names) else None


def join(segments: Sequence[Segment]) -> Columns:
    """The guns of several segments as columns, in order of entry."""
    vocabulary: list[dict[str, int]] = [{"": 0} for _ in ATTRIBUTES]
    combo_ids: dict[tuple[int, ...], int] = {}
    forward, backward, combo, keys = [], [], [], []
    texts: dict[int, str] = {}
    long: dict[int, Any] = {}
    start = 0
    for segment in segments:
        mirror = np.empty(len(segment), np.uint64)
        mirror[segment.row_of[segment.forward_of]] = segment.backward
        forward.append(segment.forward[segment.place_of])
        backward.append(mirror)
        renamed = [[vocabulary[a].setdefault(v, len(vocabulary[a])) for v in words] for a, words in enumerate(segment.vocabulary)]
        numbers = [
            combo_ids.setdefault(tuple(renamed[a][v] for a, v in enumerate(values)), len(combo_ids))
            for values in segment.combos.tolist()
        ]
        combo.append(np.array(numbers, np.uint32)[segment.combo])
        keys.append(segment.keys.astype(np.int64))
        texts.update({start + int(row): segment.serial(int(row)) for row in segment.text_rows})
        long.update({
            start + int(segment.row_of[p]): codes for p, codes in zip(segment.long_at, segment.long_codes, strict=True)
        })  # fmt: skip
        start += len(segment)
    combos = np.array(list(combo_ids), np.int32).reshape(-1, len(ATTRIBUTES))
    joined = [np.concatenate(part) for part in (forward, backward, combo, keys)]
    return Columns(joined[0], joined[1], joined[2], joined[3], combos, [list(v) for v in vocabulary], texts, long)
