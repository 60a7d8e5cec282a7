"""A brokered sale is applied for by its broker and a transit by its carrier; who sells may be abroad and is no maker registered here."""

from __future__ import annotations

import pytest
from django.test import Client

from enduse.accounts.permissions import Role
from enduse.custody.models import CustodyEvent, Firearm
from enduse.deliveries.actions import declare, receive, ship
from enduse.licensing.kinds import KindAsked
from enduse.licensing.models import Application, Licence
from enduse.parties.actions import register
from enduse.parties.models import Party
from enduse.refusals import Invalid, Refused
from tests.deliveries import given as deliveries
from tests.given import user
from tests.licensing import given
from tests.licensing.test_kinds import fields_of
from tests.licensing.test_pages import application_words

BROKERED, PASSING = KindAsked("brokering", origin_country="DE"), KindAsked("transit", origin_country="DE")


@pytest.fixture
def seller(db):
    return register(name="Werke am Main", kind=Party.COMPANY, country="DE", by=None)


@pytest.fixture
def broker(db):
    return user(Role.EXPORTER, register(name="Known Brokers", kind=Party.COMPANY, country="US", registration="B-0001", by=None), "broker")


@pytest.fixture
def carrier(people):
    return user(Role.EXPORTER, people.carrier, "carrier")


def brokered(people, broker, seller) -> Licence:
    return given.licensed(people, by=broker, capacity=Application.BROKER, seller=seller, kind=BROKERED, lines=[deliveries.line(10)])


def test_a_broker_asks_for_a_sale_between_two_other_states_by_a_seller_abroad(people, broker, seller):
    application = given.submitted(people, by=broker, capacity=Application.BROKER, seller=seller, kind=BROKERED)
    assert (application.seller, application.applicant.name, application.get_capacity_display()) == (seller, "Known Brokers", "broker")
    assert ("seller", seller) in application.parties()  # screened like every party


def test_a_carrier_asks_for_a_transit_and_is_no_maker(people, carrier, seller):
    application = given.submitted(people, by=carrier, capacity=Application.CARRIER, seller=seller, kind=PASSING, transit_countries=["US"])
    assert (application.kind, application.applicant, application.seller) == ("transit", people.carrier, seller)


def test_the_capacity_fits_the_kind_and_the_seller_is_named_and_another(people, broker, carrier, seller):
    for by, asked, field in (
        (people.exporter, {"capacity": Application.EXPORTER, "kind": BROKERED, "seller": seller, "intermediaries": [broker.membership.party]}, "capacity"),
        (broker, {"capacity": Application.BROKER, "seller": seller}, "capacity"),
        (carrier, {"capacity": Application.BROKER, "kind": BROKERED, "seller": seller}, "capacity"),
        (broker, {"capacity": Application.BROKER, "kind": BROKERED}, "seller"),
        (broker, {"capacity": Application.BROKER, "kind": BROKERED, "seller": broker.membership.party}, "seller"),
        (people.exporter, {"seller": seller}, "seller"),  # of an ordinary export the seller is a registered maker as before
    ):
        with pytest.raises(Invalid) as refused:
            given.drafted(people, by=by, **asked)
        assert fields_of(refused) == {field}, asked
    assert not Application.objects.exists()


def test_what_a_seller_abroad_sells_is_declared_and_shipped_by_the_broker_alone(people, broker, seller):
    licence = brokered(people, broker, seller)
    guns = deliveries.guns(2)
    with pytest.raises(Refused, match="is for another seller"):
        deliveries.declared(people, licence, guns)
    declared = declare(licence, manifest=guns, manifest_sha256=deliveries.digest(guns), carrier=people.carrier, consignee=people.army, by=broker)
    assert (declared.seller, {gun.maker for gun in Firearm.objects.all()}) == (seller, {seller})
    client = Client()
    client.force_login(broker)
    assert "Hand it to the carrier" in client.get(f"/deliveries/{declared.reference}/").content.decode()
    with pytest.raises(Refused, match="This consignment is not yours"):
        ship(declared, by=people.exporter)
    arrived = receive(ship(declared, by=broker), by=people.custodian)
    assert (arrived.state, CustodyEvent.objects.filter(sort=CustodyEvent.SHIPPED).get().from_party) == ("delivered", seller)


def test_a_transit_is_asked_for_on_the_web_by_its_carrier(people, carrier, seller):
    client = Client()
    client.force_login(carrier)
    client.post("/licensing/applications/new/", application_words(
        people, capacity="carrier", kind="transit", origin_country="DE", transit_countries="us", seller=seller.pk))
    application = Application.objects.get()
    assert (application.capacity, application.seller, application.transit_countries) == ("carrier", seller, ["US"])
