"""The peers of the serials bench: each takes the serials and gives a function from a text to the rows it finds."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

Find = Callable[[str], list[int]]
POSTGRES = Path("/usr/lib/postgresql/15/bin")
LARGEST_IN_MEMORY = 1_000_000


class Unavailable(RuntimeError):
    """Why a peer cannot be run here."""


@contextmanager
def ncic_rule(serials: list[str]) -> Iterator[Find]:
    """The rule of the largest gun file in use: letters between digits are ignored, O is zero, then exact."""
    held: dict[str, list[int]] = {}
    for row, serial in enumerate(serials):
        held.setdefault(ncic_key(serial), []).append(row)
    yield lambda text: held.get(ncic_key(text), [])[:10]


def ncic_key(serial: str) -> str:
    return re.sub(r"(?<=\d)[A-Z]+(?=\d)", "", serial.replace("O", "0"))


@contextmanager
def rapidfuzz_osa(serials: list[str]) -> Iterator[Find]:
    try:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA
    except ImportError as why:
        raise Unavailable("rapidfuzz is not installed") from why
    yield lambda text: [row for _, _, row in process.extract(text, serials, scorer=OSA.distance, limit=10, score_cutoff=3)]


@contextmanager
def symspell(serials: list[str]) -> Iterator[Find]:
    try:
        from symspellpy import SymSpell, Verbosity
    except ImportError as why:
        raise Unavailable("symspellpy is not installed") from why
    if len(serials) > LARGEST_IN_MEMORY:
        raise Unavailable(f"its dictionary needs too much memory beyond {LARGEST_IN_MEMORY:,} serials")
    words = SymSpell(max_dictionary_edit_distance=1, prefix_length=12)
    rows: dict[str, list[int]] = {}
    for row, serial in enumerate(serials):
        rows.setdefault(serial, []).append(row)
        words.create_dictionary_entry(serial, 1)
    yield lambda text: [r for s in words.lookup(text, Verbosity.ALL, 1)[:10] for r in rows[s.term]]


@contextmanager
def tantivy_fuzzy(serials: list[str]) -> Iterator[Find]:
    try:
        import tantivy
    except ImportError as why:
        raise Unavailable("tantivy is not installed") from why
    if len(serials) > LARGEST_IN_MEMORY:
        raise Unavailable(f"run only up to {LARGEST_IN_MEMORY:,} serials")
    built = tantivy.SchemaBuilder()
    built.add_text_field("serial", tokenizer_name="raw")
    built.add_unsigned_field("row", stored=True)
    schema = built.build()
    index = tantivy.Index(schema)
    writer = index.writer(100_000_000)
    for row, serial in enumerate(serials):
        writer.add_document(tantivy.Document(serial=serial, row=row))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def find(text: str) -> list[int]:
        query = tantivy.Query.fuzzy_term_query(schema, "serial", text, distance=1)
        return [searcher.doc(address)["row"][0] for _, address in searcher.search(query, 10).hits]

    yield find


@contextmanager
def pg_trgm(serials: list[str]) -> Iterator[Find]:
    """A temporary cluster with a trigram index at threshold 0.3; its answers reranked by Levenshtein distance."""
    try:
        import psycopg

        user = pwd.getpwnam("postgres")
    except (ImportError, KeyError) as why:
        raise Unavailable("psycopg or the user postgres is missing") from why
    if not (POSTGRES / "initdb").exists():
        raise Unavailable(f"there is no PostgreSQL 15 under {POSTGRES}")
    folder = tempfile.mkdtemp(prefix="trgm-")
    os.chown(folder, user.pw_uid, user.pw_gid)

    def run(*command: str) -> None:
        subprocess.run([str(POSTGRES / command[0]), *command[1:]], check=True, user="postgres", cwd=folder, stdout=subprocess.DEVNULL)

    run("initdb", "-D", f"{folder}/data", "-A", "trust")
    run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o",
        f"-c listen_addresses='' -k {folder} -c fsync=off -c shared_buffers=1GB -c maintenance_work_mem=1GB", "start")  # fmt: skip
    try:
        with psycopg.connect(host=folder, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute("create extension pg_trgm")
            connection.execute("create extension fuzzystrmatch")
            connection.execute("create unlogged table gun (number int, serial text)")
            with connection.cursor().copy("copy gun from stdin") as copy:
                for row, serial in enumerate(serials):
                    copy.write_row((row, serial))
            connection.execute("create index on gun using gin (serial gin_trgm_ops)")
            connection.execute("analyze gun")
            connection.execute("set pg_trgm.similarity_threshold = 0.3")
            wanted = "select number from gun where serial % %s order by levenshtein(serial, %s), number limit 10".replace(" % %s", " %% %s")
            yield lambda text: [n for (n,) in connection.execute(wanted, (text, text))]
    finally:
        run("pg_ctl", "-D", f"{folder}/data", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


PEERS: dict[str, Callable[[list[str]], AbstractContextManager[Find]]] = {
    "pg_trgm": pg_trgm, "rapidfuzz": rapidfuzz_osa, "symspell": symspell, "tantivy": tantivy_fuzzy, "ncic_rule": ncic_rule,
}  # fmt: skip
