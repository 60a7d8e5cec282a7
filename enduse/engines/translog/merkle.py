"""RFC 6962 Merkle trees: hashes, roots and the two proofs, as functions of bytes."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from .errors import ProofError

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

# A copied hash object that has already taken the prefix costs half of a new one in CPython, so every bulk path copies.
_leaf = sha256(b"\x00").copy
_node = sha256(b"\x01").copy


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data): the hash of one leaf (RFC 6962, 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right): the hash of an inner node (RFC 6962, 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> list[bytes]:
    """`leaf_hash` of each leaf, in order; the fast way for many."""
    hashes = []
    for leaf in leaves:
        state = _leaf()
        state.update(leaf)
        hashes.append(state.digest())
    return hashes


def parents(hashes: bytes | bytearray | memoryview) -> list[bytes]:
    """The parents of a row of concatenated hashes, pair by pair; an odd last hash has no parent yet."""
    found = []
    for start in range(0, len(hashes) - 63, 64):
        state = _node()
        state.update(hashes[start : start + 64])
        found.append(state.digest())
    return found


def root(leaves: Sequence[bytes]) -> bytes:
    """The RFC 6962 Merkle tree hash of a list of leaf data; of the empty list, SHA-256 of nothing."""
    return root_of_hashes(leaf_hashes(leaves))


def root_of_hashes(hashes: Sequence[bytes] | bytes) -> bytes:
    """The Merkle tree hash over leaf hashes, given as a sequence of 32-byte hashes or as their concatenation.

    Pairing row by row and carrying an odd last node up unchanged gives RFC 6962's recursive definition.
    """
    row = hashes if isinstance(hashes, bytes) else b"".join(hashes)
    if len(row) % HASH_SIZE:
        raise ProofError(f"{len(row)} bytes are not a whole number of 32-byte hashes")
    if not row:
        return EMPTY_ROOT
    while len(row) > HASH_SIZE:
        odd = row[-HASH_SIZE:] if len(row) % 64 else b""
        row = b"".join(parents(row)) + odd
    return row


def inclusion_path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The inclusion proof of leaf `index` in the tree over these leaf hashes; hashes the whole tree once."""
    if not 0 <= index < len(hashes):
        raise ProofError(f"leaf index {index} is outside a tree of {len(hashes)} leaves")
    row, path = b"".join(hashes), []
    while len(row) > HASH_SIZE:
        sibling = (index ^ 1) * HASH_SIZE
        path += [row[sibling : sibling + HASH_SIZE]] if sibling < len(row) else []
        odd = row[-HASH_SIZE:] if len(row) % 64 else b""
        row, index = b"".join(parents(row)) + odd, index >> 1
    return path


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Show that the leaf with hash `leaf` is at `index` in the tree of `size` leaves with this root.

    `proof`: sibling hashes from the leaf upwards (RFC 6962, 2.1.1). Raises ProofError when it does not.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf index {index} is outside a tree of {size} leaves")
    _check_hashes(proof, leaf=leaf, root=root)
    inner = (index ^ (size - 1)).bit_length()
    expected = inner + (index >> inner).bit_count()
    if len(proof) != expected:
        raise ProofError(
            f"an inclusion proof of leaf {index} in {size} leaves has {expected} hashes; this one has {len(proof)}"
        )
    found = _chain(leaf, index, inner, proof)
    if found != root:
        raise ProofError(
            f"the inclusion proof of leaf {index} in {size} leaves leads to root {found.hex()}, not {root.hex()}: "
            "the leaf, the index, the proof or the root is not the logged one"
        )


def verify_consistency(size1: int, root1: bytes, size2: int, root2: bytes, proof: Sequence[bytes]) -> None:
    """Show that the tree of `size2` leaves begins with the tree of `size1` leaves (RFC 6962, 2.1.2).

    Raises ProofError when it does not. The empty tree begins every tree, without a proof.
    """
    if not 0 <= size1 <= size2:
        raise ProofError(f"a tree cannot grow from {size1} to {size2} leaves")
    _check_hashes(proof, root1=root1, root2=root2)
    if size1 in (0, size2):
        _verify_without_hashes(size1, root1, size2, root2, proof)
        return
    seed, path, first = _seed_of_consistency(size1, root1, size2, proof)
    index = (size1 - 1) >> first
    last = (size2 - 1) >> first
    inner = (index ^ last).bit_length()
    old = _chain_right(seed, index, inner, path)
    if old != root1:
        raise ProofError(f"the consistency proof leads from the old root {old.hex()}, not from {root1.hex()}")
    new = _chain(seed, index, inner, path)
    if new != root2:
        raise ProofError(f"the consistency proof leads to the new root {new.hex()}, not to {root2.hex()}")


def _verify_without_hashes(size1: int, root1: bytes, size2: int, root2: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise ProofError(f"the consistency proof from {size1} to {size2} leaves is empty; this has {len(proof)} hashes")
    if size1 == 0 and root1 != EMPTY_ROOT:
        raise ProofError(f"the root of an empty tree is {EMPTY_ROOT.hex()}, not {root1.hex()}")
    if size1 == size2 and root1 != root2:
        raise ProofError(f"two trees of {size1} leaves have different roots, {root1.hex()} and {root2.hex()}: a fork")


def _seed_of_consistency(
    size1: int, root1: bytes, size2: int, proof: Sequence[bytes]
) -> tuple[bytes, Sequence[bytes], int]:
    """The node both trees share, the rest of the proof and the height of that node."""
    height = (size1 & -size1).bit_length() - 1
    index, last = (size1 - 1) >> height, (size2 - 1) >> height
    inner = (index ^ last).bit_length()
    whole = size1 == 1 << height
    expected = inner + (index >> inner).bit_count() + (0 if whole else 1)
    if len(proof) != expected:
        raise ProofError(
            f"a consistency proof from {size1} to {size2} leaves has {expected} hashes; this one has {len(proof)}"
        )
    return (root1, proof, height) if whole else (proof[0], proof[1:], height)


def _chain(seed: bytes, index: int, inner: int, proof: Sequence[bytes]) -> bytes:
    """Hash from a node up to the root: left or right by the index, and always from the left past the inner part."""
    found = seed
    for height, sibling in enumerate(proof):
        left = height >= inner or index >> height & 1
        found = node_hash(sibling, found) if left else node_hash(found, sibling)
    return found


def _chain_right(seed: bytes, index: int, inner: int, proof: Sequence[bytes]) -> bytes:
    """Hash from a node up using only the left siblings: the root of the smaller tree."""
    found = seed
    for height, sibling in enumerate(proof):
        if height >= inner or index >> height & 1:
            found = node_hash(sibling, found)
    return found


def _check_hashes(proof: Sequence[bytes], **named: bytes) -> None:
    for name, value in named.items():
        if len(value) != HASH_SIZE:
            raise ProofError(f"{name} has {len(value)} bytes; a SHA-256 hash has 32")
    for position, value in enumerate(proof):
        if len(value) != HASH_SIZE:
            raise ProofError(f"hash {position} of the proof has {len(value)} bytes; a SHA-256 hash has 32")
