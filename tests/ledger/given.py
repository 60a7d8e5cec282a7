"""Entries of the log, and a client that trusts only what the log itself serves."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.test import Client

from enduse.custody.actions import Marked, register_made
from enduse.custody.models import Firearm
from enduse.engines import translog
from tests.given import People


def made(people: People, count: int = 3, start: int = 0) -> list[Firearm]:
    """One entry: firearms that their maker enters into the register."""
    guns = [Marked("colt", "M4", "rifle_assault", "556nato", f"W{start + n:06d}", 2006, "US", n + 2) for n in range(count)]
    return register_made(guns, maker=people.maker, occurred_on=date(2006, 3, 2), reference="", by=people.exporter)


class Stranger:
    """Who watches the log over HTTP without an account, with the engine as its program."""

    def __init__(self) -> None:
        self.client = Client()
        self.key = self.get("key").content.decode().strip()

    def get(self, path: str) -> HttpResponse:
        return self.client.get(f"/log/{path}")

    def checkpoint(self) -> translog.Checkpoint:
        """The signed checkpoint, its signature checked."""
        return translog.open_checkpoint(self.get("checkpoint").content.decode(), [self.key]).checkpoint

    def tile(self, level: int, index: int, width: int) -> bytes:
        answer = self.get(translog.tile_path(level, index, width))
        assert answer.status_code == 200, translog.tile_path(level, index, width)
        return answer.content

    def entries(self, size: int) -> list[bytes]:
        """Every entry of the log, from its bundles."""
        found: list[bytes] = []
        while len(found) < size:
            index, width = len(found) // translog.TILE_WIDTH, min(translog.TILE_WIDTH, size - len(found))
            found += translog.parse_entry_bundle(self.get(translog.tile_path(translog.ENTRIES, index, width)).content, width)
        return found
