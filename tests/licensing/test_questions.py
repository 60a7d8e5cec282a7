"""Questions to the applicant: asked, answered with documents, withdrawn; what they stop meanwhile."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from enduse import clock
from enduse.alerts.models import Alert
from enduse.documents.models import Document
from enduse.ledger.verification import verify
from enduse.licensing import actions, casefile, workdays
from enduse.licensing.models import Application, CaseEvent
from enduse.refusals import Invalid, NotPermitted, Refused
from tests.licensing import given


def again(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def asked(people, application: Application | None = None, text: str = "Which units will hold them?", **more) -> CaseEvent:
    return actions.ask(application or given.submitted(people), text=text, by=people.officer, **more)


def test_a_question_stands_until_it_is_answered(people):
    question = asked(people)
    assert again(question.application).state == "asked"
    assert question.due_on == workdays.after_working_days(clock.today(), 20)
    actions.answer_question(question, text="The 1st zone alone.", by=people.exporter)
    assert again(question.application).state == "submitted"
    assert verify().differences == ()


def test_an_answer_keeps_its_documents(people):
    question = asked(people)
    answer = actions.answer_question(question, text="See the plan.", files=[(io.BytesIO(b"%PDF-1.4 plan"), "plan.pdf")], by=people.exporter)
    document = Document.objects.get(subject=question.application.reference)
    assert answer.more["documents"] == [{"document": document.pk, "name": "plan.pdf", "sha256": document.sha256}]


def test_an_answer_with_a_bad_file_is_not_taken_at_all(people):
    question = asked(people)
    with pytest.raises(Invalid):
        actions.answer_question(question, text="See both.", files=[(io.BytesIO(b"%PDF-1.4 a"), "a.pdf"), (io.BytesIO(b"PK\x03\x04"), "b.pdf")],
                                by=people.exporter)
    assert not Document.objects.filter(subject=question.application.reference).exists()
    assert again(question.application).state == "asked"


def test_nothing_is_recommended_while_a_question_is_open(people):
    application = given.assessed(people)
    question = asked(people, application)
    with pytest.raises(Refused, match="waits for the applicant") as refused:
        actions.recommend(application, outcome="approve", note="", by=people.officer)
    assert "withdraw the question" in refused.value.remedy
    actions.withdraw_question(question, reason="The certificate says it.", by=people.officer)
    assert actions.recommend(application, outcome="approve", note="", by=people.officer).outcome == "approve"


def test_nothing_is_asked_once_it_is_recommended(people):
    with pytest.raises(Refused, match="recommended already"):
        asked(people, given.recommended(people))


def test_a_question_ends_once(people):
    question = asked(people)
    actions.answer_question(question, text="The 1st zone.", by=people.exporter)
    with pytest.raises(Refused, match="ended"):
        actions.answer_question(question, text="No, the 2nd.", by=people.exporter)
    with pytest.raises(Refused, match="ended"):
        actions.withdraw_question(question, reason="Too late.", by=people.officer)


def test_the_database_itself_refuses_a_second_end_and_the_log_names_a_changed_answer(people):
    question = asked(people)
    answer = actions.answer_question(question, text="The 1st zone.", by=people.exporter)
    other = asked(people, question.application, "And who counts?")
    late = actions.withdraw_question(other, reason="Known.", by=people.officer)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE licensing_caseevent SET about_id = %s WHERE leaf_id = %s", [question.pk, late.pk])
    CaseEvent.objects.filter(pk=answer.pk).update(text="Nobody knows.")
    assert [difference.index for difference in verify().differences] == [answer.pk]


def test_only_the_applicants_own_people_answer(people):
    question = asked(people)
    with pytest.raises(Refused, match="no such application"):
        actions.answer_question(question, text="Mine.", by=people.applicant)
    with pytest.raises(NotPermitted):
        actions.answer_question(question, text="Mine.", by=people.officer)


@pytest.mark.parametrize("days", [0, -1, 121])
def test_a_question_gives_a_sensible_time(people, days):
    with pytest.raises(Invalid, match="working days"):
        asked(people, days=days)


def test_the_applicant_is_reminded_once_and_officers_are_told_once_when_the_limit_passes(people):
    question = asked(people, days=10)
    assert actions.remind() == (0, 0)
    near = question.due_on - timedelta(days=3)
    assert actions.remind(near) == (1, 0)
    assert actions.remind(near) == (0, 0)
    past = question.due_on + timedelta(days=1)
    assert actions.remind(past) == (0, 1)
    assert actions.remind(past) == (0, 0)
    alert = Alert.objects.get(kind=Alert.OVERDUE)
    assert question.application.reference in alert.because


def test_an_answered_question_reminds_nobody(people):
    question = asked(people, days=2)
    actions.answer_question(question, text="Here.", by=people.exporter)
    assert actions.remind(question.due_on + timedelta(days=9)) == (0, 0)


def test_the_applicant_answers_on_the_web_and_sees_nothing_that_is_internal(people):
    application = given.submitted(people)
    actions.note(application, text="The minister rang about it.", by=people.officer)
    question = asked(people, application)
    page = f"/licensing/applications/{application.reference}/"
    client = Client()
    client.force_login(people.exporter)
    shown = client.get(page).content.decode()
    assert "Which units will hold them?" in shown
    assert "The minister rang" not in shown
    assert str(people.officer) not in shown
    answered = client.post(f"/licensing/questions/{question.pk}/answer/", {"text": "The 1st zone."}, follow=True).content.decode()
    assert "Your answer was sent" in answered
    assert casefile.questions(again(application))[0].ended.text == "The 1st zone."
    assert "The minister rang" not in client.get(f"/api/licensing/cases/{application.reference}").content.decode()


def test_the_officer_reads_the_answer_and_the_clock_on_the_page(people):
    application = given.submitted(people)
    client = Client()
    client.force_login(people.officer)
    page = f"/licensing/applications/{application.reference}/"
    assert "due in 20 working days" in client.get(page).content.decode()
    client.post(f"{page}ask/", {"text": "Who counts them?", "days": "20"})
    assert "clock stopped since" in client.get(page).content.decode()
    actions.answer_question(CaseEvent.objects.get(sort="asked"), text="The depot.", by=people.exporter)
    assert "The depot." in client.get(page).content.decode()
