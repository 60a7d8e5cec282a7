"""Proof files: what a court's expert is handed, checked by the engine and by the single-file verifier alike."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enduse.engines import translog
from enduse.engines.translog import ProofError, TranslogError

VERIFIER = Path(__file__).parents[3] / "tools" / "verify_proof.py"
SALT = bytes(range(100, 132))
ITEMS = [{"make": "Beretta", "model": "92", "serial": f"B{number:05}Z"} for number in range(700)]
AT = 300


@pytest.fixture(scope="module")
def event():
    """An event over 700 firearms: its content, its items' texts and commitments."""
    texts = [translog.canonical(item) for item in ITEMS]
    commitments = translog.item_commitments(SALT, texts)
    content = {"kind": "lost", "note": "Peñón \u2028 line", "occurred_on": "2019-05-04"}
    content["items"] = {"count": 700, "root": translog.items_root(commitments).hex()}
    return translog.canonical(content).decode(), texts, commitments


@pytest.fixture(scope="module")
def store(log_of, event):
    leaf = translog.commitment(translog.content_salt(SALT), event[0].encode())
    return log_of([b"%032d" % number for number in range(AT)] + [leaf] + [b"%032d" % number for number in range(999)])


@pytest.fixture(scope="module")
def cosigned(store, log_key, witness_key):
    note = translog.make_checkpoint(log_key.name, store.tree.size, store.tree.root, log_key)
    return translog.add_signatures(note, [translog.cosign(note, witness_key, 1_700_000_000)])


@pytest.fixture(scope="module")
def proof_of(event, store, cosigned):
    content, texts, _ = event

    def proof_of(number=None):
        path = translog.prove_inclusion(AT, store.tree.size, store.tiles)
        item = None if number is None else translog.make_item(SALT, texts, number)
        return translog.make_event_proof(
            translog.EventProof(
                content, translog.content_salt(SALT), item, translog.make_tlog_proof(AT, path, cosigned)
            )
        )

    return proof_of


@pytest.fixture(scope="module")
def keys(log_key, witness_key):
    return [str(log_key.verifier), str(witness_key.verifier)]


@pytest.fixture
def run_verifier(tmp_path, keys):
    """The single-file verifier, run as an expert would run it: its exit code and what it prints."""

    def run(text, *options):
        path = tmp_path / "proof.txt"
        path.write_bytes(text.encode())
        command = [sys.executable, str(VERIFIER), str(path), "--key", keys[0], "--witness", keys[1], *options]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
        return done.returncode, done.stdout + done.stderr

    return run


def test_an_event_proof_shows_the_content_its_place_and_who_saw_it(proof_of, keys, witness_key):
    proved = translog.verify_event_proof(proof_of(), keys, witnesses=1)
    assert proved.content["kind"] == "lost"
    assert proved.content["note"] == "Peñón \u2028 line"
    assert (proved.item_index, proved.item) == (None, None)
    assert (proved.leaf.index, proved.leaf.checkpoint.size) == (AT, 1300)
    assert proved.leaf.cosigned == ((witness_key.verifier, 1_700_000_000),)


@pytest.mark.parametrize("number", [0, 255, 256, 699])
def test_an_event_proof_shows_one_firearm_alone(proof_of, keys, number):
    text = proof_of(number)
    proved = translog.verify_event_proof(text, keys)
    assert (proved.item_index, proved.item) == (number, ITEMS[number])
    others = [item["serial"] for item in ITEMS if item is not ITEMS[number]]
    assert not any(serial in text for serial in others)


def test_an_item_that_the_event_has_not_is_refused_when_the_proof_is_made(event):
    with pytest.raises(ProofError, match="has 700 items, counted from 0; there is no item 700"):
        translog.make_item(SALT, event[1], 700)


def test_forgetting_one_events_salt_leaves_every_other_proof_whole(proof_of, store, keys, cosigned):
    """The salt is no part of the tree: without it the leaf stays, and nothing can be shown of what it stands for."""
    path = translog.prove_inclusion(AT, store.tree.size, store.tiles)
    bare = translog.make_tlog_proof(AT, path, cosigned)
    assert translog.verify_tlog_proof(bare, store.leaves[AT], keys).index == AT
    assert SALT not in b"".join(store.leaves)
    guess = translog.EventProof(translog.parse_event_proof(proof_of()).content, translog.new_salt(), None, bare)
    with pytest.raises(ProofError):
        translog.verify_event_proof(translog.make_event_proof(guess), keys)


def test_the_salts_shown_for_one_firearm_open_no_other_commitment(proof_of, event):
    _, texts, commitments = event
    parsed = translog.parse_event_proof(proof_of(5))
    for salt in (parsed.content_salt, parsed.item.salt):
        guesses = {translog.item_commitment(salt, text) for text in texts}
        guesses |= {commitment for text in texts for commitment in translog.item_commitments(salt, [text] * 7)}
        assert guesses & set(commitments) <= {commitments[5]}
    assert SALT not in (parsed.content_salt, parsed.item.salt)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"kind":"lost"', '"kind":"sold"', "leads to root"),
        ('"serial":"B00005Z"', '"serial":"B00006Z"', "not the event's item 5"),
        ("item 5 ", "item 6 ", "not the event's item 6"),
        ("item 5 ", "item 700 ", "outside a tree of 700"),
        ("item 5 ", "item 05 ", "leading zeros"),
        ("index 300", "index 301", "leads to root"),
        ("index 300", "index 1300", "outside a tree of 1300"),
        ("\n1300\n", "\n1301\n", "not over this text"),
        ("log.example/firearms\n", "log.example/other\n", "not over this text"),
        ("content-salt ", "content-salt A", "base64"),
        ("item-salt ", "item-pepper ", "'item-salt ...' belongs"),
        ("enduse/event-proof/v1", "enduse/event-proof/v2", "begins with enduse/event-proof/v1"),
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2", "begins with the line"),
    ],
)
def test_a_changed_proof_is_refused_by_the_engine_and_by_the_single_file(proof_of, keys, run_verifier, old, new, reason):
    text = proof_of(5)
    assert old in text
    changed = text.replace(old, new, 1)
    with pytest.raises(TranslogError, match=reason):
        translog.verify_event_proof(changed, keys)
    code, said = run_verifier(changed)
    assert code == 1
    assert said.startswith("NOT PROVED: ")


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_one_changed_character_anywhere_in_an_event_proof_is_refused(proof_of, keys, data):
    text = proof_of(5)
    at = data.draw(st.integers(0, len(text) - 1))
    typed = data.draw(st.sampled_from('aZ09+/=" \n—é'))
    changed = text[:at] + typed + text[at + 1 :]
    if changed == text:
        return
    with pytest.raises(TranslogError):
        translog.verify_event_proof(changed, keys, witnesses=1)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_one_changed_character_anywhere_is_refused_by_the_single_file_with_a_reason(proof_of, keys, single_file, data):
    text = proof_of(5)
    at = data.draw(st.integers(0, len(text) - 1))
    typed = data.draw(st.sampled_from('aZ09+/=" \n—é'))
    changed = text[:at] + typed + text[at + 1 :]
    log, witness = single_file.read_key(keys[0], 1), single_file.read_key(keys[1], 4)
    if changed == text:
        assert len(single_file.verify_event(changed, log, [witness], 1)) == 4
    elif changed.startswith("enduse/event-proof/v1\n"):
        with pytest.raises(single_file.NotProved, match=r".{10}"):
            single_file.verify_event(changed, log, [witness], 1)


@pytest.fixture(scope="module")
def single_file():
    spec = importlib.util.spec_from_file_location("verify_proof", VERIFIER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_single_file_verifier_says_in_sentences_what_was_proved(proof_of, run_verifier):
    code, said = run_verifier(proof_of(5), "--need", "1")
    assert code == 0
    assert said.startswith("PROVED\nThe log log.example/firearms holds the entry ")
    assert "as number 300 of 1300" in said
    assert "The witness witness.example/w1 saw that state of the log at 2023-11-14 22:13:20 UTC." in said
    assert 'Its item 5 of 700 (counted from 0) is: {"make":"Beretta","model":"92","serial":"B00005Z"}' in said


def test_the_single_file_verifier_asks_for_as_many_witnesses_as_it_is_told(proof_of, run_verifier):
    code, said = run_verifier(proof_of(), "--need", "2")
    assert (code, said) == (1, "NOT PROVED: 1 of the known witnesses cosigned; you ask for 2\n")


def test_the_single_file_verifier_checks_a_bare_log_proof(proof_of, store, run_verifier):
    bare = translog.parse_event_proof(proof_of()).leaf
    code, said = run_verifier(bare, "--entry", store.leaves[AT].hex())
    assert code == 0, said
    code, said = run_verifier(bare, "--entry", store.leaves[AT + 1].hex())
    assert (code, said) == (1, "NOT PROVED: the entry is not in the log at this place\n")
    assert run_verifier(bare)[1] == "NOT PROVED: this is not an event proof; for a bare tlog-proof give --entry\n"


def test_the_single_file_verifier_is_short_and_needs_nothing_of_this_software():
    source = VERIFIER.read_text(encoding="utf-8")
    assert len(source.splitlines()) < 200
    imported = {line.split()[1].split(".")[0] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_log_proof_is_the_bytes_that_tlog_proof_describes(cosigned):
    text = translog.make_tlog_proof(9, [b"\x01" * 32], cosigned, extra=b"\x00\x01")
    assert text == (
        "c2sp.org/tlog-proof@v1\nextra AAE=\nindex 9\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n\n" + cosigned
    )
    assert translog.parse_tlog_proof(text) == translog.TlogProof(9, (b"\x01" * 32,), cosigned, b"\x00\x01")


def test_a_log_of_one_leaf_has_a_proof_without_hashes(log_key, keys):
    note = translog.make_checkpoint(log_key.name, 1, translog.root([b"only"]), log_key)
    text = translog.make_tlog_proof(0, [], note)
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 0\n\nlog.example/firearms\n1\n")
    assert translog.verify_tlog_proof(text, b"only", keys).index == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1\n\n",
        "c2sp.org/tlog-proof@v1\nindex\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\nextra AAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nextra AAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\n" + ("A" * 43 + "=\n") * 65 + "\nx",
    ],
)
def test_a_malformed_log_proof_is_refused(text):
    with pytest.raises(ProofError):
        translog.parse_tlog_proof(text)


def test_an_item_is_not_proved_by_an_event_that_names_no_items(log_key, log_of, keys):
    content = translog.canonical({"items": 3})
    leaf = translog.commitment(SALT, content)
    note = translog.make_checkpoint(log_key.name, 1, translog.root([leaf]), log_key)
    item = translog.Item(0, "{}", SALT, ())
    proof = translog.EventProof(content.decode(), SALT, item, translog.make_tlog_proof(0, [], note))
    with pytest.raises(ProofError, match="names no items"):
        translog.verify_event_proof(translog.make_event_proof(proof), keys)


def test_a_content_that_is_not_canonical_is_refused_even_when_it_was_committed_to(log_key, keys):
    content = json.dumps({"b": 1, "a": 2})
    leaf = translog.commitment(SALT, content.encode())
    note = translog.make_checkpoint(log_key.name, 1, translog.root([leaf]), log_key)
    proof = translog.EventProof(content, SALT, None, translog.make_tlog_proof(0, [], note))
    with pytest.raises(TranslogError, match="RFC 8785"):
        translog.verify_event_proof(translog.make_event_proof(proof), keys)
