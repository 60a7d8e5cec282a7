"""The command line starts at once: what a command needs is loaded by the command."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

HEAVY = ("django", "numpy", "numba", "ninja", "nomenklatura", "rich")


def ran(*arguments: str, home: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ENDUSE_HOME": str(home), "DATABASE_URL": ""}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    environment.pop("DATABASE_URL")
    return subprocess.run([sys.executable, "-m", "enduse", *arguments], env=environment, capture_output=True, text=True, check=check, timeout=300)


@pytest.mark.parametrize("asked", [["--help"], ["--version"], ["log", "--help"], ["tracing", "--help"], ["tracing", "search", "--help"]])
def test_asking_for_help_loads_nothing_heavy(asked, tmp_path):
    code = (f"import sys; sys.argv = ['enduse', *{asked!r}]\nfrom enduse.cli import main\ntry: main()\nexcept SystemExit: pass\n"
            f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])")
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120,
                          env={**os.environ, "ENDUSE_HOME": str(tmp_path)})
    assert said.stdout.splitlines()[-1] == "LOADED []"


def test_help_names_the_written_commands_and_every_floor_of_the_api(tmp_path):
    said = ran("--help", home=tmp_path).stdout
    for name in ("init", "serve", "demo", "user", "log", "proof", "trace", "estimate", "screen", "licensing", "custody", "tracing"):
        assert re.search(rf"^  {name}\b", said, re.MULTILINE), name


@pytest.mark.migrations
def test_an_installation_is_made_served_and_leaves_its_port_free(tmp_path):
    made = ran("init", home=tmp_path).stdout
    assert "public key: enduse.example/log+" in made
    make = ["user", "make", "root1", "--password", "correct horse battery", "--role"]
    assert ran(*make, "administrator", home=tmp_path).stdout.startswith("root1 is ")
    assert "taken" in ran(*make, "administrator", home=tmp_path, check=False).stderr
    assert "no party 99" in ran(*make, "custodian", "--party", "99", home=tmp_path, check=False).stderr
    port = _free_port()
    environment = {key: value for key, value in os.environ.items() if key not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}}
    site = subprocess.Popen([sys.executable, "-m", "enduse", "serve", "--port", str(port)], env={**environment, "ENDUSE_HOME": str(tmp_path)},
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        note = _asked(f"http://127.0.0.1:{port}/log/checkpoint", until=time.monotonic() + 120)
        assert note.startswith("enduse.example/log\n0\n")
    finally:
        site.send_signal(signal.SIGINT)
        assert site.wait(60) == 0
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


def _free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


def _asked(address: str, *, until: float) -> str:
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.read().decode()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
