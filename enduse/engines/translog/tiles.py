"""The tlog-tiles geometry: tiles, entry bundles and their paths; proofs and tree heads read from tiles.

A tile of level L holds up to 256 hashes, each the Merkle tree hash of 256**L leaves (c2sp.org/tlog-tiles).
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeAlias

from .errors import ProofError, TileError
from .merkle import EMPTY_ROOT, HASH_SIZE, node_hash, parents, root_of_hashes

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
ENTRIES = "entries"

TileReader: TypeAlias = Callable[[int, int, int], bytes]
"""(level, index, width) -> width * 32 bytes: the first `width` hashes of that tile."""

_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def tile_path(level: int | str, index: int, width: int | None = None) -> str:
    """The path of a tile under the log's prefix; level "entries" names an entry bundle; width None or 256 is full."""
    if level != ENTRIES and not (isinstance(level, int) and 0 <= level <= 63):
        raise TileError(f"tile level {level!r} is neither 0 to 63 nor 'entries'")
    if index < 0:
        raise TileError(f"tile index {index} is negative")
    if width is not None and not 1 <= width <= TILE_WIDTH:
        raise TileError(f"tile width {width} is not between 1 and 256")
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    name = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    partial = "" if width in (None, TILE_WIDTH) else f".p/{width}"
    return f"tile/{level}/{name}{partial}"


def parse_tile_path(path: str) -> tuple[int | str, int, int]:
    """The (level, index, width) of a path made by `tile_path`; level is "entries" for an entry bundle.

    Raises TileError for any other spelling, so that one tile has one address.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise TileError(f"{path!r} is not a tile path such as tile/0/x001/234 or tile/entries/000.p/17")
    level = match[1] if match[1] == ENTRIES else int(match[1])
    index = int(match[2].replace("/", "").replace("x", ""))
    width = int(match[3]) if match[3] else TILE_WIDTH
    if match[3] == str(TILE_WIDTH) or tile_path(level, index, width) != path:
        raise TileError(f"{path!r} is not how this tile is addressed; write {tile_path(level, index, width)!r}")
    return level, index, width


def tile_width(level: int, index: int, size: int) -> int:
    """How many hashes the tile has in a tree of `size` leaves: 0 to 256."""
    return max(0, min(TILE_WIDTH, (size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH))


def tiles_of(size: int, since: int = 0) -> list[tuple[int, int, int]]:
    """Every (level, index, width) of a tree of `size` leaves that a tree of `since` leaves did not have."""
    found = []
    level = 0
    while size >> (TILE_HEIGHT * level):
        shift = TILE_HEIGHT * level
        if since >> shift != size >> shift:
            first, last = (since >> shift) // TILE_WIDTH, ((size >> shift) - 1) // TILE_WIDTH
            found += [(level, index, tile_width(level, index, size)) for index in range(first, last + 1)]
        level += 1
    return found


def tile_root(tile: bytes) -> bytes:
    """The Merkle tree hash of a tile's hashes; of a full tile, the hash that stands for it one level up."""
    return root_of_hashes(tile)


def entry_bundle(entries: Sequence[bytes]) -> bytes:
    """Up to 256 leaves, each after its length as two bytes, high byte first."""
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise TileError(f"an entry bundle holds 1 to 256 entries, not {len(entries)}")
    for position, entry in enumerate(entries):
        if len(entry) > 0xFFFF:
            raise TileError(f"entry {position} has {len(entry)} bytes; an entry bundle takes at most 65,535")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_entry_bundle(bundle: bytes, width: int | None = None) -> list[bytes]:
    """The leaves of an entry bundle; with `width`, exactly so many or TileError."""
    entries: list[bytes] = []
    start = 0
    while start < len(bundle):
        end = start + 2 + int.from_bytes(bundle[start : start + 2], "big")
        if start + 2 > len(bundle) or end > len(bundle):
            raise TileError(f"the entry bundle ends inside entry {len(entries)}, at byte {len(bundle)}")
        entries.append(bundle[start + 2 : end])
        start = end
    if not 1 <= len(entries) <= TILE_WIDTH or (width is not None and len(entries) != width):
        raise TileError(f"the entry bundle has {len(entries)} entries, not {width or '1 to 256'}")
    return entries


class Prover:
    """Reads tiles and makes proofs and tree heads; keeps the last `remember` tiles with their inner nodes.

    A tile of a given width never changes in an append-only log, so what is remembered stays true. A full tile with its
    inner nodes takes 16 KiB, so 4096 of them, which hold a million leaves, take 64 MiB. Give it a reader of committed
    rows only. One Prover belongs to one thread.
    """

    def __init__(self, tiles: TileReader, *, remember: int = 4096) -> None:
        self._tiles = tiles
        self._remember = remember
        self._rows: OrderedDict[tuple[int, int, int], list[bytes]] = OrderedDict()

    def tree_head(self, size: int) -> bytes:
        """The root of the tree of the first `size` leaves."""
        _check_size(size)
        return self._range(0, size, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The inclusion proof of leaf `index` in the tree of the first `size` leaves."""
        _check_size(size)
        if not 0 <= index < size:
            raise ProofError(f"leaf index {index} is outside a tree of {size} leaves")
        siblings: list[bytes] = []
        for level in range((size - 1).bit_length() // TILE_HEIGHT + 1):
            self._siblings_in_tile(level, index, size, siblings)
        return siblings

    def consistency(self, size1: int, size2: int) -> list[bytes]:
        """The proof that the first `size1` leaves of the tree of `size2` are unchanged; empty for 0 and for all."""
        _check_size(size2)
        if not 0 <= size1 <= size2:
            raise ProofError(f"a tree cannot grow from {size1} to {size2} leaves")
        if size1 == 0:
            return []
        parts = []
        start, end = 0, size2
        while end != size1:
            middle = start + _left_half(end - start)
            parts.append((middle, end) if size1 <= middle else (start, middle))
            start, end = (start, middle) if size1 <= middle else (middle, end)
        if start:
            parts.append((start, end))
        return [self._range(first, last, size2) for first, last in reversed(parts)]

    def _siblings_in_tile(self, level: int, index: int, size: int, siblings: list[bytes]) -> None:
        """Add the siblings of eight heights: whole ones from the tile, the one that the right edge cuts computed."""
        tile = index >> TILE_HEIGHT * (level + 1)
        width = tile_width(level, tile, size)
        rows = self._tile(level, tile, width) if width else []
        if width == TILE_WIDTH:
            siblings += _siblings_in_full_tile(rows, (index >> TILE_HEIGHT * level) % TILE_WIDTH)
            return
        for inside in range(TILE_HEIGHT):
            height = level * TILE_HEIGHT + inside
            if not (size - 1) >> height:
                return
            sibling = (index >> height) ^ 1
            if (sibling + 1) << height <= size:
                at = (sibling & (TILE_WIDTH - 1) >> inside) * HASH_SIZE
                siblings.append(rows[inside][at : at + HASH_SIZE])
            elif sibling << height < size:
                siblings.append(self._range(sibling << height, size, size))

    def _range(self, start: int, end: int, size: int) -> bytes:
        """MTH of leaves start..end, where `start` is a multiple of the largest power of two in the range."""
        left = []
        while start < end:
            height = (end - start).bit_length() - 1
            left.append(self._perfect(height, start >> height, size))
            start += 1 << height
        found = left.pop()
        while left:
            found = node_hash(left.pop(), found)
        return found

    def _perfect(self, height: int, index: int, size: int) -> bytes:
        level, inside = divmod(height, TILE_HEIGHT)
        tile, offset = divmod(index << inside, TILE_WIDTH)
        row = self._tile(level, tile, tile_width(level, tile, size))[inside]
        at = (offset >> inside) * HASH_SIZE
        return row[at : at + HASH_SIZE]

    def _tile(self, level: int, index: int, width: int) -> list[bytes]:
        key = (level, index, width)
        rows = self._rows.get(key)
        if rows is not None:
            self._rows.move_to_end(key)
            return rows
        row = read_tile(self._tiles, level, index, width)
        rows = [row]
        for _ in range(1, TILE_HEIGHT):
            row = b"".join(parents(row))
            rows.append(row)
        self._rows[key] = rows
        if len(self._rows) > self._remember:
            self._rows.popitem(last=False)
        return rows


def read_tile(tiles: TileReader, level: int, index: int, width: int) -> bytes:
    """One tile from storage, refused with its address when it is not `width` hashes long."""
    tile = tiles(level, index, width)
    if len(tile) != width * HASH_SIZE:
        raise TileError(
            f"{tile_path(level, index, width)} has {len(tile)} bytes instead of {width * HASH_SIZE}: "
            "storage lost part of it; rebuild it from the leaves"
        )
    return tile


def prove_inclusion(index: int, size: int, tiles: TileReader) -> list[bytes]:
    """The inclusion proof of leaf `index` in the first `size` leaves; for many proofs keep a `Prover`."""
    return Prover(tiles).inclusion(index, size)


def prove_consistency(size1: int, size2: int, tiles: TileReader) -> list[bytes]:
    """The proof that the tree of `size2` leaves begins with the tree of `size1`; for many proofs keep a `Prover`."""
    return Prover(tiles).consistency(size1, size2)


def tree_head(size: int, tiles: TileReader) -> bytes:
    """The root of the first `size` leaves; reads one tile a level."""
    return Prover(tiles).tree_head(size)


def _siblings_in_full_tile(rows: list[bytes], offset: int) -> list[bytes]:
    found = []
    for row in rows:
        at = (offset ^ 1) * HASH_SIZE
        found.append(row[at : at + HASH_SIZE])
        offset >>= 1
    return found


def _left_half(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << ((width - 1).bit_length() - 1)


def _check_size(size: int) -> None:
    if size < 0:
        raise ProofError(f"a tree has no negative number of leaves ({size})")
