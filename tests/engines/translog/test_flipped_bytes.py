"""Every byte of a stored tile, entry, salt, checkpoint and proof, flipped in turn: each is found and named."""

from __future__ import annotations

import pytest

from enduse.engines import translog
from enduse.engines.translog import TranslogError

pytestmark = pytest.mark.engine
LEAVES = [translog.commitment(bytes([number % 256]) * 32, b"%d" % number) for number in range(258)]


def flipped(stored: bytes, at: int) -> bytes:
    return stored[:at] + bytes([stored[at] ^ 0x01]) + stored[at + 1 :]


@pytest.fixture(scope="module")
def store(log_of):
    return log_of(LEAVES)


def faults_of(store, *, tiles=None, leaves=None) -> list[translog.Fault]:
    return list(translog.audit(len(LEAVES), store.tree.root, tiles or store.tiles, leaves or store.read_leaves))


def test_each_byte_of_each_stored_hash(store):
    assert faults_of(store) == []
    for place in [(0, 0, 256), (0, 1, 2), (1, 0, 1)]:
        good = store.tiles(*place)
        for at in range(len(good)):
            bad = flipped(good, at)
            found = faults_of(store, tiles=lambda *asked, bad=bad, place=place: bad if asked == place else store.tiles(*asked))
            assert found, (place, at)
            if place[0] == 0:
                assert found[0].leaf == place[1] * 256 + at // 32
            else:
                assert found[0].where == f"{translog.tile_path(*place)} hash 0"


def test_each_byte_of_entries(store):
    for index in (0, 17, 255, 256, 257):
        for at in range(32):
            changed = [*LEAVES[:index], flipped(LEAVES[index], at), *LEAVES[index + 1 :]]
            found = faults_of(store, leaves=lambda first, count, changed=changed: changed[first : first + count])
            assert found[0].leaf == index


def test_each_byte_of_a_salt_and_of_a_content():
    salt, content = bytes(range(32)), b'{"serial":"B1"}'
    leaf = translog.commitment(translog.content_salt(salt), content)
    assert all(translog.commitment(translog.content_salt(flipped(salt, at)), content) != leaf for at in range(32))
    assert all(translog.commitment(translog.content_salt(salt), flipped(content, at)) != leaf for at in range(len(content)))


def test_each_byte_of_a_cosigned_checkpoint(store, log_key, witness_key):
    note = translog.make_checkpoint(log_key.name, len(LEAVES), store.tree.root, log_key)
    cosigned = translog.add_signatures(note, [translog.cosign(note, witness_key, 1_700_000_000)]).encode()
    keys = [log_key.verifier, witness_key.verifier]
    assert translog.open_checkpoint(cosigned, keys, witnesses=1).checkpoint.size == len(LEAVES)
    for at in range(len(cosigned)):
        with pytest.raises(TranslogError):
            translog.open_checkpoint(flipped(cosigned, at), keys, witnesses=1)


def test_each_byte_of_an_event_proof(store, log_key):
    salt, guns = bytes(32), [b'{"serial":"B1"}', b'{"serial":"B2"}', b'{"serial":"B3"}']
    root = translog.items_root(translog.item_commitments(salt, guns)).hex()
    content = translog.canonical({"items": {"count": 3, "root": root}})
    leaves = [*LEAVES[:6], translog.commitment(translog.content_salt(salt), content)]
    note = translog.make_checkpoint(log_key.name, 7, translog.root(leaves), log_key)
    path = translog.inclusion_path(translog.leaf_hashes(leaves), 6)
    proof = translog.make_event_proof(translog.EventProof(
        content.decode(), translog.content_salt(salt), translog.make_item(salt, guns, 1), translog.make_tlog_proof(6, path, note))).encode()
    assert translog.verify_event_proof(proof.decode(), [log_key.verifier]).item == {"serial": "B2"}
    for at in range(len(proof)):
        with pytest.raises((TranslogError, UnicodeDecodeError)):
            translog.verify_event_proof(flipped(proof, at).decode(), [log_key.verifier])
