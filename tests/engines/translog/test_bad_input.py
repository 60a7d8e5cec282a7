"""Each thing that can be asked wrongly is refused with a sentence that says what is wrong."""

import pytest

from enduse.engines import translog
from enduse.engines.translog import CanonicalError, NoteError, ProofError, Signer, TileError, TranslogError

SALT = bytes(32)
ROTATION = "enduse/key-rotation/v1"


@pytest.mark.parametrize(
    ("ask", "error", "said"),
    [
        (lambda: translog.Appender(-1), TileError, "no negative number of leaves"),
        (lambda: translog.Appender().append(bytes(33)), TileError, "33 bytes are not a whole number"),
        (lambda: translog.root_of_hashes(bytes(33)), ProofError, "33 bytes are not a whole number"),
        (lambda: translog.tree_head(-1, lambda *tile: b""), ProofError, "no negative number of leaves"),
        (lambda: translog.prove_consistency(4, 3, lambda *tile: b""), ProofError, "cannot grow from 4 to 3"),
        (lambda: translog.tile_path(64, 0), TileError, "neither 0 to 63 nor 'entries'"),
        (lambda: translog.tile_path("leaves", 0), TileError, "neither 0 to 63 nor 'entries'"),
        (lambda: translog.tile_path(0, -1), TileError, "tile index -1 is negative"),
        (lambda: translog.tile_path(0, 0, 257), TileError, "tile width 257"),
        (lambda: translog.Checkpoint("a", -1, SALT).text(), NoteError, "size from 0"),
        (lambda: translog.Checkpoint("a", 1, b"short").text(), NoteError, "32-byte root"),
        (lambda: translog.new_key("log.example", algorithm=6), NoteError, "neither 1 .* nor 4"),
        (lambda: translog.sign_note("no newline", []), NoteError, "ends in a newline"),
        (lambda: translog.sign_note("text\n", []), NoteError, "at least one key"),
        (lambda: translog.parse_canonical('"\ud800"'), CanonicalError, "not JSON"),
    ],
)
def test_a_wrong_question_is_refused_with_a_reason(ask, error, said):
    with pytest.raises(error, match=said):
        ask()


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        ([], "has 9 hashes; this one has 0"),
        ([SALT] * 11, "has 9 hashes; this one has 11"),
        ([SALT] * 8 + [b"short"], "hash 8 of the proof has 5 bytes"),
    ],
)
def test_a_consistency_proof_of_another_length_is_refused_before_it_is_hashed(proof, said):
    with pytest.raises(ProofError, match=said):
        translog.verify_consistency(300, SALT, 600, SALT, proof)


def test_a_consistency_proof_to_another_new_root_is_refused(log_of):
    store = log_of([b"%d" % number for number in range(9)])
    proof = translog.prove_consistency(5, 9, store.tiles)
    with pytest.raises(ProofError, match="leads to the new root"):
        translog.verify_consistency(5, translog.tree_head(5, store.tiles), 9, SALT, proof)


def test_a_consistency_proof_between_equal_trees_has_no_hashes():
    with pytest.raises(ProofError, match="is empty; this has 1 hashes"):
        translog.verify_consistency(5, SALT, 5, SALT, [SALT])


def test_a_tuple_that_contains_itself_is_refused():
    inner: list[object] = []
    inner.append((1.5, inner))
    with pytest.raises(CanonicalError, match="contains itself"):
        translog.canonical(inner)


def test_a_cosignature_beyond_the_last_second_that_can_be_written_is_refused(witness_key):
    with pytest.raises(NoteError, match=r"beyond 2\^63 - 1"):
        witness_key.verifier.time_signed("a\n", b"\xff" * 72)


@pytest.mark.parametrize(
    ("line", "changed", "said"),
    [
        (0, "enduse/key-rotation/v2", "not a key rotation"),
        (3, "leaves 100", "should begin with 'size '"),
        (3, "size 0100", "leading zeros"),
        (4, "root AAAA", "32"),
    ],
)
def test_a_malformed_key_change_is_refused(log_key, line, changed, said):
    second = Signer.parse(translog.new_key(log_key.name))
    lines = translog.make_rotation(log_key, second, 100, SALT, 5).partition("\n\n")[0].split("\n")
    assert lines[0] == ROTATION
    lines[line] = changed
    with pytest.raises(NoteError, match=said):
        translog.open_rotation(translog.sign_note("\n".join(lines) + "\n", [log_key, second]), log_key.verifier)


@pytest.mark.parametrize(
    ("content", "item", "said"),
    [
        ("[1]", None, "is a JSON object"),
        ('{"items":{"count":1,"root":"xyz"}}', translog.Item(0, "{}", SALT, ()), "not hexadecimal"),
        ('{"items":{"count":1,"root":"00"}}', translog.Item(0, "{}", SALT, ()), "root has 1 bytes"),
        ('{"items":{"count":true,"root":"00"}}', translog.Item(0, "{}", SALT, ()), "names no items"),
        ('{"items":{"count":0,"root":"00"}}', translog.Item(0, "{}", SALT, ()), "outside a tree of 0"),
    ],
)
def test_an_event_whose_content_cannot_be_read_is_refused_though_it_is_logged(log_key, content, item, said):
    leaf = translog.commitment(SALT, content.encode())
    note = translog.make_checkpoint(log_key.name, 1, translog.root([leaf]), log_key)
    proof = translog.EventProof(content, SALT, item, translog.make_tlog_proof(0, [], note))
    with pytest.raises(TranslogError, match=said):
        translog.verify_event_proof(translog.make_event_proof(proof), [log_key.verifier])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("enduse/event-proof/v1\n\nx", "ends before its line 'content'"),
        ("enduse/event-proof/v1\ncontent {}\n\nx", "ends before its line 'content-salt'"),
        ("enduse/event-proof/v1\ncontent {}\ncontent-salt AAAA\n\nx", "a salt has 32"),
        ("enduse/event-proof/v1\ncontent {}\ncontent-salt " + "A" * 43 + "=\nitem 5\n\nx", "its index and its JSON"),
    ],
)
def test_a_cut_off_event_proof_is_refused(text, said):
    with pytest.raises(ProofError, match=said):
        translog.parse_event_proof(text)
