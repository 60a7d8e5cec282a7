"""Making faults: a process of our own that writes to the test's database until it is killed, and what must hold afterwards."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from django.db import connection, connections

from enduse.custody.models import CustodyEvent, CustodyItem
from enduse.engines import translog
from enduse.ledger.actions import read_tile, sign, size
from enduse.ledger.models import Checkpoint, Leaf, Node
from enduse.parties.models import PersonnelReport
from tests.given import People
from tests.ledger.given import made


def in_a_process(work: Callable[[], None]) -> tuple[int, int]:
    """Fork a process that works on connections of its own; its id, and a pipe that says when it has begun. It never returns to the tests."""
    connections.close_all()
    begun, say = os.pipe()
    child = os.fork()
    if child:
        os.close(say)
        return child, begun
    code = 1
    try:
        os.close(begun)
        os.write(say, b"1")
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def ended(child: int, begun: int) -> int:
    """How a process ended: its exit code, or minus the signal."""
    _child, status = os.waitpid(child, 0)
    os.close(begun)
    return os.waitstatus_to_exitcode(status)


def killed_after(seconds: float, work: Callable[[], None]) -> None:
    """Let a process work for so many seconds of its own processor time, as a busy machine counts them too, and kill it with no warning."""
    child, begun = in_a_process(work)
    os.read(begun, 1)
    until, at_start = time.monotonic() + 20, worked(child)
    while worked(child) - at_start < seconds and time.monotonic() < until:
        time.sleep(0.003)
    os.kill(child, signal.SIGKILL)
    code = ended(child, begun)
    assert code == -signal.SIGKILL, f"the process ended by itself ({code})"


def worked(child: int) -> float:
    """The processor time that a process took, in seconds."""
    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def write_on(people: People, seed: int) -> None:
    """Single entries, imports of hundreds of rows and checkpoints, for ever."""
    chance = random.Random(seed)
    while True:
        made(people, chance.choice([1, 1, 1, 2, 5, 40, 300]), chance.randrange(10**9, 10**15))
        if chance.random() < 0.3:
            sign()


def wait_for_the_server() -> None:
    """PostgreSQL's process for a client that was killed may still finish a commit: what is looked at is looked at after it has ended."""
    if connection.vendor != "postgresql":
        return
    until = time.monotonic() + 30
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(others)
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.01)
    raise AssertionError("a killed program's server process did not end in 30 s")


def broken() -> list[str]:
    """What does not hold: entries without gaps, a fact for each and each for a fact, whole imports, hashes, checkpoints of trees that are here."""
    wait_for_the_server()
    found = []
    leaves = Leaf.objects.count()
    if leaves != size():
        found.append(f"{leaves} leaves up to place {size() - 1}")
    facts = CustodyEvent.objects.count() + PersonnelReport.objects.count()
    if facts != leaves or CustodyEvent.objects.exclude(leaf__kind="custody.event").exists():
        found.append(f"{facts} facts of {leaves} leaves")
    promised = sum(sum(by_type.values()) for by_type in CustodyEvent.objects.values_list("by_type", flat=True))
    if promised != CustodyItem.objects.count():
        found.append(f"{CustodyItem.objects.count()} rows of {promised}")
    if Node.objects.count() != leaves // 256:
        found.append(f"{Node.objects.count()} kept hashes above {leaves} leaves")
    for checkpoint in Checkpoint.objects.order_by("-size")[:5]:
        if checkpoint.size > leaves:
            found.append(f"a checkpoint of {checkpoint.size} entries, and {leaves} are here")
        elif translog.tree_head(checkpoint.size, read_tile) != bytes(checkpoint.root):
            found.append(f"the checkpoint of {checkpoint.size} entries has another root")
    return found
