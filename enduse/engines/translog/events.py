"""Event proofs: what a court's expert is handed, with the content, perhaps one item of it, and the log's proof inside.

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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .canonical import parse_canonical
from .commitments import SALT_SIZE, commitment, item_commitment, item_commitments, item_salt
from .errors import ProofError
from .merkle import inclusion_path, leaf_hash, leaf_hashes, verify_inclusion
from .notes import Verifier
from .proofs import ProvedLeaf, base64_text, read_base64, read_number, read_path, verify_tlog_proof

EVENT_PROOF = "enduse/event-proof/v1"


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


def make_item(salt: bytes, items: Sequence[bytes], index: int) -> Item:
    """Item `index` ready to be shown, from the EVENT's salt and the canonical JSON of all its items, in order.

    Of the other items it carries only hashes that nobody can guess at without their salts. ProofError when there is no
    such item.
    """
    if not 0 <= index < len(items):
        raise ProofError(f"the event has {len(items)} items, counted from 0; there is no item {index}")
    path = inclusion_path(leaf_hashes(item_commitments(salt, items)), index)
    return Item(index, items[index].decode(), item_salt(salt, index), tuple(path))


def make_event_proof(proof: EventProof) -> str:
    """The text of an event proof. The salts are the content's and the item's own, never the event's."""
    head = [EVENT_PROOF, f"content {proof.content}", f"content-salt {base64_text(proof.content_salt)}"]
    if proof.item is not None:
        item = proof.item
        head += [f"item {item.index} {item.text}", f"item-salt {base64_text(item.salt)}"]
        head += [f"item-path {base64_text(value)}" for value in item.path]
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
    path = read_path([_value(line, "item-path") for line in lines])
    return Item(read_number(index, "the item's index"), text, salt, path)


def _take(lines: list[str], name: str) -> str:
    if not lines:
        raise ProofError(f"the event proof ends before its line '{name}'")
    return _value(lines.pop(0), name)


def _value(line: str, name: str) -> str:
    key, gap, value = line.partition(" ")
    if key != name or not gap:
        raise ProofError(f"the event proof has the line {line[:60]!r} where '{name} ...' belongs")
    return value


def _salt(text: str, what: str) -> bytes:
    salt = read_base64(text, what)
    if len(salt) != SALT_SIZE:
        raise ProofError(f"{what} has {len(salt)} bytes; a salt has 32")
    return salt
