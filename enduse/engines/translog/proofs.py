"""Log proofs: files that show a leaf's inclusion under a checkpoint (c2sp.org/tlog-proof)."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .checkpoints import Checkpoint, open_checkpoint, parse_size
from .errors import ProofError, TranslogError
from .merkle import HASH_SIZE, leaf_hash, verify_inclusion
from .notes import Verifier, unb64

TLOG_PROOF = "c2sp.org/tlog-proof@v1"
MAX_PROOF_HASHES = 64


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A parsed tlog-proof file; nothing in it is verified yet. `checkpoint` is the signed note, verbatim."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None


@dataclass(frozen=True, slots=True)
class ProvedLeaf:
    """What a tlog-proof proved: the leaf was in this log at this index under this checkpoint."""

    index: int
    checkpoint: Checkpoint
    signed_by: tuple[Verifier, ...]
    cosigned: tuple[tuple[Verifier, int], ...]


def make_tlog_proof(index: int, path: Sequence[bytes], checkpoint: str, extra: bytes | None = None) -> str:
    """The text of a tlog-proof file; `checkpoint` is the signed (and cosigned) note."""
    head = [TLOG_PROOF]
    if extra is not None:
        head.append(f"extra {base64_text(extra)}")
    return "\n".join([*head, f"index {index}", *map(base64_text, path), "", checkpoint])


def parse_tlog_proof(text: str) -> TlogProof:
    """Read a tlog-proof file; ProofError when it is malformed."""
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines.pop(0) != TLOG_PROOF:
        raise ProofError(f"a log proof begins with the line {TLOG_PROOF} and has an empty line before its checkpoint")
    extra = read_base64(lines.pop(0)[6:], "the extra line") if lines and lines[0].startswith("extra ") else None
    if not lines or not lines[0].startswith("index "):
        raise ProofError("the proof has no line 'index' followed by a number")
    index = read_number(lines.pop(0)[6:], "the index")
    return TlogProof(index, read_path(lines), checkpoint, extra)


def verify_tlog_proof(
    text: str,
    entry: bytes,
    verifiers: Iterable[Verifier | str],
    *,
    origin: str | None = None,
    witnesses: int = 0,
) -> ProvedLeaf:
    """Verify that `entry` (the leaf's data) is logged. `origin` and `witnesses` as in `open_checkpoint`.

    Raises ProofError or NoteError saying what fails.
    """
    proof = parse_tlog_proof(text)
    opened = open_checkpoint(proof.checkpoint, verifiers, origin=origin, witnesses=witnesses)
    head = opened.checkpoint
    verify_inclusion(leaf_hash(entry), proof.index, head.size, proof.path, head.root)
    return ProvedLeaf(proof.index, head, opened.signed_by, opened.cosigned)


def read_path(lines: Sequence[str]) -> tuple[bytes, ...]:
    """The hashes of a proof, one a line; ProofError when one is not 32 bytes or there are more than any tree needs."""
    if len(lines) > MAX_PROOF_HASHES:
        raise ProofError(f"the proof has {len(lines)} hashes; no tree needs more than {MAX_PROOF_HASHES}")
    path = tuple(read_base64(line, f"hash {number} of the proof") for number, line in enumerate(lines))
    for number, value in enumerate(path):
        if len(value) != HASH_SIZE:
            raise ProofError(f"hash {number} of the proof has {len(value)} bytes; a SHA-256 hash has 32")
    return path


def read_number(text: str, what: str) -> int:
    """A decimal number from 0 without leading zeros, or ProofError."""
    try:
        return parse_size(text, what)
    except TranslogError as wrong:
        raise ProofError(str(wrong)) from None


def read_base64(text: str, what: str) -> bytes:
    """Strict base64, or ProofError."""
    try:
        return unb64(text, what)
    except TranslogError as wrong:
        raise ProofError(str(wrong)) from None


def base64_text(value: bytes) -> str:
    """Base64 as RFC 4648, section 4, writes it."""
    return base64.b64encode(value).decode()
