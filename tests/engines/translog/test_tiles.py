"""Tiles, their addresses, entry bundles, the appender and the audit of what is stored."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from enduse.engines import translog
from enduse.engines.translog import TileError


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        ((0, 0, 256), "tile/0/000"),
        ((0, 1_234_067, None), "tile/0/x001/x234/067"),
        ((1, 999, 17), "tile/1/999.p/17"),
        ((2, 1000, 1), "tile/2/x001/000.p/1"),
        ((63, 5, 255), "tile/63/005.p/255"),
        (("entries", 70, None), "tile/entries/070"),
    ],
)
def test_a_tile_has_the_address_that_tlog_tiles_gives_it(tile, path):
    assert translog.tile_path(*tile) == path
    assert translog.parse_tile_path(path) == (tile[0], tile[1], tile[2] or 256)


@settings(deadline=None)
@given(st.one_of(st.integers(0, 63), st.just("entries")), st.integers(0, 10**12), st.integers(1, 256))
def test_every_address_reads_back_as_the_tile_it_was_made_for(level, index, width):
    assert translog.parse_tile_path(translog.tile_path(level, index, width)) == (level, index, width)


@pytest.mark.parametrize(
    "path",
    [
        "tile/64/000",
        "tile/00/000",
        "tile/-1/000",
        "tile/0/00",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/x01/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/../000",
        "tile/data/000",
        "tile/0/٠٠٠",
    ],
)
def test_any_other_spelling_of_an_address_is_refused(path):
    with pytest.raises(TileError):
        translog.parse_tile_path(path)


def test_a_tree_of_70000_leaves_has_the_tiles_of_the_example_in_tlog_tiles():
    tiles = translog.tiles_of(70_000)
    assert len([t for t in tiles if t[0] == 0 and t[2] == 256]) == 273
    assert [t for t in tiles if t[2] < 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert [t for t in tiles if t[0] == 1 and t[2] == 256] == [(1, 0, 256)]
    assert translog.tiles_of(256) == [(0, 0, 256), (1, 0, 1)]
    assert translog.tiles_of(0) == []


def test_every_hash_in_every_tile_is_the_tree_hash_of_the_leaves_that_tlog_tiles_says(rfc6962, log_of):
    leaves = [b"%d" % number for number in range(66_000)]
    store = log_of(leaves, batch=7001)
    for level, index, width in translog.tiles_of(66_000):
        tile, span = store.tiles(level, index, width), 256**level
        for n in (0, width // 2, width - 1):
            first = (index * 256 + n) * span
            assert tile[n * 32 : n * 32 + 32] == rfc6962.root(leaves[first : first + span])


@settings(deadline=None)
@given(st.integers(0, 200_000), st.integers(0, 3000))
def test_the_new_tiles_of_a_grown_tree_are_those_that_the_smaller_one_did_not_have(size, grown):
    expected = set(translog.tiles_of(size + grown)) - set(translog.tiles_of(size))
    assert set(translog.tiles_of(size + grown, since=size)) == expected


@settings(deadline=None)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_an_entry_bundle_reads_back_as_the_entries_it_was_made_of(entries):
    assert translog.parse_entry_bundle(translog.entry_bundle(entries), len(entries)) == entries


def test_an_entry_bundle_puts_two_bytes_of_length_high_byte_first_before_each_entry():
    assert translog.entry_bundle([b"ab", b"", b"c" * 258]) == b"\x00\x02ab\x00\x00\x01\x02" + b"c" * 258


@pytest.mark.parametrize("bundle", [b"", b"\x00", b"\x00\x02a", b"\x00\x01a\x00"])
def test_a_cut_off_entry_bundle_is_refused(bundle):
    with pytest.raises(TileError, match=r"ends inside entry|has 0 entries"):
        translog.parse_entry_bundle(bundle)


def test_an_entry_bundle_of_another_width_too_many_or_too_long_entries_is_refused():
    with pytest.raises(TileError, match="has 2 entries, not 3"):
        translog.parse_entry_bundle(translog.entry_bundle([b"a", b"b"]), 3)
    with pytest.raises(TileError, match="not 257"):
        translog.entry_bundle([b""] * 257)
    with pytest.raises(TileError, match=r"entry 1 has 65536 bytes"):
        translog.entry_bundle([b"", bytes(65_536)])


def test_storage_that_lost_half_a_tile_is_named_by_the_tile(log_of):
    store = log_of([b"%d" % n for n in range(300)])
    with pytest.raises(TileError, match=r"tile/0/000 has 8160 bytes instead of 8192"):
        translog.prove_inclusion(3, 300, lambda *tile: store.tiles(*tile)[:8160])


class GrowingLog(RuleBasedStateMachine):
    """Whatever the sizes of the batches and however often the process restarts, the tree is the tree of all leaves."""

    def __init__(self):
        super().__init__()
        self.hashes: list[bytes] = []
        self.above: dict[tuple[int, int], bytes] = {}
        self.tree = translog.Appender()

    def tiles(self, level, index, width):
        first = index * 256
        if level == 0:
            return b"".join(self.hashes[first : first + width])
        return b"".join(self.above[level, position] for position in range(first, first + width))

    @rule(count=st.one_of(st.integers(1, 5), st.sampled_from([255, 256, 257, 1000, 33_000])), joined=st.booleans())
    def append(self, count, joined):
        new = translog.leaf_hashes(b"%d" % n for n in range(len(self.hashes), len(self.hashes) + count))
        self.hashes += new
        for level, position, value in self.tree.append(b"".join(new) if joined else new):
            assert (level, position) not in self.above
            self.above[level, position] = value

    @rule()
    def restart(self):
        self.tree = translog.Appender(len(self.hashes), self.tiles)

    @invariant()
    def it_is_the_tree_of_all_leaves(self):
        assert self.tree.size == len(self.hashes)
        assert self.tree.root == translog.root_of_hashes(self.hashes)
        assert self.tree.root == translog.tree_head(len(self.hashes), self.tiles)
        assert len(self.above) == len(self.hashes) // 256 + len(self.hashes) // 65_536


GrowingLog.TestCase.settings = settings(max_examples=8, stateful_step_count=12, deadline=None)
TestGrowingLog = GrowingLog.TestCase


def test_an_appender_refuses_a_hash_of_another_length_and_leaves_the_tree_as_it_was():
    tree = translog.Appender()
    tree.append([bytes(32)])
    before = tree.root
    with pytest.raises(TileError, match="leaf hash 1 has 31 bytes"):
        tree.append([bytes(32), bytes(31)])
    assert (tree.size, tree.root) == (1, before)


def test_an_appender_that_goes_on_from_a_size_asks_for_its_tiles():
    with pytest.raises(TileError, match="must be given the tiles"):
        translog.Appender(5)


def test_an_audit_of_an_honest_log_finds_nothing(log_of):
    store = log_of([b"%d" % n for n in range(66_000)], batch=7000)
    assert list(translog.audit(66_000, store.tree.root, store.tiles)) == []
    assert list(translog.audit(66_000, store.tree.root, store.tiles, store.read_leaves)) == []
    assert list(translog.audit(0, translog.EMPTY_ROOT, store.tiles)) == []


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_one_flipped_bit_in_any_stored_tile_is_found_and_its_tile_named(audited_log, data):
    size, root, tiles, _ = audited_log
    level, index, width = data.draw(st.sampled_from(translog.tiles_of(size)))
    at = data.draw(st.integers(0, width * 32 - 1))
    bit = 1 << data.draw(st.integers(0, 7))

    def flipped(*tile):
        stored = bytearray(tiles(*tile))
        if tile[:2] == (level, index):
            stored[at] ^= bit
        return bytes(stored)

    named = [fault.where for fault in translog.audit(size, root, flipped)]
    here, above = f"hash {at // 32}", translog.tile_path(1, index // 256, min(256, size // 256))
    assert any(where.endswith(here) or where.startswith(above) or where == "checkpoint" for where in named)


def test_one_changed_leaf_is_found_and_named_by_its_index(audited_log):
    size, root, tiles, leaves = audited_log
    for changed in (0, 255, 256, 599):

        def tampered(first, count, changed=changed):
            return [b"forged" if first + n == changed else leaf for n, leaf in enumerate(leaves(first, count))]

        faults = list(translog.audit(size, root, tiles, tampered))
        assert faults[0].leaf == changed
        assert faults[-1].where == "checkpoint"


def test_a_lost_leaf_and_a_lost_tile_are_found_and_named(audited_log):
    size, root, tiles, leaves = audited_log
    faults = list(translog.audit(size, root, tiles, lambda first, count: leaves(first, count)[:88]))
    assert "88 leaves are stored from index 0 where 256 should be" in faults[0].what
    faults = list(translog.audit(size, root, lambda level, *tile: b"" if level else tiles(level, *tile)))
    assert faults[0].where == "tile/1/000.p/2"


def test_a_checkpoint_with_another_root_is_found(audited_log):
    size, _, tiles, _ = audited_log
    (fault,) = translog.audit(size, bytes(32), tiles)
    assert fault.where == "checkpoint"


@pytest.fixture(scope="module")
def audited_log(log_of):
    store = log_of([b"%d" % n for n in range(600)])
    return 600, store.tree.root, store.tiles, store.read_leaves
