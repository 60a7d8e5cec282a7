"""Programs that share nothing with this one check a running site: checkpoint, tiles, entries and proofs.

One is `tools/check_log.py` with `tools/verify_proof.py`, written from the C2SP texts alone; the other is the Go project's own
sumdb packages (Debian: golang-go, golang-golang-x-mod-dev), which is left out where it is not installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from enduse.engines import translog
from enduse.ledger.actions import sign
from enduse.ledger.keys import signer
from enduse.ledger.models import Checkpoint, Leaf, Node
from enduse.ledger.proofs import fact_at, proof_of
from enduse.ledger.witness import Witness
from enduse.ledger.witnesses import Reply, configured, cosign, note_of
from tests.given import people as make_people
from tests.ledger.given import made

ROOT = Path(__file__).resolve().parents[2]
GO_SOURCES = Path("/usr/share/gocode")
has_go = shutil.which("go") is not None and (GO_SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir()


@pytest.fixture
def site(live_server, tmp_path, settings):
    """A running site with a log of two full tiles and some, a witness, and a checkpoint kept from before."""
    people = make_people()
    witness = Witness.make(tmp_path / "w", "witness.example/w1")
    witness.trust(str(signer().verifier))
    settings.ENDUSE_LOG_WITNESSES = f"{witness.signer.verifier} http://127.0.0.1:1"

    def send(_address: str, body: str) -> Reply:
        answer = witness.answer(body.encode())
        return Reply(answer.status, answer.content_type, answer.body)

    for number in range(300):
        made(people, 1, number)
    (tmp_path / "kept").write_text(note_of(sign()))
    for number in range(230):
        made(people, 1, 1000 + number)
    cosign(send=send, witnesses=configured())
    return {"address": f"{live_server.url}/log", "key": str(signer().verifier), "kept": tmp_path / "kept", "witness": str(witness.signer.verifier)}


def check(site, *more) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tools/check_log.py"), site["address"], "--key", site["key"], "--kept", str(site["kept"]), *map(str, more)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def rewrite(index: int) -> None:
    """The operator tells history anew, with all hashes above and a new signature."""
    Checkpoint.objects.filter(size__gt=300).exclude(cosignatures__isnull=False).delete()
    leaf = translog.leaf_hash(b"\1" * 32)
    Leaf.objects.filter(pk=index).update(commitment=b"\1" * 32, leaf_hash=leaf)
    hashes = [bytes(each) for each in Leaf.objects.order_by("pk").values_list("leaf_hash", flat=True)]
    for completed in translog.Appender().append(hashes):
        Node.objects.filter(level=completed.level, index=completed.position).update(hash=completed.hash)


@pytest.mark.django_db(transaction=True)
def test_the_single_file_checks_checkpoint_tiles_entries_and_what_was_kept(site, tmp_path):
    said = check(site, "--witness", site["witness"], "--need", 1, "--keep", tmp_path / "new")
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines() == [
        "FITS", "The 530 entries give the root that the log signed.", "All 532 hashes of its tiles are those of what is below them.",
        "It begins with the 300 entries of the checkpoint that you kept."]
    translog.open_checkpoint((tmp_path / "new").read_text(), [site["key"], site["witness"]], witnesses=1)
    proof = tmp_path / "proof"
    proof.write_text(proof_of(fact_at(257), item=0))
    proved = subprocess.run([sys.executable, str(ROOT / "tools/verify_proof.py"), str(proof), "--key", site["key"], "--witness", site["witness"],
                             "--need", "1"], capture_output=True, text=True, check=False)
    assert (proved.returncode, "saw that state of the log" in proved.stdout) == (0, True), proved.stderr


@pytest.mark.django_db(transaction=True)
def test_the_single_file_finds_a_changed_tile_a_changed_entry_and_a_second_history(site):
    node = Node.objects.get(index=1)
    Node.objects.filter(pk=node.pk).update(hash=b"\2" * 32)
    assert "tile/1/000.p/2, hash 1 is not that of what is below it" in check(site).stderr
    Node.objects.filter(pk=node.pk).update(hash=node.hash)
    leaf = Leaf.objects.get(pk=7)
    Leaf.objects.filter(pk=7).update(commitment=b"\3" * 32)
    assert "the 530 entries do not give the signed root" in check(site).stderr
    Leaf.objects.filter(pk=7).update(commitment=leaf.commitment)
    assert check(site).returncode == 0
    made(make_people_again(), 1, 9000)
    rewrite(7)
    said = check(site)
    assert (said.returncode, "FORK: the first 300 entries are not those of your checkpoint" in said.stderr) == (1, True)


def make_people_again():
    from enduse.accounts.models import User
    from enduse.parties.models import Party

    class Known:
        exporter = User.objects.get(role="exporter")
        maker = Party.objects.get(name="Northern Rifle Works")

    return Known


@pytest.mark.django_db(transaction=True)
def test_a_site_that_is_not_there_or_has_another_key_does_not_fit(site):
    other = translog.public_key(translog.new_key(signer().name))
    assert "did not sign this checkpoint" in check(site | {"key": other}).stderr
    gone = check(site | {"address": "http://127.0.0.1:9/log"})
    assert (gone.returncode, "does not answer" in gone.stderr) == (1, True)


@pytest.mark.skipif(not has_go, reason="needs Debian's golang-go and golang-golang-x-mod-dev")
@pytest.mark.django_db(transaction=True)
def test_the_go_projects_own_packages_check_the_log_and_find_a_second_history(site, tmp_path):
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GO_SOURCES), "GOCACHE": str(tmp_path / "cache"), "GOFLAGS": ""}
    client = tmp_path / "client"
    subprocess.run(["go", "build", "-o", str(client), str(Path(__file__).parent / "independent" / "main.go")], env=environment, check=True)

    def ask() -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(client), site["address"], site["key"], str(site["kept"]), "0", "255", "256", "529"], capture_output=True, text=True,
                              check=False, timeout=60)

    said = ask()
    assert said.returncode == 0, said.stderr
    assert "the log of 530 begins with that of 300" in said.stdout
    made(make_people_again(), 1, 9000)
    rewrite(7)
    said = ask()
    assert (said.returncode, "fork: " in said.stderr) == (1, True), said.stdout + said.stderr
