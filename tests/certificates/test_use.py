"""A single-use certificate carries one application; one for a quantity no more firearms than it states, two at once included."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from enduse.accounts.permissions import Role
from enduse.alerts.models import Alert
from enduse.certificates import states
from enduse.certificates.models import Certificate, CertificateUse
from enduse.licensing import actions
from enduse.licensing.models import Application, EndUseCertificate
from enduse.parties.actions import register
from enduse.refusals import Invalid, Refused
from tests import given as people_given
from tests.certificates import given
from tests.licensing import given as cases
from tests.races import race


def rifles(count: int) -> actions.LineAsked:
    return replace(cases.RIFLES, quantity=count)


def asked(people, count: int, certificate) -> Application:
    return cases.drafted(people, lines=[rifles(count)], certificate=certificate)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_single_use_certificate_cannot_carry_two_applications(people):
    cases.submitted(people, certificate=cases.certificate("EUC-1"))
    with pytest.raises(Invalid, match="used once"):
        cases.drafted(people, certificate=cases.certificate("EUC-1"))


def test_another_spacing_and_case_is_the_same_certificate(people):
    cases.submitted(people, certificate=cases.certificate("EUC-1"))
    with pytest.raises(Invalid, match="used once"):
        cases.drafted(people, certificate=cases.certificate("euc - 1", issuer="ministry of  defence"))


def test_a_withdrawn_application_leaves_its_certificate_free(people):
    first = cases.submitted(people, certificate=cases.certificate("EUC-1"))
    actions.withdraw(first, by=people.exporter)
    assert cases.submitted(people, certificate=cases.certificate("EUC-1")).certificate.registered == given.certificate_of(first)


def test_the_sum_of_applications_cannot_exceed_a_certificate_for_a_quantity(people):
    first = actions.submit(asked(people, 60, given.for_quantity(100)), by=people.exporter)
    second = asked(people, 41, given.for_quantity(100))
    with pytest.raises(Refused, match="covers 100 firearms, of which other applications take 60; this one asks for 41"):
        actions.submit(second, by=people.exporter)
    assert Application.objects.get(pk=second.pk).state == "draft"
    actions.submit(asked(people, 40, given.for_quantity(100)), by=people.exporter)
    certificate = given.certificate_of(first)
    assert (certificate.used(), certificate.capacity, EndUseCertificate.objects.filter(registered=certificate).count()) == (100, 100, 2)


def test_an_officer_is_alerted_that_somebody_tried(people):
    actions.submit(asked(people, 60, given.for_quantity(100)), by=people.exporter)
    with pytest.raises(Refused):
        actions.submit(asked(people, 41, given.for_quantity(100)), by=people.exporter)
    alert = Alert.objects.get(kind=Alert.CERTIFICATE)
    assert alert.role == Role.LICENSING_OFFICER
    assert "tried to file" in alert.because


def test_a_single_use_covers_no_more_than_it_states(people):
    with pytest.raises(Refused, match="covers 50 firearms"):
        actions.submit(asked(people, 51, cases.certificate(quantity=50)), by=people.exporter)


def test_a_certificate_filed_again_with_another_quantity_is_refused_without_telling_the_first(people):
    actions.submit(asked(people, 60, given.for_quantity(100)), by=people.exporter)
    with pytest.raises(Refused, match="quantity differ") as refusal:
        actions.submit(asked(people, 60, given.for_quantity(1000)), by=people.exporter)
    assert "100 " not in str(refusal.value)


def test_a_certificate_for_many_states_its_quantity(people):
    with pytest.raises(Invalid, match="states how many firearms"):
        asked(people, 60, cases.certificate(single_use=False))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_both_take_the_last_of_a_certificate():
    people = people_given.people()
    drafts = [asked(people, 60, given.for_quantity(100)) for _each in range(2)]
    outcomes = race(*[lambda each=each: actions.submit(each, by=people.exporter) for each in drafts])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Application", "Reused"]
    assert Certificate.objects.get().used() == 60


def test_a_reused_certificate_is_refused_on_the_page_and_by_the_api(people):
    actions.submit(asked(people, 60, given.for_quantity(100)), by=people.exporter)
    second = asked(people, 41, given.for_quantity(100))
    client = signed_in(people.exporter)
    page = client.post(f"/licensing/applications/{second.reference}/submit/")
    assert page.status_code == 409
    assert "covers 100 firearms" in page.content.decode()
    answer = client.post(f"/api/licensing/applications/{second.reference}/submit", content_type="application/json")
    assert answer.status_code == 409
    assert "this one asks for 41" in answer.json()["refused"]["reason"]


def test_raw_sql_cannot_use_a_certificate_beyond_what_it_covers(people):
    certificate = given.filed(people)
    row = CertificateUse.objects.get(certificate=certificate)
    columns = "(certificate_id, place, application, party_id, taken, used_after, capacity, licence, at)"
    for place, used_after in ((1, 1), (2, 2)):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO certificates_certificateuse {columns} VALUES (%s, %s, 'A-9999-0001', %s, 1, %s, 1, '', %s)",
                [certificate.pk, place, people.maker.pk, used_after, row.at])


def test_raw_sql_cannot_make_a_second_certificate_of_the_same_number(people):
    certificate = given.filed(people)
    other = given.filed(people)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE certificates_certificate SET key = %s WHERE leaf_id = %s", [certificate.key, other.pk])


def test_a_recalled_certificate_is_not_filed_again(people):
    first = cases.submitted(people, certificate=cases.certificate("EUC-1"))
    actions.withdraw(first, by=people.exporter)
    actions.challenge_certificate(given.certificate_of(first), sort="recalled", reason="Wrote so.", by=people.officer)
    with pytest.raises(Refused, match="nothing is filed on it"):
        cases.submitted(people, certificate=cases.certificate("EUC-1"))


def test_a_party_sees_its_own_use_and_not_that_of_others(people):
    other = register(name="Southern Arms", kind="company", country="US", registration="M-0002", by=None)
    theirs = people_given.user(Role.EXPORTER, other)
    actions.submit(asked(people, 60, given.for_quantity(100)), by=people.exporter)
    actions.submit(cases.drafted(people, by=theirs, lines=[rifles(10)], certificate=given.for_quantity(100)), by=theirs)
    certificate = Certificate.objects.get()
    seen = signed_in(theirs).get(f"/api/certificates/{certificate.pk}").json()
    assert [use["taken"] for use in seen["uses"]] == [10]
    assert seen["history"] is None
    assert len(signed_in(people.officer).get(f"/api/certificates/{certificate.pk}").json()["uses"]) == 2
    assert states.state_of(certificate) == "received"
