"""The log changes its key by a note that both keys signed; what the old key signed stays good, and it signs nothing later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client

from enduse.accounts.models import User
from enduse.cli.main import enduse
from enduse.engines import translog
from enduse.ledger import keys, rotating
from enduse.ledger.actions import sign, size
from enduse.ledger.keys import signer
from enduse.ledger.models import Checkpoint, KeyChange, KeyRotation, Leaf
from enduse.ledger.proofs import fact_at, proof_of
from enduse.ledger.verification import verify
from enduse.ledger.witness import Witness
from enduse.ledger.witnesses import compare
from enduse.refusals import Invalid, NotPermitted, Refused
from tests.given import people as make_people
from tests.given import user
from tests.ledger.given import Stranger, made
from tests.races import race

EXPERT = Path(__file__).parents[2] / "tools" / "verify_proof.py"
WHY = "Its disk was replaced by a firm."


@pytest.fixture(autouse=True)
def no_key_is_remembered():
    keys._held.cache_clear()
    yield
    keys._held.cache_clear()


def changed(people, reason: str) -> KeyRotation:
    """Asked for by one administrator, agreed to by another."""
    second = User.objects.filter(username="second").first() or user("administrator", name="second")
    return rotating.agree(rotating.waiting() or rotating.propose(by=people.administrator, reason=reason), by=second)


def differences() -> list[str]:
    return [str(each) for each in verify().differences]


def test_the_change_is_an_entry_and_a_note_that_leads_from_the_old_key_to_the_new(people):
    made(people, 2)
    old, kept = signer(), sign().note
    rotation = changed(people, WHY)
    said = translog.open_rotation(rotation.note, old.verifier)
    assert said.new == signer().verifier != old.verifier
    assert (said.size, said.root) == (3, translog.tree_head(3, Stranger().tile))
    assert Leaf.objects.get(pk=2).kind == "ledger.key_change"
    assert translog.open_checkpoint(sign().note, [said.new]).checkpoint.size == 3
    assert compare(kept).fork is None
    assert differences() == []


def test_each_change_follows_the_last_and_a_reader_begins_with_the_key_that_was_kept(people):
    made(people, 2)
    first = signer().verifier
    for n in range(3):
        changed(people, f"{WHY} {n}")
        made(people, 1, 10 * n + 10)
    assert translog.follow_rotations(first, keys.rotations())[-1] == signer().verifier
    assert verify(trusted=first).differences == ()
    stranger = translog.Signer.parse(translog.new_key(first.name)).verifier
    assert "no change of the key leads" in str(verify(trusted=stranger).differences[0])


def test_the_old_key_signs_no_later_tree(people):
    made(people, 2)
    thief = signer()
    changed(people, WHY)
    made(people, 1, 50)
    forged = translog.make_checkpoint(thief.name, 4, translog.tree_head(4, Stranger().tile), thief)
    with pytest.raises(Invalid):
        compare(forged)
    Checkpoint.objects.update_or_create(size=4, defaults={"note": forged, "root": translog.tree_head(4, Stranger().tile), "signed_at": "2020-01-01T00:00Z"})
    assert any("the checkpoint of 4 leaves does not verify" in each for each in differences())


@pytest.mark.parametrize(("sql", "says"), [
    ("UPDATE ledger_keyrotation SET note = 'x'", "do not lead from one to the next"),
    ("UPDATE ledger_keychange SET reason = 'x'", "leaf 2 (ledger.key_change): the fact in the database is not the one"),
    ("DELETE FROM ledger_keyrotation", "the note of this change of the key is gone"),
    ("UPDATE ledger_keyrotation SET size = 1", "not of this place in the log"),
])
def test_a_change_that_somebody_tampered_with_is_named(people, sql, says):
    made(people, 2)
    changed(people, WHY)
    sign()
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert any(says in each for each in differences())


def test_a_proof_made_after_the_change_needs_only_the_new_key_and_an_older_one_the_note(people, tmp_path):
    made(people, 2)
    old, before = signer().verifier, proof_of(fact_at(0))
    rotation = changed(people, WHY)
    after = proof_of(fact_at(0))
    translog.verify_event_proof(after, [signer().verifier])
    (tmp_path / "after").write_text(after)
    (tmp_path / "before").write_text(before)
    (tmp_path / "note").write_text(rotation.note)
    for name in ("before", "after"):
        said = CliRunner().invoke(enduse, ["proof", "verify", str(tmp_path / name), "--key", str(old), "--rotation", str(tmp_path / "note")])
        assert said.exit_code == 0, said.output
    assert CliRunner().invoke(enduse, ["proof", "verify", str(tmp_path / "after"), "--key", str(old)]).exit_code == 1


def test_the_single_file_program_follows_the_changes_from_an_older_key(people, tmp_path):
    made(people, 2)
    trusted, earliest, thief = str(signer().verifier), proof_of(fact_at(0)), signer()
    changed(people, WHY)
    middle, between = str(signer().verifier), proof_of(fact_at(0))
    changed(people, WHY)
    made(people, 1, 50)
    latest = proof_of(fact_at(0))
    forged = translog.make_checkpoint(thief.name, size(), translog.tree_head(size(), Stranger().tile), thief)
    stolen = latest[:latest.index(f"\n\n{thief.name}")] + f"\n\n{forged}"
    notes = tmp_path / "notes.txt"
    notes.write_text(CliRunner().invoke(enduse, ["log", "rotations"]).output)

    def run(proof: str, key: str, *more: str) -> tuple[int, str]:
        (tmp_path / "p").write_text(proof)
        done = subprocess.run([sys.executable, str(EXPERT), str(tmp_path / "p"), "--key", key, *more], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    for proof in (earliest, between, latest):
        assert run(proof, trusted, "--rotation", str(notes))[0] == 0
    assert run(latest, middle, "--rotation", str(notes))[0] == 0
    assert run(latest, trusted)[0] == 1
    assert run(stolen, trusted)[0] == 0  # what the notes are for
    code, said = run(stolen, trusted, "--rotation", str(notes))
    assert (code, "did not sign this checkpoint" in said) == (1, True)
    whole = notes.read_text()
    for at in range(0, len(whole), 13):
        notes.write_text(whole[:at] + ("A" if whole[at] != "A" else "B") + whole[at + 1:])
        assert run(latest, trusted, "--rotation", str(notes))[0] == 1, at


def test_the_keys_and_their_notes_are_served_to_anybody(people):
    made(people, 2)
    rotation = changed(people, WHY)
    assert WHY in Client().get("/log/keys/").content.decode()
    assert "Ask for a new key" not in Client().get("/log/keys/").content.decode()
    assert Client().get(f"/log/keys/{rotation.size}").content.decode() == rotation.note
    assert Client().get("/log/keys/99").status_code == 404
    change, = Client().get("/api/ledger/keys").json()["changes"]
    assert (change["size"], change["note"], change["reason"]) == (3, rotation.note, WHY)


def test_only_an_administrator_asks_for_it_and_says_why(people):
    made(people, 1)
    with pytest.raises(NotPermitted):
        rotating.propose(by=people.auditor, reason=WHY)
    with pytest.raises(Invalid, match="reason"):
        rotating.propose(by=people.administrator, reason=" ")
    assert size() == 1
    asked = rotating.propose(by=people.administrator, reason=WHY)
    with pytest.raises(NotPermitted):
        rotating.agree(asked, by=people.auditor)
    with pytest.raises(Refused, match="asked for already"):
        rotating.propose(by=user("administrator"), reason="Another.")
    assert not KeyRotation.objects.exists()


def test_nobody_agrees_to_their_own_change_of_the_key_rule_2(people):
    asked, before = rotating.propose(by=people.administrator, reason=WHY), signer().verifier
    with pytest.raises(Refused, match="asked for themselves") as refused:
        rotating.agree(asked, by=people.administrator)
    assert (refused.value.rule, signer().verifier) == (2, before)
    changed(people, WHY)
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE ledger_keychange SET recorded_by_id = proposed_by_id")


def test_what_was_declined_or_taken_back_changes_nothing_and_another_may_be_asked_for(people):
    for who in (people.administrator, user("administrator")):
        asked, before = rotating.propose(by=people.administrator, reason=WHY), signer().verifier
        with pytest.raises(Invalid, match="says why"):
            rotating.decline(asked, by=who, note="")
        rotating.decline(asked, by=who, note="Not now.")
        with pytest.raises(Refused, match="answered already"):
            rotating.agree(asked, by=user("administrator"))
        assert signer().verifier == before
    assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_two_administrators_at_once_change_the_key_once():
    people = make_people()
    asked = rotating.propose(by=people.administrator, reason=WHY)
    second, third = user("administrator"), user("administrator")
    outcomes = race(lambda: rotating.agree(asked, by=second), lambda: rotating.agree(asked, by=third))
    assert sorted(type(each).__name__ for each in outcomes) == ["KeyRotation", "Refused"]
    assert (KeyRotation.objects.count(), differences()) == (1, [])


def test_the_page_asks_one_administrator_and_is_answered_by_another(people):
    first, second = Client(), Client()
    first.force_login(people.administrator)
    second.force_login(user("administrator"))
    assert first.post("/log/keys/", {"reason": WHY}).headers["Location"] == "/log/keys/"
    assert "It waits for another administrator" in first.get("/log/keys/").content.decode()
    asked = rotating.waiting().pk
    own = first.post("/log/keys/", {"proposal": asked, "agreed": "yes"})
    assert "asked for themselves" in own.content.decode()
    assert WHY in second.get("/log/keys/").content.decode()
    assert WHY not in Client().get("/log/keys/").content.decode()
    assert second.post("/log/keys/", {"proposal": asked, "agreed": "yes"}).status_code == 302
    assert KeyRotation.objects.get().change.proposal_id == asked
    assert "two administrators" in Client().get("/log/keys/").content.decode()
    assert "answered already" in second.post("/log/keys/", {"proposal": asked, "agreed": "yes"}).content.decode()


def test_the_api_asks_and_answers(people):
    first, second = Client(), Client()
    first.force_login(people.administrator)
    second.force_login(user("administrator"))

    def post(client, path, body):
        return client.post(f"/api/ledger/keys/{path}", json.dumps(body), content_type="application/json")

    asked = post(first, "proposals", {"reason": WHY}).json()
    assert post(first, f"proposals/{asked['id']}/answer", {"agreed": True}).status_code == 409
    said = post(second, f"proposals/{asked['id']}/answer", {"agreed": True}).json()
    assert (said["size"], said["declined"]) == (KeyRotation.objects.get().size, None)
    assert first.get("/api/ledger/keys/proposals").json() == [said]


@pytest.mark.django_db(transaction=True)
def test_the_old_private_key_is_gone_from_the_disk():
    people = make_people()
    made(people, 1)
    path = settings.ENDUSE_HOME / "keys" / "log.key"
    signer()
    before = path.read_text()
    changed(people, WHY)
    assert translog.Signer.parse(path.read_text()).verifier == signer().verifier
    assert before != path.read_text()
    assert sorted(each.name for each in path.parent.iterdir() if each.name.startswith("log.key")) == ["log.key"]
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True)
def test_a_program_that_dies_between_the_change_and_the_disk_goes_on_with_the_new_key(monkeypatch):
    people = make_people()
    made(people, 1)
    monkeypatch.setattr(rotating, "settle", lambda: None)
    changed(people, WHY)
    named = KeyChange.objects.get().new_key
    assert str(signer().verifier) == named
    assert (settings.ENDUSE_HOME / "keys" / "log.key.new").exists()
    monkeypatch.undo()
    changed(people, "Once more.")
    made(people, 1, 50)
    assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_a_change_that_fails_leaves_the_old_key_signing(monkeypatch):
    people = make_people()
    made(people, 1)
    old = signer().verifier

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(translog, "make_rotation", full)
    with pytest.raises(OSError, match="No space"):
        changed(people, WHY)
    monkeypatch.undo()
    keys._held.cache_clear()
    assert signer().verifier == old
    assert (size(), KeyChange.objects.count(), differences()) == (2, 0, [])


def test_a_key_from_the_environment_changes_only_to_one_from_there(people, monkeypatch):
    first, second = (translog.new_key(settings.ENDUSE_LOG_ORIGIN) for _ in range(2))
    monkeypatch.setenv("ENDUSE_LOG_KEY", first)
    made(people, 1)
    sign()
    with pytest.raises(Refused, match="ENDUSE_LOG_NEW_KEY"):
        changed(people, WHY)
    monkeypatch.setenv("ENDUSE_LOG_NEW_KEY", second)
    keys._held.cache_clear()
    changed(people, WHY)
    assert str(signer().verifier) == translog.public_key(second)
    monkeypatch.setenv("ENDUSE_LOG_KEY", second)
    monkeypatch.delenv("ENDUSE_LOG_NEW_KEY")
    keys._held.cache_clear()
    made(people, 1, 9)
    sign()
    assert differences() == []
    monkeypatch.setenv("ENDUSE_LOG_KEY", first)
    keys._held.cache_clear()
    with pytest.raises(Refused, match="private half is not here"):
        signer()
    assert any("do not lead" in each for each in differences())
    assert os.environ["ENDUSE_LOG_KEY"] == first


def test_a_witness_follows_the_change(people, tmp_path):
    witness = Witness.make(tmp_path, "witness.example/w1")
    witness.trust(str(signer().verifier))
    made(people, 1)
    assert witness.answer(translog.make_add_checkpoint(0, [], sign().note).encode()).status == 200
    rotation = changed(people, WHY)
    body = translog.make_add_checkpoint(1, translog.prove_consistency(1, 3, Stranger().tile), sign().note).encode()
    assert witness.answer(body).status == 403
    witness.follow(rotation.note)
    assert witness.answer(body).status == 200
