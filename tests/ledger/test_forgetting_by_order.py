"""Forgetting by order: two officers, an authority and a reason; the content is gone for ever, the tree is whole, and it is told from tampering."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, connection, transaction
from django.test import Client

from enduse.cli.main import enduse
from enduse.custody.models import CustodyEvent
from enduse.documents import actions as documents
from enduse.engines import translog
from enduse.ledger import forgetting
from enduse.ledger.actions import sign
from enduse.ledger.keys import signer
from enduse.ledger.models import Forgetting, ForgettingProposal, Leaf, fact_models
from enduse.ledger.proofs import fact_at, proof_of
from enduse.ledger.verification import verify
from enduse.refusals import Invalid, NotPermitted, Refused
from tests.given import people as make_people
from tests.ledger.given import Stranger, made
from tests.races import race
from tests.tracing import given as tracing

COURT, WHY = "Order 12/2012 of the district court", "A person is named without need."


@pytest.fixture
def recovery(people):
    """An entry whose words name a person."""
    return tracing.recovery(people, "W34587", place="House of J. Example", note="J. Example found it.")


def proposed(people, index: int) -> ForgettingProposal:
    return forgetting.propose(index, by=people.tracer, authority=COURT, reason=WHY)


def ordered(people, index: int) -> Forgetting:
    return forgetting.answer(proposed(people, index), by=people.countersigner, ordered=True)


def page(user, path: str) -> str:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client.get(path).content.decode()


def test_the_words_and_the_salt_are_gone_and_the_tree_and_every_other_proof_are_whole(people, recovery):
    made(people, 2, 500)
    kept, index = sign(), recovery.pk
    order = ordered(people, index)
    recovery.refresh_from_db()
    assert (recovery.note, recovery.place, recovery.marks) == ("", "", "W34587")
    assert Leaf.objects.get(pk=index).salt is None
    found = verify()
    assert found.differences == ()
    assert [str(each) for each in found.forgotten] == [f"leaf {index}: forgotten by order {order.pk} ({COURT})"]
    assert translog.tree_head(kept.size, Stranger().tile) == bytes(kept.root)
    translog.verify_event_proof(proof_of(fact_at(index + 1)), [signer().verifier])


def test_no_proof_of_it_can_be_made_any_more(people, recovery):
    ordered(people, recovery.pk)
    with pytest.raises(Refused, match="forgotten by order"):
        proof_of(fact_at(recovery.pk))
    said = page(people.auditor, f"/log/{recovery.pk}/")
    assert COURT in said
    assert "J. Example" not in said
    assert "forgotten by order" in page(None, f"/log/{recovery.pk}/")


def test_who_ordered_it_on_whose_authority_and_why_is_an_entry_that_everybody_reads(people, recovery):
    order = ordered(people, recovery.pk)
    said = page(None, f"/log/{order.pk}/")
    for told in (COURT, WHY, people.countersigner.username, people.tracer.username, f"&quot;entry&quot;: {recovery.pk}"):
        assert told in said
    proposal = page(None, f"/log/{order.proposal_id}/")
    assert COURT not in proposal


def test_nobody_orders_what_they_proposed_rule_2(people, recovery):
    proposal = proposed(people, recovery.pk)
    people.tracer.role = "countersigner"
    people.tracer.save()
    with pytest.raises(Refused, match="proposed themselves") as refused:
        forgetting.answer(proposal, by=people.tracer, ordered=True)
    assert refused.value.rule == 2
    order = forgetting.answer(proposal, by=people.countersigner, ordered=False, note="no")
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE ledger_forgetting SET recorded_by_id = proposed_by_id WHERE leaf_id = %s", [order.pk])


@pytest.mark.parametrize("who", ["countersigner", "auditor", "administrator", "custodian", "applicant", "policy"])
def test_others_do_not_propose_it(people, recovery, who):
    with pytest.raises(NotPermitted):
        forgetting.propose(recovery.pk, by=getattr(people, who), authority=COURT, reason=WHY)


def test_an_officer_proposes_only_what_the_officer_reads_rule_10(people, recovery):
    operation = tracing.operation(people)
    with pytest.raises(NotPermitted) as refused:
        forgetting.propose(operation.pk, by=people.monitor, authority=COURT, reason=WHY)
    with pytest.raises(NotPermitted) as no_such:
        forgetting.propose(9999, by=people.monitor, authority=COURT, reason=WHY)
    assert str(refused.value) == str(no_such.value)


@pytest.mark.parametrize(("authority", "reason", "field"), [("", WHY, "authority"), (COURT, "  ", "reason")])
def test_authority_and_reason_are_stated(people, recovery, authority, reason, field):
    with pytest.raises(Invalid) as invalid:
        forgetting.propose(recovery.pk, by=people.tracer, authority=authority, reason=reason)
    assert [problem.field for problem in invalid.value.problems] == [field]
    assert not ForgettingProposal.objects.exists()


def test_a_proposal_is_made_once_and_answered_once(people, recovery):
    proposal = proposed(people, recovery.pk)
    with pytest.raises(Refused, match="proposed already"):
        proposed(people, recovery.pk)
    with pytest.raises(Invalid, match="says why"):
        forgetting.answer(proposal, by=people.countersigner, ordered=False)
    forgetting.answer(proposal, by=people.countersigner, ordered=False, note="The court's order is of another case.")
    with pytest.raises(Refused, match="answered already"):
        forgetting.answer(proposal, by=people.countersigner, ordered=True)
    assert Leaf.objects.get(pk=recovery.pk).salt is not None
    assert ordered(people, recovery.pk).ordered
    with pytest.raises(Refused, match="forgotten already"):
        proposed(people, recovery.pk)


def test_what_the_log_says_of_itself_is_not_forgotten(people, recovery):
    order = ordered(people, recovery.pk)
    with pytest.raises(Refused, match="about the log itself"):
        proposed(people, order.pk)


@pytest.mark.django_db(transaction=True)
def test_two_countersigners_at_once_answer_it_once():
    people = make_people()
    recovery = tracing.recovery(people, "W34587")
    proposal = proposed(people, recovery.pk)
    outcomes = race(*[lambda: forgetting.answer(proposal, by=people.countersigner, ordered=True)] * 2)
    assert sorted(type(each).__name__ for each in outcomes) == ["Forgetting", "Refused"]
    assert verify().differences == ()


def test_a_salt_that_is_gone_without_an_order_is_tampering(people, recovery):
    Leaf.objects.filter(pk=recovery.pk).update(salt=None)
    found = verify()
    assert found.forgotten == ()
    assert "its salt is gone, and no order says that it be forgotten" in str(found.differences[0])
    assert "tell the auditor" in page(None, f"/log/{recovery.pk}/")


def test_a_declined_order_excuses_nothing(people, recovery):
    forgetting.answer(proposed(people, recovery.pk), by=people.countersigner, ordered=False, note="No.")
    Leaf.objects.filter(pk=recovery.pk).update(salt=None)
    assert "no order says" in str(verify().differences[0])


def test_an_order_that_was_forged_into_the_table_is_named(people, recovery):
    made(people, 1, 500)
    ordered(people, recovery.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_forgettingproposal SET entry_id = %s", [recovery.pk + 1])
    assert any("not the one that was logged" in str(each) for each in verify().differences)


def test_an_old_backup_is_made_to_forget_again(people, recovery):
    salt = Leaf.objects.get(pk=recovery.pk).salt
    ordered(people, recovery.pk)
    Leaf.objects.filter(pk=recovery.pk).update(salt=salt)
    assert "says that it is forgotten, and it is still here" in str(verify().differences[0])
    assert CliRunner().invoke(enduse, ["log", "apply-orders"]).output == f"Entry {recovery.pk} was forgotten again.\n"
    assert verify().differences == ()
    assert forgetting.apply_orders() == []


@pytest.mark.django_db(transaction=True)
def test_what_was_forgotten_is_on_the_disk_no_more():
    if connection.vendor != "sqlite":
        pytest.skip("reads the database's own file")
    people = make_people()
    secret = "Zq7-somebody-nobody-should-know-Zq7"
    recovery = tracing.recovery(people, "W34587", note=secret)
    salt = bytes(Leaf.objects.get(pk=recovery.pk).salt)
    file = Path(connection.settings_dict["NAME"])

    def on_disk(what: bytes) -> bool:
        return any(what in each.read_bytes() for each in file.parent.glob(f"{file.name}*"))

    assert on_disk(secret.encode())
    ordered(people, recovery.pk)
    assert not on_disk(secret.encode())
    assert not on_disk(salt)


@pytest.mark.django_db(transaction=True)
def test_a_documents_file_goes_with_it_unless_another_is_the_same():
    people = make_people()
    content = b"%PDF-1.4 the name of J. Example"
    first, second = (documents.attach(BytesIO(content), name=f"{n}.pdf", subject="A-1", by=people.officer) for n in "ab")
    for document, still_there in ((first, True), (second, False)):
        proposal = forgetting.propose(document.pk, by=people.officer, authority=COURT, reason=WHY)
        forgetting.answer(proposal, by=people.countersigner, ordered=True)
        assert documents.path_of(document).exists() is still_there
    client = Client(raise_request_exception=False)
    client.force_login(people.officer)
    assert client.get(f"/documents/{second.pk}/").status_code in {404, 409}
    with pytest.raises(Refused, match="forgotten by order"):
        documents.open_content(type(second).objects.get(pk=second.pk))


def test_the_pages_lead_from_the_entry_to_the_order(people, recovery):
    officer, second = Client(), Client()
    officer.force_login(people.tracer)
    second.force_login(people.countersigner)
    assert f"/log/{recovery.pk}/forget/" in officer.get(f"/log/{recovery.pk}/").content.decode()
    form = officer.get(f"/log/{recovery.pk}/forget/").content.decode()
    assert "note, place" in form
    address = officer.post(f"/log/{recovery.pk}/forget/", {"authority": COURT, "reason": WHY}).headers["Location"]
    assert "It waits for a countersigner" in officer.get(address).content.decode()
    assert officer.post(address, {"ordered": "yes"}).status_code == 403
    assert second.post(address, {"ordered": "yes"}).headers["Location"] == address
    assert "Ordered" in second.get(address).content.decode()
    assert COURT in second.get("/log/forgetting/").content.decode()


def test_the_api_proposes_and_orders(people, recovery):
    officer, second = Client(), Client()
    officer.force_login(people.tracer)
    second.force_login(people.countersigner)

    def post(client, path, body):
        return client.post(f"/api/ledger/{path}", json.dumps(body), content_type="application/json")

    made_it = post(officer, f"entries/{recovery.pk}/forget", {"authority": COURT, "reason": WHY}).json()
    answered = post(second, f"forgettings/{made_it['id']}/answer", {"ordered": True}).json()
    assert (answered["entry"], answered["answer"]["ordered"]) == (recovery.pk, True)
    assert second.get("/api/ledger/forgettings").json() == [answered]


def test_the_register_stands_on_what_stays(people):
    made(people, 3)
    before = CustodyEvent.objects.get().occurred_on
    proposal = forgetting.propose(0, by=people.officer, authority=COURT, reason=WHY)
    forgetting.answer(proposal, by=people.countersigner, ordered=True)
    event = CustodyEvent.objects.get()
    assert (event.occurred_on, event.lines.count(), before) == (date(2006, 3, 2), 3, date(2006, 3, 2))


def test_every_kind_says_in_words_what_it_forgets():
    from enduse.ledger.queries import FIELD_WORDS

    named = {name for model in fact_models().values() for name in model.forgotten_fields() if not model.kind.startswith("ledger.")}
    assert named - set(FIELD_WORDS) == set()
