"""Asking a virus scanner about a file before it is kept: a command, or clamd on its socket. Without either nothing was scanned."""

from __future__ import annotations

import shlex
import socket
import subprocess
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from enduse.refusals import Invalid, Problem, Refused

CLEAN, NOT_SCANNED = "clean", "not_scanned"
TIMEOUT_S = 60
CHUNK = 1 << 16
INFECTED = 1  # what a scanner's command exits with when it found something, as clamscan and clamdscan do


def scan(path: Path, name: str) -> str:
    """CLEAN, or NOT_SCANNED where no scanner is set up. Invalid: something was found. Refused: the scanner gave no answer."""
    if settings.ENDUSE_SCAN_COMMAND:
        found = _by_command(path)
    elif settings.ENDUSE_CLAMD:
        found = _by_clamd(path)
    else:
        return NOT_SCANNED
    if found:
        raise Invalid(Problem(_("The virus scanner found something in this file: %s.") % found[:200],
                              _("Do not open it; clean the computer that it comes from and send it again."), field="file", found=name))
    return CLEAN


def _no_answer(why: object) -> Refused:
    return Refused(_("The virus scanner gave no answer, so the file is not taken: %(why)s"), _("Try again later, or tell the administrator."),
                   why=str(why)[:200])


def _by_command(path: Path) -> str:
    try:
        done = subprocess.run([*shlex.split(settings.ENDUSE_SCAN_COMMAND), str(path)], capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise _no_answer(error) from error
    if done.returncode == 0:
        return ""
    if done.returncode == INFECTED:
        lines = done.stdout.strip().splitlines()
        return lines[0].replace(str(path), "").strip(" :") if lines else _("no name given")
    raise _no_answer(done.stderr.strip() or done.returncode)


def _by_clamd(path: Path) -> str:
    """clamd's INSTREAM: chunks with their length before them, then its verdict in one line."""
    try:
        with _connected() as link, path.open("rb") as file:
            link.sendall(b"zINSTREAM\0")
            while chunk := file.read(CHUNK):
                link.sendall(len(chunk).to_bytes(4, "big") + chunk)
            link.sendall((0).to_bytes(4, "big"))
            answer = link.recv(4096).rstrip(b"\0\n").decode(errors="replace")
    except OSError as error:
        raise _no_answer(error) from error
    if answer.endswith(" OK"):
        return ""
    if answer.endswith(" FOUND"):
        return answer.removesuffix(" FOUND").partition(": ")[2]
    raise _no_answer(answer)


def _connected() -> socket.socket:
    """`ENDUSE_CLAMD` is the path of a Unix socket, or host:port."""
    told = settings.ENDUSE_CLAMD
    host, colon, port = told.rpartition(":")
    if told.startswith("/") or not colon:
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(TIMEOUT_S)
        link.connect(told)
        return link
    return socket.create_connection((host, int(port)), timeout=TIMEOUT_S)
