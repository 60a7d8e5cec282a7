"""A document is what its name says, is kept by its hash in the log, and is given only to those who may see it."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enduse.accounts.models import SensitiveRead
from enduse.documents.actions import attach, path_of, safe_name
from enduse.documents.models import Document
from enduse.ledger.verification import verify
from enduse.refusals import Invalid

PDF = b"%PDF-1.4 an order"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_file_is_kept_by_its_hash_and_logged(people):
    document = attach(io.BytesIO(PDF), name="order.pdf", subject="A-2011-0001", sort=Document.ORDER, by=people.exporter)
    assert path_of(document).read_bytes() == PDF
    assert (document.owner, document.media_type, document.size) == (people.maker, "application/pdf", len(PDF))
    assert verify().differences == ()


@pytest.mark.parametrize(("name", "content", "reason"), [
    ("order.pdf", b"PK\x03\x04 a spreadsheet", "not what the name says"),
    ("photo.png", b"GIF89a", "not what the name says"),
    ("list.csv", b"a,b\x00c", "not what the name says"),
    ("order.pdf", b"PK\x03\x04[Content_Types].xml", "an Excel workbook"),
    ("order.pdf", b"\xd0\xcf\x11\xe0\xa1\xb1", "an old office file"),
    ("notes.txt", b"<?xml version='1.0'?><!DOCTYPE x>", "an XML text"),
    ("program.exe", b"MZ", "kind of file is not taken"),
    ("noname", b"text", "kind of file is not taken"),
    ("order.pdf", b"", "is empty"),
])
def test_what_is_not_what_it_says_is_refused_and_nothing_is_kept(people, name, content, reason):
    before = set(path_of(Document(sha256="x")).parent.iterdir())
    with pytest.raises(Invalid, match=reason):
        attach(io.BytesIO(content), name=name, subject="A-2011-0001", by=people.exporter)
    assert not Document.objects.exists()
    assert set(path_of(Document(sha256="x")).parent.iterdir()) == before


def test_a_file_above_the_limit_is_refused(people, settings):
    settings.ENDUSE_UPLOAD_LIMIT_MB = 1
    with pytest.raises(Invalid, match="larger than 1 MB"):
        attach(io.BytesIO(PDF + b"x" * 1_000_001), name="order.pdf", subject="A-2011-0001", by=people.exporter)


@pytest.mark.parametrize(("given", "kept"), [
    ("../../etc/passwd.txt", "passwd.txt"),
    ("C:\\orders\\my order.pdf", "my order.pdf"),
    ('a"; filename="b.pdf', "a__ filename__b.pdf"),
    ("línea\r\nSet-Cookie: x.pdf", "línea__Set-Cookie_ x.pdf"),
])
def test_a_name_loses_what_a_header_or_a_folder_would_read(given, kept):
    assert safe_name(given) == kept


def test_its_owner_and_the_authority_download_it_and_the_download_is_recorded(people):
    document = attach(io.BytesIO(PDF), name="order.pdf", subject="A-2011-0001", by=people.exporter)
    answer = signed_in(people.officer).get(f"/documents/{document.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="order.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert SensitiveRead.objects.get().reference == f"A-2011-0001 {document.pk}"
    assert signed_in(people.exporter).get(f"/documents/{document.pk}/").status_code == 200
    assert signed_in(people.applicant).get(f"/documents/{document.pk}/").status_code == 404
    assert signed_in(people.tracer).get(f"/documents/{document.pk}/").status_code == 404
    assert signed_in(people.policy).get(f"/documents/{document.pk}/").status_code == 403


def test_the_api_takes_and_gives_a_file(people):
    client = signed_in(people.exporter)
    made = client.post("/api/documents/", {"file": SimpleUploadedFile("order.pdf", PDF), "subject": "A-2011-0001", "sort": "order"}).json()
    assert made["sha256"] == Document.objects.get().sha256
    assert b"".join(client.get(f"/api/documents/{made['id']}/content").streaming_content) == PDF
    assert client.get("/api/documents/", {"subject": "A-2011-0001"}).json()["count"] == 1
