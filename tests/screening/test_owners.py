"""Whoever owns or runs a party is screened with it, and it stands no better than they do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from enduse.ledger.verification import verify
from enduse.licensing.models import Decision
from enduse.parties.actions import end_link, link, register
from enduse.parties.models import Link, Party
from enduse.parties.queries import behind
from enduse.refusals import Invalid, NotPermitted, Refused
from enduse.screening.actions import resolve_hit, screen
from enduse.screening.models import Hit
from enduse.screening.queries import state_of
from tests.licensing.given import loaded_list, recommended

SINCE = date(2010, 1, 1)


@pytest.fixture
def owner(db) -> Party:
    return register(name="Ramiro Ficticio Salgado", kind=Party.PERSON, country="MX", by=None)


@pytest.fixture
def holding(db) -> Party:
    return register(name="Quiet Harbour Holding", kind=Party.COMPANY, country="PA", by=None)


def linked(people, party, holder, role=Link.OWNER, **changes) -> Link:
    return link(party, holder, role=role, since=SINCE, source="Company register", by=people.officer, **changes)


def test_a_company_is_screened_with_the_owner_behind_its_owner(people, owner, holding):
    linked(people, people.carrier, holding, share=Decimal(60))
    linked(people, holding, owner, Link.DIRECTOR)
    loaded_list(people.officer, (owner.name, "Person"))
    screen(people.carrier, by=people.officer)
    state = state_of(people.carrier)
    assert (state.state, [hit.entity_name for hit in state.open_hits]) == ("open_hits", [owner.name])
    assert f"{owner.name}, who owns or runs it" in state.why
    resolve_hit(Hit.objects.get(), outcome="true_match", reason="Same birth date.", by=people.officer)
    assert state_of(people.carrier).state == "true_match"
    assert verify().differences == ()


def test_a_new_owner_must_be_screened_before_the_party_is_clear(people, owner):
    loaded_list(people.officer, ("Nobody Here", "Person"))
    screen(people.carrier, by=people.officer)
    linked(people, people.carrier, owner)
    assert state_of(people.carrier).state == "stale"
    screen(people.carrier, by=people.officer)
    assert state_of(people.carrier).state == "clear"


def test_a_link_that_ended_is_not_screened_any_more(people, owner):
    made = linked(people, people.carrier, owner)
    loaded_list(people.officer, (owner.name, "Person"))
    screen(people.carrier, by=people.officer)
    end_link(made, until=date(2011, 1, 1), by=people.officer)
    assert state_of(people.carrier).state == "clear"
    with pytest.raises(Refused, match="ended already"):
        end_link(made, until=date(2011, 2, 1), by=people.officer)


def test_owners_in_a_circle_are_each_found_once(people, owner, holding):
    linked(people, people.carrier, holding)
    linked(people, holding, owner)
    linked(people, holding, people.carrier)
    assert set(behind([people.carrier])[people.carrier.pk]) == {holding.pk, owner.pk}


def test_nothing_is_decided_while_a_new_owner_is_not_screened(people, owner):
    application = recommended(people)
    linked(people, people.maker, owner)
    client = Client()
    client.force_login(people.countersigner)
    live = application.recommendations.get()
    answer = client.post(f"/api/licensing/applications/{application.reference}/decide", {"recommendation": live.pk}, content_type="application/json")
    assert (answer.status_code, answer.json()["refused"]["rule"]) == (409, 2)
    assert not Decision.objects.exists()


def test_a_bad_link_is_told_field_by_field(people, owner):
    with pytest.raises(Invalid) as invalid:
        link(people.carrier, people.carrier, role="friend", since=date(2999, 1, 1), source=" ", share=Decimal(101), by=people.officer)
    assert {problem.field for problem in invalid.value.problems} == {"role", "holder", "share", "since", "source"}
    linked(people, people.carrier, owner, share=Decimal(70))
    with pytest.raises(Refused, match="recorded as owner already"):
        linked(people, people.carrier, owner, share=Decimal(10))
    with pytest.raises(Refused, match=r"would hold 110\.00"):
        linked(people, people.carrier, people.army, share=Decimal(40))
    with pytest.raises(NotPermitted):
        link(people.carrier, owner, role="owner", since=SINCE, source="x", by=people.exporter)


def test_an_officer_records_and_ends_an_owner_on_the_page_and_through_the_api(people, owner, holding):
    client = Client()
    client.force_login(people.officer)
    page = client.post(f"/parties/{people.carrier.pk}/links/new/", {
        "holder": owner.pk, "role": "owner", "share": "60", "since": "2010-01-01", "source": "Company register"}, follow=True).content.decode()
    assert "Company register" in page
    assert "60 %" in page
    made = client.post(f"/api/parties/{people.carrier.pk}/links", {
        "holder": holding.pk, "role": "parent", "since": "2010-01-01", "source": "Annual report"}, content_type="application/json").json()
    assert {each["holder"] for each in client.get(f"/api/parties/{people.carrier.pk}/links").json()} == {owner.pk, holding.pk}
    client.post(f"/api/parties/{people.carrier.pk}/links/{made['id']}/end", {"until": "2011-05-01"}, content_type="application/json")
    assert [each["holder"] for each in client.get(f"/api/parties/{people.carrier.pk}/links").json()] == [owner.pk]
    client.post(f"/parties/{people.carrier.pk}/links/{Link.objects.get(holder=owner).pk}/end/", {"until": "2011-05-01"})
    assert client.get(f"/api/parties/{people.carrier.pk}/links").json() == []
    assert owner.name in client.get(f"/parties/{people.carrier.pk}/").content.decode()


def test_a_name_is_not_changed_to_nothing_or_to_one_that_is_taken(people):
    from enduse.parties.actions import change

    with pytest.raises(Invalid, match="has a name"):
        change(people.carrier, name=" ", by=people.officer)
    with pytest.raises(Invalid, match="registered there already"):
        change(people.carrier, name=people.maker.name, by=people.officer)


@pytest.mark.parametrize(("name", "listed"), [
    ("Владимир Выдумов", "VYDUMOV, Vladimir"), ("محمد حسن", "HASSAN, Muhammad"), ("سليم الخيالي", "سليم الخيالي"), ("王小明", "王小明"), ("김철수", "김철수"), ("Μιχαήλ Παπαδόπουλος", "Mikhail Papadopoulos"),
])
def test_a_name_in_another_script_is_found(people, name, listed):
    person = register(name=name, kind=Party.PERSON, country="MX", by=None)
    loaded_list(people.officer, (listed, "Person"))
    assert screen(person, by=people.officer).hits.count() == 1
