"""Signed notes, checkpoints, cosignatures and the change of a key."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from enduse.engines import translog
from enduse.engines.translog import NoteError, Signer, Verifier
from enduse.engines.translog.notes import parse_signature_line

# The published example of the Go reference implementation, golang.org/x/mod/sumdb/note.
GO_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    GO_TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# A checkpoint signed by the Sigsum log software, with the log's public key.
SIGSUM_ORIGIN = "sigsum.org/v1/tree/985ea163f5af026723561354f51f2ebcdcf2af809ce254ccfb64aa9aadd80f90"
SIGSUM_KEY = "52c05edad1bf5feffa81354faae59a655d9a9a1a793ed2f62c39c26c0be2aecd"
SIGSUM_NOTE = (
    f"{SIGSUM_ORIGIN}\n1\nKgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— {SIGSUM_ORIGIN} "
    "7BKT0gOfNZ1J0So9unY3BZtm2YkPIoNYM/dce0Z2avJDs8dxN6ts9bOSwwrVrbjm6P9K3ZxpK6jJngOG6YvGGzV/lwo=\n"
)


def test_the_example_note_of_the_go_reference_is_made_and_opened_byte_for_byte():
    signer = Signer.parse(GO_PRIVATE)
    assert str(signer.verifier) == GO_PUBLIC
    assert signer.text() == GO_PRIVATE
    assert translog.sign_note(GO_TEXT, [signer]) == GO_NOTE
    assert translog.open_note(GO_NOTE, [GO_PUBLIC]).text == GO_TEXT


def test_a_checkpoint_signed_by_other_software_is_accepted():
    key = Verifier(SIGSUM_ORIGIN, translog.ED25519, bytes.fromhex(SIGSUM_KEY))
    opened = translog.open_checkpoint(SIGSUM_NOTE, [key])
    assert opened.checkpoint == translog.Checkpoint(SIGSUM_ORIGIN, 1, b"*" + bytes(31))


def test_a_new_key_reads_back_and_its_repr_does_not_show_the_seed():
    private = translog.new_key("log.example/a")
    signer = Signer.parse(private)
    assert signer.text() == private
    assert str(signer.verifier) == translog.public_key(private)
    assert private.rsplit("+", 1)[1] not in repr(signer)
    assert repr(signer.seed) not in repr(signer)
    assert translog.new_key("log.example/a") != private


@pytest.mark.parametrize("name", ["", "two words", "a+b", "tab\tname", "no\u00a0break", "line\n"])
def test_a_name_that_cannot_stand_in_a_signature_line_is_refused(name):
    with pytest.raises(NoteError, match="cannot name a key"):
        translog.new_key(name)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_a_mistyped_key_is_refused(data):
    at = data.draw(st.integers(0, len(GO_PUBLIC) - 1))
    typed = data.draw(st.sampled_from("abcXYZ019/+= "))
    mistyped = GO_PUBLIC[:at] + typed + GO_PUBLIC[at + 1 :]
    if mistyped == GO_PUBLIC:
        return
    with pytest.raises(NoteError):
        Verifier.parse(mistyped)


def test_a_malformed_private_key_is_refused_without_repeating_it():
    secret = GO_PRIVATE.rsplit("+", 1)[1]
    for malformed in (GO_PRIVATE[:-4], GO_PRIVATE.replace("c74f20a3", "c74f20a4"), GO_PRIVATE[8:], secret):
        with pytest.raises(NoteError) as refused:
            Signer.parse(malformed)
        assert secret[:20] not in str(refused.value)


@settings(deadline=None, max_examples=120)
@given(st.data())
def test_one_changed_character_anywhere_in_a_note_is_refused(data):
    at = data.draw(st.integers(0, len(GO_NOTE) - 1))
    typed = data.draw(st.sampled_from("aZ09+/= \n—\x01"))
    changed = GO_NOTE[:at] + typed + GO_NOTE[at + 1 :]
    if changed == GO_NOTE:
        return
    with pytest.raises(NoteError):
        translog.open_note(changed, [GO_PUBLIC])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        GO_TEXT + "\n",
        GO_NOTE[:-1],
        GO_NOTE + "\n",
        GO_NOTE.replace("— ", "- "),
        GO_NOTE + "— other.example AAAA\n",
        GO_NOTE + "— other.example not-base64\n",
        GO_NOTE.replace("\n", "\r\n"),
        "tab\there" + GO_NOTE,
    ],
)
def test_a_malformed_note_is_refused(note):
    with pytest.raises(NoteError):
        translog.open_note(note, [GO_PUBLIC])


def test_a_note_that_is_not_utf_8_or_too_long_is_refused():
    with pytest.raises(NoteError, match="not UTF-8"):
        translog.open_note(b"\xff" + GO_NOTE.encode(), [GO_PUBLIC])
    with pytest.raises(NoteError, match="at most 1000000"):
        translog.open_note("x" * 1_000_001, [GO_PUBLIC])
    with pytest.raises(NoteError, match="101 signatures"):
        translog.open_note(GO_NOTE + "— a.example AAAAAAAA\n" * 100, [GO_PUBLIC])


def test_signatures_of_unknown_keys_are_kept_aside_and_prove_nothing(log_key):
    stranger = Signer.parse(translog.new_key(log_key.name))
    note = translog.sign_note("text\n", [stranger, log_key])
    opened = translog.open_note(note, [log_key.verifier])
    assert [s.verifier for s in opened.signatures] == [log_key.verifier]
    assert opened.unknown == (stranger.signature_line("text\n"),)
    with pytest.raises(NoteError, match=r"no trusted key signed this note \(signed by log.example/firearms\)"):
        translog.open_note(translog.sign_note("text\n", [stranger]), [log_key.verifier])


def test_a_bad_signature_of_a_known_key_beside_a_good_one_is_refused(log_key):
    other = Signer.parse(translog.new_key("other.example"))
    note = translog.sign_note("text\n", [log_key]) + other.signature_line("another text\n")
    with pytest.raises(NoteError, match=r"signature of other.example .* is not over this text"):
        translog.open_note(note, [log_key.verifier, other.verifier])


def test_the_text_of_a_note_may_have_empty_lines_and_ends_at_the_last(log_key):
    text = "one\n\n— not a signature\n\ntwo\n"
    assert translog.open_note(translog.sign_note(text, [log_key]), [log_key.verifier]).text == text


def test_a_checkpoint_is_three_lines_and_its_extensions():
    checkpoint = translog.Checkpoint("example.com/behind-the-sofa", 20_852_163, b"\x01" * 32, ("extension one",))
    text = "example.com/behind-the-sofa\n20852163\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\nextension one\n"
    assert checkpoint.text() == text
    assert translog.parse_checkpoint(text) == checkpoint


@pytest.mark.parametrize(
    "lines",
    [
        ["log.example", "1"],
        ["", "1", "A" * 43 + "="],
        ["log.example", "01", "A" * 43 + "="],
        ["log.example", "-1", "A" * 43 + "="],
        ["log.example", "+1", "A" * 43 + "="],
        ["log.example", "1_0", "A" * 43 + "="],
        ["log.example", " 1", "A" * 43 + "="],
        ["log.example", "٣", "A" * 43 + "="],
        ["log.example", "9223372036854775808", "A" * 43 + "="],
        ["log.example", "1", "A" * 43],
        ["log.example", "1", "A" * 42 + "B="],
        ["log.example", "1", "AAAA"],
        ["log.example", "1", "A" * 43 + "=", "", "extension"],
    ],
)
def test_a_malformed_checkpoint_is_refused(lines):
    with pytest.raises(NoteError):
        translog.parse_checkpoint("\n".join(lines) + "\n")


def test_a_checkpoint_without_its_last_newline_is_refused():
    with pytest.raises(NoteError):
        translog.parse_checkpoint("log.example\n1\n" + "A" * 43 + "=")


def test_a_checkpoint_cannot_be_made_with_a_line_break_in_its_origin(log_key):
    with pytest.raises(NoteError, match="cannot be a line of a checkpoint"):
        translog.make_checkpoint("a\nb", 1, bytes(32), log_key)


def test_a_key_trusted_for_one_log_does_not_vouch_for_another(log_key):
    note = translog.make_checkpoint("other.example/log", 1, bytes(32), log_key)
    with pytest.raises(NoteError, match=r"no trusted key of log other\.example/log"):
        translog.open_checkpoint(note, [log_key.verifier])
    assert translog.open_checkpoint(note, [log_key.verifier], origin="other.example/log").checkpoint.size == 1
    with pytest.raises(NoteError, match=r"is a checkpoint of other.example/log, not of log.example/firearms"):
        translog.open_checkpoint(note, [log_key.verifier], origin="log.example/firearms")


def test_a_cosigned_checkpoint_says_who_saw_it_and_when(log_key, witness_key):
    note = translog.make_checkpoint(log_key.name, 7, bytes(32), log_key)
    note = translog.add_signatures(note, [translog.cosign(note, witness_key, 1_700_000_000)])
    opened = translog.open_checkpoint(note, [log_key.verifier, str(witness_key.verifier)], witnesses=1)
    assert opened.cosigned == ((witness_key.verifier, 1_700_000_000),)
    assert translog.add_signatures(note, [translog.cosign(note, witness_key, 1_700_000_000)]) == note
    with pytest.raises(NoteError, match="2 are asked for"):
        translog.open_checkpoint(note, [log_key.verifier, witness_key.verifier], witnesses=2)


def test_a_key_counts_as_one_witness_under_two_names_and_the_logs_own_key_as_none(log_key, witness_key):
    twin = Signer("witness.example/w2", translog.COSIGNATURE, witness_key.seed)
    own = Signer("witness.example/own", translog.COSIGNATURE, log_key.seed)
    note = translog.make_checkpoint(log_key.name, 7, bytes(32), log_key)
    note = translog.add_signatures(note, [translog.cosign(note, key, 5) for key in (witness_key, twin, own)])
    keys = [key.verifier for key in (log_key, witness_key, twin, own)]
    assert len(translog.open_checkpoint(note, keys, witnesses=1).cosigned) == 3
    with pytest.raises(NoteError, match="1 known witnesses cosigned this checkpoint; 2 are asked for"):
        translog.open_checkpoint(note, keys, witnesses=2)


def test_the_public_key_of_a_witness_in_service_reads_as_a_cosignature_key():
    text = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
    verifier = Verifier.parse(text)
    assert (verifier.name, verifier.algorithm, str(verifier)) == ("remora.n621.de", translog.COSIGNATURE, text)


def test_a_cosignature_is_over_the_header_the_time_and_the_whole_checkpoint(log_key, witness_key):
    note = translog.make_checkpoint(log_key.name, 7, bytes(32), log_key)
    line = translog.cosign(note, witness_key, 1_679_315_147)
    name, blob = parse_signature_line(line)
    assert (name, blob[:4], len(blob)) == ("witness.example/w1", witness_key.verifier.key_id, 76)
    assert blob[4:12] == (1_679_315_147).to_bytes(8, "big")
    message = f"cosignature/v1\ntime 1679315147\n{log_key.name}\n7\n{'A' * 43}=\n".encode()
    Ed25519PublicKey.from_public_bytes(witness_key.verifier.public_key).verify(blob[12:], message)


def test_a_cosignature_whose_time_was_changed_is_refused(log_key, witness_key):
    note = translog.make_checkpoint(log_key.name, 7, bytes(32), log_key)
    _, blob = parse_signature_line(translog.cosign(note, witness_key, 1_700_000_000))
    text = translog.open_note(note, [log_key.verifier]).text
    assert witness_key.verifier.time_signed(text, blob[4:]) == 1_700_000_000
    with pytest.raises(NoteError, match="not over this text"):
        witness_key.verifier.time_signed(text, (1_700_000_001).to_bytes(8, "big") + blob[12:])


def test_a_witness_alone_does_not_make_a_checkpoint_of_the_log(log_key, witness_key):
    note = translog.make_checkpoint(log_key.name, 7, bytes(32), log_key)
    text = note.partition("\n\n")[0] + "\n"
    only = f"{text}\n{translog.cosign(note, witness_key, 5)}"
    with pytest.raises(NoteError, match="witnesses are not enough"):
        translog.open_checkpoint(only, [log_key.verifier, witness_key.verifier])


def test_a_plain_key_cannot_cosign_and_a_witness_key_cannot_sign_without_a_time(log_key, witness_key):
    note = translog.make_checkpoint(log_key.name, 7, bytes(32), log_key)
    with pytest.raises(NoteError, match="not a witness key"):
        translog.cosign(note, log_key, 5)
    with pytest.raises(NoteError, match="bears a time"):
        translog.sign_note("text\n", [witness_key])


def test_a_log_changes_its_key_by_a_note_signed_with_both(log_key):
    second, third = (Signer.parse(translog.new_key(log_key.name)) for _ in range(2))
    first_change = translog.make_rotation(log_key, second, 100, bytes(32), 1_700_000_000)
    second_change = translog.make_rotation(second, third, 250, bytes(32), 1_800_000_000)
    keys = translog.follow_rotations(str(log_key.verifier), [first_change, second_change])
    assert keys == [log_key.verifier, second.verifier, third.verifier]
    assert translog.open_rotation(first_change, log_key.verifier).size == 100
    with pytest.raises(NoteError, match="not from the trusted key"):
        translog.follow_rotations(log_key.verifier, [second_change, first_change])


def test_an_old_key_may_sign_no_tree_larger_than_the_one_it_was_changed_at(log_key):
    second, third = (Signer.parse(translog.new_key(log_key.name)) for _ in range(2))
    changes = [
        translog.make_rotation(log_key, second, 100, bytes(32), 5),
        translog.make_rotation(second, third, 250, bytes(32), 6),
    ]
    first = str(log_key.verifier)
    assert translog.keys_for(99, first, changes) == [log_key.verifier]
    assert translog.keys_for(100, first, changes) == [log_key.verifier, second.verifier]
    assert translog.keys_for(101, first, changes) == [second.verifier]
    assert translog.keys_for(10**9, first, changes) == [third.verifier]
    assert translog.keys_for(7, first, []) == [log_key.verifier]


def test_a_key_change_signed_by_one_key_only_or_to_another_name_is_refused(log_key):
    second = Signer.parse(translog.new_key(log_key.name))
    note = translog.make_rotation(log_key, second, 100, bytes(32), 5)
    text, _, lines = note.partition("\n\n")
    for line in lines.splitlines(keepends=True):
        with pytest.raises(NoteError, match="not signed by both"):
            translog.open_rotation(f"{text}\n\n{line}", log_key.verifier)
    with pytest.raises(NoteError, match="same name"):
        translog.make_rotation(log_key, Signer.parse(translog.new_key("other.example")), 1, bytes(32), 5)
    with pytest.raises(NoteError, match="two different"):
        translog.make_rotation(log_key, log_key, 1, bytes(32), 5)


def test_key_changes_at_shrinking_sizes_are_refused(log_key):
    second, third = (Signer.parse(translog.new_key(log_key.name)) for _ in range(2))
    changes = [
        translog.make_rotation(log_key, second, 100, bytes(32), 5),
        translog.make_rotation(second, third, 99, bytes(32), 6),
    ]
    with pytest.raises(NoteError, match="comes after one at 100"):
        translog.follow_rotations(log_key.verifier, changes)
