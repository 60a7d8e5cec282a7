"""Parties: registered once, shown as a tree, with a measured record that says what is missing."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from enduse.accounts.models import SensitiveRead
from enduse.ledger.verification import verify
from enduse.parties.actions import post_record_line, register, report_personnel
from enduse.parties.models import Party, PersonnelReport, RecordLine
from enduse.parties.queries import parties, record_of, tree_around
from enduse.parties.record import in_words
from enduse.refusals import Invalid, Refused


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_party_is_registered_once_at_its_place(people):
    for name, parent in (("1st military zone", people.army), ("Secretariat of Defence", None)):
        with pytest.raises(Invalid, match="registered there already"):
            register(name=name, kind=Party.ARMED_FORCE, country="MX", parent=parent, by=people.officer)
    register(name="1st military zone", kind=Party.ARMED_FORCE, country="MX", parent=people.police, by=people.officer)


def test_an_officer_registers_a_unit_on_the_web(people):
    words = {"name": "3rd zone", "kind": "armed_force", "country": "mx", "parent": people.army.pk}
    signed_in(people.officer).post("/parties/new/", words)
    unit = Party.objects.get(name="3rd zone")
    assert (unit.country, unit.parent, unit.is_below(people.army)) == ("MX", people.army, True)


def test_a_bad_country_is_told_at_its_field(people):
    page = signed_in(people.officer).post("/parties/new/", {"name": "X", "kind": "police", "country": "M1"}).content.decode()
    assert "A country is two letters." in page


def test_the_directory_shows_the_tops_and_the_tree_shows_all_below(people):
    tops = {party.name for party in parties(people.officer)}
    assert people.army.name in tops
    assert people.zone.name not in tops
    places = [(place.party, place.depth) for place in tree_around(people.officer, people.zone)]
    assert places == [(people.army, 0), (people.zone, 1), (people.battalion, 2)]


def test_a_custodian_sees_its_own_tree_and_an_applicant_no_units_of_others(people):
    assert {party.name for party in Party.objects.visible_to(people.police_custodian)} == {people.police.name}
    assert people.zone not in Party.objects.visible_to(people.exporter)
    assert signed_in(people.police_custodian).get(f"/parties/{people.army.pk}/").status_code == 404


def test_the_record_says_what_was_measured_with_its_denominator_and_what_was_not(people):
    post_record_line(people.zone, RecordLine.DELIVERED, {"delivered": 200, "resold": 20}, rests_on="event 1", as_of=date(2011, 1, 1))
    post_record_line(people.zone, RecordLine.LOST, {"lost": 5}, rests_on="event 2", as_of=date(2011, 2, 1))
    post_record_line(people.zone, RecordLine.LOST, {"lost": 6}, rests_on="event 3", as_of=date(2011, 3, 1))
    lines = {line.kind: line for line in in_words(record_of(people.battalion))}
    assert lines["lost"].text == "6 of 180 that it kept (3.3%)"
    assert lines["lost"].rests_on == "event 3"
    assert lines["checked"].is_missing
    assert lines["checked"].note == "it was never checked"
    page = signed_in(people.officer).get(f"/parties/{people.army.pk}/").content.decode()
    assert "6 of 180 that it kept" in page
    assert "it was never checked" in page


def test_who_sells_to_an_end_user_does_not_see_its_record(people):
    post_record_line(people.army, RecordLine.LOST, {"lost": 5}, rests_on="event 2", as_of=date(2011, 2, 1))
    assert "event 2" not in signed_in(people.exporter).get(f"/parties/{people.army.pk}/").content.decode()
    assert signed_in(people.exporter).get(f"/api/parties/{people.army.pk}").json()["record"] == []
    assert "event 2" in signed_in(people.custodian).get(f"/parties/{people.army.pk}/").content.decode()


def test_a_month_is_reported_once_whatever_its_day(people):
    report_personnel(people.army, date(2010, 5, 20), [(people.zone, 500, 3)], by=people.custodian)
    with pytest.raises(Refused, match="reported already"):
        report_personnel(people.army, date(2010, 5, 3), [(people.zone, 400, 3)], by=people.custodian)
    assert PersonnelReport.objects.get().month == date(2010, 5, 1)
    assert verify().differences == ()


def test_more_deserters_than_served_are_refused_with_the_row(people):
    with pytest.raises(Invalid) as invalid:
        report_personnel(people.army, date(2010, 5, 1), [(people.zone, 500, 3), (people.zone2, 2, 3)], by=people.custodian)
    assert invalid.value.problems[0].row == 2


def test_a_custodian_reports_a_month_on_the_web_and_it_stands_on_the_page(people):
    client = signed_in(people.custodian)
    words = {"month": "2010-05-01", f"personnel.{people.zone.pk}": 1500, f"desertions.{people.zone.pk}": 12}
    client.post(f"/parties/{people.army.pk}/personnel/", words)
    page = client.get(f"/parties/{people.army.pk}/").content.decode()
    assert "2010-05" in page
    assert "1,500" in page


def test_looking_at_a_person_is_recorded(people):
    person = register(name="Somebody Fictional", kind=Party.PERSON, country="MX", by=None)
    signed_in(people.officer).get(f"/parties/{person.pk}/")
    assert SensitiveRead.objects.get(user=people.officer).reference == f"person {person.pk}"
    assert signed_in(people.exporter).get(f"/parties/{person.pk}/").status_code == 404


def test_the_analyst_sees_no_party(people):
    assert signed_in(people.analyst).get("/parties/").status_code == 403
    assert signed_in(people.analyst).get("/api/parties/").status_code == 403
