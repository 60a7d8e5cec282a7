"""The log's pages: a citizen sees an entry's place, who holds the record sees what it says and takes its proof."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from django.db import connection
from django.test import Client

from enduse.accounts.models import SensitiveRead
from enduse.engines import translog
from enduse.ledger import forgetting
from enduse.ledger.keys import signer
from enduse.ledger.models import Leaf, fact_models
from enduse.ledger.queries import may_read
from tests.ledger.given import made
from tests.measures import given as measures
from tests.monitoring.given import stocked


def page(user, path, language="en"):
    client = Client(headers={"Accept-Language": language})
    if user is not None:
        client.force_login(user)
    return client.get(path)


@pytest.fixture
def entry(people):
    made(people, 3)
    made(people, 1, 50)
    return "/log/0/"


def test_the_log_says_where_it_stands_and_how_to_check_it(people, entry):
    said = page(None, "/log/").content.decode()
    assert str(signer().verifier) in said.replace("&#x27;", "'").replace("&#43;", "+")
    assert re.search(r"<dt>Entries</dt><dd>\s*2", said)


def test_the_public_sees_the_place_of_an_entry_and_neither_its_kind_nor_its_content(people, entry):
    said = page(None, entry).content.decode()
    assert bytes(Leaf.objects.get(pk=0).leaf_hash).hex() in said
    assert "What this entry says is private" in said
    for secret in ("custody", "manufactured", "W000001", people.exporter.username, "Download the proof"):
        assert secret not in said


def test_the_auditor_sees_what_it_says_and_that_read_is_noted(people, entry):
    said = page(people.auditor, entry).content.decode()
    assert "manufactured" in said
    assert "Download the proof file" in said
    assert SensitiveRead.objects.get().reference == "log entry 0"


def test_an_entry_that_is_not_there_is_not_found(people, entry):
    assert page(None, "/log/99/").status_code == 404


def test_the_steps_on_the_page_lead_from_the_leaf_to_the_root(people, entry):
    said = page(None, entry).content.decode()
    hashes = re.findall(r'class="hash">([0-9a-f]{64})<', said)
    leaf, root, step = (bytes.fromhex(each) for each in hashes)
    translog.verify_inclusion(leaf, 0, 2, [step], root)


def test_a_proof_is_for_who_sees_the_noun(people, entry):
    assert page(None, "/log/0/proof").status_code == 403
    assert page(people.analyst, "/log/0/proof").status_code == 403
    proof = page(people.tracer, "/log/0/proof?item=2")
    assert proof.status_code == 200
    assert translog.verify_event_proof(proof.content.decode(), [signer().verifier]).item["serial"] == "W000002"


@pytest.mark.parametrize(("item", "status"), [("3", 409), ("99999999999999999999", 409), ("x", 200), ("-1", 200), ("²", 200)])
def test_an_odd_item_breaks_nothing(people, entry, item, status):
    assert page(people.auditor, f"/log/0/proof?item={item}").status_code == status


def test_a_custodian_takes_the_proof_of_an_event_of_its_own_units_and_of_no_other(people):
    stocked(people, 2)
    received = Leaf.objects.filter(kind="custody.event").order_by("-pk").first().pk
    assert page(people.custodian, f"/log/{received}/proof").status_code == 200
    assert page(people.police_custodian, f"/log/{received}/proof").status_code == 403


def test_who_sees_some_of_an_event_does_not_take_each_of_its_firearms(people):
    stocked(people, 2)
    received = Leaf.objects.filter(kind="custody.event").order_by("-pk").first().pk
    refused = page(people.custodian, f"/log/{received}/proof?item=0")
    assert refused.status_code == 403
    assert "W00000" not in refused.content.decode()


def test_an_enacted_measure_is_read_by_anybody(people):
    measures.enacted(people)
    index = Leaf.objects.filter(kind="measures.step").order_by("-pk").first().pk
    assert "Moratorium on exports" in page(None, f"/log/{index}/").content.decode()


def test_a_measure_that_is_only_proposed_is_not_told_by_the_log(people):
    proposed = measures.actions.propose(measures.drafted(people), by=people.policy)
    index = proposed.steps.get().pk
    assert "Moratorium on exports" not in page(None, f"/log/{index}/").content.decode()
    assert "Moratorium on exports" in page(people.auditor, f"/log/{index}/").content.decode()


def test_every_kind_of_entry_has_a_noun_that_decides_who_reads_it(people):
    assert [kind for kind in fact_models() if not may_read(people.auditor, kind)] == []


def test_an_entry_of_a_forged_kind_is_private_and_breaks_nothing(people, entry):
    Leaf.objects.filter(pk=0).update(kind="nonsense")
    assert "private" in page(people.auditor, entry).content.decode()


def test_a_content_forgotten_by_order_leaves_its_place(people, entry):
    proposal = forgetting.propose(0, by=people.officer, authority="Order 12/2012", reason="A person is named without need.")
    forgetting.answer(proposal, by=people.countersigner, ordered=True)
    assert "forgotten by order" in page(people.auditor, entry).content.decode()
    assert page(people.auditor, "/log/0/proof").status_code == 409


def test_the_auditor_has_everything_verified_and_a_change_named(people, entry):
    client = Client()
    client.force_login(people.auditor)
    assert "Everything in the database is as it was logged" in client.post("/log/verify/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE custody_firearm SET serial = 'W999999' WHERE serial = 'W000001'")
    said = client.post("/log/verify/").content.decode()
    assert "leaf 0 (custody.event)" in said
    assert "1 difference" in said


@pytest.mark.parametrize("path", ["/log/", "/log/0/", "/log/verify/"])
def test_the_pages_render_in_spanish_too(people, entry, path):
    said = page(people.auditor, path, "es")
    assert said.status_code == 200
    assert '<html lang="es"' in said.content.decode()


def test_looking_at_the_log_writes_nothing(people, entry, django_assert_num_queries):
    page(None, "/log/")
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        page(None, "/log/")
    assert [query["sql"] for query in asked if not query["sql"].startswith("SELECT")] == []
    assert len(asked) <= 15


def test_the_program_that_checks_a_proof_is_taken_from_the_page_itself(people, entry, tmp_path):
    said = page(people.auditor, entry).content.decode()
    assert 'href="/log/verify_proof.py"' in said
    program, proof = tmp_path / "verify_proof.py", tmp_path / "entry-0.proof"
    program.write_bytes(page(None, "/log/verify_proof.py").content)
    proof.write_bytes(page(people.auditor, "/log/0/proof?item=1").content)
    ran = subprocess.run([sys.executable, "-I", str(program), str(proof), "--key", str(signer().verifier)], capture_output=True, text=True, check=False)
    assert (ran.returncode, "W000001" in ran.stdout) == (0, True), ran.stderr
