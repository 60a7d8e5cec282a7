"""A notice of a denial that somebody passed on, with the paper it came on."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from enduse import clock
from enduse.documents.models import Document
from enduse.ledger.verification import verify
from enduse.licensing.models import NotifiedDenial
from tests.licensing.test_notified_denials import denied
from tests.licensing.test_the_holes import at

PDF = b"%PDF-1.4 a notice"


def told(people, **changes) -> dict:
    return {"state": "DE", "number": "12/2011", "denied_on": clock.today().isoformat(), "end_user": people.army.name, "country": "MX",
            "firearm_type": "rifle_semi", "calibre": "556nato", "reason_codes": ["DV"], **changes}


def test_a_notice_is_recorded_with_its_paper_and_who_passed_it_on(people):
    page = at(people.officer).post("/licensing/denials/new/", told(
        people, received_from="Secretariat of the partner states, note 7", paper=SimpleUploadedFile("notice.pdf", PDF)), follow=True).content.decode()
    assert "Secretariat of the partner states, note 7" in page
    assert "notice.pdf" in page
    denial, paper = NotifiedDenial.objects.get(), Document.objects.get()
    assert (denial.paper, paper.subject, paper.owner) == (paper, "DE 12/2011", None)
    assert at(people.exporter).get(f"/documents/{paper.pk}/").status_code == 404
    assert verify().differences == ()
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        NotifiedDenial.objects.update(received_from="Nobody")


def test_a_paper_that_is_not_what_its_name_says_records_nothing(people):
    page = at(people.officer).post("/licensing/denials/new/", told(people, paper=SimpleUploadedFile("notice.pdf", b"PK\x03\x04"))).content.decode()
    assert "The content is not what the name says" in page
    assert not NotifiedDenial.objects.exists()


def test_a_notice_recorded_twice_keeps_no_second_paper(people):
    denied(people)
    page = at(people.officer).post("/licensing/denials/new/", told(people, paper=SimpleUploadedFile("notice.pdf", PDF))).content.decode()
    assert "is recorded already" in page
    assert not Document.objects.exists()


def test_over_the_api_its_paper_is_a_document_attached_before(people):
    client = at(people.officer)
    paper = client.post("/api/documents/", {"file": SimpleUploadedFile("notice.pdf", PDF), "subject": "DE 12/2011"}).json()["id"]
    body = {name: value for name, value in told(people, end_user=people.army.pk).items() if name not in {"firearm_type", "calibre"}}
    body |= {"lines": [{"firearm_type": "rifle_semi", "calibre": "556nato"}], "paper": paper, "received_from": "A partner state"}
    answered = client.post("/api/licensing/denials", body, content_type="application/json").json()
    assert (answered["paper"], answered["received_from"]) == (paper, "A partner state")
    assert client.post("/api/licensing/denials", {**body, "number": "13", "paper": 10_000}, content_type="application/json").status_code == 404
