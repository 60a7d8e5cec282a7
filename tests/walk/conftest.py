"""The product as a newcomer runs it: the demonstration loaded by the command, the site in a process of its own, a real browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

LOAD_S, START_S = 1_500, 120


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    return {**kept, "ENDUSE_HOME": str(home)}


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with the demonstration; ENDUSE_TEST_DEMO names one that is loaded already (it will be changed)."""
    if os.environ.get("ENDUSE_TEST_DEMO"):
        return Path(os.environ["ENDUSE_TEST_DEMO"])
    home = tmp_path_factory.mktemp("demo")
    subprocess.run([sys.executable, "-m", "enduse", "demo", "--load-only"], env=_environment(home), check=True, timeout=LOAD_S)
    return home


@pytest.fixture(scope="session")
def demo_site(demo_home: Path) -> Iterator[str]:
    """The address of the running site; it is stopped and its port freed at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = subprocess.Popen([sys.executable, "-m", "enduse", "demo", "--port", str(port)], env=_environment(demo_home))
    try:
        _wait_for(f"http://127.0.0.1:{port}/accounts/login/", site)
        yield f"http://127.0.0.1:{port}"
    finally:
        site.terminate()
        try:
            site.wait(timeout=20)
        except subprocess.TimeoutExpired:
            site.kill()


def _wait_for(address: str, site: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        assert site.poll() is None, "the site stopped while starting"
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except OSError:
            time.sleep(0.3)
    raise AssertionError("the site did not start")
