"""A redacted version is for those who may not see the original; what is too large is refused before it is read."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enduse.documents.actions import attach
from enduse.documents.queries import documents
from enduse.refusals import Refused

PDF = b"%PDF-1.4 an order"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_monitor_and_a_tracer_see_the_redacted_version_and_not_the_original(people):
    original = attach(io.BytesIO(PDF), name="order.pdf", subject="A-2011-0001", by=people.exporter)
    redacted = attach(io.BytesIO(PDF + b" without prices"), name="order-redacted.pdf", subject="other", redacts=original, by=people.officer)
    assert (redacted.subject, redacted.owner) == (original.subject, original.owner)
    for user in (people.monitor, people.tracer):
        assert list(documents(user)) == [redacted]
        assert signed_in(user).get(f"/documents/{original.pk}/").status_code == 404
        assert signed_in(user).get(f"/documents/{redacted.pk}/").status_code == 200
    assert set(documents(people.officer)) == {original, redacted}


def test_a_redacted_version_is_not_redacted_again(people):
    original = attach(io.BytesIO(PDF), name="order.pdf", subject="A-2011-0001", by=people.exporter)
    redacted = attach(io.BytesIO(PDF), name="order.pdf", subject="A-2011-0001", redacts=original, by=people.officer)
    with pytest.raises(Refused, match="Redact the original"):
        attach(io.BytesIO(PDF), name="order.pdf", subject="A-2011-0001", redacts=redacted, by=people.officer)


def test_the_page_and_the_api_say_what_is_a_redacted_version_and_whether_it_was_scanned(people):
    original = attach(io.BytesIO(PDF), name="order.pdf", subject="A-2011-0001", by=people.exporter)
    client = signed_in(people.officer)
    made = client.post("/api/documents/", {"file": SimpleUploadedFile("r.pdf", PDF), "subject": "x", "redacts": original.pk}).json()
    assert (made["redacts"], made["scan"], made["subject"]) == (original.pk, "not_scanned", "A-2011-0001")
    page = client.get("/documents/").content.decode()
    assert "redacted" in page
    assert "not scanned" in page
    assert "At most 32 MB." in client.get("/documents/attach/").content.decode()


class NeverRead(io.RawIOBase):
    """An upload that fails the test when anybody reads of it."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")


@pytest.mark.parametrize("address", ["/documents/attach/", "/api/documents/", "/licensing/lists/load/"])
@pytest.mark.parametrize("key", ["", "once"])
def test_200_mb_are_refused_before_any_of_it_is_read(people, address, key):
    announced = {"wsgi.input": NeverRead(), "CONTENT_LENGTH": "200000000"} | ({"HTTP_IDEMPOTENCY_KEY": key} if key else {})
    answer = signed_in(people.officer).generic("POST", address, content_type="multipart/form-data; boundary=x", **announced)
    assert answer.status_code == 413
    assert "32 MB" in answer.content.decode()
