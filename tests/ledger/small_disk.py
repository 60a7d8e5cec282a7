"""A PostgreSQL server of its own on a small disk that can be filled up, and a program that writes to it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

from enduse.engines.translog import new_key

SIZE_MB, LEFT_KB = 400, 3_000
# Many small checkpoints, so that what is written reaches the tables' own files soon.
OPTIONS = "-h 127.0.0.1 -c max_wal_size=8MB -c min_wal_size=2MB -c checkpoint_timeout=30s -c shared_buffers=4MB"


def binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return found[-1] if found else None


class SmallDisk:
    """`wal_here`: the write-ahead log is on the small disk too, as it is where nobody thought of it."""

    def __init__(self, *, wal_here: bool) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="enduse-small-disk-"))
        self.disk, self.wal = self.home / "disk", self.home / "wal"
        self.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", self.disk], check=True)
        for folder in (self.home, self.disk):
            shutil.chown(folder, "postgres")
        self.home.chmod(0o755)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._as_postgres("initdb", "-U", "enduse", "-A", "trust", "-E", "UTF8", "--locale=C", "--wal-segsize=1",
                          *([] if wal_here else [f"--waldir={self.wal}"]))
        self.key = new_key("enduse.example/log")
        self.start()

    def _as_postgres(self, program: str, *arguments: str) -> None:
        command = ["runuser", "-u", "postgres", "--", str(binaries() / program), "-D", str(self.disk / "data"), *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self) -> None:
        self._as_postgres("pg_ctl", "-w", "-l", str(self.home / "log"), "-o", f"{OPTIONS} -p {self.port} -k {self.home}", "start")

    def runs(self, what: str) -> str:
        """Run a function of this module in a program of its own, on this server; what it printed."""
        environment = os.environ | {
            "DATABASE_URL": f"postgres://enduse@127.0.0.1:{self.port}/postgres", "ENDUSE_LOG_KEY": self.key, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        done = subprocess.run([sys.executable, "-m", "tests.ledger.small_disk", what], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip().splitlines()[-1]

    def fill_up(self) -> None:
        """Leave almost no room."""
        free = shutil.disk_usage(self.disk).free
        with (self.disk / "ballast").open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, free - LEFT_KB * 1024)

    def make_room(self) -> None:
        (self.disk / "ballast").unlink()
        # A server that found no room for its write-ahead log has stopped itself; it recovers when it is started.
        self._as_postgres("pg_ctl", "-w", "-m", "immediate", "-l", str(self.home / "log"), "-o", f"{OPTIONS} -p {self.port} -k {self.home}", "restart")

    def said(self) -> str:
        return (self.home / "log").read_text(errors="replace")

    def remove(self) -> None:
        try:
            self._as_postgres("pg_ctl", "-m", "immediate", "stop")
        except subprocess.CalledProcessError:
            pass
        subprocess.run(["umount", "-l", self.disk], check=False)
        shutil.rmtree(self.home, ignore_errors=True)


def begin() -> None:
    from django.core.management import call_command

    from enduse.ledger.actions import sign
    from tests.given import people
    from tests.ledger.given import made

    call_command("migrate", verbosity=0)
    made(people(), 2)
    sign()
    print("begun")


def _maker() -> SimpleNamespace:
    from enduse.accounts.models import User
    from enduse.parties.models import Party

    return SimpleNamespace(maker=Party.objects.get(registration="M-0001"), exporter=User.objects.get(role="exporter"))


def write_until_full() -> None:
    from django.db import DatabaseError

    from enduse.ledger.actions import sign
    from tests.ledger.given import made

    for number in range(2_000):
        try:
            made(_maker(), 300, 10**6 + 1000 * number)
            sign()
        except DatabaseError:
            print(f"full after {number}")
            return
    print("never full")


def look_and_go_on() -> None:
    from enduse.ledger.actions import sign, size
    from enduse.ledger.verification import verify
    from tests.ledger import faults
    from tests.ledger.given import made

    assert faults.broken() == []
    before = size()
    made(_maker(), 300, 10**12)
    sign()
    assert [str(each) for each in verify().differences] == []
    assert size() == before + 1
    print(f"whole {before}")


if __name__ == "__main__":
    import django

    django.setup()
    {"begin": begin, "write_until_full": write_until_full, "look_and_go_on": look_and_go_on}[sys.argv[1]]()
