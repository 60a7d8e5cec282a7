#!/usr/bin/env python3
"""Check a whole running log without the software that runs it: this file, verify_proof.py beside it, Python 3.9+ and `cryptography`.

    python check_log.py https://enduse.example/log --key 'enduse.example/log+1a2b3c4d+AX...' [--kept OLD] [--keep NEW]
        [--witness 'w.example+...'] [--need 1]

Reads the checkpoint, every entry bundle and every tile; recomputes each hash up to the signed root. With --kept, a checkpoint
that you kept earlier, today's entries must give its root too: nothing that it covers was changed. --keep writes today's to a file.
Written from the public texts alone: RFC 6962, and c2sp.org signed-note, tlog-checkpoint, tlog-tiles, tlog-cosignature.
Exit code 0: all of it fits. 1: it does not, and the line printed says what. 2: wrong usage.
"""

import argparse
import sys
import urllib.error
import urllib.request

from verify_proof import NotProved, check, decimal, read_key, read_signatures, sha256, unbase64

WIDTH = 256  # of a full tile
LONGEST = 256 * (2 + 65535)
PATIENCE_S = 30


def fetch(address):
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:
            content = answer.read(LONGEST + 1)
    except (urllib.error.URLError, OSError) as wrong:
        raise NotProved(f"{address} does not answer: {wrong}") from None
    check(len(content) <= LONGEST, f"{address} is longer than any tile")
    return content


def open_checkpoint(text, keys, witnesses, need):
    """(size, root) of a checkpoint that one of the log's keys signed."""
    body, gap, tail = text.rpartition("\n\n")
    body += "\n"
    fields = body.split("\n")
    check(gap and tail.endswith("\n") and len(fields) >= 4, "the checkpoint is not a signed note")
    check(any(fields[0] == key[0] for key in keys), f"this is a checkpoint of {fields[0]}, not of the log whose key you gave")
    signed, witnessed = False, {}
    for key in keys:
        by_log, by_witness = read_signatures(tail[:-1].split("\n"), body.encode(), [key], witnesses)
        signed, witnessed = signed or by_log, {**witnessed, **by_witness}
    check(signed, f"the log {fields[0]} did not sign this checkpoint with a key that you trust")
    seen = {witness[2] for witness in witnessed} - {key[2] for key in keys}
    check(len(seen) >= need, f"{len(seen)} of the known witnesses cosigned; you ask for {need}")
    return decimal(fields[1]), unbase64(fields[2], 32)


def tile_path(level, index, width):
    """tlog-tiles: the index in groups of three digits, all but the last with an x before; a partial tile says its width."""
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}" + ("" if width == WIDTH else f".p/{width}")


def tiles(site, level, count):
    """Each tile of a level that has `count` hashes or entries: (path, content, width)."""
    for index in range((count + WIDTH - 1) // WIDTH):
        width = min(WIDTH, count - index * WIDTH)
        path = tile_path(level, index, width)
        yield path, fetch(f"{site}/{path}"), width


def entries_of(bundle, width, path):
    found, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        check(at + 2 <= len(bundle) and end <= len(bundle), f"{path} ends inside an entry")
        found.append(bundle[at + 2 : end])
        at = end
    check(len(found) == width, f"{path} has {len(found)} entries instead of {width}")
    return found


def tree_root(hashes):
    """RFC 6962, 2.1: neighbours are joined and an odd last one carried up, until one is left."""
    row = hashes or [sha256(b"")]
    while len(row) > 1:
        joined = [sha256(b"\x01", row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = joined + row[2 * len(joined) :]
    return row[0]


def read_leaves(site, size):
    """The leaf hashes, each of its entry, and as the level 0 tiles have them."""
    hashes = []
    for path, bundle, width in tiles(site, "entries", size):
        hashes += [sha256(b"\x00", entry) for entry in entries_of(bundle, width, path)]
    return hashes


def check_tiles(site, hashes):
    """Every stored hash of every level is that of what is below; how many there are."""
    row, level, checked = hashes, 0, 0
    while row:
        at = 0
        for path, tile, width in tiles(site, level, len(row)):
            check(len(tile) == 32 * width, f"{path} has {len(tile)} bytes instead of {32 * width}")
            for place in range(width):
                check(tile[32 * place : 32 * place + 32] == row[at + place], f"{path}, hash {place} is not that of what is below it")
            at += width
        checked += at
        row = [tree_root(row[first : first + WIDTH]) for first in range(0, len(row) - WIDTH + 1, WIDTH)]
        level += 1
    return checked


def check_log(site, keys, witnesses, need, kept):
    """Check a whole log; its checkpoint's text, and what it shows, as sentences."""
    text = fetch(f"{site}/checkpoint{'/cosigned' if need else ''}").decode()
    size, root = open_checkpoint(text, keys, witnesses, need)
    hashes = read_leaves(site, size)
    check(tree_root(hashes) == root, f"the {size} entries do not give the signed root")
    said = [f"The {size} entries give the root that the log signed."]
    said.append(f"All {check_tiles(site, hashes)} hashes of its tiles are those of what is below them.")
    if kept:
        old_size, old_root = open_checkpoint(kept, keys, [], 0)
        check(old_size <= size, f"FORK: your checkpoint is of {old_size} entries, and only {size} are there")
        check(tree_root(hashes[:old_size]) == old_root, f"FORK: the first {old_size} entries are not those of your checkpoint")
        said.append(f"It begins with the {old_size} entries of the checkpoint that you kept.")
    return text, said


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("site", help="the log's address, such as https://enduse.example/log")
    options.add_argument("--key", action="append", required=True, help="the log's public key; an earlier one too, for a checkpoint that it signed")
    options.add_argument("--witness", action="append", default=[], help="a witness's public key; may be repeated")
    options.add_argument("--need", type=int, default=0, help="how many of those witnesses must have cosigned")
    options.add_argument("--kept", help="a checkpoint that you kept")
    options.add_argument("--keep", help="write today's checkpoint to this file")
    given = options.parse_args()
    try:
        kept = open(given.kept, encoding="utf-8", newline="").read() if given.kept else ""  # noqa: SIM115
        keys, witnesses = [read_key(key, 1) for key in given.key], [read_key(key, 4) for key in given.witness]
        text, said = check_log(given.site.rstrip("/"), keys, witnesses, given.need, kept)
        if given.keep:
            with open(given.keep, "w", encoding="utf-8", newline="") as file:
                file.write(text)
    except (NotProved, OSError, ValueError, OverflowError) as why:
        print(f"DOES NOT FIT: {why}", file=sys.stderr)
        return 1
    print("FITS", *said, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
