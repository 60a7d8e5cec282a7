"""The tree and its proofs: the same as RFC 6962 says, and nothing else is accepted."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enduse.engines import translog
from enduse.engines.translog import ProofError

LEAVES = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")] + [
    bytes.fromhex("606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
sizes = st.integers(1, 700)


def leaves_of(size: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(size)]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_the_certificate_transparency_example_tree_are_the_published_ones(size):
    assert translog.root(LEAVES[:size]).hex() == ROOTS[size]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=70))
def test_the_root_is_the_recursive_definition_of_rfc_6962(rfc6962, leaves):
    assert translog.root(leaves) == rfc6962.root(leaves)
    assert translog.root_of_hashes([translog.leaf_hash(leaf) for leaf in leaves]) == rfc6962.root(leaves)


@settings(deadline=None)
@given(size=st.integers(1, 90), data=st.data())
def test_proofs_from_tiles_are_the_hashes_of_the_recursive_definition(rfc6962, log_of, size, data):
    leaves = leaves_of(size)
    tiles = log_of(leaves).tiles
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert translog.prove_inclusion(index, size, tiles) == rfc6962.inclusion(index, leaves)
    assert translog.prove_consistency(old, size, tiles) == rfc6962.consistency(old, leaves)
    assert translog.inclusion_path(translog.leaf_hashes(leaves), index) == rfc6962.inclusion(index, leaves)


@settings(deadline=None, max_examples=30)
@given(size=sizes, data=st.data())
def test_a_proof_holds_for_its_own_leaf_and_size_and_no_other(log_of, size, data):
    store = log_of(leaves_of(size))
    index = data.draw(st.integers(0, size - 1))
    leaf, root = store.level0[index], store.tree.root
    proof = translog.prove_inclusion(index, size, store.tiles)
    translog.verify_inclusion(leaf, index, size, proof, root)
    for wrong_index in {(index + 1) % size, index ^ 1, size - 1 - index} - {index}:
        with pytest.raises(ProofError):
            translog.verify_inclusion(leaf, wrong_index, size, proof, root)
    with pytest.raises(ProofError):
        translog.verify_inclusion(translog.leaf_hash(b"another"), index, size, proof, root)


@settings(deadline=None, max_examples=30)
@given(size=sizes, data=st.data())
def test_one_flipped_bit_anywhere_in_a_proof_is_refused(log_of, size, data):
    store = log_of(leaves_of(size))
    index = data.draw(st.integers(0, size - 1))
    proof = translog.prove_inclusion(index, size, store.tiles)
    parts = [store.level0[index], store.tree.root, *proof]
    at = data.draw(st.integers(0, len(parts) * 256 - 1))
    parts[at // 256] = flipped(parts[at // 256], at % 256)
    with pytest.raises(ProofError, match="leads to root"):
        translog.verify_inclusion(parts[0], index, size, parts[2:], parts[1])


@settings(deadline=None, max_examples=30)
@given(size=st.integers(2, 700), data=st.data())
def test_one_flipped_bit_anywhere_in_a_consistency_proof_is_refused(log_of, size, data):
    store = log_of(leaves_of(size))
    old = data.draw(st.integers(1, size - 1))
    proof = translog.prove_consistency(old, size, store.tiles)
    parts = [translog.tree_head(old, store.tiles), store.tree.root, *proof]
    translog.verify_consistency(old, parts[0], size, parts[1], parts[2:])
    at = data.draw(st.integers(0, len(parts) * 256 - 1))
    parts[at // 256] = flipped(parts[at // 256], at % 256)
    with pytest.raises(ProofError):
        translog.verify_consistency(old, parts[0], size, parts[1], parts[2:])


@pytest.mark.parametrize("change", ["shorter", "longer", "short hash"])
def test_a_proof_with_a_missing_an_extra_or_a_short_hash_is_refused_before_it_is_hashed(log_of, change):
    store = log_of(leaves_of(300))
    proof = translog.prove_inclusion(77, 300, store.tiles)
    broken = {"shorter": proof[:-1], "longer": [*proof, bytes(32)], "short hash": [proof[0][:31], *proof[1:]]}[change]
    with pytest.raises(ProofError, match=r"has 9 hashes; this one has|has 31 bytes"):
        translog.verify_inclusion(store.level0[77], 77, 300, broken, store.tree.root)


def test_a_rewritten_history_has_no_consistency_proof(log_of):
    honest, rewritten = log_of(leaves_of(400)), log_of([b"forged", *leaves_of(500)[1:]])
    proof = translog.prove_consistency(400, 500, rewritten.tiles)
    with pytest.raises(ProofError, match="old root"):
        translog.verify_consistency(400, honest.tree.root, 500, rewritten.tree.root, proof)


def test_two_roots_for_one_size_are_called_a_fork():
    with pytest.raises(ProofError, match="fork"):
        translog.verify_consistency(3, bytes(32), 3, bytes(31) + b"x", [])


def test_a_tree_that_shrinks_is_refused():
    with pytest.raises(ProofError, match="cannot grow from 5 to 4"):
        translog.verify_consistency(5, bytes(32), 4, bytes(32), [])


def test_the_empty_tree_begins_every_tree_and_has_the_hash_of_nothing_as_root():
    root = translog.root([b"a", b"b"])
    translog.verify_consistency(0, translog.EMPTY_ROOT, 2, root, [])
    with pytest.raises(ProofError, match="empty tree"):
        translog.verify_consistency(0, root, 2, root, [])


@pytest.mark.parametrize("index", [-1, 4, 5])
def test_a_leaf_outside_the_tree_is_refused_by_its_index(log_of, index):
    with pytest.raises(ProofError, match=f"leaf index {index} is outside a tree of 4 leaves"):
        translog.prove_inclusion(index, 4, log_of(leaves_of(4)).tiles)
    with pytest.raises(ProofError, match=f"leaf index {index} is outside"):
        translog.verify_inclusion(bytes(32), index, 4, [], bytes(32))
    with pytest.raises(ProofError, match=f"leaf index {index} is outside"):
        translog.inclusion_path([bytes(32)] * 4, index)


def test_proofs_hold_across_the_edges_of_tiles_in_a_tree_of_three_levels(log_of):
    size = 70_000
    store = log_of([b"%d" % number for number in range(size)], batch=5000)
    prover = translog.Prover(store.tiles, remember=8)
    chance = random.Random(5)
    edges = [0, 1, 255, 256, 257, 65_535, 65_536, 65_537, size - 1]
    for index in edges + [chance.randrange(size) for _ in range(50)]:
        proof = prover.inclusion(index, size)
        translog.verify_inclusion(store.level0[index], index, size, proof, store.tree.root)
        proof = prover.consistency(index, size)
        translog.verify_consistency(index, prover.tree_head(index), size, store.tree.root, proof)


def test_another_implementation_gives_the_same_roots_and_verifies_the_same_history(log_of):
    pymerkle = pytest.importorskip("pymerkle", reason="pymerkle, of the bench group, is not installed")
    theirs, leaves = pymerkle.InmemoryTree(), leaves_of(600)
    store = log_of(leaves)
    for size, leaf in enumerate(leaves, 1):
        theirs.append_entry(leaf)
        assert theirs.get_root() == translog.tree_head(size, store.tiles)
    for index in (0, 255, 256, 599):
        path = theirs.prove_inclusion(index + 1).path
        assert sorted(path) == sorted([store.level0[index], *translog.prove_inclusion(index, 600, store.tiles)])


def flipped(value: bytes, bit: int) -> bytes:
    return value[: bit // 8] + bytes([value[bit // 8] ^ 1 << bit % 8]) + value[bit // 8 + 1 :]
