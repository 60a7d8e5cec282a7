"""`enduse serve` asks the log's witnesses by itself, and leaves nothing behind when it ends, however it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from enduse.ledger.witness import Witness
from tests.ledger.serving import Running


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def below(process: int) -> set[int]:
    """The processes that a process started, and theirs."""
    found = {int(child) for task in Path(f"/proc/{process}/task").glob("*/children") for child in task.read_text().split()}
    return found.union(*(below(child) for child in found))


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.migrations
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_site_with_a_witness_is_cosigned_and_its_helper_ends_with_it(tmp_path, how):
    home = tmp_path / "home"
    environment = {key: value for key, value in os.environ.items() if key not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}}
    environment |= {"ENDUSE_HOME": str(home)}
    home.mkdir()
    subprocess.run([sys.executable, "-m", "enduse", "init"], env=environment, check=True, stdout=subprocess.DEVNULL)
    key = subprocess.run([sys.executable, "-m", "enduse", "log", "key"], env=environment, check=True, capture_output=True, text=True).stdout.strip()
    witness = Witness.make(tmp_path / "w", "witness.example/w1")
    witness.trust(key)
    running, port = Running(tmp_path / "w"), free_port()
    (home / "witnesses.txt").write_text(f"{witness.signer.verifier} {running.address}\n")
    site = subprocess.Popen([sys.executable, "-m", "enduse", "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    started: set[int] = set()
    try:
        cosigned, until = None, time.monotonic() + 120
        while cosigned is None and time.monotonic() < until:
            try:
                answer = requests.get(f"http://127.0.0.1:{port}/log/checkpoint/cosigned", timeout=10)
                cosigned = answer.text if answer.status_code == 200 else None
            except requests.RequestException:  # not there yet, or slow to load
                pass
            time.sleep(0.2)
        assert cosigned is not None
        assert "witness.example/w1" in cosigned
        started = below(site.pid)  # those that serve outlive a server that is killed, and hold its port
        helpers = {each for each in started if "cosign" in Path(f"/proc/{each}/cmdline").read_text()}
        assert len(helpers) == 1
        site.send_signal(how)
        site.wait(60)
        until = time.monotonic() + 20
        while any(map(alive, helpers)) and time.monotonic() < until:
            time.sleep(0.1)
        assert not any(map(alive, helpers))
    finally:
        started |= below(site.pid) if site.poll() is None else set()
        for process in (site.pid, *started):
            if alive(process):
                os.kill(process, signal.SIGKILL)
        running.kill()
