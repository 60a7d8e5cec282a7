"""DOMAIN rule 5 and the log: what is saved is logged, and whoever changes it is found."""

from datetime import date

import pytest
from django.db import connection, transaction

from enduse.custody.actions import Marked, register_made
from enduse.custody.models import CustodyEvent, Firearm
from enduse.engines import translog
from enduse.ledger.actions import sign, size
from enduse.ledger.keys import signer
from enduse.ledger.models import Leaf
from enduse.ledger.proofs import fact_at, proof_of
from enduse.ledger.verification import verify
from enduse.parties.actions import report_personnel
from tests.races import race


def made(people, count=3, start=0, make="colt"):
    guns = [Marked(make, "M4", "rifle_assault", "556nato", f"W{start + n:06d}", 2006, "US", n + 2) for n in range(count)]
    return register_made(guns, maker=people.maker, occurred_on=date(2006, 3, 2), reference="", by=people.exporter)


def test_a_fact_is_its_place_in_the_log(people):
    made(people)
    event = CustodyEvent.objects.get()
    assert event.pk == event.leaf.index == size() - 1
    assert Leaf.objects.get(pk=event.pk).kind == "custody.event"


def test_a_log_that_nobody_touched_verifies(people):
    for n in range(300):
        made(people, 1, n)
    sign()
    found = verify()
    assert (found.leaves, found.differences) == (300, ())


@pytest.mark.parametrize(("sql", "says"), [
    ("UPDATE custody_custodyevent SET place = 'elsewhere' WHERE leaf_id = 0", "not the one that was logged"),
    ("UPDATE custody_firearm SET serial = 'W999999' WHERE serial = 'W000001'", "not the one that was logged"),
    ("UPDATE ledger_leaf SET kind = 'licensing.licence' WHERE \"index\" = 0", "fact is gone"),
    ("UPDATE ledger_leaf SET salt = leaf_hash WHERE \"index\" = 0", "not the one that was logged"),
])
def test_a_change_by_raw_sql_is_found_and_named(people, sql, says):
    made(people)
    sign()
    with connection.cursor() as cursor:
        cursor.execute(sql)
    differences = verify().differences
    assert differences
    assert differences[0].index == 0
    assert any(says in difference.what for difference in differences)


def test_a_rewritten_leaf_contradicts_the_signed_checkpoint(people):
    made(people)
    made(people, 1, 50)
    sign()
    forged = translog.leaf_hash(b"\1" * 32)
    Leaf.objects.filter(pk=1).update(commitment=b"\1" * 32, leaf_hash=forged, salt=None)
    assert any("signed root" in difference.what for difference in verify().differences)


def test_a_logged_fact_is_neither_edited_nor_deleted(people):
    made(people)
    event = CustodyEvent.objects.get()
    event.place = "elsewhere"
    with pytest.raises(TypeError, match="never edited"):
        event.save()
    with pytest.raises(TypeError, match="never deleted"):
        event.delete()


def test_what_is_rolled_back_leaves_no_leaf(people):
    def cut_off():
        with transaction.atomic():
            made(people)
            raise RuntimeError("the lights go out")

    with pytest.raises(RuntimeError):
        cut_off()
    assert size() == 0
    assert not Firearm.objects.exists()


def test_one_firearm_of_an_event_is_proved_alone(people):
    made(people, 5)
    made(people, 1, 70)
    proof = proof_of(fact_at(0), item=3)
    proved = translog.verify_event_proof(proof, [signer().verifier])
    assert proved.item["serial"] == "W000003"
    assert proved.content["content"]["sort"] == "manufactured"
    assert "W000002" not in proof


def test_a_proof_with_one_character_changed_is_refused(people):
    made(people, 5)
    proof = proof_of(fact_at(0), item=3)
    with pytest.raises(translog.TranslogError):
        translog.verify_event_proof(proof.replace("W000003", "W000004"), [signer().verifier])


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_two_places_in_the_log():
    from tests.given import people as make_people

    people = make_people()
    outcomes = race(lambda: made(people, 2), lambda: made(people, 2, 100), lambda: made(people, 2, 200))
    assert all(isinstance(outcome, list) for outcome in outcomes), outcomes
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == [0, 1, 2]
    assert verify().differences == ()


def test_a_month_of_personnel_is_one_entry_over_its_units(people):
    report_personnel(people.army, date(2008, 1, 1), [(people.zone, 900, 4), (people.zone2, 700, 9)], by=people.custodian)
    assert verify().differences == ()
