"""How long each page takes at the demonstration's size, for each role: `make bench-site`.

A demonstration is loaded (or taken from ENDUSE_HOME, when one is there), the site is started on loopback, each role
signs in and opens one page of every kind that it can reach by links from its desk, 20 times each. The number of database
queries and the processor's time are taken in this process, so that a slow page can be mended and a busy machine is seen.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import django
import requests

OUT = Path(__file__).parent / "out" / "site.json"
BAR_MS = 100.0
MOST_QUERIES = 15
DEEP = 3
LEFT_OUT = {"account_logout", "set_language", "ledger:tile", "ledger:proof", "ledger:checkpoint", "ledger:key"}


@dataclass(frozen=True)
class Page:
    """One page for one role: milliseconds over HTTP, milliseconds of processor and queries in this process."""

    role: str
    name: str
    path: str
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    queries: int
    kilobytes: float


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=int, default=20, help="how often each page is opened (default 20)")
    times = options.parse_args().times
    home = Path(os.environ.get("ENDUSE_HOME") or tempfile.mkdtemp(prefix="enduse-bench-"))
    if not (home / "clock.json").exists():
        home = Path(tempfile.mkdtemp(prefix="enduse-bench-"))
        subprocess.run([sys.executable, "-m", "enduse", "demo", "--load-only"], env={**os.environ, "ENDUSE_HOME": str(home)}, check=True)
    os.environ |= {"ENDUSE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "enduse.settings"}
    django.setup()
    port = _free_port()
    site = subprocess.Popen([sys.executable, "-m", "enduse", "serve", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_for(f"{base}/log/checkpoint")
        pages = [page for role, name in _roles() for page in _walk(base, role, name, times)]
    finally:
        site.send_signal(signal.SIGINT)
        site.wait(30)
    return _report(pages, times)


def _roles() -> list[tuple[str, str]]:
    """(role, user name) of one user in each role, and the public."""
    from enduse.demo.people import USERS

    first: dict[str, str] = {}
    for name, role, _party in USERS:
        first.setdefault(str(role), name)
    return [("public", ""), *first.items()]


def _walk(base: str, role: str, username: str, times: int) -> list[Page]:
    from django.test import Client

    from enduse.accounts.models import User

    session, inside = requests.Session(), Client(headers={"Host": "localhost"})
    if username:
        _sign_in(session, base, username)
        inside.force_login(User.objects.get(username=username))
    found = _reached(session, base, "/desk/" if username else "/")
    return [_timed(session, inside, base + path, (role, name, path), times) for name, path in sorted(found.items())]


def _reached(session: requests.Session, base: str, start: str) -> dict[str, str]:
    """{name of the address: one path of that name} of every kind of page that links lead to."""
    from django.urls import Resolver404, resolve

    found: dict[str, str] = {}
    edge = [start]
    for _step in range(DEEP):
        links: list[str] = []
        for path in edge:
            answer = session.get(base + path, timeout=60)
            if "text/html" in answer.headers.get("Content-Type", ""):
                links += [urlsplit(urljoin(path, href)).path for href in re.findall(r'href="([^"#?]+)', answer.text)]
        edge = []
        for path in [start, *links]:
            try:
                name = resolve(path).view_name
            except Resolver404:
                continue
            if name not in found and name not in LEFT_OUT and not name.startswith(("api:", "mfa_", "account_")):
                found[name] = path
                edge.append(path)
    return found


def _timed(session: requests.Session, inside: Any, address: str, which: tuple[str, str, str], times: int) -> Page:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    path = which[2]
    inside.get(path)
    began = time.process_time()
    with CaptureQueriesContext(connection) as asked:
        inside.get(path)
    cpu = 1000 * (time.process_time() - began)
    taken, size = [], 0
    session.get(address, timeout=60)
    for _time in range(times):
        began = time.perf_counter()
        size = len(session.get(address, timeout=60).content)
        taken.append(1000 * (time.perf_counter() - began))
    taken.sort()
    return Page(*which, p50_ms=round(statistics.median(taken), 1), p95_ms=round(taken[max(0, round(0.95 * times) - 1)], 1), cpu_ms=round(cpu, 1),
                queries=len(asked), kilobytes=round(size / 1000, 1))


def _sign_in(session: requests.Session, base: str, username: str) -> None:
    from enduse.demo.people import PASSWORD

    form = session.get(f"{base}/accounts/login/", timeout=60).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    answer = session.post(f"{base}/accounts/login/", timeout=60, headers={"Referer": base}, data={
        "csrfmiddlewaretoken": token[1] if token else "", "login": username, "password": PASSWORD})
    if "/accounts/login/" in answer.url:
        raise SystemExit(f"{username} could not sign in: {answer.status_code}")


def _report(pages: list[Page], times: int) -> int:
    OUT.parent.mkdir(exist_ok=True)
    measured = {"bar_ms": BAR_MS, "times": times, "load": os.getloadavg()[0], "pages": [asdict(page) for page in pages]}
    OUT.write_text(json.dumps(measured, indent=1) + "\n")
    print(f"{'role':<18} {'page':<26} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>8} {'queries':>8} {'kB':>7}")
    for page in sorted(pages, key=lambda page: -page.cpu_ms):
        mark = " slow" * (page.p50_ms > BAR_MS) + " many queries" * (page.queries > MOST_QUERIES)
        print(f"{page.role:<18} {page.name:<26} {page.p50_ms:>8} {page.p95_ms:>8} {page.cpu_ms:>8} {page.queries:>8} {page.kilobytes:>7}{mark}")
    slow = [page for page in pages if page.p50_ms > BAR_MS]
    print(f"{len(pages)} pages, {len(slow)} over {BAR_MS:.0f} ms; the machine's load was {os.getloadavg()[0]:.1f}.")
    return 1 if slow else 0


def _free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


def _wait_for(address: str) -> None:
    for _try in range(300):
        try:
            requests.get(address, timeout=30)
            return
        except requests.ConnectionError:
            time.sleep(0.2)
    raise SystemExit(f"{address} does not answer.")


if __name__ == "__main__":
    sys.exit(main())
