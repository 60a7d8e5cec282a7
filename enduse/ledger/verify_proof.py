#!/usr/bin/env python3
"""Check an event proof without the software that made it: one file, Python 3.9+ and the package `cryptography`.

    python verify_proof.py PROOF.txt --key 'log.example/a+1a2b3c4d+AX...' [--witness 'w.example+...'] [--need 1]
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
from time import gmtime, strftime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


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
    check(base64.b64encode(value).decode() == text, f"not the usual base64: {text[:60]!r}")
    check(size is None or len(value) == size, f"{text[:60]!r} should stand for {size} bytes")
    return value


def decimal(text):
    check(text.isascii() and text.isdigit() and str(int(text[:20])) == text, f"not a number: {text[:30]!r}")
    return int(text)


def after(line, word):
    check(line.startswith(word + " "), f"a line beginning with {word!r} is missing; found {line[:60]!r}")
    return line[len(word) + 1 :]


def read_key(text, kind):
    """name+id+base64(kind, 32 bytes); kind 1 signs for a log, kind 4 cosigns for a witness."""
    name, _, rest = text.strip().partition("+")
    key_id, _, material = rest.partition("+")
    raw = unbase64(material, 33)
    check(raw[0] == kind, f"key {name} is of kind {raw[0]}; a {'log' if kind == 1 else 'witness'} has kind {kind}")
    own_id = sha256(name.encode(), b"\n", raw)[:4]
    check(own_id.hex() == key_id, f"key {name} was mistyped: its id should be {own_id.hex()}")
    return name, own_id, raw[1:]


def climb(leaf, index, size, path):
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2)."""
    check(0 <= index < size, f"place {index} is outside a tree of {size}")
    here, last, found = index, size - 1, leaf
    for sibling in path:
        check(last > 0, "the proof is too long")
        if here % 2 == 1 or here == last:
            found = sha256(b"\x01", sibling, found)
            while here % 2 == 0 and here:
                here, last = here >> 1, last >> 1
        else:
            found = sha256(b"\x01", found, sibling)
        here, last = here >> 1, last >> 1
    check(last == 0, "the proof is too short")
    return found


def signature_is_good(key, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def read_signatures(lines, body, log_key, witness_keys):
    """Whether the log signed, and when each known witness did."""
    log_signed, witnessed = False, {}
    for line in lines:
        name, _, encoded = after(line, "—").partition(" ")
        blob = unbase64(encoded)
        key_id, signature = blob[:4], blob[4:]
        if (name, key_id) == log_key[:2]:
            check(signature_is_good(log_key[2], body, signature), f"the log {name} did not sign this text")
            log_signed = True
        for witness in witness_keys:
            if (name, key_id) != witness[:2]:
                continue
            check(len(signature) == 72, f"the cosignature of {name} has a wrong length")
            time = int.from_bytes(signature[:8], "big")
            message = f"cosignature/v1\ntime {time}\n".encode() + body
            check(signature_is_good(witness[2], message, signature[8:]), f"{name} did not cosign this text")
            witnessed[witness] = time
    return log_signed, witnessed


def verify_log_proof(text, entry, log_key, witness_keys, need):
    """Check a tlog-proof; returns what it shows, as sentences."""
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    check(gap and lines.pop(0) == "c2sp.org/tlog-proof@v1", "this is not a c2sp.org/tlog-proof@v1")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    check(lines, "the line 'index' is missing")
    index = decimal(after(lines.pop(0), "index"))
    path = [unbase64(line, 32) for line in lines]

    body, gap, tail = checkpoint.rpartition("\n\n")
    body += "\n"
    fields = body.split("\n")
    check(gap and tail.endswith("\n") and len(fields) >= 4, "the checkpoint is not a signed note")
    origin, size, root = fields[0], decimal(fields[1]), unbase64(fields[2], 32)
    check(origin == log_key[0], f"this is a checkpoint of {origin}, but the key is of {log_key[0]}")
    log_signed, witnessed = read_signatures(tail[:-1].split("\n"), body.encode(), log_key, witness_keys)
    check(log_signed, f"the log {origin} did not sign this checkpoint with the key you trust")
    independent = {witness[2] for witness in witnessed} - {log_key[2]}
    check(len(independent) >= need, f"{len(independent)} of the known witnesses cosigned; you ask for {need}")
    check(climb(sha256(b"\x00", entry), index, size, path) == root, "the entry is not in the log at this place")

    said = [f"The log {origin} holds the entry {entry.hex()} as number {index} of {size} (counted from 0)."]
    for (name, _, _), time in witnessed.items():
        when = strftime("%Y-%m-%d %H:%M:%S UTC", gmtime(time))
        said.append(f"The witness {name} saw that state of the log at {when}.")
    return said


def no_twice(pairs):
    check(len(dict(pairs)) == len(pairs), "a JSON object has one key twice")
    return dict(pairs)


def verify_event(text, log_key, witness_keys, need):
    """Check an event proof; returns what it shows, as sentences."""
    head, gap, log_proof = text.partition("\n\n")
    lines = head.split("\n")
    check(gap and len(lines) >= 3, "the file ends before its log proof")
    content, salt = after(lines[1], "content"), unbase64(after(lines[2], "content-salt"), 32)
    entry = sha256(b"enduse content commitment v1".ljust(32, b"\0"), salt, content.encode())
    said = verify_log_proof(log_proof, entry, log_key, witness_keys, need)
    said.append(f"That entry stands for this event: {content}")
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
    options.add_argument("--entry", help="for a bare tlog-proof: the entry, in hexadecimal")
    given = options.parse_args()
    try:
        with open(given.proof, encoding="utf-8", newline="") as file:
            text = file.read()
        log_key, witness_keys = read_key(given.key, 1), [read_key(key, 4) for key in given.witness]
        if text.startswith("enduse/event-proof/v1\n"):
            said = verify_event(text, log_key, witness_keys, given.need)
        else:
            check(given.entry, "this is not an event proof; for a bare tlog-proof give --entry")
            said = verify_log_proof(text, bytes.fromhex(given.entry), log_key, witness_keys, given.need)
    except (NotProved, OSError, ValueError, OverflowError) as why:
        print(f"NOT PROVED: {why}", file=sys.stderr)
        return 1
    print("PROVED", *said, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
