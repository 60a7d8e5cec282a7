"""Kill -9, a full disk, a clock that jumps back, a flipped byte, two servers: nothing half saved, nothing unnoticed, never a fork.

The few of each here run with every change; `make faults` runs 200 kills and every byte, on both databases.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from enduse import clock
from enduse.engines import translog
from enduse.ledger.actions import sign, size
from enduse.ledger.keys import signer
from enduse.ledger.models import Checkpoint, Cosignature, Leaf, Node
from enduse.ledger.verification import verify
from enduse.ledger.witness import Witness
from enduse.ledger.witnesses import Reply, configured, cosign
from tests.given import people as make_people
from tests.ledger import faults
from tests.ledger.given import made

GIVE_UP = 7


def kill_often(times: int, seed: int) -> None:
    people = make_people()
    made(people, 2)
    signer()
    chance = random.Random(seed)
    for time in range(times):
        faults.killed_after(chance.uniform(0.0, 0.35), lambda number=time: faults.write_on(people, seed + number))
        assert faults.broken() == [], f"after kill {time}"
        if time % 25 == 24:
            assert verify().differences == (), f"after kill {time}"
    made(people, 2, 100)
    sign()
    assert verify().differences == ()
    assert size() > times // 4, "the process was killed before it wrote anything"


@pytest.mark.django_db(transaction=True)
def test_a_program_killed_at_ten_random_moments_leaves_nothing_half_saved():
    kill_often(10, 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_program_killed_at_two_hundred_random_moments_leaves_nothing_half_saved():
    kill_often(200, 1000)


@pytest.mark.django_db(transaction=True)
def test_two_servers_on_one_database_never_fork():
    people = make_people()
    made(people, 1)
    signer()
    kept = sign()
    working = [faults.in_a_process(lambda start=start: _append(people, start)) for start in (10**6, 2 * 10**6, 3 * 10**6)]
    assert [faults.ended(*each) for each in working] == [0, 0, 0]
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(1 + 3 * 30))
    assert verify().differences == ()
    assert faults.broken() == []
    now = sign()
    proof = translog.prove_consistency(kept.size, now.size, faults.read_tile)
    translog.verify_consistency(kept.size, bytes(kept.root), now.size, bytes(now.root), proof)
    assert Checkpoint.objects.count() > 10


def _append(people, start: int) -> None:
    for number in range(30):
        made(people, 2, start + 10 * number)
        sign()


@pytest.mark.django_db(transaction=True)
def test_on_a_full_disk_nothing_is_half_saved_and_the_log_goes_on_when_there_is_room():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's own server writes: tests/ledger/test_full_disk.py fills its disk")
    people = make_people()
    made(people, 2)
    sign()
    database = Path(connection.settings_dict["NAME"])
    largest = max(each.stat().st_size for each in database.parent.glob(f"{database.name}*"))

    def until_full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 400_000, largest + 400_000))
        for number in range(1000):
            try:
                made(people, 200, 10**6 + 1000 * number)
            except Exception:
                os._exit(GIVE_UP)

    assert faults.ended(*faults.in_a_process(until_full)) == GIVE_UP
    assert faults.broken() == []
    made(people, 2, 500)
    assert verify().differences == ()


def test_a_witness_on_a_full_disk_cosigns_nothing_that_it_could_not_keep(tmp_path):
    witness = Witness.make(tmp_path / "w", "witness.example/w1")
    log = translog.Signer("log.example", translog.ED25519, bytes(32))
    witness.trust(str(log.verifier))
    leaves = [b"%d" % n for n in range(9)]
    row = b"".join(translog.leaf_hashes(leaves))

    def body(old: int, size: int) -> bytes:
        proof = translog.prove_consistency(old, size, lambda _l, _i, width: row[: width * 32])
        return translog.make_add_checkpoint(old, proof, translog.make_checkpoint(log.name, size, translog.root(leaves[:size]), log)).encode()

    assert witness.answer(body(0, 3)).status == 200

    def ask() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        try:
            witness.answer(body(3, 5))
        except sqlite3.OperationalError:
            os._exit(GIVE_UP)

    assert faults.ended(*faults.in_a_process(ask)) == GIVE_UP
    assert witness.answer(body(3, 6)).status == 200


def test_a_clock_that_jumps_back_keeps_the_order_and_signs_on(people):
    later = datetime(2031, 5, 1, 12, tzinfo=UTC)
    for number, moment in enumerate((later, later - timedelta(days=900), later - timedelta(seconds=1), later)):
        with clock.at(moment):
            made(people, 1, 10 * number)
            assert sign().size == number + 1
    assert verify().differences == ()
    recorded = list(Leaf.objects.order_by("index").values_list("recorded_at", flat=True))
    assert recorded != sorted(recorded)


# What is stored of the log: each column of bytes or text, and how one byte of it is changed.
STORED = [
    (Leaf, "leaf_hash"), (Leaf, "commitment"), (Leaf, "salt"), (Leaf, "kind"), (Node, "hash"), (Checkpoint, "root"), (Checkpoint, "note"),
    (Cosignature, "line"), (Cosignature, "witness"),
]


@pytest.fixture
def cosigned(people, tmp_path, settings):
    """A small log with everything that is stored of one."""
    witness = Witness.make(tmp_path / "w", "witness.example/w1")
    witness.trust(str(signer().verifier))
    settings.ENDUSE_LOG_WITNESSES = f"{witness.signer.verifier} http://127.0.0.1:1"

    def send(_address: str, body: str) -> Reply:
        answer = witness.answer(body.encode())
        return Reply(answer.status, answer.content_type, answer.body)

    for number in range(2):
        made(people, 2, 10 * number)
        cosign(send=send, witnesses=configured())
    for number in range(255):
        made(people, 1, 1000 + number)
    assert verify().differences == ()


def flips(step: int) -> int:
    """Flip every `step`-th stored byte in turn; how many were, each found and named."""
    flipped = 0
    for model, column in STORED:
        for row in model._default_manager.order_by("pk")[:3]:
            stored = getattr(row, column)
            for at in range(flipped % step, len(stored), step):
                flip(model, row.pk, column, stored, at)
                flipped += 1
    return flipped


def flip(model, pk, column, stored, at) -> None:
    if isinstance(stored, str):
        changed = stored[:at] + ("A" if stored[at] != "A" else "B") + stored[at + 1:]
    else:
        changed = bytes(stored[:at]) + bytes([stored[at] ^ 0x20]) + bytes(stored[at + 1:])
    model._default_manager.filter(pk=pk).update(**{column: changed})
    named = [str(each) for each in verify().differences]
    model._default_manager.filter(pk=pk).update(**{column: stored})
    assert named, f"byte {at} of {model.__name__}.{column} of {pk} was changed, and nothing was found"
    if model is Leaf:
        assert any(name.startswith(f"leaf {pk} ") for name in named), named


def test_a_flipped_byte_of_what_is_stored_is_found_and_named(cosigned):
    assert flips(53) > 20


@pytest.mark.slow
def test_every_flipped_byte_of_what_is_stored_is_found_and_named(cosigned):
    assert flips(1) > 1000
    assert verify().differences == ()
