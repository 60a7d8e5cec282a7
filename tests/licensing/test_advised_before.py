"""What was answered to an enquiry weighs on later applications; papers stand behind an enquiry as behind an application."""

from __future__ import annotations

import hashlib
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enduse.accounts.permissions import Role
from enduse.documents.actions import attach
from enduse.documents.models import Document
from enduse.ledger.verification import verify
from enduse.licensing import actions, risk_summary
from enduse.licensing.advisories import actions as asking
from enduse.licensing.chain import ChainAsked
from enduse.licensing.flags import raised
from enduse.licensing.kinds import KindAsked
from enduse.licensing.models import Advisory, Application
from enduse.licensing.queries import known
from enduse.parties.actions import register
from enduse.parties.models import Party
from enduse.refusals import Invalid, Refused
from tests import given as base
from tests.licensing import given

PDF = b"%PDF-1.4 an offer"


def asked(people, party: Party | None = None, **words: str) -> Advisory:
    party = party or people.army
    return asking.ask_advisory(asking.EndUserNamed(
        name=party.name.upper(), party_kind=party.kind, country=party.country, reason="An offer was asked for.",
        goods=[asking.GoodsNamed("rifle_semi", "556nato")], **words), by=people.exporter)


def answered(people, party: Party | None = None, outcome: str = "concerns") -> Advisory:
    given.loaded_list(people.officer)
    advisory = asked(people, party)
    if advisory.end_user.pk != (party or people.army).pk:
        given.screen_all([advisory.end_user], by=people.officer)
    asking.answer_advisory(advisory, outcome=outcome, reasons="Of diversion.", by=people.officer)
    return advisory


def flag_of(application: Application) -> str:
    return raised(known(Application.objects.get(pk=application.pk))).get("W15", "")


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("outcome", ["concerns", "declined"])
def test_an_answer_with_concerns_or_none_at_all_is_w15_on_later_applications(people, outcome):
    application = given.submitted(people)
    assert flag_of(application) == ""
    advisory = answered(people, outcome=outcome)
    assert advisory.reference in flag_of(application)
    page = at(people.officer).get(f"/licensing/applications/{application.reference}/").content.decode()
    assert f"<strong>W15</strong> An enquiry about this end user was answered with concerns, or advice on it was declined. {advisory.reference}" in page
    assert "W15" not in at(people.exporter).get(f"/licensing/applications/{application.reference}/").content.decode()


def test_an_answer_without_concerns_raises_nothing_and_is_told_beside_one_that_had_them(people):
    answered(people, outcome="no_concerns")
    application = given.submitted(people)
    assert flag_of(application) == ""
    first = answered(people)
    second = answered(people, outcome="no_concerns")
    assert flag_of(application).endswith(f"Answered without concerns since: {second.reference}.")
    assert first.reference in flag_of(application)


def test_an_answer_about_another_end_user_raises_nothing(people):
    answered(people, people.police)
    assert flag_of(given.submitted(people)) == ""


def test_of_an_open_licence_each_recipient_counts(people):
    guard = register(name="Presidential guard", kind=Party.ARMED_FORCE, country="GT", by=None)
    advisory = answered(people, guard)
    application = given.drafted(people, lines=[given.OPEN_LINE], certificate=None, kind=KindAsked("open", recipients=(guard,), destinations=("GT",)))
    assert advisory.reference in flag_of(application)


def test_the_risk_summary_names_each_answer(people):
    advisory = answered(people)
    said = [each for each in risk_summary.draft(known(given.submitted(people))) if each.source == advisory.reference]
    assert said[0].text == "Asked about it before any application, the authority answered: there are concerns."
    assert said[0].link == f"/licensing/advisories/{advisory.reference}/"


def test_the_flag_is_answered_before_a_recommendation(people):
    answered(people)
    application = given.screened(people, given.submitted(people))
    with pytest.raises(Invalid, match="W15"):
        actions.assess(application, criteria=given.answers(), flags={}, summary="Fine.", by=people.officer)


def test_no_advice_is_given_with_a_reason_and_in_its_letter(people):
    given.loaded_list(people.officer)
    advisory = asked(people)
    with pytest.raises(Invalid, match="why no advice is given"):
        asking.answer_advisory(advisory, outcome="declined", by=people.officer)
    page = at(people.officer).post(f"/licensing/advisories/{advisory.reference}/answer/", {
        "outcome": "declined", "reasons": "A court looks into it."}, follow=True).content.decode()
    assert "No advice is given" in page
    assert at(people.exporter).get(f"/licensing/advisories/{advisory.reference}/letter/").content[:4] == b"%PDF"
    listed = at(people.officer).get("/api/licensing/advisories?state=declined").json()
    assert [each["reference"] for each in listed["items"]] == [advisory.reference]


def test_who_asked_attaches_a_paper_to_its_enquiry_and_the_authority_reads_it(people):
    advisory = asked(people)
    page = at(people.exporter).post(f"/licensing/advisories/{advisory.reference}/attach/", {
        "sort": "order", "file": SimpleUploadedFile("offer.pdf", PDF)}, follow=True).content.decode()
    document = Document.objects.get()
    assert "offer.pdf was attached" in page
    assert (document.subject, document.owner, document.sha256) == (advisory.reference, people.maker, hashlib.sha256(PDF).hexdigest())
    assert "offer.pdf" in at(people.officer).get(f"/licensing/advisories/{advisory.reference}/").content.decode()
    assert verify().differences == ()


def test_what_the_authority_attaches_is_its_own(people):
    advisory = asked(people)
    at(people.officer).post(f"/licensing/advisories/{advisory.reference}/attach/", {"sort": "other", "file": SimpleUploadedFile("report.pdf", PDF)})
    document = Document.objects.get()
    assert document.owner is None
    assert "report.pdf" in at(people.officer).get(f"/licensing/advisories/{advisory.reference}/").content.decode()
    assert "report.pdf" not in at(people.exporter).get(f"/licensing/advisories/{advisory.reference}/").content.decode()
    assert at(people.exporter).get(f"/documents/{document.pk}/").status_code == 404


def test_a_paper_that_is_not_what_its_name_says_is_refused_beside_its_field(people):
    advisory = asked(people)
    page = at(people.exporter).post(f"/licensing/advisories/{advisory.reference}/attach/", {
        "sort": "order", "file": SimpleUploadedFile("offer.pdf", b"PK\x03\x04 a spreadsheet")}).content.decode()
    assert "The content is not what the name says" in page
    assert not Document.objects.exists()


def test_another_partys_enquiry_takes_no_paper_over_the_api_nor_on_the_web(people):
    advisory = asked(people)
    other = base.user(Role.EXPORTER, people.carrier)
    with pytest.raises(Refused, match="Your party has nothing"):
        attach(io.BytesIO(PDF), name="offer.pdf", subject=advisory.reference, by=other)
    assert at(other).post(f"/licensing/advisories/{advisory.reference}/attach/", {"file": SimpleUploadedFile("offer.pdf", PDF)}).status_code == 404
    assert at(other).post("/api/documents/", {"file": SimpleUploadedFile("offer.pdf", PDF), "subject": advisory.reference}).status_code == 409
    assert at(people.exporter).post("/api/documents/", {"file": SimpleUploadedFile("offer.pdf", PDF), "subject": advisory.reference}).status_code == 200


def test_a_redacted_version_stands_for_roles_that_see_no_other(people):
    advisory = asked(people)
    original = attach(io.BytesIO(PDF), name="offer.pdf", subject=advisory.reference, by=people.exporter)
    at(people.officer).post(f"/licensing/advisories/{advisory.reference}/attach/", {
        "sort": "order", "redacts": original.pk, "file": SimpleUploadedFile("black.pdf", PDF + b" black")})
    redacted = Document.objects.get(redacts=original)
    assert (redacted.subject, redacted.owner) == (advisory.reference, people.maker)
    assert at(people.monitor).get(f"/documents/{original.pk}/").status_code == 404
    assert at(people.monitor).get(f"/documents/{redacted.pk}/").status_code == 200


def test_an_answer_about_an_ultimate_end_user_is_w15_too(people):
    police = register(name="State police of the north", kind=Party.POLICE, country="MX", by=None)
    application = given.submitted(people, others=ChainAsked((police,)))
    assert flag_of(application) == ""
    assert answered(people, police).reference in flag_of(application)
