"""PostgreSQL on a disk that is full: nothing half saved, and the log goes on when there is room."""

from __future__ import annotations

import os
import re

import pytest

from tests.ledger.small_disk import SmallDisk, binaries

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(binaries() is None or os.geteuid() != 0, reason="mounts a disk of its own, which only root may, and needs PostgreSQL's programs"),
]


FULL = re.compile(r"No space left on device|wrote only \d+ of \d+ bytes")
"""How PostgreSQL says it: nothing fitted any more, or a part did."""


@pytest.fixture(params=["the tables alone", "the write-ahead log too"])
def small(request):
    server = SmallDisk(wal_here=request.param == "the write-ahead log too")
    yield server
    server.remove()


def test_on_a_full_disk_postgresql_saves_nothing_by_half_and_the_log_goes_on_when_there_is_room(small):
    assert small.runs("begin") == "begun"
    small.fill_up()
    assert small.runs("write_until_full").startswith("full after")
    assert FULL.search(small.said())
    small.make_room()
    assert small.runs("look_and_go_on").startswith("whole")
