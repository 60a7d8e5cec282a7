"""Checkpoints: signed tree heads (c2sp.org/tlog-checkpoint), their cosignatures, and the change of a log's key."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .errors import NoteError
from .merkle import HASH_SIZE
from .notes import COSIGNATURE, ED25519, Note, Signer, Verifier, open_note, sign_note, split_note, unb64

ROTATION = "enduse/key-rotation/v1"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its origin, how many leaves it has, their root, and extension lines (best none)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note text that is signed."""
        for line in (self.origin, *self.extensions):
            if not line or any(c < " " for c in line):
                raise NoteError(f"{line!r} cannot be a line of a checkpoint: it is empty or has a control character")
        if self.size < 0 or len(self.root) != HASH_SIZE:
            raise NoteError(f"a checkpoint has a size from 0 and a 32-byte root; here {self.size} and {len(self.root)}")
        head = [self.origin, str(self.size), base64.b64encode(self.root).decode()]
        return "\n".join([*head, *self.extensions]) + "\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint's text, or a whole signed note (its signatures are NOT checked: see `open_checkpoint`)."""
    body = split_note(text)[0] if "\n\n" in text else text
    lines = body.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise NoteError("a checkpoint has at least three lines, none empty: origin, size and root hash")
    origin, size, root, *extensions = lines
    return Checkpoint(origin, parse_size(size, "the checkpoint's size"), _root(root), tuple(extensions))


def make_checkpoint(origin: str, size: int, root: bytes, signer: Signer) -> str:
    """A signed checkpoint, as served at <prefix>/checkpoint."""
    return sign_note(Checkpoint(origin, size, root).text(), [signer])


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint whose log signature was checked, and which known witnesses cosigned it when."""

    checkpoint: Checkpoint
    signed_by: tuple[Verifier, ...]
    cosigned: tuple[tuple[Verifier, int], ...]
    note: Note


def open_checkpoint(
    note: str | bytes, verifiers: Iterable[Verifier | str], *, origin: str | None = None, witnesses: int = 0
) -> OpenedCheckpoint:
    """Check a signed checkpoint: a known key of the log must have signed it and at least `witnesses` known witnesses.

    The log's keys are the plain Ed25519 ones. With `origin`, the checkpoint must be of that log; without, a signing key
    must bear the origin's name, so that a key trusted for one log does not vouch for another. A key counts as one
    witness under however many names, and the log's own key as none.
    """
    opened = open_note(note, verifiers)
    checkpoint = parse_checkpoint(opened.text)
    plain = tuple(s.verifier for s in opened.signatures if s.verifier.algorithm == ED25519)
    named = plain if origin is not None else tuple(v for v in plain if v.name == checkpoint.origin)
    if origin is not None and checkpoint.origin != origin:
        raise NoteError(f"this is a checkpoint of {checkpoint.origin}, not of {origin}")
    if not named:
        raise NoteError(f"no trusted key of log {checkpoint.origin} signed this checkpoint; witnesses are not enough")
    cosigned = tuple((s.verifier, s.time) for s in opened.signatures if s.time is not None)
    others = {v.public_key for v, _ in cosigned} - {v.public_key for v in named}
    if len(others) < witnesses:
        raise NoteError(f"{len(others)} known witnesses cosigned this checkpoint; {witnesses} are asked for")
    return OpenedCheckpoint(checkpoint, named, cosigned, opened)


def cosign(note: str, witness: Signer, time: int) -> str:
    """A witness's signature line over a checkpoint at `time`, seconds since 1970. Checks nothing: `witness.py` does."""
    if witness.algorithm != COSIGNATURE:
        raise NoteError(f"key {witness.name} is not a witness key; make one with new_key(name, COSIGNATURE)")
    text, _ = split_note(note)
    parse_checkpoint(text)
    return witness.signature_line(text, time)


def add_signatures(note: str, lines: Iterable[str]) -> str:
    """The note with more signature lines at its end; a line that is there already is not repeated."""
    _, present = split_note(note)
    return note + "".join(line for line in dict.fromkeys(lines) if line not in present)


@dataclass(frozen=True, slots=True)
class Rotation:
    """A log changes its key: from which, to which, after which tree, when (seconds since 1970)."""

    old: Verifier
    new: Verifier
    size: int
    root: bytes
    time: int


def make_rotation(old: Signer, new: Signer, size: int, root: bytes, time: int) -> str:
    """The note, signed with the old and the new key, that the log is signed with the new key from `size` leaves on."""
    head = base64.b64encode(root).decode()
    lines = [ROTATION, f"old {old.verifier}", f"new {new.verifier}", f"size {size}", f"root {head}", f"time {time}"]
    note = sign_note("\n".join(lines) + "\n", [old, new])
    open_rotation(note, old.verifier)
    return note


def open_rotation(note: str | bytes, trusted: Verifier | str) -> Rotation:
    """Check a key rotation against the key trusted until now; both keys must have signed it."""
    text, _ = split_note(note)
    lines = text.split("\n")
    if len(lines) != 7 or lines[0] != ROTATION:
        raise NoteError(f"this is not a key rotation: its first line is not {ROTATION}, or it has not six lines")
    old, new = Verifier.parse(_field(lines[1], "old")), Verifier.parse(_field(lines[2], "new"))
    expected = Verifier.parse(trusted) if isinstance(trusted, str) else trusted
    if old != expected:
        raise NoteError(f"the rotation is from key {old}, not from the trusted key {expected}")
    if old == new or old.name != new.name or {old.algorithm, new.algorithm} != {ED25519}:
        raise NoteError("a rotation is between two different signing keys of one log (same name)")
    signed = {s.verifier for s in open_note(note, [old, new]).signatures}
    if signed != {old, new}:
        raise NoteError("the rotation is not signed by both keys")
    size = parse_size(_field(lines[3], "size"), "the rotation's size")
    time = parse_size(_field(lines[5], "time"), "the rotation's time")
    return Rotation(old, new, size, _root(_field(lines[4], "root")), time)


def follow_rotations(trusted: Verifier | str, rotations: Sequence[str]) -> list[Verifier]:
    """All keys of the log, oldest first, from one trusted key through rotation notes in order."""
    keys = [Verifier.parse(trusted) if isinstance(trusted, str) else trusted]
    size = 0
    for note in rotations:
        rotation = open_rotation(note, keys[-1])
        if rotation.size < size:
            raise NoteError(f"the rotation at {rotation.size} leaves comes after one at {size}; give them in order")
        size = rotation.size
        keys.append(rotation.new)
    return keys


def keys_for(size: int, trusted: Verifier | str, rotations: Sequence[str]) -> list[Verifier]:
    """The keys that may sign a checkpoint of `size` leaves: one, or at the very size of a rotation the old and the new.

    With all keys trusted for every size, a stolen old key could still sign a later tree.
    """
    keys = follow_rotations(trusted, rotations)
    changes = [open_rotation(note, key).size for note, key in zip(rotations, keys, strict=False)]
    begins, ends = [0, *changes], [*changes, 1 << 63]
    return [key for key, begin, end in zip(keys, begins, ends, strict=True) if begin <= size <= end]


def parse_size(text: str, what: str) -> int:
    """A decimal number without sign, spaces or leading zeros, below 2^63."""
    if not text.isascii() or not text.isdigit() or (text[0] == "0" and text != "0") or len(text) > 19:
        raise NoteError(f"{what} is {text[:30]!r}, not a decimal number without leading zeros")
    number = int(text)
    if number >= 1 << 63:
        raise NoteError(f"{what} is {number}, beyond 2^63 - 1")
    return number


def _root(text: str) -> bytes:
    root = unb64(text, "the root hash")
    if len(root) != HASH_SIZE:
        raise NoteError(f"the root hash has {len(root)} bytes; a SHA-256 hash has 32")
    return root


def _field(line: str, name: str) -> str:
    key, _, value = line.partition(" ")
    if key != name:
        raise NoteError(f"the line {line[:60]!r} should begin with '{name} '")
    return value
