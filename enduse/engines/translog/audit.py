"""Recomputing a whole log from what is stored, naming each stored thing that differs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from .appender import Appender
from .errors import TileError
from .merkle import HASH_SIZE, leaf_hashes
from .tiles import ENTRIES, TILE_WIDTH, TileReader, read_tile, tile_path, tile_width

LeafReader: TypeAlias = Callable[[int, int], Sequence[bytes]]
"""(first index, count) -> the data of so many leaves."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One difference: `where` is a tile path and a hash in it, a leaf or the checkpoint; `leaf` is a leaf's index."""

    where: str
    what: str
    leaf: int | None = None


def audit(size: int, root: bytes, tiles: TileReader, leaves: LeafReader | None = None) -> Iterator[Fault]:
    """Recompute the tree of `size` leaves upwards and compare every stored hash, then the root of the checkpoint.

    With `leaves`, the leaf data is the truth; without, the level 0 tiles are. Yields nothing when all agree. A leaf
    whose data or level 0 hash was changed is named by its index. Memory: 32 bytes for each 256 leaves.
    """
    tree = Appender()
    above: dict[int, list[bytes]] = {}
    for index in range(-(-size // TILE_WIDTH)):
        found, faults = _base(index, tile_width(0, index, size), tiles, leaves)
        yield from faults
        for completed in tree.append(found):
            above.setdefault(completed.level, []).append(completed.hash)
    if tree.size != size:
        return
    for level, row in sorted(above.items()):
        yield from _compare_level(level, row, tiles)
    if tree.root != root:
        yield Fault("checkpoint", f"its root is {root.hex()}; the {size} leaves have {tree.root.hex()}")


def _base(index: int, width: int, tiles: TileReader, leaves: LeafReader | None) -> tuple[bytes, list[Fault]]:
    """The hashes to build on for one level 0 tile, and what is wrong with the stored ones."""
    stored, faults = _stored(tiles, 0, index, width)
    if leaves is None:
        return stored, faults
    first = index * TILE_WIDTH
    data = leaves(first, width)
    if len(data) != width:
        lost = f"{len(data)} leaves are stored from index {first} where {width} should be"
        return b"", [*faults, Fault(tile_path(ENTRIES, index, width), lost)]
    hashes = leaf_hashes(data)
    found = b"".join(hashes)
    if found != stored and stored:
        kept = _hashes(stored)
        faults += [
            Fault(f"leaf {first + n}", f"its data hashes to {now.hex()}; the log has {then.hex()}", first + n)
            for n, (now, then) in enumerate(zip(hashes, kept, strict=True))
            if now != then
        ]
    return found, faults


def _compare_level(level: int, row: Sequence[bytes], tiles: TileReader) -> Iterator[Fault]:
    for start in range(0, len(row), TILE_WIDTH):
        expected = row[start : start + TILE_WIDTH]
        index = start // TILE_WIDTH
        stored, faults = _stored(tiles, level, index, len(expected))
        yield from faults
        if not stored:
            continue
        for n, (now, then) in enumerate(zip(expected, _hashes(stored), strict=True)):
            if now != then:
                below = tile_path(level - 1, start + n)
                what = f"it is {then.hex()}; {below} hashes to {now.hex()}"
                yield Fault(f"{tile_path(level, index, len(expected))} hash {n}", what)


def _stored(tiles: TileReader, level: int, index: int, width: int) -> tuple[bytes, list[Fault]]:
    try:
        return read_tile(tiles, level, index, width), []
    except TileError as wrong:
        return b"", [Fault(tile_path(level, index, width), str(wrong))]


def _hashes(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]
