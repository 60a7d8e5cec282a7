"""Salted commitments: what the public log shows of a private content.

With event salt S of 32 random bytes, and i counted from 0 and written as 8 bytes, high byte first:

    content salt      = HMAC-SHA-256(S, "enduse content salt v1")
    salt of item i    = HMAC-SHA-256(S, "enduse item salt v1" || i)
    content           = SHA-256("enduse content commitment v1\\0\\0\\0\\0" || content salt || content)
    item              = SHA-256("enduse item commitment v1\\0\\0\\0\\0\\0\\0\\0" || item salt || item)
    root of the items = RFC 6962 tree whose leaves are the items' commitments

Both labels of commitments are 32 bytes long, so label and salt fill one SHA-256 block. Whoever holds one item's salt
can find neither S nor another item's salt (HMAC is a pseudo-random function): no other serial can be tried by guessing.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from .errors import CommitmentError
from .merkle import root

SALT_SIZE = 32
_CONTENT_LABEL = b"enduse content commitment v1".ljust(32, b"\0")
_ITEM_LABEL = b"enduse item commitment v1".ljust(32, b"\0")
_CONTENT_SALT = b"enduse content salt v1"
_ITEM_SALT = b"enduse item salt v1"
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


def new_salt() -> bytes:
    """32 bytes from the operating system's random source: the secret of one event."""
    return secrets.token_bytes(SALT_SIZE)


def content_salt(salt: bytes) -> bytes:
    """The salt of an event's content, from the event's salt; may be shown with the content."""
    return _keyed(salt)(_CONTENT_SALT)


def item_salt(salt: bytes, index: int) -> bytes:
    """The salt of item `index` of an event, from the event's salt; shows nothing of any other item."""
    return _keyed(salt)(_ITEM_SALT + index.to_bytes(8, "big"))


def commitment(salt: bytes, content: bytes) -> bytes:
    """The 32-byte commitment to an event's content under its content salt: the leaf of the public log."""
    _check_salt(salt)
    return sha256(_CONTENT_LABEL + salt + content).digest()


def item_commitment(salt: bytes, item: bytes) -> bytes:
    """The 32-byte commitment to one item under that item's own salt."""
    _check_salt(salt)
    return sha256(_ITEM_LABEL + salt + item).digest()


def item_commitments(salt: bytes, items: Iterable[bytes]) -> list[bytes]:
    """The commitments to all items of an event, in order, from the EVENT's salt."""
    derive = _keyed(salt)
    labelled = sha256(_ITEM_LABEL).copy
    found = []
    for index, item in enumerate(items):
        state = labelled()
        state.update(derive(_ITEM_SALT + index.to_bytes(8, "big")) + item)
        found.append(state.digest())
    return found


def items_root(commitments: Sequence[bytes]) -> bytes:
    """The RFC 6962 root of the tree whose leaves are the items' commitments."""
    return root(commitments)


def _keyed(salt: bytes) -> Callable[[bytes], bytes]:
    """HMAC-SHA-256 under one key, with the two key blocks hashed once (RFC 2104)."""
    _check_salt(salt)
    block = salt.ljust(64, b"\0")
    inner, outer = sha256(block.translate(_INNER)).copy, sha256(block.translate(_OUTER)).copy

    def mac(message: bytes) -> bytes:
        state = inner()
        state.update(message)
        outside = outer()
        outside.update(state.digest())
        return outside.digest()

    return mac


def _check_salt(salt: bytes) -> None:
    if len(salt) != SALT_SIZE:
        raise CommitmentError(f"a salt has {SALT_SIZE} bytes, not {len(salt)}")
