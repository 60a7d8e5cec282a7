"""What the tests of the log share: a small store of tiles, RFC 6962 written out as its text, and two fixed keys."""

from collections.abc import Callable, Sequence
from hashlib import sha256

import pytest

from enduse.engines import translog

LOG_SEED, WITNESS_SEED = bytes(range(32)), bytes(range(32, 64))


class Store:
    """A log kept as the ledger keeps it: leaf hashes, and the hashes of higher levels by level and position."""

    def __init__(self, leaves: Sequence[bytes] = (), batch: int = 1000) -> None:
        self.leaves: list[bytes] = []
        self.level0: list[bytes] = []
        self.above: dict[tuple[int, int], bytes] = {}
        self.tree = translog.Appender()
        for start in range(0, len(leaves), batch):
            self.append(leaves[start : start + batch])

    def append(self, leaves: Sequence[bytes]) -> None:
        hashes = translog.leaf_hashes(leaves)
        self.leaves += leaves
        self.level0 += hashes
        for level, position, value in self.tree.append(hashes):
            assert (level, position) not in self.above
            self.above[level, position] = value

    def tiles(self, level: int, index: int, width: int) -> bytes:
        first = index * 256
        if level == 0:
            return b"".join(self.level0[first : first + width])
        return b"".join(self.above[level, position] for position in range(first, first + width))

    def read_leaves(self, first: int, count: int) -> list[bytes]:
        return self.leaves[first : first + count]


class Rfc6962:
    """The recursive definitions of RFC 6962, section 2.1, slow and plain."""

    def root(self, leaves: Sequence[bytes]) -> bytes:
        if not leaves:
            return sha256(b"").digest()
        if len(leaves) == 1:
            return sha256(b"\x00" + leaves[0]).digest()
        half = self.half(len(leaves))
        return sha256(b"\x01" + self.root(leaves[:half]) + self.root(leaves[half:])).digest()

    def inclusion(self, index: int, leaves: Sequence[bytes]) -> list[bytes]:
        if len(leaves) == 1:
            return []
        half = self.half(len(leaves))
        if index < half:
            return [*self.inclusion(index, leaves[:half]), self.root(leaves[half:])]
        return [*self.inclusion(index - half, leaves[half:]), self.root(leaves[:half])]

    def consistency(self, size: int, leaves: Sequence[bytes], whole: bool = True) -> list[bytes]:
        if size == len(leaves):
            return [] if whole else [self.root(leaves)]
        half = self.half(len(leaves))
        if size <= half:
            return [*self.consistency(size, leaves[:half], whole), self.root(leaves[half:])]
        return [*self.consistency(size - half, leaves[half:], False), self.root(leaves[:half])]

    def half(self, size: int) -> int:
        half = 1
        while half * 2 < size:
            half *= 2
        return half


@pytest.fixture(scope="session")
def rfc6962() -> Rfc6962:
    return Rfc6962()


@pytest.fixture(scope="session")
def log_of() -> Callable[..., Store]:
    return Store


@pytest.fixture(scope="session")
def log_key() -> translog.Signer:
    return translog.Signer("log.example/firearms", translog.ED25519, LOG_SEED)


@pytest.fixture(scope="session")
def witness_key() -> translog.Signer:
    return translog.Signer("witness.example/w1", translog.COSIGNATURE, WITNESS_SEED)
