"""Advice of other bodies: asked, given, closed; what it stops; what an adviser sees."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enduse.accounts.permissions import Role
from enduse.documents.actions import attach
from enduse.documents.models import Document
from enduse.licensing import actions
from enduse.licensing.advice import CONFLICTING, consolidated
from enduse.licensing.models import Application, CaseEvent, Decision
from enduse.parties.actions import register
from enduse.parties.models import Party
from enduse.refusals import Invalid, Refused
from tests import given as base
from tests.licensing import given


def asked(people, application: Application | None = None, body: Party | None = None) -> CaseEvent:
    return actions.ask_advice(application or given.submitted(people), body=body or people.ministry, text="The region.", by=people.officer)


def again(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def second_body(people):
    body = register(name="Human rights office", kind=Party.STATE_BODY, country="US", by=None)
    return body, base.user(Role.ADVISER, body)


def test_an_adviser_sees_the_cases_its_body_was_asked_on_and_no_others(people):
    request, other = asked(people), given.submitted(people)
    client = Client()
    client.force_login(people.adviser)
    page = client.get(f"/licensing/applications/{request.application.reference}/").content.decode()
    assert "Give your advice" in page
    assert not re.search(r"\b900\b", page)  # what the firearms cost
    assert client.get(f"/licensing/applications/{other.reference}/").status_code == 404
    assert other.reference not in client.get("/licensing/applications/").content.decode()
    assert other.reference not in client.get("/search/?q=service").content.decode()
    assert client.get("/parties/").status_code == 403


def test_an_adviser_reads_no_note_no_assessment_and_no_other_bodys_advice(people):
    application = given.assessed(people)
    body, adviser2 = second_body(people)
    request, other = asked(people, application), asked(people, application, body)
    actions.note(application, text="Ask the embassy quietly.", by=people.officer)
    actions.advise(other, position="refuse", text="Disappearances in the region.", by=adviser2)
    client = Client()
    client.force_login(people.adviser)
    for address in (f"/licensing/applications/{application.reference}/", f"/api/licensing/cases/{application.reference}",
                    f"/api/licensing/applications/{application.reference}"):
        shown = client.get(address).content.decode()
        for text in ("quietly", "Disappearances", "Little speaks against it"):
            assert text not in shown
    assert client.post(f"/api/licensing/advice/{other.pk}/give", {"position": "approve"}, content_type="application/json").status_code == 404
    assert client.post(f"/licensing/advice/{request.pk}/give/", {"position": "proviso", "text": "Only the 1st zone."}).status_code == 302


def test_a_case_is_not_decided_while_an_advice_is_open_unless_an_officer_says_why(people):
    application = given.recommended(people)
    request = asked(people, application)
    with pytest.raises(Refused, match="waits for the advice of Ministry of Foreign Affairs"):
        actions.decide(application, by=people.countersigner)
    client = Client()
    client.force_login(people.countersigner)
    assert "waits for the advice" in client.post(f"/licensing/applications/{application.reference}/decide/", {}).content.decode()
    assert not Decision.objects.exists()
    with pytest.raises(Invalid, match="says why"):
        actions.close_advice(request, reason="", by=people.officer)
    actions.close_advice(request, reason="Asked twice; the region is not concerned.", by=people.officer)
    assert actions.decide(again(application), by=people.countersigner).outcome == "approve"


def test_advice_is_put_together_and_a_conflict_is_named(people):
    application = given.submitted(people)
    body, adviser2 = second_body(people)
    first, second = asked(people, application), asked(people, application, body)
    assert consolidated(again(application)).position == ""
    actions.advise(first, position="approve", by=people.adviser)
    assert consolidated(again(application)).position == "approve"
    actions.advise(second, position="refuse", text="Disappearances.", by=adviser2)
    together = consolidated(again(application))
    assert together.position == CONFLICTING
    assert together.text == "Ministry of Foreign Affairs: no objection.\nHuman rights office: refuse. Disappearances."


def test_the_text_put_together_is_proposed_to_the_officer_who_recommends(people):
    application = given.assessed(people)
    actions.advise(asked(people, application), position="proviso", text="Only for the 1st zone.", by=people.adviser)
    client = Client()
    client.force_login(people.officer)
    assert "Only for the 1st zone." in client.get(f"/licensing/applications/{application.reference}/recommend/").content.decode()


def test_a_proviso_and_a_refusal_say_why(people):
    request = asked(people)
    for position in ("proviso", "refuse"):
        with pytest.raises(Invalid, match="say why"):
            actions.advise(request, position=position, by=people.adviser)
    with pytest.raises(Invalid, match="no such position"):
        actions.advise(request, position="maybe", by=people.adviser)


def test_an_advice_is_given_once_and_only_by_the_body_that_was_asked(people):
    request = asked(people)
    _body, stranger = second_body(people)
    with pytest.raises(Refused, match="not asked"):
        actions.advise(request, position="approve", by=stranger)
    actions.advise(request, position="no_comment", by=people.adviser)
    with pytest.raises(Refused, match="ended"):
        actions.advise(request, position="approve", by=people.adviser)
    with pytest.raises(Refused, match="ended"):
        actions.close_advice(request, reason="Late.", by=people.officer)


def test_a_body_is_asked_once_at_a_time_and_only_if_it_has_an_adviser(people):
    request = asked(people)
    with pytest.raises(Refused, match="has not answered"):
        asked(people, request.application)
    with pytest.raises(Invalid, match="no adviser here"):
        asked(people, given.submitted(people), people.carrier)


def test_advice_on_an_earlier_version_is_shown_as_such_and_no_longer_counts(people):
    from tests.licensing.test_amending import amended

    application = given.submitted(people)
    actions.advise(asked(people, application), position="approve", by=people.adviser)
    amended(people, application)
    together = consolidated(again(application))
    assert (together.position, len(together.earlier)) == ("", 1)


def pdf(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, f"%PDF-1.4 {name}".encode(), content_type="application/pdf")


def test_an_adviser_opens_what_the_applicant_filed_on_the_case_it_was_asked_about_and_nothing_else(people):
    asked_on, other = given.submitted(people), given.submitted(people)
    mine = attach(pdf("order.pdf"), name="order.pdf", subject=asked_on.reference, owner=people.maker, by=people.exporter)
    memo = attach(pdf("memo.pdf"), name="memo.pdf", subject=asked_on.reference, by=people.officer)
    others = attach(pdf("other.pdf"), name="other.pdf", subject=other.reference, owner=people.maker, by=people.exporter)
    client = Client()
    client.force_login(people.adviser)
    assert client.get(f"/documents/{mine.pk}/").status_code == 404
    actions.ask_advice(asked_on, body=people.ministry, text="Anything against it?", by=people.officer)
    page = client.get(f"/licensing/applications/{asked_on.reference}/").content.decode()
    assert "order.pdf" in page
    assert "memo.pdf" not in page
    assert client.get(f"/documents/{mine.pk}/").status_code == 200
    assert client.get(f"/api/documents/{mine.pk}/content").status_code == 200
    assert client.get(f"/documents/{memo.pk}/").status_code == 404
    assert client.get(f"/documents/{others.pk}/").status_code == 404


def test_where_a_document_was_redacted_the_adviser_opens_the_redacted_version_alone(people):
    application = given.submitted(people)
    original = attach(pdf("order.pdf"), name="order.pdf", subject=application.reference, owner=people.maker, by=people.exporter)
    redacted = attach(pdf("order-redacted.pdf"), name="order-redacted.pdf", subject=application.reference, redacts=original, by=people.officer)
    actions.ask_advice(application, body=people.ministry, text="Anything against it?", by=people.officer)
    assert list(Document.objects.visible_to(people.adviser)) == [redacted]
