"""Appending to the tree: a pure state machine that keeps only the roots of the perfect subtrees on the right edge."""

from collections.abc import Sequence
from typing import NamedTuple

from .errors import TileError
from .merkle import EMPTY_ROOT, HASH_SIZE, node_hash, parents
from .tiles import TILE_HEIGHT, TILE_WIDTH, TileReader, read_tile, tile_width


class StoredHash(NamedTuple):
    """A hash to be kept: the `position`-th hash (from 0) of tile level `level`, standing for 256**level leaves."""

    level: int
    position: int
    hash: bytes


class Appender:
    """The tree's right edge. `size` leaves so far, read back through `tiles` (one tile a level); then `append`.

    Storage keeps the leaf hashes (level 0) and what `append` returns (levels 1 and up); every tile is a run of those.
    """

    def __init__(self, size: int = 0, tiles: TileReader | None = None) -> None:
        if size < 0:
            raise TileError(f"a tree has no negative number of leaves ({size})")
        if size and tiles is None:
            raise TileError(f"to go on from {size} leaves the appender must be given the tiles that hold them")
        self._size = size
        self._edge: dict[int, bytes] = {}
        if tiles is not None:
            self._read_edge(tiles)

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    @property
    def root(self) -> bytes:
        """The Merkle tree hash of all leaves so far."""
        found: bytes | None = None
        for height in sorted(self._edge):
            found = self._edge[height] if found is None else node_hash(self._edge[height], found)
        return EMPTY_ROOT if found is None else found

    def append(self, leaf_hashes: Sequence[bytes] | bytes) -> list[StoredHash]:
        """Add leaves by their hashes (a sequence of 32-byte hashes or their concatenation).

        Returns the hashes of levels 1 and up that these leaves complete, level by level, in order.
        """
        row = leaf_hashes if isinstance(leaf_hashes, bytes) else _joined(leaf_hashes)
        if len(row) % HASH_SIZE:
            raise TileError(f"{len(row)} bytes are not a whole number of 32-byte leaf hashes")
        size = self._size
        completed: list[StoredHash] = []
        height = 0
        while row:
            count = len(row) // HASH_SIZE
            row = self._edge.pop(height, b"") + row
            if len(row) % 64:
                self._edge[height] = row[-HASH_SIZE:]
            above = parents(row)
            height += 1
            if height % TILE_HEIGHT == 0:
                level = height // TILE_HEIGHT
                completed += [StoredHash(level, (size >> height) + n, found) for n, found in enumerate(above)]
            row = b"".join(above)
            if height == 1:
                self._size = size + count
        return completed

    def _read_edge(self, tiles: TileReader) -> None:
        level = 0
        while self._size >> (TILE_HEIGHT * level):
            index = (self._size >> (TILE_HEIGHT * level)) // TILE_WIDTH
            width = tile_width(level, index, self._size)
            if width:
                self._read_edge_of_tile(level, read_tile(tiles, level, index, width))
            level += 1

    def _read_edge_of_tile(self, level: int, row: bytes) -> None:
        for inside in range(TILE_HEIGHT):
            if len(row) % 64:
                self._edge[level * TILE_HEIGHT + inside] = row[-HASH_SIZE:]
            row = b"".join(parents(row))


def _joined(hashes: Sequence[bytes]) -> bytes:
    for position, value in enumerate(hashes):
        if len(value) != HASH_SIZE:
            raise TileError(f"leaf hash {position} has {len(value)} bytes; a SHA-256 hash has 32")
    return b"".join(hashes)
