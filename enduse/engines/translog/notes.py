"""Signed notes with Ed25519 keys (c2sp.org/signed-note), and the keys in their one-line text forms.

A private key reads PRIVATE+KEY+<name>+<key id, hex>+<base64 of algorithm byte and seed>; its public half reads
<name>+<key id, hex>+<base64 of algorithm byte and public key>. Algorithm 1 signs a note's text; algorithm 4 makes
timestamped cosignatures (c2sp.org/tlog-cosignature) and is for witnesses.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .errors import NoteError

ED25519 = 0x01
COSIGNATURE = 0x04
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
_PRIVATE = "PRIVATE+KEY+"
_DASH = "— "
_FORBIDDEN = re.compile("[\\x00-\\x09\\x0b-\\x1f\\ud800-\\udfff]")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A trusted public key: its name, its algorithm (1 or 4) and its 32 bytes."""

    name: str
    algorithm: int
    public_key: bytes

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Read the text form of a public key; NoteError when it is malformed or its key id is not its own."""
        name, key_id, algorithm, key = _parse_key(text.strip(), "public key")
        verifier = cls(name, algorithm, key)
        _same_id(verifier, key_id)
        return verifier

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name, newline, algorithm, public key)."""
        seen = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public_key
        return sha256(seen).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_b64(bytes([self.algorithm]) + self.public_key)}"

    def time_signed(self, text: str, signature: bytes) -> int | None:
        """Check a signature over a note's text; the time of a cosignature (seconds since 1970), else None.

        Raises NoteError when the signature is not this key's.
        """
        size = 64 if self.algorithm == ED25519 else 72
        if len(signature) != size:
            raise NoteError(f"the signature of {self.name} has {len(signature)} bytes instead of {size}")
        time = None if self.algorithm == ED25519 else int.from_bytes(signature[:8], "big")
        if time is not None and time >= 1 << 63:
            raise NoteError(f"the cosignature of {self.name} bears the time {time}, beyond 2^63 - 1")
        message = text.encode() if time is None else cosigned_message(text, time)
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature[-64:], message)
        except InvalidSignature:
            raise NoteError(
                f"the signature of {self.name} (key {self.key_id.hex()}) is not over this text: "
                "the text was changed, or the key is another one"
            ) from None
        return time


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key: its name, its algorithm (1 or 4) and its 32-byte seed, never shown by repr."""

    name: str
    algorithm: int
    seed: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Signer":
        """Read the text form of a private key; NoteError (which never repeats the key) when it is malformed."""
        if not text.startswith(_PRIVATE):
            raise NoteError(f"a private key begins with {_PRIVATE}; this text does not")
        name, key_id, algorithm, seed = _parse_key(text.strip()[len(_PRIVATE) :], "private key")
        signer = cls(name, algorithm, seed)
        _same_id(signer.verifier, key_id)
        return signer

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return Verifier(self.name, self.algorithm, public)

    def text(self) -> str:
        """The private key's text form: keep it in a file or a variable that only the log's process reads."""
        material = _b64(bytes([self.algorithm]) + self.seed)
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{material}"

    def signature_line(self, text: str, time: int | None = None) -> str:
        """The signature line over a note's text. A witness key (algorithm 4) needs the time, in seconds since 1970."""
        if (time is None) != (self.algorithm == ED25519):
            raise NoteError(f"key {self.name}: a cosignature bears a time and a plain signature does not")
        stamp = b"" if time is None else time.to_bytes(8, "big")
        message = text.encode() if time is None else cosigned_message(text, time)
        signed = Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)
        return f"{_DASH}{self.name} {_b64(self.verifier.key_id + stamp + signed)}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that was checked: by whom, and for a cosignature when (seconds since 1970)."""

    verifier: Verifier
    time: int | None


@dataclass(frozen=True, slots=True)
class Note:
    """An opened note: its text, the signatures of trusted keys, and the lines of keys that are not known here."""

    text: str
    signatures: tuple[Signature, ...]
    unknown: tuple[str, ...]


def new_key(name: str, algorithm: int = ED25519) -> str:
    """A new private key in text form; `algorithm` COSIGNATURE makes a witness's key."""
    check_key_name(name)
    if algorithm not in (ED25519, COSIGNATURE):
        raise NoteError(f"algorithm {algorithm} is neither 1 (Ed25519) nor 4 (Ed25519 cosignature)")
    return Signer(name, algorithm, Ed25519PrivateKey.generate().private_bytes_raw()).text()


def public_key(private: str) -> str:
    """The text form of the public half of a private key in text form."""
    return str(Signer.parse(private).verifier)


def sign_note(text: str, signers: Sequence[Signer]) -> str:
    """The note: the text (ending in a newline), an empty line, one signature line a signer."""
    _check_text(text)
    if not text.endswith("\n"):
        raise NoteError("a note's text ends in a newline; add one")
    if not signers:
        raise NoteError("a note is signed by at least one key")
    return text + "\n" + "".join(signer.signature_line(text) for signer in signers)


def open_note(note: str | bytes, verifiers: Iterable[Verifier | str]) -> Note:
    """Check a note against trusted keys (`Verifier`s or their text forms).

    Raises NoteError when it is malformed, when a trusted key's signature does not verify, or no trusted key signed.
    Signatures of unknown keys are kept aside and prove nothing.
    """
    text, lines = split_note(note)
    known = {(v.name, v.key_id): v for v in map(_verifier, verifiers)}
    checked: dict[Verifier, Signature] = {}
    unknown = []
    for line in lines:
        name, blob = parse_signature_line(line)
        verifier = known.get((name, blob[:4]))
        if verifier is None:
            unknown.append(line)
        else:
            signature = Signature(verifier, verifier.time_signed(text, blob[4:]))
            checked.setdefault(verifier, signature)
    if not checked:
        signed_by = ", ".join(sorted({parse_signature_line(line)[0] for line in lines}))
        raise NoteError(f"no trusted key signed this note (signed by {signed_by}); check which keys you trust")
    return Note(text, tuple(checked.values()), tuple(unknown))


def split_note(note: str | bytes) -> tuple[str, tuple[str, ...]]:
    """The text and the signature lines of a note, not yet verified."""
    whole = _decoded(note)
    _check_text(whole)
    text, gap, tail = whole.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise NoteError("a note is a text, an empty line and signature lines, each ending in a newline")
    lines = tuple(line + "\n" for line in tail[:-1].split("\n"))
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"the note has {len(lines)} signatures; at most {MAX_SIGNATURES} are read")
    for line in lines:
        parse_signature_line(line)
    return text + "\n", lines


def parse_signature_line(line: str) -> tuple[str, bytes]:
    """The key name and the bytes (key id, then signature) of one signature line."""
    name, gap, encoded = line.removeprefix(_DASH).removesuffix("\n").partition(" ")
    if not line.startswith(_DASH) or not gap:
        raise NoteError(f"{line[:80]!r} is not a signature line: '— name base64'")
    check_key_name(name)
    blob = unb64(encoded, f"the signature of {name}")
    if len(blob) < 5:
        raise NoteError(f"the signature of {name} is too short: {len(blob)} bytes")
    return name, blob


def cosigned_message(text: str, time: int) -> bytes:
    """What a witness signs: a header, the time and the whole checkpoint text (c2sp.org/tlog-cosignature, v1)."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def check_key_name(name: str) -> None:
    """Raise NoteError unless the name can stand in a signature line: not empty, no space, no plus sign."""
    if not name or "+" in name or any(c.isspace() or c < " " for c in name):
        raise NoteError(f"{name!r} cannot name a key: it must not be empty nor hold a space or a plus sign")


def unb64(text: str, what: str) -> bytes:
    """Strict base64: NoteError for any spelling but the one the encoder writes."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise NoteError(f"{what} is not base64: {wrong}") from None
    if _b64(value) != text:
        raise NoteError(f"{what} is not base64 as RFC 4648 writes it (its last character has stray bits)")
    return value


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _verifier(key: Verifier | str) -> Verifier:
    return Verifier.parse(key) if isinstance(key, str) else key


def _parse_key(text: str, what: str) -> tuple[str, bytes, int, bytes]:
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    check_key_name(name)
    material = unb64(encoded, f"the {what} of {name}")
    if len(material) != 33 or material[0] not in (ED25519, COSIGNATURE):
        raise NoteError(f"the {what} of {name} is not a 32-byte Ed25519 key of algorithm 1 or 4")
    if len(key_id) != 8 or any(c not in "0123456789abcdef" for c in key_id):
        raise NoteError(f"the {what} of {name} has key id {key_id!r} instead of eight hexadecimal digits")
    return name, bytes.fromhex(key_id), material[0], material[1:]


def _same_id(verifier: Verifier, key_id: bytes) -> None:
    if verifier.key_id != key_id:
        raise NoteError(f"key {verifier.name} says its id is {key_id.hex()}, but it is {verifier.key_id.hex()}")


def _decoded(note: str | bytes) -> str:
    if len(note) > MAX_NOTE_BYTES:
        raise NoteError(f"the note has {len(note)} bytes; at most {MAX_NOTE_BYTES} are read")
    try:
        return note.decode() if isinstance(note, bytes) else note
    except UnicodeDecodeError as wrong:
        raise NoteError(f"the note is not UTF-8: {wrong}") from None


def _check_text(text: str) -> None:
    found = _FORBIDDEN.search(text)
    if found:
        raise NoteError(f"character {found.start()} of the note is {found[0]!r}; notes have no control characters")
