"""Proof files: a leaf's inclusion under a checkpoint (c2sp.org/tlog-proof), and an event's own proof around one.

An event proof is UTF-8 text, its lines end in a newline. The lines in brackets are there when one item is proved too;
`item-path` stands once for each hash of the item's inclusion proof in the tree of the event's items:

    enduse/event-proof/v1
    content <the event's content, RFC 8785 JSON>
    content-salt <base64>
    [item <index> <the item, RFC 8785 JSON>]
    [item-salt <base64>]
    [item-path <base64>]...
    <empty line>
    <a tlog-proof file, whose entry is the 32-byte commitment to the content>
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .canonical import parse_canonical
from .checkpoints import Checkpoint, open_checkpoint, parse_size
from .commitments import commitment, item_commitment
from .errors import ProofError, TranslogError
from .merkle import HASH_SIZE, leaf_hash, verify_inclusion
from .notes import Verifier, unb64

TLOG_PROOF = "c2sp.org/tlog-proof@v1"
EVENT_PROOF = "enduse/event-proof/v1"
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


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an event (a firearm): its place in the event, its text, its salt, its path to the items' root."""

    index: int
    text: str
    salt: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class EventProof:
    """A parsed event proof; nothing in it is verified yet."""

    content: str
    content_salt: bytes
    item: Item | None
    leaf: str


@dataclass(frozen=True, slots=True)
class ProvedEvent:
    """What an event proof proved: this content, and perhaps this item of it, is in the log."""

    content: dict[str, Any]
    item_index: int | None
    item: Any
    leaf: ProvedLeaf


def make_tlog_proof(index: int, path: Sequence[bytes], checkpoint: str, extra: bytes | None = None) -> str:
    """The text of a tlog-proof file; `checkpoint` is the signed (and cosigned) note."""
    head = [TLOG_PROOF]
    if extra is not None:
        head.append(f"extra {_b64(extra)}")
    return "\n".join([*head, f"index {index}", *map(_b64, path), "", checkpoint])


def parse_tlog_proof(text: str) -> TlogProof:
    """Read a tlog-proof file; ProofError when it is malformed."""
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines.pop(0) != TLOG_PROOF:
        raise ProofError(f"a log proof begins with the line {TLOG_PROOF} and has an empty line before its checkpoint")
    extra = _unb64(lines.pop(0)[6:], "the extra line") if lines and lines[0].startswith("extra ") else None
    if not lines or not lines[0].startswith("index "):
        raise ProofError("the proof has no line 'index' followed by a number")
    index = _number(lines.pop(0)[6:], "the index")
    return TlogProof(index, _path(lines), checkpoint, extra)


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


def make_event_proof(proof: EventProof) -> str:
    """The text of an event proof. The salts are the content's and the item's own, never the event's."""
    head = [EVENT_PROOF, f"content {proof.content}", f"content-salt {_b64(proof.content_salt)}"]
    if proof.item is not None:
        item = proof.item
        head += [f"item {item.index} {item.text}", f"item-salt {_b64(item.salt)}"]
        head += [f"item-path {_b64(value)}" for value in item.path]
    return "\n".join([*head, "", proof.leaf])


def parse_event_proof(text: str) -> EventProof:
    """Read an event proof; ProofError when it is malformed."""
    head, gap, leaf = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines.pop(0) != EVENT_PROOF:
        raise ProofError(f"an event proof begins with {EVENT_PROOF} and has an empty line before the log's proof")
    content = _take(lines, "content")
    salt = _salt(_take(lines, "content-salt"), "content-salt")
    return EventProof(content, salt, _parse_item(lines) if lines else None, leaf)


def verify_event_proof(
    text: str, verifiers: Iterable[Verifier | str], *, origin: str | None = None, witnesses: int = 0
) -> ProvedEvent:
    """Verify an event proof with trusted keys alone: no database, no network. Returns what was proved.

    Raises ProofError, NoteError or CanonicalError saying what fails.
    """
    proof = parse_event_proof(text)
    content = parse_canonical(proof.content)
    if not isinstance(content, dict):
        raise ProofError("the content of an event is a JSON object; this one is not")
    entry = commitment(proof.content_salt, proof.content.encode())
    leaf = verify_tlog_proof(proof.leaf, entry, verifiers, origin=origin, witnesses=witnesses)
    if proof.item is None:
        return ProvedEvent(content, None, None, leaf)
    return ProvedEvent(content, proof.item.index, _verify_item(proof.item, content), leaf)


def _verify_item(item: Item, content: dict[str, Any]) -> Any:
    items = content.get("items")
    if not isinstance(items, dict) or type(items.get("count")) is not int or not isinstance(items.get("root"), str):
        raise ProofError("the event's content names no items (count and root), so no item of it can be proved")
    try:
        root = bytes.fromhex(items["root"])
    except ValueError:
        raise ProofError(f"the items' root {items['root'][:80]!r} is not hexadecimal") from None
    value = parse_canonical(item.text)
    leaf = leaf_hash(item_commitment(item.salt, item.text.encode()))
    try:
        verify_inclusion(leaf, item.index, items["count"], item.path, root)
    except ProofError as wrong:
        raise ProofError(f"the item is not the event's item {item.index}: {wrong}") from wrong
    return value


def _parse_item(lines: list[str]) -> Item:
    index, gap, text = _take(lines, "item").partition(" ")
    if not gap:
        raise ProofError("the item line is 'item', its index and its JSON, with spaces between")
    salt = _salt(_take(lines, "item-salt"), "item-salt")
    return Item(_number(index, "the item's index"), text, salt, _path([_value(line, "item-path") for line in lines]))


def _take(lines: list[str], name: str) -> str:
    if not lines:
        raise ProofError(f"the event proof ends before its line '{name}'")
    return _value(lines.pop(0), name)


def _value(line: str, name: str) -> str:
    key, gap, value = line.partition(" ")
    if key != name or not gap:
        raise ProofError(f"the event proof has the line {line[:60]!r} where '{name} ...' belongs")
    return value


def _path(lines: Sequence[str]) -> tuple[bytes, ...]:
    if len(lines) > MAX_PROOF_HASHES:
        raise ProofError(f"the proof has {len(lines)} hashes; no tree needs more than {MAX_PROOF_HASHES}")
    path = tuple(_unb64(line, f"hash {number} of the proof") for number, line in enumerate(lines))
    for number, value in enumerate(path):
        if len(value) != HASH_SIZE:
            raise ProofError(f"hash {number} of the proof has {len(value)} bytes; a SHA-256 hash has 32")
    return path


def _salt(text: str, what: str) -> bytes:
    salt = _unb64(text, what)
    if len(salt) != HASH_SIZE:
        raise ProofError(f"{what} has {len(salt)} bytes; a salt has 32")
    return salt


def _number(text: str, what: str) -> int:
    try:
        return parse_size(text, what)
    except TranslogError as wrong:
        raise ProofError(str(wrong)) from None


def _unb64(text: str, what: str) -> bytes:
    try:
        return unb64(text, what)
    except TranslogError as wrong:
        raise ProofError(str(wrong)) from None


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()
