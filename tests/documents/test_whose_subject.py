"""Who acts for a party attaches to what is its own; another's reference is as if it did not exist."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enduse.documents.actions import attach
from enduse.documents.models import Document
from enduse.refusals import Refused
from tests.deliveries import given as deliveries
from tests.licensing import given

PDF = b"%PDF-1.4 an order"


def attached(by, subject: str) -> Document:
    return attach(io.BytesIO(PDF), name="order.pdf", subject=subject, by=by)


def test_an_exporter_attaches_to_its_application_licence_and_consignment(people):
    licence = deliveries.licence(people, by_exporter=True)
    consignment = deliveries.declared(people, licence, deliveries.guns(1))
    for subject in ("A-2011-0001", licence.application.reference, licence.reference, consignment.reference):
        assert attached(people.exporter, subject).subject == subject


def test_a_custodian_attaches_to_what_was_sent_to_its_end_user(people):
    consignment = deliveries.shipped(people, deliveries.licence(people), deliveries.guns(1))
    assert attached(people.custodian, consignment.reference).subject == consignment.reference
    with pytest.raises(Refused, match="Your party has nothing with the reference"):
        attached(people.police_custodian, consignment.reference)


@pytest.mark.parametrize("what", ["A-1999-0001", "R-2009-0001", "", "another's application", "another's licence"])
def test_another_partys_reference_is_refused_in_the_same_words_as_one_that_is_not_there(people, what):
    other = deliveries.licence(people)  # the buying government's: every maker sees it, and it is not the exporter's own
    subject = {"another's application": given.submitted(people, by=people.applicant, capacity="buying_government").reference,
               "another's licence": other.reference}.get(what, what)
    with pytest.raises(Refused, match=f"Your party has nothing with the reference {subject}"):
        attached(people.exporter, subject)
    client = Client()
    client.force_login(people.exporter)
    answered = client.post("/api/documents/", {"file": SimpleUploadedFile("order.pdf", PDF), "subject": subject or " "})
    assert (answered.status_code, Document.objects.exists()) == (409, False)
    page = client.post("/documents/attach/", {"file": SimpleUploadedFile("order.pdf", PDF), "subject": subject or "-", "sort": "order"})
    assert "Your party has nothing with the reference" in page.content.decode()


def test_an_officer_acts_for_no_party_and_attaches_to_what_the_case_needs(people):
    assert attached(people.officer, "A-2011-0001").owner is None
