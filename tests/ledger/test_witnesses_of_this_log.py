"""The log is cosigned by its witnesses; what a witness or a kept checkpoint contradicts is shown to everybody."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.test import Client

from enduse.cli.main import enduse
from enduse.engines import translog
from enduse.ledger import witnesses
from enduse.ledger.actions import sign
from enduse.ledger.keys import signer
from enduse.ledger.models import Checkpoint, Cosignature, Fork, Leaf
from enduse.ledger.proofs import fact_at, proof_of
from enduse.ledger.verification import verify
from enduse.ledger.witness import Witness
from enduse.ledger.witnesses import Reply, compare, cosign
from enduse.refusals import Invalid
from tests.ledger.given import Stranger, made
from tests.ledger.serving import Running


@pytest.fixture
def parliament(db, tmp_path) -> Witness:
    witness = Witness.make(tmp_path / "witness", "witness.example/parliament")
    witness.trust(str(signer().verifier))
    return witness


@pytest.fixture
def asked(parliament, settings):
    """Ask the witness: its own program, with the wire left out."""
    settings.ENDUSE_LOG_WITNESSES = f"{parliament.signer.verifier} http://127.0.0.1:1/w"

    def send(address: str, body: str) -> Reply:
        assert address == "http://127.0.0.1:1/w/add-checkpoint"
        answer = parliament.answer(body.encode())
        return Reply(answer.status, answer.content_type, answer.body)

    return lambda: cosign(send=send)[0]


def rewrite(index: int) -> None:
    """Somebody with the database and the log's key tells history anew."""
    Checkpoint.objects.filter(cosignatures=None).delete()
    Leaf.objects.filter(pk=index).update(commitment=b"\1" * 32, leaf_hash=translog.leaf_hash(b"\1" * 32))


def public(path: str, language: str = "en") -> str:
    return Client(headers={"Accept-Language": language}).get(path).content.decode()


def test_a_cosigned_checkpoint_is_served_and_verifies(people, asked, parliament):
    made(people, 2)
    assert asked().outcome == "ok"
    made(people, 1, 50)
    assert asked().outcome == "ok"
    opened = translog.open_checkpoint(Client().get("/log/checkpoint/cosigned").content.decode(),
                                      [signer().verifier, parliament.signer.verifier], witnesses=1)
    assert opened.checkpoint.size == 2
    assert verify().differences == ()


def test_a_proof_file_bears_the_witness_where_it_saw_the_entry(people, asked, parliament):
    made(people, 2)
    asked()
    made(people, 1, 50)
    keys = [signer().verifier, parliament.signer.verifier]
    translog.verify_event_proof(proof_of(fact_at(0)), keys, witnesses=1)
    with pytest.raises(translog.NoteError, match="0 known witnesses"):
        translog.verify_event_proof(proof_of(fact_at(1)), keys, witnesses=1)
    asked()
    translog.verify_event_proof(proof_of(fact_at(1)), keys, witnesses=1)


def test_the_monitor_says_who_cosigned_when_and_how_far_behind(people, asked):
    made(people, 2)
    asked()
    made(people, 1, 50)
    made(people, 1, 60)
    said = public("/log/monitor/")
    assert "witness.example/parliament" in said
    assert "None was found" in said
    row = Client().get("/api/ledger/monitor").json()["witnesses"][0]
    assert (row["size"], row["behind"], row["outcome"]) == (1, 2, "ok")


def test_a_rewritten_history_is_refused_by_the_witness_and_shown_to_everybody(people, asked):
    made(people, 2)
    made(people, 1, 50)
    asked()
    rewrite(0)
    made(people, 1, 60)
    for _ in range(2):
        assert asked().outcome == "refused"
    fork = Fork.objects.get()
    assert (fork.kind, fork.found_by) == (Fork.NO_CONTINUATION, "witness.example/parliament")
    assert "1 contradiction was found" in public("/log/monitor/")
    assert "A contradiction was found" in public("/log/")
    assert fork.evidence == public(f"/log/forks/{fork.pk}")


def test_a_log_that_lost_entries_is_found_by_its_witness(people, asked, parliament):
    made(people, 2)
    ahead = [bytes(translog.leaf_hash(b"%d" % n)) for n in range(9)]
    grown = translog.make_checkpoint(signer().name, 9, translog.root_of_hashes(ahead), signer())
    assert parliament.answer(translog.make_add_checkpoint(0, [], grown).encode()).status == 200
    for _ in range(2):
        assert asked().outcome == "refused"
    assert (Fork.objects.get().kind, Fork.objects.get().size) == (Fork.ROLLED_BACK, 9)


def test_a_second_root_for_one_size_is_found_by_the_witness(people, asked):
    made(people, 2)
    asked()
    Cosignature.objects.all().delete()
    rewrite(0)
    assert asked().outcome == "refused"
    assert Fork.objects.get().kind == Fork.SECOND_ROOT


def test_another_process_that_asked_meanwhile_is_no_fork(people, asked):
    made(people, 2)
    asked()
    Cosignature.objects.all().delete()
    made(people, 1, 50)
    assert asked().outcome == "ok"
    assert not Fork.objects.exists()


@pytest.mark.parametrize(("reply", "outcome", "says"), [
    (Reply(503, "text/plain", "busy\n"), "refused", "503: busy"), (Reply(200, "text/plain", "ok\n"), "refused", "no good cosignature"),
    (Reply(409, "text/x.tlog.size", "x\n"), "refused", "409: x"), (Reply(404, "text/plain", "<b>no</b>"), "refused", "404"),
    (OSError("cut"), "silent", "OSError"),
])
def test_a_witness_that_answers_badly_is_told_apart_from_a_fork(people, settings, parliament, reply, outcome, says):
    made(people, 1)
    settings.ENDUSE_LOG_WITNESSES = f"{parliament.signer.verifier} http://127.0.0.1:1"

    def send(_address, _body):
        if isinstance(reply, Exception):
            raise reply
        return reply

    answer = cosign(send=send)[0]
    assert (answer.outcome, says in answer.detail) == (outcome, True)
    assert not Fork.objects.exists()
    assert "<b>no</b>" not in public("/log/monitor/")


def test_a_cosignature_of_another_key_is_not_taken(people, settings, parliament):
    made(people, 1)
    other = translog.Signer.parse(translog.new_key("witness.example/parliament", translog.COSIGNATURE))
    settings.ENDUSE_LOG_WITNESSES = f"{parliament.signer.verifier} http://127.0.0.1:1"
    answer = cosign(send=lambda _a, body: Reply(200, "", translog.cosign(translog.parse_add_checkpoint(body).note, other, 1)))[0]
    assert answer.outcome == "refused"
    assert not Cosignature.objects.exists()


@pytest.mark.parametrize("line", ["hello", "witness.example+00000000+AAAA http://x", "{log} https://x.example", "{witness} ftp://x", "{witness}"])
def test_a_bad_line_in_the_list_of_witnesses_is_named(people, settings, parliament, line):
    settings.ENDUSE_LOG_WITNESSES = line.format(log=signer().verifier, witness=parliament.signer.verifier)
    with pytest.raises(Invalid, match="row 1"):
        witnesses.configured()
    assert "The list of witnesses cannot be read" in public("/log/monitor/")


def test_witnesses_are_read_from_the_home_too(parliament):
    path = settings.ENDUSE_HOME / "witnesses.txt"
    path.write_text(f"# parliament\n{parliament.signer.verifier} https://witness.example/\n\n")
    try:
        assert [each.address for each in witnesses.configured()] == ["https://witness.example"]
    finally:
        path.unlink()


def test_a_changed_cosignature_is_named_by_verification(people, asked):
    made(people, 2)
    asked()
    kept = Cosignature.objects.get()
    Cosignature.objects.update(line=kept.line[:60] + ("A" if kept.line[60] != "A" else "B") + kept.line[61:])
    assert any("a cosignature of the checkpoint of 1 leaves" in str(each) for each in verify().differences)


def test_a_kept_checkpoint_fits_the_log_that_grew_from_it(people):
    made(people, 2)
    kept = Stranger().get("checkpoint").content.decode()
    made(people, 1, 50)
    found = compare(kept)
    translog.verify_consistency(found.kept.size, found.kept.root, found.now.size, bytes(found.now.root), found.proof)
    answer = Client().post("/log/monitor/", {"checkpoint": kept.replace("\n", "\r\n")})
    assert "Your checkpoint fits" in answer.content.decode()
    said = Client().post("/api/ledger/compare", json.dumps({"checkpoint": kept}), content_type="application/json").json()
    assert (said["agrees"], said["size"], said["now"]["size"]) == (True, 1, 2)


def test_a_kept_checkpoint_that_a_rewritten_log_contradicts_is_evidence_for_everybody(people):
    made(people, 2)
    kept = sign().note
    rewrite(0)
    for _ in range(2):
        answer = Client().post("/log/monitor/", {"checkpoint": kept})
        assert "contradict each other" in answer.content.decode()
    assert public(f"/log/forks/{Fork.objects.get().pk}").strip() == kept.strip()


def test_a_checkpoint_of_more_entries_than_are_here_is_a_fork(people):
    made(people, 1)
    longer = translog.make_checkpoint(settings.ENDUSE_LOG_ORIGIN, 9, bytes(32), signer())
    assert compare(longer).fork.kind == Fork.ROLLED_BACK


@pytest.mark.parametrize("text", ["hello", "", "enduse.example/log\n1\nAAAA\n\n— x y\n", "{stranger}"])
def test_what_the_log_did_not_sign_is_refused_and_leaves_no_trace(people, text):
    made(people, 1)
    stranger = translog.Signer.parse(translog.new_key(settings.ENDUSE_LOG_ORIGIN))
    note = text.format(stranger=translog.make_checkpoint(settings.ENDUSE_LOG_ORIGIN, 9, bytes(32), stranger))
    with pytest.raises(Invalid):
        compare(note)
    assert "Nothing was saved" in Client().post("/log/monitor/", {"checkpoint": note}).content.decode()
    assert not Fork.objects.exists()


def test_the_monitor_is_read_in_spanish_and_before_any_witness(people):
    made(people, 1)
    assert "This log has no witnesses yet" in public("/log/monitor/")
    assert '<html lang="es"' in public("/log/monitor/", "es")
    assert Client().get("/log/checkpoint/cosigned").status_code == 404


def test_over_http_the_log_command_asks_a_running_witness_and_names_one_that_is_silent(people, parliament, settings, tmp_path):
    made(people, 2)
    running = Running(parliament.folder)
    silent = translog.Signer.parse(translog.new_key("witness.example/silent", translog.COSIGNATURE))
    try:
        settings.ENDUSE_LOG_WITNESSES = f"{parliament.signer.verifier} {running.address}"
        said = CliRunner().invoke(enduse, ["log", "cosign"])
        assert (said.exit_code, said.output) == (0, "witness.example/parliament: cosigned\n")
        settings.ENDUSE_LOG_WITNESSES += f",{silent.verifier} http://127.0.0.1:9"
        said = CliRunner().invoke(enduse, ["log", "cosign"])
        assert (said.exit_code, "witness.example/silent: no answer ConnectionError" in said.output) == (1, True)
    finally:
        running.kill()
    (tmp_path / "kept").write_text(CliRunner().invoke(enduse, ["log", "checkpoint"]).output)
    translog.open_checkpoint((tmp_path / "kept").read_text(), [signer().verifier, parliament.signer.verifier], witnesses=1)
    made(people, 1, 50)
    said = CliRunner().invoke(enduse, ["log", "compare", str(tmp_path / "kept")])
    assert (said.exit_code, said.output) == (0, "The log of 2 entries begins with the 1 that it had then.\n")
    Checkpoint.objects.filter(size=2).delete()
    rewrite(0)
    said = CliRunner().invoke(enduse, ["log", "compare", str(tmp_path / "kept")])
    assert (said.exit_code, "FORK  another root was signed" in said.output) == (1, True)


def test_a_log_without_witnesses_says_how_to_name_them(people):
    said = CliRunner().invoke(enduse, ["log", "cosign"])
    assert (said.exit_code, "witnesses.txt" in said.output) == (1, True)
