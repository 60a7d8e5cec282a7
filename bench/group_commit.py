"""What group commit would bring: durable transactions a second of one and of several writers, bare and as the log appends.

    python bench/group_commit.py                                                       # SQLite
    FSYNC=on tools/with_postgres.sh .venv/bin/python bench/group_commit.py             # PostgreSQL, syncing to the disk

A bare transaction inserts a row of 64 bytes. An append first takes the log's lock and holds it until it is durable, since its place
in the log is the fact's id. `together`: so many appends in one transaction, as an import does.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECONDS = 3.0
WRITERS = (1, 4)
LOCK = 0x656E_6475


def rate(writers: int, connect: Callable[[], Any], transaction: Callable[[Any], int]) -> float:
    """Rows a second that so many threads, each with a connection of its own, make durable."""
    done = [0] * writers
    until = time.perf_counter() + SECONDS

    def write(number: int) -> None:
        db = connect()
        while time.perf_counter() < until:
            done[number] += transaction(db)
        db.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / SECONDS


def on_sqlite(path: Path) -> None:
    def connect() -> sqlite3.Connection:
        db = sqlite3.connect(path, isolation_level=None, timeout=60)
        db.execute("PRAGMA journal_mode = wal")
        db.execute("PRAGMA synchronous = full")
        db.execute("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, data BLOB NOT NULL)")
        return db

    def append(db: sqlite3.Connection, together: int = 1) -> int:
        db.execute("BEGIN IMMEDIATE")
        for _ in range(together):
            db.execute("INSERT INTO row (data) VALUES (?)", (os.urandom(64),))
        db.execute("COMMIT")
        return together

    show("SQLite", connect, {"append (one writer at a time: the database's own rule)": append, "100 together": lambda db: append(db, 100)})


def on_postgres(address: str) -> None:
    import psycopg

    def connect() -> Any:
        db = psycopg.connect(address, autocommit=True)
        db.execute("CREATE TABLE IF NOT EXISTS bare (id BIGSERIAL PRIMARY KEY, data BYTEA NOT NULL)")
        return db

    def bare(db: Any) -> int:
        db.execute("INSERT INTO bare (data) VALUES (%s)", (os.urandom(64),))
        return 1

    def append(db: Any, together: int = 1) -> int:
        with db.transaction():
            db.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            for _ in range(together):
                bare(db)
        return together

    with psycopg.connect(address, autocommit=True) as db:
        print("PostgreSQL with fsync", db.execute("SHOW fsync").fetchone()[0])  # type: ignore[index]
    show("PostgreSQL", connect, {"bare (commits are grouped)": bare, "append under the log's lock": append, "100 together": lambda db: append(db, 100)})


def show(name: str, connect: Callable[[], Any], kinds: dict[str, Callable[[Any], int]]) -> None:
    connect().close()
    for kind, transaction in kinds.items():
        for writers in WRITERS:
            print(f"{name}, {kind}, {writers} writer{'s' if writers > 1 else ''}: {rate(writers, connect, transaction):,.0f}/s", flush=True)


def main() -> None:
    if os.environ.get("DATABASE_URL"):
        on_postgres(os.environ["DATABASE_URL"])
        return
    with tempfile.TemporaryDirectory() as folder:
        on_sqlite(Path(folder) / "rows.db")


if __name__ == "__main__":
    main()
