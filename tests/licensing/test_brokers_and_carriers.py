"""A brokered sale is applied for by its broker and a transit by its carrier; who sells may be abroad and is no maker registered here."""

from __future__ import annotations

import pytest
from django.test import Client

from enduse import reference
from enduse.accounts.permissions import Role
from enduse.custody.models import CustodyEvent, Firearm
from enduse.deliveries.actions import declare, receive, ship
from enduse.licensing import actions
from enduse.licensing.kinds import KindAsked
from enduse.licensing.models import Application, Licence
from enduse.parties.actions import register
from enduse.parties.models import Party
from enduse.refusals import Invalid, Refused
from enduse.screening.actions import screen
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


def test_who_applies_and_whether_the_seller_may_be_abroad_stand_in_the_row_of_the_kind(people, carrier, seller, monkeypatch):
    asked = {"by": carrier, "capacity": Application.CARRIER, "seller": seller, "kind": PASSING, "transit_countries": ["US"]}
    row = reference.table("licence_kinds")["transit"]
    monkeypatch.setitem(row.more, "asks", "origin_country|transit_countries|carrier")
    with pytest.raises(Invalid, match="not a registered maker") as refused:
        given.drafted(people, **asked)
    assert fields_of(refused) == {"seller"}
    monkeypatch.setitem(row.more, "asks", "origin_country|transit_countries|foreign_seller")
    with pytest.raises(Invalid) as refused:
        given.drafted(people, **asked)
    assert fields_of(refused) == {"capacity"}
    assert given.drafted(people, **{**asked, "by": people.exporter, "capacity": Application.EXPORTER, "seller": people.maker}).seller == people.maker


def test_an_amendment_may_put_another_seller_abroad_in_the_place_of_the_first_and_of_an_export_only_a_maker(people, broker, seller):
    licence, export = brokered(people, broker, seller), given.licensed(people)
    other = register(name="Fabrik am Neckar", kind=Party.COMPANY, country="DE", by=None)
    screen(other, by=people.officer)
    with pytest.raises(Invalid, match="not the one who brokers"):
        actions.propose_amendment(licence, item="SELLER", party=broker.membership.party, reason="x", by=people.officer)
    actions.agree(actions.propose_amendment(licence, item="SELLER", party=other, reason="It sells now.", by=people.officer), by=people.countersigner)
    assert Licence.objects.get(pk=licence.pk).seller == other
    declared = declare(licence, manifest=deliveries.guns(2), manifest_sha256="1" * 64, carrier=people.carrier, consignee=people.army, by=broker)
    assert declared.seller == other
    with pytest.raises(Invalid, match="not a registered maker"):
        actions.propose_amendment(export, item="SELLER", party=other, reason="x", by=people.officer)


def test_a_company_that_is_registered_for_nothing_is_offered_a_transit_first(people, carrier):
    client = Client()
    client.force_login(carrier)
    page = client.get("/licensing/applications/new/").content.decode()
    ticked = [line for line in page.replace("<input", "\n<input").split("\n") if line.startswith("<input") and "checked" in line.split(">")[0]]
    assert {'value="transit"', 'value="carrier"'} <= {part for line in ticked for part in line.split()}
