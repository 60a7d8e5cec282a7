"""`enduse log` and `enduse proof`: anyone checks what was logged, with this program or without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from enduse.engines import translog
from tests.tracing import given as tracing

EXPERT = Path(__file__).resolve().parents[2] / "tools" / "verify_proof.py"


@pytest.fixture
def logged(people):
    return tracing.made(people, "W345872", "W345873", "W345874")


def test_verifying_an_untouched_log_says_so(run, logged):
    said = run("log", "verify")
    assert said.exit_code == 0, said.output
    assert "Everything in the database is as it was logged." in said.stdout


def test_verifying_names_the_row_that_somebody_changed(run, logged):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE custody_firearm SET serial = 'W999999' WHERE serial = 'W345873'")
    said = run("log", "verify")
    assert said.exit_code == 1
    assert "leaf 0 (custody.event): the fact in the database is not the one that was logged" in said.stderr


def test_the_printed_checkpoint_verifies_with_the_printed_key(run, logged):
    key = run("log", "key").stdout.strip()
    assert translog.open_checkpoint(run("log", "checkpoint").stdout, [key]).checkpoint.size == 1


@pytest.mark.parametrize("item", [None, 1])
def test_a_proof_file_convinces_this_program_and_the_experts_own(run, logged, tmp_path, item):
    file, key = tmp_path / "event.proof", run("log", "key").stdout.strip()
    asked = ["--item", item] if item is not None else []
    assert run("proof", "make", 0, *asked, "--out", file).exit_code == 0
    ours = run("proof", "verify", file, "--key", key)
    assert ours.exit_code == 0, ours.output
    theirs = subprocess.run([sys.executable, str(EXPERT), str(file), "--key", key], capture_output=True, text=True, check=False, timeout=60)
    assert theirs.returncode == 0, theirs.stderr
    for said in (ours.stdout, theirs.stdout):
        assert "manufactured" in said
        assert ("W345873" in said) is (item is not None)
        assert "W345872" not in said


def test_a_proof_file_with_a_changed_serial_convinces_nobody(run, logged, tmp_path):
    file, key = tmp_path / "event.proof", run("log", "key").stdout.strip()
    run("proof", "make", 0, "--item", 1, "--out", file)
    file.write_text(file.read_text().replace("W345873", "W345879"))
    assert "This proves nothing" in run("proof", "verify", file, "--key", key).stderr
    theirs = subprocess.run([sys.executable, str(EXPERT), str(file), "--key", key], capture_output=True, text=True, check=False, timeout=60)
    assert (theirs.returncode, "NOT PROVED" in theirs.stderr) == (1, True)


@pytest.mark.parametrize(("arguments", "says"), [
    (["99"], "The log has no entry 99"), (["0", "--item", "3"], "This entry has 3 items; there is no number 3"),
])
def test_what_cannot_be_proved_is_said(run, logged, arguments, says):
    said = run("proof", "make", *arguments)
    assert (said.exit_code, says in said.stderr) == (1, True)
