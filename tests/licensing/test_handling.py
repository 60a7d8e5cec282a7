"""Who has a case: taken, assigned, released, moved, flagged, noted."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from enduse.licensing import actions, casefile, caselists
from enduse.licensing.models import Application, Case, CaseEvent
from enduse.refusals import Invalid, NotPermitted, Refused
from tests import given as base
from tests.licensing import given
from tests.races import race


def again(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def test_an_officer_takes_a_case_and_it_is_in_review(people):
    application = given.submitted(people)
    actions.take(application, by=people.officer)
    assert again(application).state == "in_review"
    assert casefile.officer_of(again(application)) == people.officer
    actions.release(application, by=people.officer)
    assert again(application).state == "submitted"


def test_who_comes_second_is_told_who_has_it(people):
    application = given.submitted(people)
    actions.take(application, by=people.officer)
    with pytest.raises(Refused, match=str(people.officer)):
        actions.take(application, by=people.officer2)
    with pytest.raises(Refused, match="You have"):
        actions.take(application, by=people.officer)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_take_it_at_once_one_has_it():
    people = base.people()
    application = given.submitted(people)
    outcomes = race(lambda: actions.take(application, by=people.officer), lambda: actions.take(application, by=people.officer2))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CaseEvent", "Refused"]
    assert CaseEvent.objects.filter(sort="assigned").count() == 1


def test_only_its_officer_or_a_countersigner_releases_a_case(people):
    application = given.submitted(people)
    actions.take(application, by=people.officer)
    with pytest.raises(Refused, match="cannot release"):
        actions.release(application, by=people.officer2)
    actions.release(application, reason="On leave.", by=people.countersigner)
    assert casefile.officer_of(again(application)) is None


def test_a_case_is_assigned_to_licensing_officers_alone(people):
    application = given.submitted(people)
    with pytest.raises(Invalid, match="licensing officer"):
        actions.assign(application, officer=people.monitor, by=people.officer)
    actions.assign(application, officer=people.officer2, by=people.countersigner)
    with pytest.raises(Refused, match="already"):
        actions.assign(application, officer=people.officer2, by=people.officer)
    with pytest.raises(NotPermitted):
        actions.assign(application, officer=people.officer, by=people.administrator)


def test_the_database_refuses_an_assignment_to_nobody(people):
    application = given.submitted(people)
    actions.take(application, by=people.officer)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE licensing_caseevent SET officer_id = NULL WHERE sort = 'assigned'")


def test_flags_are_set_and_taken_off_with_a_reason(people):
    application = given.submitted(people)
    actions.flag(application, code="URGENT", reason="The minister travels.", by=people.officer)
    assert list(casefile.flags_of(again(application))) == ["URGENT"]
    with pytest.raises(Refused, match="set already"):
        actions.flag(application, code="URGENT", reason="Again.", by=people.officer)
    with pytest.raises(Invalid, match="says why"):
        actions.flag(application, code="URGENT", raised=False, reason=" ", by=people.officer)
    actions.flag(application, code="URGENT", raised=False, reason="Over.", by=people.officer)
    assert casefile.flags_of(again(application)) == {}


def test_a_case_moves_to_another_queue(people):
    application = given.submitted(people)
    assert casefile.queue_of(again(application)) == "INTAKE"
    actions.move(application, queue="SENSITIVE", reason="Precision rifles.", by=people.officer)
    assert Case.objects.get(application=application).queue == "SENSITIVE"
    with pytest.raises(Invalid, match="not in the list"):
        actions.move(application, queue="SHREDDER", reason="x", by=people.officer)


def test_nothing_is_taken_moved_or_flagged_once_it_is_decided_but_a_note_is_written(people):
    application = given.licensed(people).application
    for act in (lambda: actions.take(application, by=people.officer), lambda: actions.move(application, queue="POLICE", reason="x", by=people.officer),
                lambda: actions.flag(application, code="PRESS", reason="x", by=people.officer), lambda: actions.ask(application, text="x", by=people.officer)):
        with pytest.raises(Refused, match="approved"):
            act()
    actions.note(application, text="The first delivery was late.", by=people.officer)


def test_notes_and_marks_are_found_and_read_by_officers_alone(people):
    application = given.submitted(people)
    actions.note(application, text="Compare with the Cobalt affair.", by=people.officer)
    assert [row.application for row in caselists.cases(people.officer, search="cobalt")] == [application]
    assert list(caselists.cases(people.exporter, search="cobalt")) == []
    assert [row.application for row in caselists.cases(people.exporter, queue="POLICE", officer="me")] == [application]  # marks narrow nothing


def test_lists_are_by_queue_officer_and_due_day(people):
    first, second = given.submitted(people), given.submitted(people)
    actions.take(first, by=people.officer)
    assert [row.application for row in caselists.cases(people.officer, officer="me")] == [first]
    assert [row.application for row in caselists.cases(people.officer, officer="nobody")] == [second]
    Case.objects.filter(application=second).update(due_on="2001-01-01")
    assert [row.application for row in caselists.cases(people.officer, due="overdue")] == [second]
    actions.ask(first, text="Who?", by=people.officer)
    assert [row.application for row in caselists.cases(people.officer, due="stopped")] == [first]


def test_the_kept_rows_are_made_again_from_the_facts(people):
    from enduse.licensing.keeping import keep_missing, rebuild

    application = given.submitted(people)
    assert rebuild() == 0
    Case.objects.filter(application=application).update(state="approved", queue="POLICE")
    assert rebuild() == 1
    assert Case.objects.get(application=application).state == "submitted"
    Case.objects.all().delete()
    assert keep_missing() == 1
    assert Case.objects.get(application=application).queue == "INTAKE"


def test_every_fact_about_an_application_keeps_its_row():
    from enduse.ledger.models import fact_models
    from enduse.licensing.models import CaseFact

    others = [model.__name__ for model in fact_models().values()
              if any(field.name == "application" for field in model._meta.fields) and not issubclass(model, CaseFact)]
    assert others == []


def test_the_page_takes_assigns_flags_notes_and_moves(people):
    application = given.submitted(people)
    client = Client()
    client.force_login(people.officer)
    base = f"/licensing/applications/{application.reference}/"
    assert "Take this case" in client.get(base).content.decode()
    client.post(f"{base}take/")
    for step, words in (("flag/", {"code": "PRESS", "reason": "A journalist asks."}), ("note/", {"text": "Read the file of 2009."}),
                        ("move/", {"queue": "MILITARY", "reason": "An army."}), ("assign/", {"officer": people.officer2.pk})):
        assert client.get(base + step).status_code == 200
        assert client.post(base + step, words).status_code == 302
    page = client.get(base).content.decode()
    for text in ("Interest of the press", "Read the file of 2009.", "Military end users", str(people.officer2)):
        assert text in page
    second = Client()
    second.force_login(people.officer)
    assert second.post(f"{base}take/").status_code == 409
