"""One immutable file of the index: guns in order of entry, their serials sorted both ways, memory-mapped.

Layout: 16 bytes (magic, length of the header), the header (JSON: sections with place, shape, type and CRC-32; vocabulary;
schemes), its CRC-32, then the sections, each at a multiple of 64 bytes. A segment is written under another name, synced
and renamed, so that a half-written one is never opened.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from enduse.engines.serials.answer import Gun
from enduse.engines.serials.attributes import ATTRIBUTES
from enduse.engines.serials.schemes import NOBODY, Scheme, learn_schemes
from enduse.engines.serials.symbols import ALPHABET, MAX_LENGTH, SYMBOLS, code_table, symbol_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

MAGIC = b"ENDUSEG2"
CHUNK = 200_000
SAMPLE = 100_000
WIDEST = 128
BUCKET = 32
"""Serials below which a node of the trie is not divided."""


class DamagedIndex(RuntimeError):
    """An index file is not what was written: says which file, what is wrong and how to mend it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path}: {reason}. Rebuild the index from the register (Register.build); no gun is lost, the index is derived."
        )
        self.path, self.reason = path, reason


@dataclass
class Columns:
    """Guns as columns, in order of entry: words both ways, attribute combinations and keys; `texts` by row where the
    words do not say all, `long` symbols by row of serials longer than a word."""

    forward: Array
    backward: Array
    combo: Array
    keys: Array
    combos: Array
    vocabulary: list[list[str]]
    texts: dict[int, str]
    long: dict[int, Array]

    def __len__(self) -> int:
        return len(self.forward)


def columns_of(guns: Iterable[Gun]) -> Columns:
    """Reads guns once, in chunks; serials are packed at once so that ten million need no list of texts."""
    from enduse.engines.serials.kernels import pack

    plain = np.zeros(SYMBOLS, np.uint32)
    plain[1:37] = [ord(c) for c in ALPHABET]
    vocabulary: list[dict[str, int]] = [{"": 0} for _ in ATTRIBUTES]
    combo_ids: dict[tuple[str, str, str, str, int | None], int] = {}
    parts: list[tuple[Array, Array, Array, Array]] = []
    texts: dict[int, str] = {}
    long: dict[int, Array] = {}
    done = 0
    for chunk in _chunks(guns):
        serials = [g.serial for g in chunk]
        n = len(chunk)
        combo = np.fromiter(
            (
                combo_ids.setdefault((g.make, g.model, g.type, g.calibre, g.year), len(combo_ids))
                for g in chunk
            ), np.uint32, n,
        )  # fmt: skip
        keys = np.fromiter((g.key for g in chunk), np.int64, n)
        text = np.array([s[:WIDEST] for s in serials], dtype=np.str_)
        width = max(text.dtype.itemsize // 4, 1)
        points = text.view(np.uint32).reshape(n, width) if text.dtype.itemsize else np.zeros((n, 1), np.uint32)
        forward, backward = np.zeros(n, np.uint64), np.zeros(n, np.uint64)
        kept, long_codes = np.zeros(n, np.uint8), np.zeros((n, MAX_LENGTH + 1), np.uint8)
        pack(points, code_table(), plain, forward, backward, kept, long_codes)
        for i in np.flatnonzero(kept):
            texts[done + int(i)] = serials[i]
        for i in np.flatnonzero(long_codes[:, 0]):
            long[done + int(i)] = long_codes[i].copy()
        parts.append((forward, backward, combo, keys))
        done += n
    combos = np.array([
        [vocabulary[a].setdefault("" if v is None else str(v), len(vocabulary[a])) for a, v in enumerate(combo)]
        for combo in combo_ids
    ], dtype=np.int32).reshape(-1, len(ATTRIBUTES))  # fmt: skip
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [np.zeros(0, np.uint64)] * 4
    return Columns(joined[0], joined[1], joined[2], joined[3], combos, [list(v) for v in vocabulary], texts, long)


def _chunks(guns: Iterable[Gun]) -> Iterator[list[Gun]]:
    chunk: list[Gun] = []
    for gun in guns:
        chunk.append(gun)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _smallest(values: Array) -> Array:
    """The same numbers in the narrowest unsigned type, signed 64 bits when there are negative ones."""
    if len(values) and int(values.min()) < 0:
        return values.astype(np.int64)
    top = int(values.max()) if len(values) else 0
    return values.astype(np.uint16 if top < 2**16 else np.uint32 if top < 2**32 else np.int64)


def write_segment(path: Path, columns: Columns) -> dict[str, Any]:
    """Writes columns as a segment file; returns what the manifest keeps of it."""
    order = np.argsort(columns.forward, kind="stable").astype(np.uint32)
    place_of = np.empty(len(order), np.uint32)
    place_of[order] = np.arange(len(order), dtype=np.uint32)
    mirror = np.argsort(columns.backward, kind="stable").astype(np.uint32)
    long_places = np.array(sorted((int(place_of[r]), r) for r in columns.long), np.uint32).reshape(-1, 2)
    text_rows = np.array(sorted(columns.texts), np.uint32)
    blobs = [columns.texts[int(r)].encode("utf-8", "surrogatepass") for r in text_rows]
    forward = columns.forward[order]
    every = max(1, len(forward) // SAMPLE)
    sample = forward[::every]
    schemes = learn_schemes(map(_symbols, sample.tolist()), weight=len(forward) / max(len(sample), 1))
    sections: dict[str, Array] = {
        "forward": forward,
        "backward": columns.backward[mirror],
        "row_of": order,
        "place_of": place_of,
        "forward_of": place_of[mirror],
        "combo": _smallest(columns.combo),
        "keys": _smallest(columns.keys),
        "combos": columns.combos,
        "combo_guns": np.bincount(columns.combo.astype(np.int64), minlength=len(columns.combos)).astype(np.int64),
        "long_at": long_places[:, 0].copy(),
        "long_codes": np.array([columns.long[int(r)] for r in long_places[:, 1]], np.uint8).reshape(-1, MAX_LENGTH + 1),
        "text_rows": text_rows,
        "text_ends": _smallest(np.cumsum([len(b) for b in blobs], dtype=np.int64)),
        "texts": np.frombuffer(b"".join(blobs), np.uint8),
        **_trie("forward", forward),
        **_trie("backward", columns.backward[mirror]),
        "scheme_combos": scheme_combos(schemes, columns.combo[order[::every]]),
        "scheme_counts": np.concatenate([s.counts.ravel() for s in schemes]) if schemes else np.zeros(0),
    }
    header = {
        "vocabulary": columns.vocabulary,
        "schemes": [[s.name, s.guns, len(s.counts)] for s in schemes],
        "guns": len(columns),
        "max_key": int(columns.keys.max()) if len(columns) else 0,
    }
    _write(path, header, sections)
    return {"name": path.name, "guns": len(columns), "max_key": header["max_key"], "bytes": path.stat().st_size}


def scheme_combos(schemes: Sequence[Scheme], combos: Array) -> Array:
    """How often each combination of attributes goes with each scheme: lines of (scheme, combination, serials).

    `combos`: the combination of each serial that the schemes were learnt from.
    """
    lines = [np.zeros((0, 3), np.uint32)]
    for number, scheme in enumerate(schemes):
        found, often = np.unique(combos[scheme.members], return_counts=True)
        lines.append(np.stack([np.full(len(found), number), found, often], axis=1).astype(np.uint32))
    return np.concatenate(lines)


def _write(path: Path, header: dict[str, Any], sections: dict[str, Array]) -> None:
    table: dict[str, list[Any]] = {}
    at = 0
    for name, values in sections.items():
        values = np.ascontiguousarray(values)
        table[name] = [at, list(values.shape), values.dtype.str, zlib.crc32(values.data) if values.size else 0]
        at += -(-values.nbytes // 64) * 64
    text = json.dumps({**header, "sections": table}, ensure_ascii=True).encode()
    start = -(-(len(MAGIC) + 8 + len(text) + 4) // 64) * 64
    partial = path.with_suffix(".partial")
    with partial.open("wb") as out:
        out.write(MAGIC + struct.pack("<Q", len(text)) + text + struct.pack("<I", zlib.crc32(text)))
        for name, values in sections.items():
            out.seek(start + table[name][0])
            out.write(np.ascontiguousarray(values).data if values.size else b"")
        out.truncate(start + at)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(path)


def _trie(direction: str, words: Array) -> dict[str, Array]:
    """The nodes over sorted words of one direction: see kernels.grow_nodes."""
    from enduse.engines.serials.kernels import grow_nodes

    room = len(words) // 4 + 64
    while True:
        nodes = np.zeros(room + 1, np.uint64)
        count = grow_nodes(words, BUCKET, nodes)
        if count >= 0:
            return {f"{direction}_nodes": nodes[: count + 1].copy()}
        room *= 2


SHIFTS = tuple(58 - 6 * k for k in range(10))
SPELT = "".join(symbol_of(c) for c in range(64))


def _symbols(word: int) -> tuple[int, ...]:
    return tuple([(word >> shift) & 63 for shift in SHIFTS[: word & 15]])


class Segment:
    """An open segment: arrays over the memory-mapped file, shared between processes by the operating system."""

    forward: Array
    backward: Array
    row_of: Array
    place_of: Array
    forward_of: Array
    combo: Array
    keys: Array
    combos: Array
    combo_guns: Array
    long_at: Array
    long_codes: Array
    text_rows: Array
    text_ends: Array
    texts: Array
    scheme_combos: Array
    scheme_counts: Array
    forward_nodes: Array
    backward_nodes: Array

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header, start = _read_header(path)
        whole = np.memmap(path, np.uint8, mode="r")
        self._checks: list[tuple[str, int]] = []
        for name, (at, shape, kind, check) in self.header["sections"].items():
            size = int(np.prod(shape)) * np.dtype(kind).itemsize
            if start + at + size > len(whole):
                raise DamagedIndex(path, f"the file ends within '{name}'")
            setattr(self, name, np.asarray(whole[start + at : start + at + size]).view(kind).reshape(shape))
            self._checks.append((name, check))
        self.vocabulary: list[list[str]] = self.header["vocabulary"]

    def __len__(self) -> int:
        return int(self.header["guns"])

    @property
    def max_key(self) -> int:
        return int(self.header["max_key"])

    def verify(self) -> None:
        """Reads every byte and compares checksums. Raises DamagedIndex."""
        for name, check in self._checks:
            values = np.ascontiguousarray(getattr(self, name))
            if (zlib.crc32(values.data) if values.size else 0) != check:
                raise DamagedIndex(self.path, f"'{name}' does not match its checksum")

    @cached_property
    def schemes(self) -> list[Scheme]:
        found, at = [], 0
        for name, guns, length in self.header["schemes"]:
            counts = np.array(self.scheme_counts[at : at + length * SYMBOLS]).reshape(length, SYMBOLS)
            found.append(Scheme(name, guns, counts, NOBODY))
            at += length * SYMBOLS
        return found

    def counts(self, attribute: int) -> dict[str, int]:
        """How many guns hold each value of an attribute."""
        numbers = np.bincount(self.combos[:, attribute], weights=self.combo_guns, minlength=len(self.vocabulary[attribute]))
        return {v: int(n) for v, n in zip(self.vocabulary[attribute], numbers, strict=True)}

    def codes(self, place: int) -> tuple[int, ...]:
        """The canonical serial at a place of the sorted order, as symbol codes."""
        word = int(self.forward[place])
        if word & 15 <= 10:
            return _symbols(word)
        k = int(self.long_at.searchsorted(np.uint32(place)))
        return tuple(int(c) for c in self.long_codes[k, 1 : 1 + int(self.long_codes[k, 0])])

    def serial(self, row: int) -> str:
        """The serial as it was entered."""
        k = int(self.text_rows.searchsorted(np.uint32(row)))
        if k < len(self.text_rows) and self.text_rows[k] == row:
            begin = int(self.text_ends[k - 1]) if k else 0
            return bytes(self.texts[begin : int(self.text_ends[k])]).decode("utf-8", "surrogatepass")
        word = int(self.forward[self.place_of[row]])
        if word & 15 <= 10:
            return "".join([SPELT[(word >> shift) & 63] for shift in SHIFTS[: word & 15]])
        return "".join(map(symbol_of, self.codes(int(self.place_of[row]))))

    def gun(self, row: int) -> Gun:
        """The gun entered as number `row` of this segment."""
        held = [self.vocabulary[a][v] for a, v in enumerate(self.combos[self.combo[row]])]
        year = int(held[4]) if held[4] else None
        return Gun(int(self.keys[row]), self.serial(row), held[0], held[1], held[2], held[3], year)


def _read_header(path: Path) -> tuple[dict[str, Any], int]:
    with path.open("rb") as source:
        head = source.read(16)
        if len(head) < 16 or head[:8] != MAGIC:
            raise DamagedIndex(path, "it is not an index file of this version")
        (length,) = struct.unpack("<Q", head[8:])
        if length > path.stat().st_size:
            raise DamagedIndex(path, "the header is cut short")
        text, check = source.read(length), source.read(4)
    if len(check) < 4 or zlib.crc32(text) != struct.unpack("<I", check)[0]:
        raise DamagedIndex(path, "the header does not match its checksum")
    return json.loads(text), -(-(len(MAGIC) + 8 + length + 4) // 64) * 64
