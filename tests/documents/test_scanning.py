"""A file is scanned before it is kept; what was not scanned says so; a scanner that gives no answer lets nothing in."""

from __future__ import annotations

import io
import socket
import threading
from pathlib import Path

import pytest

from enduse.documents.actions import attach
from enduse.documents.models import Document
from enduse.refusals import Invalid, Refused

PDF = b"%PDF-1.4 an order"


def attached(people) -> Document:
    return attach(io.BytesIO(PDF), name="order.pdf", subject="A-2011-0001", by=people.exporter)


def command(folder: Path, body: str) -> str:
    script = folder / "scanner"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    return str(script)


def test_without_a_scanner_a_document_says_that_it_was_not_scanned(people):
    assert attached(people).scan == "not_scanned"


def test_a_scanners_command_lets_a_clean_file_in(people, settings, tmp_path):
    settings.ENDUSE_SCAN_COMMAND = command(tmp_path, 'grep -q EICAR "$1" && exit 1; exit 0')
    assert attached(people).scan == "clean"


def test_an_infected_file_is_refused_with_what_was_found_and_nothing_is_kept(people, settings, tmp_path):
    settings.ENDUSE_SCAN_COMMAND = command(tmp_path, 'echo "$1: Eicar-Test-Signature FOUND"; exit 1')
    with pytest.raises(Invalid, match="Eicar-Test-Signature FOUND"):
        attached(people)
    assert not Document.objects.exists()
    assert not list((Path(settings.MEDIA_ROOT) / "documents").glob("receiving-*"))


@pytest.mark.parametrize("body", ["echo broken >&2; exit 2", "kill -9 $$"])
def test_a_scanner_that_fails_lets_nothing_in(people, settings, tmp_path, body):
    settings.ENDUSE_SCAN_COMMAND = command(tmp_path, body)
    with pytest.raises(Refused, match="gave no answer"):
        attached(people)


def test_a_scanner_that_is_not_there_lets_nothing_in(people, settings):
    settings.ENDUSE_CLAMD = "/nowhere/clamd.ctl"
    with pytest.raises(Refused, match="gave no answer"):
        attached(people)


@pytest.mark.parametrize(("verdict", "outcome"), [(b"stream: OK\0", "clean"), (b"stream: Win.Test.EICAR FOUND\0", "Win.Test.EICAR")])
def test_clamd_is_asked_over_its_socket(people, settings, tmp_path, verdict, outcome):
    received: list[bytes] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(tmp_path / "clamd.ctl"))
        server.listen(1)

        def answer() -> None:
            link, _address = server.accept()
            with link:
                told = b""
                while not told.endswith(b"\0\0\0\0"):
                    told += link.recv(4096)
                received.append(told)
                link.sendall(verdict)

        thread = threading.Thread(target=answer)
        thread.start()
        settings.ENDUSE_CLAMD = str(tmp_path / "clamd.ctl")
        if outcome == "clean":
            assert attached(people).scan == "clean"
        else:
            with pytest.raises(Invalid, match=outcome):
                attached(people)
        thread.join()
    assert received[0] == b"zINSTREAM\0" + len(PDF).to_bytes(4, "big") + PDF + b"\0\0\0\0"
