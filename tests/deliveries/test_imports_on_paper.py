"""What an importing state told in a letter: recorded by an officer for it, compared and taken back like what it notifies here itself."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from enduse import clock
from enduse.alerts.models import Alert
from enduse.deliveries.imports import actions
from enduse.deliveries.models import ImportNotification
from enduse.documents.models import Document
from enduse.ledger.verification import verify
from enduse.refusals import Invalid, NotPermitted, Refused
from tests.cli.conftest import run
from tests.deliveries import given
from tests.deliveries.test_imports import at, notified, outcome, stated

__all__ = ["run"]
PDF = b"%PDF-1.4 a letter"
SENDER = "Police headquarters, letter 44 of 3 May"


def recorded(people, licence=None, quantity: int = 60, *, received_from: str = SENDER, by=None, importer=None, **changes) -> ImportNotification:
    return actions.record_import(stated(licence, quantity, **changes), importer=importer or people.police, received_from=received_from,
                                 by=by or people.officer)


def words(people, **changes) -> dict:
    return {
        "importer": people.police.name, "received_from": SENDER, "sort": "received", "on": clock.today().isoformat(), "country_of_export": "US",
        "exporter": "Northern Rifle Works", "licensed_here": "no", "use": "Patrols", "goods-TOTAL_FORMS": 1, "goods-INITIAL_FORMS": 0,
        "goods-0-firearm_type": given.TYPE, "goods-0-calibre": given.CALIBRE, "goods-0-quantity": 5, **changes}


def test_an_officer_records_a_letter_with_its_paper_on_the_page(people):
    client = at(people.officer)
    assert "Record an import notified on paper" in client.get("/deliveries/imports/").content.decode()
    assert client.get("/deliveries/imports/record/").status_code == 200
    page = client.post("/deliveries/imports/record/", words(people, paper=SimpleUploadedFile("letter.pdf", PDF)), follow=True).content.decode()
    assert SENDER in page
    assert "letter.pdf" in page
    notification = ImportNotification.objects.get()
    assert (notification.importer, notification.paper, notification.recorded_by) == (people.police, Document.objects.get(), people.officer)
    assert SENDER in at(people.police_custodian).get(f"/deliveries/imports/{notification.reference}/").content.decode()
    assert "letter.pdf" not in at(people.police_custodian).get(f"/deliveries/imports/{notification.reference}/").content.decode()
    assert verify().differences == ()
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        ImportNotification.objects.update(received_from="")


def test_it_is_compared_like_what_a_state_notifies_itself(people):
    licence = given.licence(people)
    assert outcome(recorded(people, licence, importer=people.police)) == "other_end_user"
    assert Alert.objects.filter(kind=Alert.IMPORT).count() == 2


def test_each_fault_is_told_and_nothing_is_kept(people):
    for changes, field in (({"importer": people.maker}, "importer"), ({"importer": people.zone}, "importer"), ({"received_from": " "}, "received_from")):
        with pytest.raises(Invalid) as refused:
            recorded(people, **changes)
        assert refused.value.problems[0].field == field
    with pytest.raises(NotPermitted):
        recorded(people, by=people.custodian)
    page = at(people.officer).post("/deliveries/imports/record/", words(people, paper=SimpleUploadedFile("letter.pdf", b"PK\x03\x04"))).content.decode()
    assert "The content is not what the name says" in page
    assert not ImportNotification.objects.exists()
    assert not Document.objects.exists()


def test_the_same_told_on_paper_and_here_is_kept_once(people):
    recorded(people, importer=people.army)
    with pytest.raises(Refused, match="notified already"):
        notified(people)


def test_it_is_recorded_over_the_api_and_taken_back_on_the_command_line(run, people):
    body = {"importer": people.police.pk, "received_from": SENDER, "sort": "received", "on": clock.today().isoformat(), "country_of_export": "US",
            "exporter": "Northern Rifle Works", "licensed_here": False, "use": "Patrols",
            "goods": [{"firearm_type": given.TYPE, "calibre": given.CALIBRE, "quantity": 5}]}
    answered = at(people.officer).post("/api/deliveries/imports/record", json.dumps(body), content_type="application/json")
    assert answered.status_code == 200, answered.content
    assert answered.json()["received_from"] == SENDER
    assert at(people.custodian).post("/api/deliveries/imports/record", json.dumps(body), content_type="application/json").status_code == 403
    said = run("deliveries", "withdraw-import", answered.json()["reference"], "--reason", "A second letter says so.", by=people.officer)
    assert said.exit_code == 0, said.output
    assert ImportNotification.objects.get().is_withdrawn


def test_an_officer_takes_back_only_what_came_on_paper(people):
    notification = notified(people)
    with pytest.raises(Refused):
        actions.withdraw_import(notification, reason="Mine.", by=people.officer)
    assert "Taken back" not in at(people.officer).get(f"/deliveries/imports/{notification.reference}/").content.decode()
