"""What people see of custody: the register, a life, an event, a unit, counts; and that each form does its step."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enduse import clock
from enduse.accounts.models import SensitiveRead
from enduse.custody.actions import report_loss
from enduse.custody.models import CustodyEvent, Firearm, Holding, Stocktake
from tests.custody import given

SEES_FIREARMS = {"exporter", "custodian", "licensing_officer", "countersigner", "monitor", "tracing_officer", "auditor"}


@pytest.fixture
def page(client):
    """Open a page as somebody: page(user, "custody:unit", pk) -> (status, text)."""

    def opened(by, name, *args, **query):
        client.force_login(by)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse(name, args=args), query)
        text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
        assert len(queries.captured_queries) <= 15, [query["sql"][:120] for query in queries.captured_queries]
        return answer.status_code, text

    return opened


@pytest.fixture
def send(client):
    """Send a form as somebody: send(user, "custody:move", unit=...) -> the answer after its redirect."""

    def sent(by, name, *args, **fields):
        client.force_login(by)
        return client.post(reverse(name, args=args), {key: value for key, value in fields.items() if value is not None}, follow=True)

    return sent


def test_each_role_gets_to_the_register_as_the_table_says(page, people):
    given.army_stock(people, 2)
    for role, user in people.by_role().items():
        assert page(user, "custody:firearms")[0] == (200 if role in SEES_FIREARMS else 403), role


def test_a_list_filters_by_serial_state_and_holder_and_is_exported_whole(page, people):
    firearms = given.issued(people, 6)
    report_loss(firearms[:1], sort=CustodyEvent.STOLEN, unit=people.zone, occurred_on=clock.today(), by=people.custodian)
    _status, text = page(people.officer, "custody:firearms", serial="00002")
    assert "W000002" in text
    assert "W000003" not in text
    _status, text = page(people.officer, "custody:firearms", state="lost", holder=people.zone.pk)
    assert "W000001" in text
    assert "W000002" not in text
    _status, text = page(people.officer, "custody:firearms", format="csv")
    assert len(text.strip().splitlines()) == 7
    assert SensitiveRead.objects.filter(user=people.officer, noun="export").exists()


def test_a_life_shows_each_event_with_its_place_in_the_log_and_how_it_left(page, people):
    firearms = given.issued(people, 3)
    report_loss(firearms[:1], sort=CustodyEvent.DESERTED_WITH, unit=people.zone, occurred_on=clock.today(), place="Altiplano", by=people.custodian)
    status, text = page(people.officer, "custody:firearm", firearms[0].pk)
    assert status == 200
    for event in CustodyEvent.objects.filter(lines__firearm=firearms[0]):
        assert reverse("custody:event", args=[event.pk]) in text
        assert event.words in text
    assert "Point of diversion" in text
    assert SensitiveRead.objects.filter(user=people.officer, noun="firearm", reference=str(firearms[0].pk)).exists()


def test_the_events_of_one_are_opened_with_their_firearms(page, people):
    given.issued(people, 3)
    for event in CustodyEvent.objects.all():
        status, text = page(people.officer, "custody:event", event.pk)
        assert status == 200
        assert "W000003" in text


def test_a_unit_page_explains_what_it_holds(page, people):
    firearms = given.issued(people, 8)
    report_loss(firearms[:2], sort=CustodyEvent.STOLEN, unit=people.zone, occurred_on=clock.today(), by=people.custodian)
    status, text = page(people.officer, "custody:unit", people.zone.pk)
    assert status == 200
    assert "holds 6 firearms" in text
    assert "equals what the record says is held" in text
    status, text = page(people.custodian, "custody:unit", people.army.pk)
    assert "1st military zone" in text


def test_a_custodian_hands_over_typed_serials(send, people):
    given.issued(people, 3)
    answer = send(people.custodian, "custody:move", unit=people.zone.pk, to_unit=people.battalion.pk, serials="w000001\nW-000002\n",
                  occurred_on=clock.today().isoformat())
    assert "Recorded for 2 firearms" in answer.content.decode()
    assert Holding.objects.filter(party=people.battalion).count() == 2


def test_a_custodian_hands_over_a_file_or_all_of_a_type(send, people):
    given.issued(people, 5)
    file = SimpleUploadedFile("s.csv", b"serial\nW000001\n")
    send(people.custodian, "custody:move", unit=people.zone.pk, to_unit=people.battalion.pk, file=file, occurred_on=clock.today().isoformat())
    assert Holding.objects.filter(party=people.battalion).count() == 1
    send(
        people.custodian,
        "custody:move",
        unit=people.zone.pk,
        to_unit=people.battalion.pk,
        everything="on",
        firearm_type="rifle_assault",
        quantity=3,
        occurred_on=clock.today().isoformat(),
    )
    assert Holding.objects.filter(party=people.battalion).count() == 4


def test_a_serial_that_is_not_there_is_named_with_its_row_and_nothing_moves(send, people):
    given.issued(people, 2)
    answer = send(people.custodian, "custody:move", unit=people.zone.pk, to_unit=people.battalion.pk, serials="W000001\nW999999",
                  occurred_on=clock.today().isoformat())
    assert answer.status_code == 422
    assert "W999999" in answer.content.decode()
    assert not Holding.objects.filter(party=people.battalion).exists()


def test_a_count_is_blind_and_then_shows_what_does_not_balance_and_how_to_report_it(page, send, people):
    given.issued(people, 4)
    _status, text = page(people.custodian, "custody:count", unit=people.zone.pk)
    assert "W000001" not in text
    answer = send(people.custodian, "custody:count", unit=people.zone.pk, serials="W000001\nW000002\nQ77", taken_on=clock.today().isoformat())
    text = answer.content.decode()
    assert "W000003" in text
    assert "Q77" in text
    count = Stocktake.objects.get()
    assert (count.sighted, count.missing, count.unexpected) == (2, 2, 1)
    status, text = page(people.custodian, "custody:report_loss", unit=people.zone.pk, missing=1)
    assert status == 200
    assert "W000003\nW000004" in text


def test_a_loss_is_reported_and_found_again_by_forms(send, people):
    given.issued(people, 2)
    today = clock.today().isoformat()
    send(people.custodian, "custody:report_loss", unit=people.zone.pk, serials="W000001", sort="lost", occurred_on=today, place="Road 15")
    assert Holding.objects.get(firearm__serial="W000001").state == Holding.LOST
    send(people.custodian, "custody:record_found", unit=people.zone.pk, serials="W000001", occurred_on=today)
    assert Holding.objects.get(firearm__serial="W000001").state == Holding.HELD


def test_destruction_needs_two_witnesses(send, people):
    given.issued(people, 1)
    fields = {"unit": people.zone.pk, "serials": "W000001", "occurred_on": clock.today().isoformat(), "method": "cut"}
    assert "Two witnesses are needed" in send(people.custodian, "custody:record_destroyed", witnesses="Armourer", **fields).content.decode()
    send(people.custodian, "custody:record_destroyed", witnesses="Armourer, auditor", **fields)
    assert Holding.objects.get().state == Holding.DESTROYED


def test_rule_5_a_correction_is_a_later_event_that_names_the_wrong_one(page, send, people):
    firearms = given.issued(people, 2)
    wrong = report_loss(firearms, sort=CustodyEvent.LOST, unit=people.zone, occurred_on=clock.today(), by=people.custodian)
    answer = send(people.custodian, "custody:correct", wrong.pk, reason="They were in the workshop")
    assert answer.status_code == 200
    assert set(Holding.objects.values_list("state", flat=True)) == {Holding.HELD}
    _status, text = page(people.officer, "custody:event", wrong.pk)
    assert "This event was corrected" in text
    assert "They were in the workshop" in text
    page(people.officer, "custody:firearm", firearms[0].pk)


def test_a_correction_without_a_reason_is_refused(send, people):
    wrong = report_loss(given.issued(people, 1), sort=CustodyEvent.LOST, unit=people.zone, occurred_on=clock.today(), by=people.custodian)
    assert send(people.custodian, "custody:correct", wrong.pk, reason="").status_code == 422
    assert not CustodyEvent.objects.filter(corrects=wrong).exists()


def test_an_exporter_enters_firearms_from_a_file_all_or_none(send, people):
    rows = b"make,model,type,calibre,serial\ncolt,M4,rifle_assault,5.56,A1\ncolt,M4,rifle_assault,5.56,A2\n"
    bad = io.BytesIO(rows + b"colt,M4,rifle_assault,5.56,a-1\n")
    bad.name = "bad.csv"
    answer = send(people.exporter, "custody:register", manifest=bad, made_on=clock.today().isoformat())
    assert answer.status_code == 422
    assert not Firearm.objects.exists()
    send(people.exporter, "custody:register", manifest=SimpleUploadedFile("good.csv", rows), made_on=clock.today().isoformat())
    assert Firearm.objects.count() == 2


@pytest.mark.parametrize("name", ["move", "report_loss", "record_found", "record_destroyed", "count"])
def test_only_custodians_get_to_the_forms_of_custody(page, people, name):
    for role, user in people.by_role().items():
        assert page(user, f"custody:{name}")[0] == (200 if role == "custodian" else 403), role
