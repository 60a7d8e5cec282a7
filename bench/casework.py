"""How long lists and searches take with 100,000 applications: `make bench-casework`.

The world is made in bulk (a few minutes) in an installation of its own; ENDUSE_HOME or DATABASE_URL of an earlier run is
measured again as it stands. Each list is opened by each role that sees it, on its first page, far down and with filters,
through the site's whole stack in this process. Over the bar of 100 ms at p95 it is named, and the command fails.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import django

OUT = Path(__file__).parent / "out"
BAR_MS = 100.0
WORDS = ("patrols", "batch 77", "colt m4", "border guard", "ministry of defence of co", "embassy", "attached", "rifle", "A-2019-04", "L-2020-1", "northern rifle works",
         "9x19", "prison service", "quarry", "EUC-2018", "presidential guard of ke", "corrected", "lakeside", "coastal command 5012", "marksmen 12 gauge")
OFFICERS = ("officer", "countersigner", "auditor")
PARTIES = ("exporter", "applicant")


@dataclass(frozen=True)
class Line:
    """One kind of page for one role: over its addresses, milliseconds here and of the processor, the most queries."""

    page: str
    role: str
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    queries: int
    slowest: str


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--applications", type=int, default=100_000)
    options.add_argument("--times", type=int, default=40, help="how often each kind of page is opened (default 40)")
    options.add_argument("--only", default="", help="only pages whose name has this in it")
    asked = options.parse_args()
    home = Path(os.environ.get("ENDUSE_HOME") or tempfile.mkdtemp(prefix="enduse-bench-"))
    os.environ |= {"ENDUSE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "enduse.settings", "ENDUSE_HOSTS": "testserver"}
    django.setup()
    _make(asked.applications)
    gc.collect()
    gc.freeze()  # as the site does when it starts
    lines = [_timed(page, role, paths, asked.times) for page, role, paths in _pages() if asked.only in page]
    return _report(lines)


def _make(applications: int) -> None:
    from casework_world import World

    from enduse.certificates.keeping import keep_missing as keep_missing_certificates
    from enduse.cli.installation import migrate
    from enduse.licensing.keeping import keep_missing
    from enduse.licensing.models import Application

    migrate()
    if Application.objects.exists():
        return
    began = time.perf_counter()
    world = World(applications)
    world.make(lambda made: print(f"\r{made:,} applications", end="", file=sys.stderr, flush=True))
    facts = time.perf_counter() - began
    keep_missing()
    keep_missing_certificates()
    _settled()
    print(f"\r{applications:,} applications, {world.writer.size:,} entries of the log: {facts:.0f} s, their lists {time.perf_counter() - began - facts:.0f} s", file=sys.stderr)
    _checked(world.writer.size)


def _settled() -> None:
    """What PostgreSQL's own keeper does within minutes of a large load, and SQLite when it is asked to."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _checked(size: int) -> None:
    """A sample of what was made is what the log says, as `enduse log verify` reads it."""
    from enduse.ledger.actions import commitment_of
    from enduse.ledger.models import Leaf, fact_models

    kinds = fact_models()
    for leaf in Leaf.objects.filter(index__in=range(0, size, max(1, size // 400))):
        fact = kinds[leaf.kind].objects.get(pk=leaf.pk)
        if commitment_of(fact, bytes(leaf.salt), fact.items()) != bytes(leaf.commitment):
            raise SystemExit(f"{leaf.kind} {leaf.pk} is not what its leaf says.")


def _pages() -> Iterator[tuple[str, str, list[str]]]:
    """(kind of page, role, addresses of that kind)."""
    for role in (*OFFICERS, *PARTIES):
        far = [f"page={page}" for page in (2, 20, 200, 1_000, 2_000)] if role in OFFICERS else ["page=2", "page=9", "page=40"]
        yield from _of_applications(role, far)
        yield from _of_licences_and_certificates(role, far)
        yield "search over all", role, [f"/search/?q={word}" for word in WORDS]
        yield "parties", role, [f"/parties/?{query}" for query in ("", "country=CO", "kind=company", "page=3", "search=guard", "search=northern", "with_units=on", "with_units=on&page=40")]
        yield "desk", role, ["/desk/"]
    for role in OFFICERS:
        yield "alerts", role, [f"/alerts/?{query}" for query in ("", "answered=yes", "answered=all&page=100", "kind=trace", "answered=yes&kind=loss", "answered=yes&page=40", "party=420")]
        yield "possible hits", role, ["/screening/hits/", "/screening/hits/?search=arms", "/screening/hits/?page=2"]
    yield "one application", "officer", _some("/licensing/applications/{}/", "A")
    yield "similar cases (API)", "officer", _some("/api/licensing/cases/{}", "A")
    yield "assess", "officer", _open_cases("/licensing/applications/{}/assess/")
    yield "one licence", "officer", _some("/licensing/licences/{}/", "L")
    yield "licences", "monitor", [f"/licensing/licences/?{query}" for query in ("", "state=live", "search=guard", "page=1000")]
    yield "applications", "adviser", ["/licensing/applications/", "/licensing/applications/?search=rifle", "/licensing/applications/?page=3"]
    for role in ("monitor", "policy", "analyst", "administrator", "tracer", "adviser", "customs", "custodian"):
        yield "desk", role, ["/desk/"]


def _of_applications(role: str, far: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    yield "applications", role, [f"/licensing/applications/?{query}" for query in ("", *far, "sort=quantity", "sort=-quantity", "sort=filed", *(f"{query}&sort=-quantity" for query in far))]
    states = [f"/licensing/applications/?state={state}" for state in ("open", "approved", "denied", "returned", "withdrawn", "held", "asked", "recommended", "appealed", "draft", "approved&page=30")]
    yield "applications by state", role, states
    if role in OFFICERS:
        yield "queues", role, [f"/licensing/applications/?{query}" for query in (
            "queue=INTAKE", "queue=MILITARY&page=100", "queue=POLICE&state=open&sort=due", "officer=me&state=open&sort=due", "officer=nobody&sort=due", "due=overdue&sort=due",
            "due=soon&sort=due", "due=stopped", "flag=URGENT", "flag=PRESS&state=open", "officer=officer3", "officer=officer3&page=100")]
    yield "applications by words", role, [f"/licensing/applications/?search={word}" for word in WORDS]
    yield "applications (API)", role, [f"/api/licensing/applications?{query}" for query in (
        "", "limit=500", "offset=5000", "offset=90000", "state=approved&offset=500", "state=open", "search=guard", "search=rifle", "search=batch&limit=500", "search=A-2019")]
    yield "cases (API)", role, [f"/api/licensing/cases?{query}" for query in (
        "", "limit=500", "offset=5000", "offset=90000", "country=CO", "country=CO&state=approved&offset=500", "sort=-value", "search=guard", "search=rifle patrols", "state=open&sort=due")]


def _of_licences_and_certificates(role: str, far: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    states = [f"state={state}" for state in ("active", "exhausted", "expired", "suspended", "surrendered", "live", "proposed", "expired&page=20")]
    yield "licences", role, [f"/licensing/licences/?{query}" for query in ("", *far)]
    yield "licences by state", role, [f"/licensing/licences/?{query}" for query in states]
    yield "licences by words", role, [f"/licensing/licences/?search={word}" for word in WORDS]
    yield "licences (API)", role, [f"/api/licensing/licences?{query}" for query in (
        "", "limit=500", "offset=60000", "state=active", "state=expired&offset=1500", "state=exhausted", "search=guard", "search=rifle", "search=L-2019-00")]
    yield "certificates", role, [f"/certificates/?{query}" for query in ("", *far)]
    yield "certificates by state", role, [f"/certificates/?state={state}" for state in ("received", "confirmed", "used", "expired", "recalled", "disputed", "checked", "used&page=30")]
    yield "certificates by words", role, [f"/certificates/?search={word}" for word in (*WORDS, "A-2019-0400", "arms office of co")]
    yield "certificates (API)", role, [f"/api/certificates/?{query}" for query in ("", "limit=500", "offset=90000", "state=used", "state=confirmed", "search=office", "search=EUC-2019-06")]


def _some(address: str, letter: str) -> list[str]:
    from enduse.licensing.models import Application, Licence

    rows = (Application.objects.exclude(submission=None) if letter == "A" else Licence.objects.all()).order_by("pk").values_list("reference", flat=True)
    references = list(rows)
    return [address.format(reference) for reference in references[::max(1, len(references) // 20)]]


def _open_cases(address: str) -> list[str]:
    from enduse.licensing.models import Case

    rows = Case.objects.filter(state__in=["in_review", "assessed"]).order_by("pk").values_list("application__reference", flat=True)
    return [address.format(reference) for reference in rows[:20]]


def _timed(page: str, role: str, paths: list[str], times: int) -> Line:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from enduse.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username="officer0" if role == "officer" else "countersigner0" if role == "countersigner" else
                                        "exporter0" if role == "exporter" else role))
    queries, taken, cpu = 0, [], []
    for path in paths:  # once unmeasured: what is put together at first is kept, and the queries are counted
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{role} {path}: {answer.status_code}")
        queries = max(queries, len(asked))
    for number in range(max(times, len(paths))):
        path = paths[number % len(paths)]
        began, busy = time.perf_counter(), time.process_time()
        _read(client.get(path))
        cpu.append(1000 * (time.process_time() - busy))
        taken.append((1000 * (time.perf_counter() - began), path))
    taken.sort()
    cpu.sort()
    line = Line(page, role, round(taken[len(taken) // 2][0], 1), round(taken[_at(len(taken))][0], 1), round(cpu[_at(len(cpu))], 1), queries, taken[-1][1])
    print(f"{line.page:<26}{line.role:<15}{line.p50_ms:>8}{line.p95_ms:>8}{line.cpu_ms:>8}{line.queries:>9}  {line.slowest if line.p95_ms > BAR_MS else ''}", flush=True)
    return line


def _read(answer: Any) -> int:
    return len(answer.getvalue() if answer.streaming else answer.content)


def _at(count: int) -> int:
    return max(0, round(0.95 * count) - 1)


def _report(lines: list[Line]) -> int:
    from django.db import connection

    from enduse.licensing.models import Application

    OUT.mkdir(exist_ok=True)
    measured = {"bar_ms": BAR_MS, "database": connection.vendor, "applications": Application.objects.count(), "load": os.getloadavg()[0],
                "lines": [asdict(line) for line in lines]}
    (OUT / f"casework-{connection.vendor}.json").write_text(json.dumps(measured, indent=1) + "\n")
    slow = [line for line in lines if line.p95_ms > BAR_MS]
    print(f"{len(lines)} lists and roles on {connection.vendor}, {len(slow)} over {BAR_MS:.0f} ms at p95; the machine's load was {os.getloadavg()[0]:.1f}.")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
