"""How long a register of N firearms takes from CSV to traceable, and how much memory: `python bench/register_import.py --guns 1000000`.

A fresh installation on SQLite in a folder that is thrown away; the import is the command's own, in a process of its own.
Ten million want several gigabytes of disk and hours: say `--guns 10000000`.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PATTERNS = (("colt", "M4", "rifle_assault", "556nato", "W{:07d}"), ("beretta", "92FS", "pistol_semi", "9para", "BER{:07d}Z"),
            ("fn", "SCAR", "rifle_assault", "556nato", "{:08d}"), ("glock", "17", "pistol_semi", "9para", "AB{:07d}"))  # fmt: skip
SEARCHED = ("W000?123", "BER0001?34Z", "0000?512", "AB00004S7")


def write_register(path: Path, guns: int) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.write("make,model,type,calibre,serial,year\n")
        for number in range(guns):
            make, model, kind, calibre, pattern = PATTERNS[number % len(PATTERNS)]
            out.write(f"{make},{model},{kind},{calibre},{pattern.format(number)},{1990 + number % 20}\n")


def make_maker() -> None:
    import django

    django.setup()
    from enduse.accounts.actions import make_user
    from enduse.cli.installation import migrate
    from enduse.parties.actions import add_member
    from enduse.parties.models import Party

    migrate()
    maker = Party.objects.create(name="Works", kind=Party.COMPANY, country="US")
    add_member(maker, make_user(username="maker", role="exporter", password="bench bench 1", by=None), by=None)


def search() -> None:
    import django

    django.setup()
    from enduse.tracing.ranking import read
    from enduse.tracing.ranking import search as ask

    for marks in SEARCHED * 2:
        began = time.perf_counter()
        found = ask(read(marks))
        print(f"search {marks}: {(time.perf_counter() - began) * 1000:.0f} ms, {len(found.items)} candidates")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--guns", type=int, default=1_000_000)
    wanted = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="enduse-import-") as name:
        os.environ |= {"ENDUSE_HOME": name, "DJANGO_SETTINGS_MODULE": "enduse.settings"}
        register = Path(name) / "register.csv"
        write_register(register, wanted.guns)
        make_maker()
        began, load = time.perf_counter(), os.getloadavg()[0]
        subprocess.run([sys.executable, "-m", "enduse", "--as", "maker", "import-register", str(register), "--made-on", "2010-01-01"], check=True)
        took = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        stored = sum(each.stat().st_size for each in Path(name).rglob("*") if each.is_file() and each != register) / 1e6
        print(f"{wanted.guns:,} firearms in {took:.0f} s ({wanted.guns / took:,.0f} a second, load {load:.1f}); at most {peak:,.0f} MB of memory, {stored:,.0f} MB on disk")
        search()


if __name__ == "__main__":
    main()
