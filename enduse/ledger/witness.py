"""A witness of other logs (c2sp.org/tlog-witness): its key, the logs that it knows, what it cosigned last, and what it caught.

No Django and no database but its own: a file of SQLite in a folder. What was cosigned is written, and on the disk, before the answer
is sent; the reading and the writing are one transaction, so that two requests at once cannot roll a log back.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from enduse.engines import translog

LONGEST_REQUEST = 64_000
EVIDENCE_OF_A_LOG = 100
PATIENCE_S = 10
TABLES = """
CREATE TABLE IF NOT EXISTS log (origin TEXT PRIMARY KEY, key TEXT NOT NULL, rotations TEXT NOT NULL DEFAULT '[]');
CREATE TABLE IF NOT EXISTS latest (
    origin TEXT PRIMARY KEY REFERENCES log, size INTEGER NOT NULL, root BLOB NOT NULL, time INTEGER NOT NULL, note TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS evidence (
    id INTEGER PRIMARY KEY, origin TEXT NOT NULL, time INTEGER NOT NULL, what TEXT NOT NULL, request TEXT NOT NULL, before TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE);
"""


class WitnessError(ValueError):
    """The witness cannot do this: the message says why and how to mend it."""


@dataclass(frozen=True)
class KnownLog:
    """A log that the witness knows: the key it trusts now, and what it cosigned of it last (size None: nothing yet)."""

    origin: str
    key: str
    size: int | None
    time: int | None
    note: str


@dataclass(frozen=True)
class Evidence:
    """A request signed by a log that contradicts what the witness cosigned before, with that earlier checkpoint."""

    origin: str
    time: int
    what: str
    request: str
    before: str


class Witness:
    """The witness that lives in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def make(cls, folder: Path, name: str) -> Witness:
        """A new witness with a key of its own. Refused where there is one already: its key is its identity."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(folder / "witness.key", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            raise WitnessError(f"There is a witness in {folder} already. Use another folder for another witness.") from None
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(translog.new_key(name, translog.COSIGNATURE) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return cls(folder)

    @property
    def signer(self) -> translog.Signer:
        path = self.folder / "witness.key"
        if not path.exists():
            raise WitnessError(f"There is no witness in {self.folder}. Make one with: enduse witness init NAME")
        return translog.Signer.parse(path.read_text(encoding="utf-8"))

    def trust(self, key: str) -> None:
        """Witness the log of this public key from now on. A log that is known keeps its key: it changes by a rotation alone."""
        verifier = translog.Verifier.parse(key)
        if verifier.algorithm != translog.ED25519:
            raise WitnessError(f"{verifier.name} is the key of a witness; a log's key is asked for.")
        with self._transaction() as db:
            known = db.execute("SELECT key FROM log WHERE origin = ?", (verifier.name,)).fetchone()
            if known is not None and known[0] != str(verifier):
                raise WitnessError(f"The log {verifier.name} is known by another key. Take its new one with: enduse witness follow NOTE")
            db.execute("INSERT OR IGNORE INTO log (origin, key) VALUES (?, ?)", (verifier.name, str(verifier)))

    def follow(self, rotation: str) -> str:
        """Take the new key of a known log from its rotation note, which both keys signed; the new key."""
        origin = _origin_of(rotation)
        with self._transaction() as db:
            key, rotations = self._keys(db, origin)
            if rotation in rotations:
                return str(translog.follow_rotations(key, rotations)[-1])
            keys = translog.follow_rotations(key, [*rotations, rotation])
            db.execute("UPDATE log SET rotations = ? WHERE origin = ?", (json.dumps([*rotations, rotation]), origin))
        return str(keys[-1])

    def answer(self, body: bytes, *, now: int | None = None) -> translog.Answer:
        """Answer a log's request for a cosignature, and keep what must be kept before the answer is sent."""
        try:
            asked = translog.parse_add_checkpoint(body).checkpoint
        except translog.NoteError as wrong:
            return translog.Answer(400, f"{wrong}\n")
        with self._transaction() as db:
            before = db.execute("SELECT size, root, time, note FROM latest WHERE origin = ?", (asked.origin,)).fetchone()
            last = translog.Witnessed(*before[:3]) if before else None
            answer = translog.add_checkpoint(
                body, logs=self._logs(db, asked), latest=lambda _origin: last, witness=self.signer, now=int(time.time()) if now is None else now)
            if answer.state is not None:
                note = translog.add_signatures(translog.parse_add_checkpoint(body).note, [answer.body])
                db.execute("INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?, ?)",
                           (asked.origin, answer.state.size, answer.state.root, answer.state.time, note))
            if answer.misbehaviour is not None:
                self._keep(db, asked.origin, answer, body, before[3] if before else "", now)
        return answer

    def logs(self) -> list[KnownLog]:
        """The logs that are witnessed, by name."""
        with self._transaction() as db:
            rows = db.execute("SELECT log.origin, key, rotations, size, time, note FROM log LEFT JOIN latest USING (origin) ORDER BY 1").fetchall()
        return [KnownLog(origin, str(translog.follow_rotations(key, json.loads(rotations))[-1]), size, at, note or "")
                for origin, key, rotations, size, at, note in rows]

    def evidence(self) -> list[Evidence]:
        """What logs signed against what they signed before, oldest first."""
        with self._transaction() as db:
            return [Evidence(*row) for row in db.execute("SELECT origin, time, what, request, before FROM evidence ORDER BY id")]

    def _logs(self, db: sqlite3.Connection, asked: translog.Checkpoint) -> dict[str, list[translog.Verifier]]:
        try:
            return {asked.origin: translog.keys_for(asked.size, *self._keys(db, asked.origin))}
        except WitnessError:
            return {}

    def _keys(self, db: sqlite3.Connection, origin: str) -> tuple[str, list[str]]:
        row = db.execute("SELECT key, rotations FROM log WHERE origin = ?", (origin,)).fetchone()
        if row is None:
            raise WitnessError(f"This witness does not know the log {origin}. Let it with: enduse witness trust KEY")
        return row[0], json.loads(row[1])

    def _keep(self, db: sqlite3.Connection, origin: str, answer: translog.Answer, body: bytes, before: str, now: int | None) -> None:
        """Keep a contradiction once. Anybody can send a true checkpoint with a bad proof (422): of those only so many of a log are kept."""
        kept, = db.execute("SELECT COUNT(*) FROM evidence WHERE origin = ?", (origin,)).fetchone()
        if answer.status == 422 and kept >= EVIDENCE_OF_A_LOG:
            return
        note = translog.parse_add_checkpoint(body).note
        db.execute("INSERT OR IGNORE INTO evidence (origin, time, what, request, before, digest) VALUES (?, ?, ?, ?, ?, ?)", (
            origin, int(time.time()) if now is None else now, answer.misbehaviour, body.decode(), before, sha256((note + before).encode()).hexdigest()))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One at a time, and on the disk when it ends."""
        with closing(sqlite3.connect(self.folder / "witness.sqlite3", timeout=PATIENCE_S, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("BEGIN IMMEDIATE")
            try:
                for statement in filter(str.strip, TABLES.split(";")):
                    db.execute(statement)
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")


def _origin_of(rotation: str) -> str:
    lines = rotation.split("\n")
    if len(lines) < 2 or not lines[1].startswith("old "):
        raise WitnessError("This is not the note by which a log changes its key.")
    return translog.Verifier.parse(lines[1].removeprefix("old ")).name


def as_words(witness: Witness) -> str:
    """What the witness says of itself: its key, and each log with the size and the moment of its last cosignature."""
    lines = [f"witness {witness.signer.verifier}"]
    for log in witness.logs():
        lines.append(f"log {log.origin} size {log.size} time {log.time}" if log.size is not None else f"log {log.origin} nothing yet")
    lines += [f"caught {each.origin} time {each.time}: {each.what}" for each in witness.evidence()]
    return "\n".join(lines) + "\n"


def reply(witness: Witness, method: str, path: str, body: bytes) -> translog.Answer:
    """One request over HTTP. Reading: / says what is witnessed, /<SHA-256 of the log's name>/checkpoint what was cosigned last."""
    if path == "/add-checkpoint":
        return witness.answer(body) if method == "POST" else translog.Answer(405, "POST a log's request here\n")
    if method not in {"GET", "HEAD"}:
        return translog.Answer(405, "only /add-checkpoint takes a POST\n")
    if path == "/":
        return translog.Answer(200, as_words(witness))
    for log in witness.logs():
        if path == f"/{sha256(log.origin.encode()).hexdigest()}/checkpoint" and log.note:
            return translog.Answer(200, log.note)
    return translog.Answer(404, "this witness has nothing here\n")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The witness in ENDUSE_WITNESS as a WSGI application."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit() or int(length) > LONGEST_REQUEST:
        answer = translog.Answer(413, f"a request has at most {LONGEST_REQUEST} bytes and says how many\n")
    else:
        body = environ["wsgi.input"].read(int(length)) if int(length) else b""
        try:
            answer = reply(Witness(Path(os.environ["ENDUSE_WITNESS"])), environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/"), body)
        except sqlite3.OperationalError as busy:
            answer = translog.Answer(503, f"nothing was cosigned: {busy}; ask again\n")
    said = answer.body.encode()
    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", [
        ("Content-Type", answer.content_type), ("Content-Length", str(len(said))), ("Cache-Control", "no-store")])
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else said]
