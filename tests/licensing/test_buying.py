"""A buying government orders what it was granted from registered makers; no order and no delivery goes beyond it, two at once included."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from enduse.accounts.permissions import Role
from enduse.deliveries.actions import cancel, declare
from enduse.ledger.actions import record
from enduse.ledger.verification import verify
from enduse.licensing import actions
from enduse.licensing.actions.buying import purchases_of
from enduse.licensing.models import Licence, LicenceUse, Purchase
from enduse.parties.actions import register
from enduse.parties.models import Party
from enduse.refusals import Invalid, Refused
from enduse.screening.actions import screen
from tests import given as base
from tests.deliveries import given
from tests.measures import given as measures
from tests.races import race


def two_makers(people):
    """A licence for 100 of a buying government, and a second registered maker; both makers clear."""
    licence = given.licence(people, 100)
    other = register(name="Lakeside Arms", kind=Party.COMPANY, country="US", registration="M-9", by=None)
    for maker in (people.maker, other):
        screen(maker, by=people.officer)
    return licence, other, base.user(Role.EXPORTER, other)


def order(people, licence, maker, quantity, **changes):
    return actions.buy(licence, **{"line": 1, "maker": maker, "quantity": quantity, "order": "PO-7", "by": people.applicant, **changes})


def declared(people, licence, count, by, *, start=1):
    guns = given.guns(count, start=start)
    return declare(licence, manifest=guns, manifest_sha256=given.digest(guns), carrier=people.carrier, consignee=people.army, by=by)


def test_what_is_ordered_from_one_maker_no_other_delivers(people):
    licence, other, exporter2 = two_makers(people)
    order(people, licence, people.maker, 70)
    with pytest.raises(Refused, match=r"70 of line 1 of .* are ordered from other makers: 30 are left for you") as refused:
        declared(people, licence, 31, exporter2)
    assert (refused.value.rule, refused.value.remedy[:10]) == (1, "Take 1 off")
    declared(people, licence, 30, exporter2)
    declared(people, licence, 70, people.exporter, start=200)
    assert Licence.objects.get(pk=licence.pk).state() == "exhausted"
    assert [left for _purchase, left in purchases_of(licence)] == [0]
    assert verify().differences == ()
    assert other.is_registered_maker


def test_no_order_goes_beyond_what_is_neither_declared_nor_ordered(people):
    licence, other, exporter2 = two_makers(people)
    declared(people, licence, 20, exporter2)
    order(people, licence, people.maker, 50)
    with pytest.raises(Refused, match="30 are neither declared nor ordered; this order asks for 31") as refused:
        order(people, licence, other, 31)
    assert refused.value.rule == 1
    assert order(people, licence, other, 30).used_before == 20
    forged = Purchase(licence=licence, line=licence.lines.get(), maker=other, quantity=21, order="x")
    with pytest.raises(IntegrityError, match="more is ordered than the licence line permits"), transaction.atomic():
        record(forged, by=people.applicant)


def test_a_released_order_is_free_for_any_maker_and_a_cancelled_consignment_is_ordered_again(people):
    licence, _other, exporter2 = two_makers(people)
    purchase = order(people, licence, people.maker, 100)
    sent = declared(people, licence, 40, people.exporter)
    assert [left for _purchase, left in purchases_of(licence)] == [60]
    cancel(sent, reason="The carrier fell out.", by=people.exporter)
    assert [left for _purchase, left in purchases_of(licence)] == [100]
    actions.release_purchase(purchase, reason="The maker cannot deliver.", by=people.applicant)
    with pytest.raises(Refused, match="released already"):
        actions.release_purchase(purchase, reason="Again.", by=people.applicant)
    declared(people, licence, 100, exporter2, start=300)


def test_only_the_buyer_orders_only_from_registered_makers_that_are_clear(people):
    licence, other, _exporter2 = two_makers(people)
    with pytest.raises(Refused, match="no such licence"):
        order(people, licence, other, 1, by=base.user(Role.APPLICANT, people.police))
    with pytest.raises(Invalid) as invalid:
        order(people, licence, people.carrier, 0, line=9, order=" ")
    assert {problem.field for problem in invalid.value.problems} == {"line", "maker", "quantity", "order"}
    unknown = register(name="Unseen Works", kind=Party.COMPANY, country="US", registration="M-10", by=None)
    with pytest.raises(Refused, match="not clear against the current lists"):
        order(people, licence, unknown, 1)
    exporters = given.licence(people, 10, by_exporter=True)
    with pytest.raises(Refused, match=r"no such licence|names its seller"):
        order(people, exporters, other, 1)


def test_the_buyer_orders_on_the_page_and_each_maker_sees_its_own_orders(people):
    licence, other, exporter2 = two_makers(people)
    buyer, maker, second = Client(), Client(), Client()
    for client, user in ((buyer, people.applicant), (maker, people.exporter), (second, exporter2)):
        client.force_login(user)
    page = buyer.post(f"/licensing/licences/{licence.reference}/buy/", {"line": 1, "maker": other.pk, "quantity": 25, "order": "PO-2026-7"}, follow=True)
    assert "PO-2026-7" in page.content.decode()
    assert "PO-2026-7" in second.get(f"/licensing/licences/{licence.reference}/").content.decode()
    assert "PO-2026-7" not in maker.get(f"/licensing/licences/{licence.reference}/").content.decode()
    assert [row["quantity"] for row in second.get(f"/api/licensing/licences/{licence.reference}/purchases").json()] == [25]
    assert maker.get(f"/api/licensing/licences/{licence.reference}/purchases").json() == []
    purchase = Purchase.objects.get()
    buyer.post(f"/licensing/licences/{licence.reference}/purchases/{purchase.pk}/release/", {"reason": "Not wanted."})
    assert Purchase.objects.get().is_released


@pytest.mark.django_db(transaction=True)
def test_two_makers_at_once_cannot_both_take_the_last_of_a_licence():
    people = base.people()
    licence, other, exporter2 = two_makers(people)
    outcomes = race(lambda: declared(people, licence, 60, people.exporter), lambda: declared(people, licence, 60, exporter2, start=500))
    assert sorted(type(each).__name__ for each in outcomes) == ["Consignment", "Refused"]
    assert sum(LicenceUse.objects.values_list("quantity", flat=True)) == 60
    orders = race(lambda: order(people, licence, people.maker, 30), lambda: order(people, licence, other, 30))
    assert sorted(type(each).__name__ for each in orders) == ["Purchase", "Refused"]
    assert verify().differences == ()


def test_nothing_is_ordered_that_a_measure_in_force_holds(people):
    licence, _other, _exporter2 = two_makers(people)
    measure = measures.enacted(people)
    with pytest.raises(Refused, match=measure.reference) as refused:
        order(people, licence, people.maker, 10)
    assert refused.value.rule == 3
    assert not Purchase.objects.exists()
