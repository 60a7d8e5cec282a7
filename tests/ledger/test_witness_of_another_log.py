"""`enduse witness`: over HTTP it cosigns what continues, refuses and keeps every fork, and forgets nothing when it is killed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from hashlib import sha256

import pytest
import requests
from click.testing import CliRunner

from enduse.cli.main import enduse
from enduse.engines import translog
from enduse.ledger.witness import Witness, WitnessError, as_words
from tests.ledger.serving import Running

LEAVES = [b"%d" % number for number in range(40)]
FORGED = [*LEAVES[:5], b"forged", *LEAVES[6:]]
LOG = translog.Signer("log.example/guns", translog.ED25519, bytes(range(32)))


def note(size: int, leaves: list[bytes] = LEAVES, signer: translog.Signer = LOG) -> str:
    return translog.make_checkpoint(signer.name, size, translog.root(leaves[:size]), signer)


def request(old: int, size: int, leaves: list[bytes] = LEAVES, signer: translog.Signer = LOG) -> bytes:
    row = b"".join(translog.leaf_hashes(leaves[:size]))
    proof = translog.prove_consistency(old, size, lambda _l, _i, width: row[: width * 32]) if old <= size else []
    return translog.make_add_checkpoint(old, proof, note(size, leaves, signer)).encode()


@pytest.fixture
def witness(tmp_path) -> Witness:
    made = Witness.make(tmp_path / "witness", "witness.example/w1")
    made.trust(str(LOG.verifier))
    return made


@pytest.fixture
def run(witness, monkeypatch):
    monkeypatch.setenv("ENDUSE_WITNESS", str(witness.folder))
    return lambda *arguments: CliRunner().invoke(enduse, ["witness", *map(str, arguments)])


@pytest.fixture
def running(witness) -> Iterator[Running]:
    served = Running(witness.folder)
    yield served
    served.kill()


def test_over_http_a_log_is_cosigned_and_a_fork_is_refused_with_the_codes_of_tlog_witness(witness, running):
    first = running.ask(request(0, 10))
    assert first.status_code == 200
    cosigned = translog.add_signatures(note(10), translog.accept_cosignatures(first.content.decode(), note(10), [witness.signer.verifier]))
    translog.open_checkpoint(cosigned, [LOG.verifier, witness.signer.verifier], witnesses=1)

    stale = running.ask(request(0, 20))
    assert (stale.status_code, stale.text, stale.headers["Content-Type"]) == (409, "10\n", "text/x.tlog.size")
    stranger = translog.Signer.parse(translog.new_key("log.example/guns"))
    unknown = translog.Signer.parse(translog.new_key("other.example"))
    asked = [(request(10, 20), 200), (request(20, 20, FORGED), 409), (request(20, 30, FORGED), 422), (request(30, 20), 400), (b"hello", 400),
             (request(20, 30, signer=stranger), 403), (request(0, 3, signer=unknown), 404), (b"x" * 70_000, 413)]
    assert [(running.ask(body).status_code, status) for body, status in asked] == [(status, status) for _body, status in asked]

    assert requests.get(f"{running.address}/add-checkpoint", timeout=5).status_code == 405
    assert requests.get(f"{running.address}/nothing", timeout=5).status_code == 404
    latest = requests.get(f"{running.address}/{sha256(LOG.name.encode()).hexdigest()}/checkpoint", timeout=5)
    assert translog.open_checkpoint(latest.content, [LOG.verifier, witness.signer.verifier], witnesses=1).checkpoint.size == 20
    assert "signed two roots for 20 leaves" in requests.get(running.address, timeout=5).text


def test_a_witness_that_is_killed_remembers_what_it_cosigned(witness, running):
    assert running.ask(request(0, 10)).status_code == 200
    running.kill()
    running.start()
    assert running.ask(request(0, 10, FORGED)).text == "10\n"
    assert running.ask(request(10, 10, FORGED)).status_code == 409
    assert running.ask(request(10, 12)).status_code == 200


def test_many_logs_asking_at_once_cannot_roll_each_other_back(witness):
    assert witness.answer(request(0, 1)).status == 200
    answers: list[int] = []
    threads = [threading.Thread(target=lambda size=size: answers.append(witness.answer(request(1, size)).status)) for size in range(2, 18)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers.count(200), answers.count(409)) == (1, 15)


def test_a_fork_is_kept_with_what_was_cosigned_before_and_once_only(witness, run):
    witness.answer(request(0, 10), now=1_700_000_000)
    for _ in range(3):
        assert witness.answer(request(10, 12, FORGED), now=1_700_000_060).status == 422
    kept, = witness.evidence()
    assert "showed no continuation from 10 to 12" in kept.what
    translog.open_checkpoint(kept.before, [LOG.verifier, witness.signer.verifier], witnesses=1)
    assert translog.parse_add_checkpoint(kept.request).checkpoint.root == translog.root(FORGED[:12])
    assert "CAUGHT  2023-11-14" in run("status").output
    assert kept.request in run("evidence").output


def test_true_checkpoints_with_bad_proofs_do_not_crowd_out_a_second_root(witness, monkeypatch):
    monkeypatch.setattr("enduse.ledger.witness.EVIDENCE_OF_A_LOG", 3)
    witness.answer(request(0, 10))
    for size in range(11, 20):
        witness.answer(translog.make_add_checkpoint(10, [bytes(32)], note(size)).encode())
    assert len(witness.evidence()) == 3
    witness.answer(request(10, 10, FORGED))
    assert "two roots" in witness.evidence()[-1].what


def test_a_log_changes_its_key_only_by_a_note_that_both_keys_signed(witness, run, tmp_path):
    new = translog.Signer("log.example/guns", translog.ED25519, bytes(32))
    assert witness.answer(request(0, 10)).status == 200
    refused = run("trust", new.verifier)
    assert (refused.exit_code, "known by another key" in refused.output) == (1, True)
    rotation = tmp_path / "rotation"
    rotation.write_text(translog.make_rotation(LOG, new, 10, translog.root(LEAVES[:10]), 1_700_000_000))
    assert witness.answer(request(10, 11, signer=new)).status == 403
    assert str(new.verifier) in run("follow", rotation).output
    assert run("follow", rotation).exit_code == 0
    assert witness.answer(request(10, 11)).status == 403, "the old key signs no later tree"
    assert witness.answer(request(10, 11, signer=new)).status == 200


@pytest.mark.parametrize("text", ["", "hello\n", "enduse/key-rotation/v1\nold x\n", "enduse/key-rotation/v1\nold log.example+00000000+AAAA\n"])
def test_what_is_no_rotation_is_refused(run, tmp_path, text):
    file = tmp_path / "note"
    file.write_text(text)
    said = run("follow", file)
    assert (said.exit_code, said.output.startswith("Error: ")) == (1, True)


def test_a_witness_is_made_once_and_its_key_is_its_owners_alone(run, witness):
    again = run("init", "witness.example/w1")
    assert (again.exit_code, "There is a witness" in again.output) == (1, True)
    assert (witness.folder / "witness.key").stat().st_mode & 0o077 == 0
    assert "PRIVATE" not in as_words(witness) + run("status").output
    assert witness.signer.verifier.name in run("status").output


def test_where_there_is_no_witness_the_command_says_how_to_make_one(monkeypatch, tmp_path):
    monkeypatch.setenv("ENDUSE_WITNESS", str(tmp_path))
    said = CliRunner().invoke(enduse, ["witness", "status"])
    assert (said.exit_code, "enduse witness init NAME" in said.output) == (1, True)


def test_a_witness_key_is_not_taken_for_a_logs(witness):
    with pytest.raises(WitnessError, match="key of a witness"):
        witness.trust(str(witness.signer.verifier))
