#!/usr/bin/env python3
"""Check an event proof without the software that made it: one file, Python 3.9+ and the package `cryptography`.

    python verify_proof.py PROOF.txt --key 'log.example/a+1a2b3c4d+AX...' [--witness 'w.example+...'] [--need 1] [--rotation NOTES]
    python verify_proof.py PROOF.tlog-proof --key '...' --entry HEX

The log's public key and the witnesses' must come from somewhere you trust, not from whoever handed you the proof.
Written from the public texts alone: RFC 6962, and c2sp.org signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof.
Exit code 0: proved, and the lines printed say what. 1: not proved, and the line printed says why. 2: wrong usage.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path
from time import gmtime, strftime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ROTATION, WHEN = "enduse/key-rotation/v1\n", "%Y-%m-%d %H:%M:%S UTC"


class NotProved(Exception):
    pass


def check(holds, why):
    if not holds:
        raise NotProved(why)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def unbase64(text, size=None):
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError:
        raise NotProved(f"not base64: {text[:60]!r}") from None
    check(base64.b64encode(value).decode() == text and size in (None, len(value)), f"not {size or 'some'} bytes in the usual base64: {text[:60]!r}")
    return value


def decimal(text):
    check(text.isascii() and text.isdigit() and str(int(text[:20])) == text, f"not a number: {text[:30]!r}")
    return int(text)


def after(line, word):
    check(line.startswith(word + " "), f"a line beginning with {word!r} is missing; found {line[:60]!r}")
    return line[len(word) + 1 :]


def read_key(text, kind):
    """name+id+base64(kind, 32 bytes); kind 1 signs for a log, kind 4 cosigns for a witness."""
    name, key_id, material = [*text.strip().split("+", 2), "", ""][:3]
    raw = unbase64(material, 33)
    check(raw[0] == kind, f"key {name} is of kind {raw[0]}; a {'log' if kind == 1 else 'witness'} has kind {kind}")
    own_id = sha256(name.encode(), b"\n", raw)[:4]
    check(own_id.hex() == key_id, f"key {name} was mistyped: its id should be {own_id.hex()}")
    return name, own_id, raw[1:]


def climb(leaf, index, size, path):
    """The root that an inclusion proof leads to (RFC 6962, 2.1.1)."""
    check(0 <= index < size, f"place {index} is outside a tree of {size}")
    # Up to this height siblings stand on either side, above it each is on the left.
    bend = (index ^ (size - 1)).bit_length()
    check(len(path) == bend + bin(index >> bend).count("1"), "the proof is too long or too short")
    for height, sibling in enumerate(path):
        on_the_left = height >= bend or index >> height & 1
        leaf = sha256(b"\x01", sibling, leaf) if on_the_left else sha256(b"\x01", leaf, sibling)
    return leaf


def check_signature(key, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(key[2]).verify(signature, message)
    except InvalidSignature:
        raise NotProved(f"{key[0]} did not sign this text") from None


def read_signatures(lines, body, log_keys, witness_keys):
    """Which keys of the log signed, and when each known witness did."""
    signed, witnessed = set(), {}
    for line in lines:
        name, _, encoded = after(line, "—").partition(" ")
        blob = unbase64(encoded)
        for key in log_keys:
            if (name, blob[:4]) == key[:2]:
                check_signature(key, body, blob[4:])
                signed.add(key)
        for witness in witness_keys:
            if (name, blob[:4]) == witness[:2]:
                check(len(blob) == 76, f"the cosignature of {name} has a wrong length")
                witnessed[witness] = int.from_bytes(blob[4:12], "big")
                check_signature(witness, f"cosignature/v1\ntime {witnessed[witness]}\n".encode() + body, blob[12:])
    return signed, witnessed


def keys_at(size, trusted, notes):
    """The keys that may sign a tree of this size: notes, each signed by one key and the next, lead on from the trusted one."""
    allowed, key, begin = [], trusted, 0
    for note in notes.split(ROTATION)[1:]:
        body, _, tail = note.rstrip("\n").partition("\n\n")
        lines = body.split("\n")
        check(len(lines) == 5, "a change of the key has not six lines")
        old, new, at = read_key(after(lines[0], "old"), 1), read_key(after(lines[1], "new"), 1), decimal(after(lines[2], "size"))
        if old != key == trusted:
            continue  # from before the key that is trusted
        check(old == key and new[0] == old[0] and at >= begin, f"the change at {at} entries does not follow the key before it")
        signed, _ = read_signatures(tail.split("\n"), (ROTATION + body + "\n").encode(), [old, new], [])
        check(signed == {old, new}, f"the change at {at} entries is not signed by both keys")
        allowed += [key] * (begin <= size <= at)
        key, begin = new, at
    return allowed + [key] * (begin <= size)


def verify_log_proof(text, entry, log_key, witness_keys, need, notes=""):
    """Check a tlog-proof; returns what it shows, as sentences."""
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    check(gap and lines.pop(0) == "c2sp.org/tlog-proof@v1", "this is not a c2sp.org/tlog-proof@v1")
    lines = lines[1:] if lines and lines[0].startswith("extra ") else lines
    index = decimal(after(lines[0] if lines else "", "index"))
    path = [unbase64(line, 32) for line in lines[1:]]
    body, gap, tail = checkpoint.rpartition("\n\n")
    body += "\n"
    fields = body.split("\n")
    check(gap and tail.endswith("\n") and len(fields) >= 4, "the checkpoint is not a signed note")
    origin, size, root = fields[0], decimal(fields[1]), unbase64(fields[2], 32)
    check(origin == log_key[0], f"this is a checkpoint of {origin}, but the key is of {log_key[0]}")
    signed, witnessed = read_signatures(tail[:-1].split("\n"), body.encode(), keys_at(size, log_key, notes), witness_keys)
    check(signed, f"the log {origin} did not sign this checkpoint with the key you trust")
    independent = {witness[2] for witness in witnessed} - {log_key[2]}
    check(len(independent) >= need, f"{len(independent)} of the known witnesses cosigned; you ask for {need}")
    check(climb(sha256(b"\x00", entry), index, size, path) == root, "the entry is not in the log at this place")
    said = [f"The log {origin} holds the entry {entry.hex()} as number {index} of {size} (counted from 0)."]
    return said + [f"The witness {name} saw that state of the log at {strftime(WHEN, gmtime(time))}." for (name, _, _), time in witnessed.items()]


def no_twice(pairs):
    check(len(dict(pairs)) == len(pairs), "a JSON object has one key twice")
    return dict(pairs)


def verify_event(text, *trust):
    """Check an event proof; returns what it shows, as sentences."""
    head, gap, log_proof = text.partition("\n\n")
    lines = head.split("\n")
    check(gap and len(lines) >= 3, "the file ends before its log proof")
    content, salt = after(lines[1], "content"), unbase64(after(lines[2], "content-salt"), 32)
    entry = sha256(b"enduse content commitment v1".ljust(32, b"\0"), salt, content.encode())
    said = [*verify_log_proof(log_proof, entry, *trust), f"That entry stands for this event: {content}"]
    if len(lines) > 3:
        check(len(lines) > 4, "the line 'item-salt' is missing")
        number, _, item = after(lines[3], "item").partition(" ")
        item_salt = unbase64(after(lines[4], "item-salt"), 32)
        path = [unbase64(after(line, "item-path"), 32) for line in lines[5:]]
        try:
            items = json.loads(content, object_pairs_hook=no_twice)["items"]
            count, root = items["count"], bytes.fromhex(items["root"])
            check(type(count) is int, "the count of the event's items is not a number")
        except (ValueError, KeyError, TypeError, RecursionError):
            raise NotProved("the event names no items, so none can be proved") from None
        leaf = sha256(b"\x00", sha256(b"enduse item commitment v1".ljust(32, b"\0"), item_salt, item.encode()))
        check(climb(leaf, decimal(number), count, path) == root, "the item is not one of this event's")
        said.append(f"Its item {number} of {count} (counted from 0) is: {item}")
    return said


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("proof", help="the proof file")
    options.add_argument("--key", required=True, help="the log's public key")
    options.add_argument("--witness", action="append", default=[], help="a witness's public key; may be repeated")
    options.add_argument("--need", type=int, default=0, help="how many of those witnesses must have cosigned")
    options.add_argument("--rotation", action="append", default=[], help="a file of the notes by which the log changed its key since; may be repeated")
    options.add_argument("--entry", help="for a bare tlog-proof: the entry, in hexadecimal")
    given = options.parse_args()
    try:
        text, notes = Path(given.proof).read_bytes().decode(), "".join(Path(name).read_bytes().decode() for name in given.rotation)
        trust = read_key(given.key, 1), [read_key(key, 4) for key in given.witness], given.need, notes
        if text.startswith("enduse/event-proof/v1\n"):
            said = verify_event(text, *trust)
        else:
            check(given.entry, "this is not an event proof; for a bare tlog-proof give --entry")
            said = verify_log_proof(text, bytes.fromhex(given.entry), *trust)
    except (NotProved, OSError, ValueError, OverflowError) as why:
        sys.exit(f"NOT PROVED: {why}")
    print("PROVED", *said, sep="\n")


if __name__ == "__main__":
    main()
