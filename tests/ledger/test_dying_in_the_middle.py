"""A program that dies while it saves leaves neither the fact nor its leaf, and the log goes on behind it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from enduse.custody.models import CustodyEvent, CustodyItem, Firearm
from enduse.ledger.actions import size
from enduse.ledger.models import Leaf
from enduse.ledger.verification import verify
from tests.given import people as make_people
from tests.ledger.given import made

DIES = """
import os, sys, django
django.setup()
from django.db import transaction
from enduse.accounts.models import User
from enduse.custody.models import CustodyItem
from enduse.ledger.models import Leaf
from enduse.parties.models import Party
from tests.ledger import given
class People: pass
people = People()
people.exporter = User.objects.get(role="exporter"); people.maker = Party.objects.get(name="Northern Rifle Works")
with transaction.atomic():
    given.made(people, 400, 1000)
    assert Leaf.objects.count() == 2 and CustodyItem.objects.count() == 403
    print("written", flush=True)
    os.kill(os.getpid(), 9)
"""


def _address() -> str:
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    return f"postgres://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_a_program_killed_before_its_commit_leaves_neither_leaf_nor_fact():
    people = make_people()
    made(people, 3)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "enduse.settings", "ENDUSE_HOME": str(settings.ENDUSE_HOME), "DATABASE_URL": _address()}
    died = subprocess.run([sys.executable, "-c", DIES], env=environment, cwd=Path(__file__).resolve().parents[2], capture_output=True, text=True,
                          check=False, timeout=120)
    assert (died.returncode, died.stdout) == (-9, "written\n"), died.stderr
    assert (size(), Leaf.objects.count(), CustodyEvent.objects.count(), CustodyItem.objects.count(), Firearm.objects.count()) == (1, 1, 1, 3, 3)
    made(people, 1, 5000)
    assert (size(), verify().differences) == (2, ())
