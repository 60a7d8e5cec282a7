"""Over HTTP and without an account: the checkpoint, the tiles, the entries and the proofs, each checked by the other."""

from __future__ import annotations

import pytest

from enduse.engines import translog
from tests.ledger.given import Stranger, made


@pytest.fixture
def stranger(people):
    for n in range(260):  # more than one tile, so the tree has a second level
        made(people, 1, n)
    return Stranger()


def test_the_entries_and_the_tiles_give_the_signed_root(stranger):
    checkpoint = stranger.checkpoint()
    entries = stranger.entries(checkpoint.size)
    assert len(entries) == checkpoint.size == 260
    assert translog.root(entries) == checkpoint.root
    assert translog.tree_head(checkpoint.size, stranger.tile) == checkpoint.root
    assert stranger.tile(0, 1, 4) == b"".join(translog.leaf_hashes(entries[256:]))
    assert stranger.tile(1, 0, 1) == translog.root(entries[:256])


def test_any_entry_is_proved_to_be_under_the_signed_root(stranger):
    checkpoint = stranger.checkpoint()
    entries = stranger.entries(checkpoint.size)
    for index in (0, 255, 256, 259):
        path = translog.prove_inclusion(index, checkpoint.size, stranger.tile)
        translog.verify_inclusion(translog.leaf_hash(entries[index]), index, checkpoint.size, path, checkpoint.root)


def test_a_later_log_is_proved_to_begin_with_the_earlier(stranger, people):
    earlier = stranger.checkpoint()
    made(people, 1, 500)
    later = stranger.checkpoint()
    proof = translog.prove_consistency(earlier.size, later.size, stranger.tile)
    translog.verify_consistency(earlier.size, earlier.root, later.size, later.root, proof)
    assert (earlier.size, later.size) == (260, 261)


def test_tiles_are_kept_for_ever_and_the_checkpoint_is_not(stranger):
    assert "immutable" in stranger.get("tile/0/000").headers["Cache-Control"]
    assert stranger.get("checkpoint").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [
    "tile/0/001", "tile/0/001.p/5", "tile/0/001.p/0", "tile/0/001.p/256", "tile/1/000.p/2", "tile/2/000.p/1", "tile/0/1", "tile/0/000.p/x",
    "tile/entries/001.p/9", "tile/x/000", "tile/64/000", "tile/0/", "tile/-1/000", "tile/0/../checkpoint",
])
def test_a_tile_that_the_log_does_not_have_is_not_found(stranger, path):
    assert stranger.get(path).status_code == 404


def test_a_partial_tile_that_has_filled_up_is_still_served(stranger):
    assert stranger.get("tile/0/000.p/7").content == stranger.tile(0, 0, 256)[: 7 * 32]
