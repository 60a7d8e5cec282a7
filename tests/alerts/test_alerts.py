"""An alert is seen by the role it is for, answered once, with what was done."""

from __future__ import annotations

import pytest
from django.test import Client

from enduse.accounts.permissions import Role
from enduse.alerts.actions import answer, raise_alert
from enduse.alerts.models import Alert
from enduse.refusals import Invalid, Refused
from tests import given as base
from tests.races import race


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def alert(people) -> Alert:
    return raise_alert(Alert.TRACE, role=Role.LICENSING_OFFICER, because="A rifle sold to it was recovered", party=people.army, link="/tracing/")


def test_the_role_it_is_for_sees_and_answers_it_on_the_web(people, alert):
    client = signed_in(people.officer)
    assert alert.because in client.get("/alerts/").content.decode()
    client.post(f"/alerts/{alert.pk}/", {"answer": "The applications are held."})
    alert.refresh_from_db()
    assert (alert.answered_by, alert.answer) == (people.officer, "The applications are held.")
    assert alert.because not in client.get("/alerts/").content.decode()
    assert alert.because in client.get("/alerts/?answered=yes").content.decode()


def test_another_role_does_not_see_it_and_the_auditor_sees_all(people, alert):
    assert signed_in(people.monitor).get(f"/alerts/{alert.pk}/").status_code == 404
    assert signed_in(people.applicant).get("/alerts/").status_code == 403
    auditor = signed_in(people.auditor)
    assert alert.because in auditor.get(f"/alerts/{alert.pk}/").content.decode()
    assert auditor.post(f"/alerts/{alert.pk}/", {"answer": "Mine."}).status_code == 403


def test_an_answer_says_something(people, alert):
    with pytest.raises(Invalid):
        answer(alert, text="  ", by=people.officer)


def test_it_is_answered_once(people, alert):
    answer(alert, text="Done.", by=people.officer)
    with pytest.raises(Refused, match="answered this alert already"):
        answer(alert, text="Done again.", by=people.officer2)


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_answer_it_once():
    people = base.people()
    alert = raise_alert(Alert.TRACE, role=Role.LICENSING_OFFICER, because="A trace", party=people.army)
    outcomes = race(lambda: answer(alert, text="One.", by=people.officer), lambda: answer(alert, text="Two.", by=people.officer2))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Alert", "Refused"]


def test_the_api_lists_and_answers_them(people, alert):
    client = signed_in(people.officer)
    assert client.get("/api/alerts/?answered=false").json()["count"] == 1
    answered = client.post(f"/api/alerts/{alert.pk}/answer", {"text": "Held."}, content_type="application/json")
    assert answered.json()["answer"] == "Held."
    assert client.get("/api/alerts/?answered=false").json()["count"] == 0
