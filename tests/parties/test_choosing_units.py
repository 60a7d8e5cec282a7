"""Units, agencies and bodies are typed like any party: the forms of custody, checks, tracing and advice carry no list that grows."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from enduse.custody.models import CustodyEvent
from enduse.monitoring.models import Check
from enduse.parties.actions import register
from enduse.parties.models import Party
from tests.deliveries import given as deliveries

FORMS = [
    ("custodian", "/custody/move/", "unit"), ("custodian", "/custody/move/", "to_unit"), ("custodian", "/custody/stocktakes/new/", "unit"),
    ("custodian", "/custody/losses/new/", "unit"), ("monitor", "/monitoring/plan/", "unit"), ("tracer", "/tracing/recoveries/new/", "agency"),
    ("tracer", "/tracing/seizures/new/", "agency"), ("auditor", "/custody/firearms/", "holder"), ("auditor", "/custody/stocktakes/", "unit"),
]


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def many_units(people):
    """Three thousand stations below the army, and as many bodies beside it."""
    top = Party.objects.order_by("-pk").first().pk
    Party.objects.bulk_create([
        Party(pk=top + n, name=f"Station {n}", kind=Party.ARMED_FORCE, country="MX", parent=people.army, path=f"{people.army.path}{top + n}/")
        for n in range(1, 3_001)])
    Party.objects.bulk_create([
        Party(pk=top + n, name=f"Office {n}", kind=Party.STATE_BODY, country="MX", path=f"/{top + n}/") for n in range(3_001, 6_001)])


@pytest.mark.parametrize(("who", "path", "field"), FORMS)
def test_a_form_among_thousands_of_units_carries_none_of_them_and_opens_quickly(people, many_units, who, path, field):
    client = at(getattr(people, who))
    client.get(path)
    started = time.process_time()
    page = client.get(path).content.decode()
    spent = time.process_time() - started
    assert f'name="{field}"' in page
    assert "Station 17" not in page
    assert "Office 3017" not in page
    assert len(page) < 120_000
    assert spent < 0.5  # of processor; a list of all took seconds


def test_a_custodian_is_offered_other_end_users_to_pass_on_to_and_none_of_their_units(people):
    client = at(people.custodian)
    offered = client.get("/parties/names/", {"field": "to_unit", "among": "receivers", "to_unit": "Costa"}).content.decode()
    assert people.police.name in offered
    register(name="Costa station", kind=Party.POLICE, country="MX", parent=people.police, by=None)
    assert "Costa station" not in client.get("/parties/names/", {"field": "to_unit", "among": "receivers", "to_unit": "Costa"}).content.decode()
    assert client.get("/parties/names/", {"field": "unit", "among": "state_bodies", "unit": "Costa"}).content.decode() == ""
    assert at(people.exporter).get("/parties/names/", {"field": "to_unit", "among": "receivers", "to_unit": "11th"}).content.decode() == ""


def test_firearms_are_passed_on_to_a_unit_that_is_typed_and_a_wrong_one_is_told_with_those_near_it(people, many_units):
    deliveries.delivered(people, deliveries.licence(people), deliveries.guns(2))
    words = {"unit": people.army.name, "to_unit": "1st militari zone", "serials": "W000001", "occurred_on": deliveries.clock.today().isoformat()}
    refused = at(people.custodian).post("/custody/move/", words)
    assert refused.status_code == 422
    assert "Near it: 1st military zone" in refused.content.decode()
    assert not CustodyEvent.objects.filter(sort=CustodyEvent.ISSUED).exists()
    at(people.custodian).post("/custody/move/", {**words, "to_unit": "1st military zone"})
    assert CustodyEvent.objects.get(sort=CustodyEvent.ISSUED).to_party == people.zone


def test_a_filter_takes_a_name_or_a_number_and_says_what_it_does_not_know(people, many_units):
    deliveries.delivered(people, deliveries.licence(people), deliveries.guns(2))
    client = at(people.auditor)
    for holder in (people.army.name, str(people.army.pk)):
        page = client.get("/custody/firearms/", {"holder": holder}).content.decode()
        assert "W000001" in page
        assert f'value="{people.army.name}"' in page
    assert "Nobody who may be named here is called" in client.get("/custody/firearms/", {"holder": "Nowhere at all"}).content.decode()


def test_a_check_is_planned_for_a_unit_and_a_licence_that_are_typed(people, many_units):
    licence = deliveries.licence(people)
    words = {"unit": people.zone.name, "stage": "post_shipment", "selection": "risk", "sample_size": "0", "planned_for": deliveries.clock.today().isoformat()}
    client = at(people.monitor)
    assert "There is no such licence." in client.post("/monitoring/plan/", {**words, "licence": "L-1"}).content.decode()
    assert not Check.objects.exists()
    page = client.post("/monitoring/plan/", {**words, "stage": "pre_licence", "licence": licence.reference}, follow=True).content.decode()
    assert (Check.objects.get().unit, Check.objects.get().licence) == (people.zone, licence)
    assert people.zone.name in page
