"""A filed application is amended as a new version, compared with the earlier one, copied; never after the decision."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from enduse.ledger.verification import verify
from enduse.licensing import actions, casefile
from enduse.licensing.models import Application, ApplicationLine
from enduse.licensing.readiness import before_approval
from enduse.licensing.versions import compared
from enduse.parties.actions import register
from enduse.parties.models import Party
from enduse.refusals import Invalid, NotPermitted, Refused
from tests import given as base
from tests.licensing import given
from tests.licensing.test_pages import application_words
from tests.races import race

MORE = [replace(given.RIFLES, quantity=150)]


def amended(people, application: Application, **changes):
    certificate = application.certificate
    words = {
        "capacity": application.capacity, "end_user": application.end_user, "consignee": application.consignee, "country": application.country,
        "purpose": application.purpose, "lines": MORE, "reason": "More recruits.",
        "certificate": given.certificate(certificate.number, issued_on=certificate.issued_on, expires_on=certificate.expires_on)}
    return actions.amend(application, by=people.exporter, **{**words, **changes})


def again(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def test_an_amendment_is_a_new_version_and_the_earlier_words_are_kept(people):
    application = given.submitted(people)
    amended(people, application)
    assert casefile.version_of(again(application)) == 2
    assert again(application).lines.get().quantity == 150
    assert again(application).words_of(1)["lines"][0]["quantity"] == 100
    assert verify().differences == ()


def test_two_versions_stand_side_by_side_field_by_field(people):
    application = given.submitted(people)
    amended(people, application, purpose="For the 2nd zone", consignee=people.zone2)
    changed = {(row.line, row.field): (row.before, row.after) for row in compared(people.officer, again(application), 1, 2) if row.changed}
    assert changed == {
        (None, "purpose"): ("Service rifles for the 1st military zone", "For the 2nd zone"),
        (None, "consignee"): ("Secretariat of Defence", "2nd military zone"), (1, "quantity"): ("100", "150")}


def test_an_amendment_voids_the_assessment_and_the_recommendation_and_keeps_them(people):
    application = given.recommended(people)
    amended(people, application)
    assert again(application).state == "submitted"
    assert again(application).recommendations.count() == 1
    assert [missing.kind for missing in before_approval(again(application))] == ["assessment", "recommendation"]
    with pytest.raises(Refused, match="no recommendation that counts"):
        actions.decide(application, by=people.countersigner)
    client = Client()
    client.force_login(people.officer)
    assert "Void: the application was amended" in client.get(f"/licensing/applications/{application.reference}/").content.decode()


def test_a_party_that_an_amendment_brings_in_is_screened_before_it_is_assessed_anew(people):
    application = given.recommended(people)
    amended(people, application, consignee=people.zone2)
    with pytest.raises(Refused, match="2nd military zone: not screened"):
        given.assessed(people, again(application))
    given.recommended(people, given.assessed(people, given.screened(people, again(application))))
    assert actions.decide(application, by=people.countersigner).outcome == "approve"


def test_nothing_is_amended_after_the_decision(people):
    application = given.licensed(people).application
    with pytest.raises(Refused, match="not changed") as refused:
        amended(people, application)
    assert refused.value.rule == 5
    client = Client()
    client.force_login(people.exporter)
    answer = client.post(f"/licensing/applications/{application.reference}/amend/", application_words(people, why="More", version=1))
    assert "not changed" in answer.content.decode()
    assert again(application).lines.get().quantity == 100


def test_the_database_refuses_an_edit_of_what_was_licensed(people):
    licence = given.licensed(people)
    with pytest.raises(IntegrityError, match="rule 5"), transaction.atomic():
        ApplicationLine.objects.filter(application=licence.application).update(quantity=900)


def test_the_log_names_an_application_that_was_edited_by_raw_sql_after_it_was_filed(people):
    application = given.submitted(people)
    ApplicationLine.objects.filter(application=application).update(quantity=900)
    assert [difference.index for difference in verify().differences] == [application.submission.pk]


def test_the_log_names_an_earlier_version_that_was_edited(people):
    application = given.submitted(people)
    event = amended(people, application)
    replaced = event.more["replaced"]
    replaced["lines"][0]["quantity"] = 1
    type(event).objects.filter(pk=event.pk).update(more={**event.more, "replaced": replaced})
    assert {difference.index for difference in verify().differences} == {application.submission.pk, event.pk}


def test_an_amendment_changes_something_says_why_and_keeps_the_certificate(people):
    application = given.submitted(people)
    with pytest.raises(Invalid, match="says why"):
        amended(people, application, reason=" ")
    with pytest.raises(Invalid, match="certificate is missing"):
        amended(people, application, certificate=None)
    same = application.certificate
    with pytest.raises(Invalid, match="Nothing was changed"):
        amended(people, application, lines=[given.RIFLES], certificate=given.certificate(same.number, issued_on=same.issued_on, expires_on=same.expires_on))
    assert again(application).lines.get().quantity == 100
    assert casefile.version_of(again(application)) == 1


def test_a_draft_is_edited_and_not_amended_and_others_amend_nothing(people):
    with pytest.raises(Refused, match="is a draft"):
        amended(people, given.drafted(people))
    application = given.submitted(people)
    with pytest.raises(NotPermitted):
        actions.amend(application, by=people.officer, reason="x", capacity="exporter", end_user=people.army, consignee=people.army, country="MX",
                      purpose="x", lines=MORE)


@pytest.mark.django_db(transaction=True)
def test_of_two_amendments_of_the_same_version_one_is_taken():
    people = base.people()
    application = given.submitted(people)
    outcomes = race(lambda: amended(people, application, version=1), lambda: amended(people, application, version=1, purpose="Another"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CaseEvent", "Refused"]
    assert casefile.version_of(again(application)) == 2


def test_a_copy_is_a_new_draft_without_the_certificate(people):
    application = given.licensed(people).application
    made = actions.copy(application, by=people.exporter)
    assert (made.state, made.purpose, made.lines.get().quantity) == ("draft", application.purpose, 100)
    assert getattr(made, "certificate", None) is None
    with pytest.raises(Refused, match="no such application"):
        actions.copy(application, by=people.applicant)


def test_an_applicant_amends_copies_and_compares_on_the_web(people):
    application = given.submitted(people)
    client = Client()
    client.force_login(people.exporter)
    base = f"/licensing/applications/{application.reference}/"
    form = client.get(f"{base}amend/").content.decode()
    assert application.purpose in form
    words = application_words(people, why="Fewer are needed.", version=1, number="EUC-2", purpose="Patrol")
    page = client.post(f"{base}amend/", words, follow=True).content.decode()
    assert "<del>100</del>" in page
    assert "<strong>40</strong>" in page
    assert client.get(f"{base}versions/?earlier=1&later=2&all=1").status_code == 200
    answer = client.post(f"{base}copy/", follow=True)
    assert "Its certificate is still missing" in answer.content.decode()


def test_the_web_form_keeps_the_seller_and_what_is_automatic_unless_they_are_changed(people):
    other = register(name="Southern Arms", kind=Party.COMPANY, country="US", registration="M-0002", by=None)
    automatic = replace(given.RIFLES, automatic=True)
    application = given.submitted(people, lines=[automatic], seller=other)
    client = Client()
    client.force_login(people.exporter)
    page = client.get(f"/licensing/applications/{application.reference}/amend/").context
    words = {**page["form"].initial, **{f"lines-0-{name}": value for name, value in page["lines"].forms[0].initial.items()}}
    kept = {name: value for name, value in words.items() if value not in (None, "", [], False)}
    posted = application_words(people, **{**kept, "purpose": "Another purpose", "why": "Said better.", "lines-INITIAL_FORMS": 1})
    answer = client.post(f"/licensing/applications/{application.reference}/amend/", posted, follow=True)
    assert "Version 2 was filed" in answer.content.decode(), answer.context["form"].errors
    application = again(application)
    assert casefile.version_of(application) == 2
    assert application.seller == other
    assert [line.automatic for line in application.lines.all()] == [True]
