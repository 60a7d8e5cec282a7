"""Officers read, check, ask and challenge on pages; a party reads its own."""

from __future__ import annotations

from django.test import Client

from enduse.certificates import states
from enduse.certificates.models import Certificate
from enduse.licensing.models import Application
from tests.certificates import given
from tests.licensing import given as cases


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_officer_checks_asks_and_confirms(people):
    certificate = given.filed(people)
    client = signed_in(people.officer)
    page = client.get(f"/certificates/{certificate.pk}/").content.decode()
    assert "Nobody has checked it yet" in page
    form = client.get(f"/licensing/certificates/{certificate.pk}/check/").context["form"]
    sent = {f"answer_{each.code}": "yes" for each in form.elements} | {f"note_{each.code}": "Seen." for each in form.elements}
    assert client.post(f"/licensing/certificates/{certificate.pk}/check/", sent).status_code == 302
    client.post(f"/certificates/{certificate.pk}/inquire/", {
        "channel": "mission", "asked_whom": "Arms office", "found_in": "Mission list", "asked_on": cases.some_day(2).isoformat()})
    inquiry = certificate.inquiries.get()
    assert "Waiting for the issuer" in client.get(f"/certificates/{certificate.pk}/").content.decode()
    client.post(f"/licensing/inquiries/{inquiry.pk}/answer/", {
        "outcome": "confirmed", "answered_by": "Director", "answered_on": cases.some_day().isoformat(), "note": ""})
    assert states.state_of(Certificate.objects.get(pk=certificate.pk)) == "confirmed"
    assert "confirmed with its issuer" in client.get("/certificates/").content.decode()


def test_a_forged_certificate_is_marked_on_a_page_and_its_licence_proposes_to_suspend(people):
    licence = cases.licensed(people)
    waiting = cases.submitted(people)
    client = signed_in(people.officer)
    for certificate in (given.certificate_of(licence.application), given.certificate_of(waiting)):
        client.post(f"/licensing/certificates/{certificate.pk}/challenge/", {
            "sort": "forged", "reason": "The seal is invented.", "effective_on": cases.some_day().isoformat()})
    page = signed_in(people.countersigner).get(f"/licensing/licences/{licence.reference}/").content.decode()
    assert "suspend it until this is settled" in page
    assert Application.objects.get(pk=waiting.pk).state == "held"


def test_a_party_reads_its_own_certificate_without_what_officers_weigh(people):
    certificate = given.filed(people)
    page = signed_in(people.exporter).get(f"/certificates/{certificate.pk}/").content.decode()
    assert certificate.number in page
    assert "What it must hold" not in page
    assert signed_in(people.applicant).get(f"/certificates/{certificate.pk}/").status_code == 404
