"""Kinds of licence: what each asks, how long it runs, and that a temporary export comes back by serial."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from enduse import clock
from enduse.accounts.permissions import Role
from enduse.alerts.models import Alert
from enduse.custody.actions import move
from enduse.custody.models import Firearm
from enduse.deliveries.duties import tell_of_wrong
from enduse.deliveries.watching import standings_of
from enduse.licensing.actions.deciding import months_later
from enduse.licensing.kinds import KindAsked
from enduse.licensing.models import Application
from enduse.parties.actions import register
from enduse.parties.models import Party
from enduse.refusals import Invalid, Refused
from tests.deliveries import given as deliveries
from tests.given import user
from tests.licensing import given
from tests.licensing.test_pages import application_words

BACK = clock.today() + timedelta(days=90)


def fields_of(refused: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {problem.field for problem in refused.value.problems}


@pytest.mark.parametrize(("asked", "fields"), [
    (KindAsked("loan"), {"kind"}),
    (KindAsked("temporary"), {"return_by"}),
    (KindAsked("temporary", return_by=clock.today()), {"return_by"}),
    (KindAsked("individual", return_by=BACK), {"return_by"}),
    (KindAsked("reexport"), {"origin_country", "consent"}),
    (KindAsked("reexport", origin_country="MX", consent="DE 12/2026"), {"origin_country"}),
    (KindAsked("transit", origin_country="Germany"), {"origin_country", "transit_countries", "capacity", "seller"}),
    (KindAsked("brokering", origin_country="DE"), {"intermediaries", "capacity", "seller"}),
])
def test_each_kind_asks_what_is_its_own_and_nothing_else(people, asked, fields):
    with pytest.raises(Invalid) as refused:
        given.drafted(people, kind=asked)
    assert fields_of(refused) == fields
    assert not Application.objects.exists()


def test_a_broker_is_registered_before_it_brokers(people):
    asked = {"kind": KindAsked("brokering", origin_country="DE"), "capacity": Application.BROKER,
             "seller": register(name="Werke am Main", kind=Party.COMPANY, country="DE", by=None)}
    unknown = user(Role.EXPORTER, people.carrier)
    with pytest.raises(Invalid, match="A broker is registered before it brokers"):
        given.drafted(people, by=unknown, **asked)
    known = user(Role.EXPORTER, register(name="Known Brokers", kind=Party.COMPANY, country="US", registration="B-0001", by=None))
    with pytest.raises(Invalid, match="A broker is registered before it brokers"):
        given.drafted(people, by=known, intermediaries=[people.carrier], **asked)
    assert given.drafted(people, by=known, **asked).kind == "brokering"


def test_an_ordinary_application_commits_to_the_same_words_as_before_kinds_could_be_said(people):
    assert not {"kind", "return_by", "origin_country", "consent"} & set(given.drafted(people).as_words())
    words = given.drafted(people, kind=KindAsked("reexport", origin_country=" de ", consent="DE 12/2026")).as_words()
    assert (words["kind"], words["origin_country"], words["consent"]) == ("reexport", "DE", "DE 12/2026")


def test_a_temporary_licence_runs_a_year_and_carries_its_day_of_return(people):
    licence = given.licensed(people, kind=KindAsked("temporary", return_by=BACK))
    assert licence.expires_on == months_later(clock.today(), 12)
    assert licence.conditions == [{"code": "RETURN", "parameters": {"on": BACK.isoformat()}}]


def test_what_went_out_for_a_time_is_back_by_serial_or_overdue_and_alerted(people):
    licence = given.licensed(people, kind=KindAsked("temporary", return_by=BACK), lines=[deliveries.line(10)])
    deliveries.delivered(people, licence, deliveries.guns(3))
    guns = list(Firearm.objects.order_by("serial"))
    assert (standings_of(licence, BACK)[0].state, standings_of(licence, BACK)[0].due_on) == ("due", BACK)
    move(guns[:2], from_unit=people.army, to_unit=people.maker, occurred_on=clock.today(), by=people.custodian)
    assert "1 of 3 delivered are not back" in standings_of(licence, BACK + timedelta(days=1))[0].why
    with clock.at(clock.now() + timedelta(days=91)):
        tell_of_wrong(by=people.officer)
        assert Alert.objects.open().filter(because__contains="1 of 3 delivered are not back").count() == 1
        move(guns[2:], from_unit=people.army, to_unit=people.maker, occurred_on=clock.today(), by=people.custodian)
        assert standings_of(licence, clock.today())[0].state == "kept"


def test_only_what_a_company_delivered_for_a_time_goes_back_to_it(people):
    deliveries.delivered(people, given.licensed(people, lines=[deliveries.line(10)]), deliveries.guns(2))
    with pytest.raises(Refused, match="did not deliver all of these under a temporary export"):
        move(list(Firearm.objects.all()), from_unit=people.army, to_unit=people.maker, occurred_on=clock.today(), by=people.custodian)


def test_a_temporary_export_is_asked_for_on_the_web_and_shown_with_its_day_of_return(people):
    client = Client()
    client.force_login(people.exporter)
    client.post("/licensing/applications/new/", application_words(people, kind="temporary", return_by=BACK.isoformat()))
    application = Application.objects.get()
    assert (application.kind, application.return_by) == ("temporary", BACK)
    page = client.get(f"/licensing/applications/{application.reference}/").content.decode()
    assert "temporary export" in page
    assert "Back by" in page
    again = client.get(f"/licensing/applications/{application.reference}/edit/").context["form"].initial
    assert (again["kind"], again["return_by"]) == ("temporary", BACK)


def test_a_kind_is_amended_and_compared_and_the_rules_are_a_plain_table(people):
    application = given.submitted(people)
    client = Client()
    client.force_login(people.exporter)
    body = {"capacity": "exporter", "end_user": people.army.pk, "consignee": people.army.pk, "country": "MX", "purpose": application.purpose,
            "lines": [{"firearm_type": "rifle_semi", "calibre": "556nato", "quantity": 100, "unit_value_cents": 90_000, "make": "colt", "model": "M4"}],
            "certificate_number": application.certificate.number, "certificate_issuer": "Ministry of Defence",
            "certificate_signatory": "Colonel in charge of procurement", "certificate_issued_on": str(application.certificate.issued_on),
            "certificate_expires_on": str(application.certificate.expires_on), "kind": "temporary", "return_by": str(BACK), "why": "Only for trials."}
    answered = client.post(f"/api/licensing/applications/{application.reference}/amend", body, content_type="application/json")
    assert answered.status_code == 200, answered.content
    page = client.get(f"/licensing/applications/{application.reference}/versions/").content.decode()
    assert "temporary export" in page
    shown = client.get(f"/api/licensing/applications/{application.reference}").json()
    assert (shown["kind"], shown["return_by"]) == ("temporary", BACK.isoformat())
    assert "re-export" in client.get("/licensing/rules/").content.decode()
    assert "every broker is registered" in client.get("/licensing/rules/kinds/").content.decode()


def test_the_form_tells_of_each_field_which_kinds_ask_it_and_a_field_left_over_is_refused_where_it_is_seen(people):
    client = Client()
    client.force_login(people.exporter)
    page = client.get("/licensing/applications/new/").content.decode()
    assert page.index('name="kind"') < page.index('name="capacity"') < page.index('name="end_user"')
    assert 'data-asks="return_by"' in page
    assert '<div class="of-kind" data-asked="return_by">' in page
    page = client.post("/licensing/applications/new/", application_words(people, return_by=BACK.isoformat())).content.decode()
    left_over = page.split('data-asked="return_by"')[1].split("of-kind")[0]
    assert "field-wrong" in left_over
    assert "does not ask for it" in left_over
