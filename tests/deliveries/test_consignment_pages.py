"""What people see of deliveries, and that the pages walk a consignment from its manifest to its verification."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enduse import clock
from enduse.accounts.models import SensitiveRead
from enduse.custody.models import Firearm
from enduse.deliveries.models import Consignment
from tests import given as world
from tests.deliveries import given

SEES = {"exporter", "custodian", "licensing_officer", "countersigner", "monitor", "tracing_officer", "auditor"}


@pytest.fixture
def page(client):
    """Open a page as somebody: page(user, "deliveries:consignment", reference) -> (status, text)."""

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
    def sent(by, name, *args, **fields):
        client.force_login(by)
        answer = client.post(reverse(name, args=args), fields, follow=True)
        return answer.status_code, answer.content.decode()

    return sent


def manifest(*rows):
    text = "make,model,type,calibre,serial\n" + "".join(f"colt,M4,rifle_assault,5.56,{serial}\n" for serial in rows)
    return SimpleUploadedFile("manifest.csv", text.encode())


def test_a_consignment_walks_from_its_manifest_to_its_verification(page, send, people):
    licence = given.licence(people, 3)
    today = clock.today().isoformat()
    status, text = page(people.exporter, "deliveries:declare", licence=licence.reference)
    assert (status, licence.reference in text) == (200, True)
    _status, text = send(people.exporter, "deliveries:declare", licence=licence.pk, manifest=manifest("A1", "A2", "A3"), carrier=people.carrier.pk)
    made = Consignment.objects.get()
    assert f"{made.reference} was declared with 3 firearms" in text
    assert reverse("deliveries:ship", args=[made.reference]) in text
    send(people.exporter, "deliveries:ship", made.reference, on=today)
    assert reverse("deliveries:receive", args=[made.reference]) in page(people.custodian, "deliveries:consignment", made.reference)[1]
    _status, text = send(people.custodian, "deliveries:receive", made.reference, on=today, serials="A1\nA2\nB7", note="One crate was open")
    assert "2 arrived, 1 did not" in text
    assert "B7" in text
    _status, text = send(people.monitor, "deliveries:verify", made.reference, on=today, note="Carrier's report received")
    assert Consignment.objects.get().state == Consignment.VERIFIED
    assert "Carrier&#x27;s report received" in text


def test_a_bad_manifest_is_shown_row_by_row_and_nothing_is_recorded(send, people):
    licence = given.licence(people, 5)
    status, text = send(people.exporter, "deliveries:declare", licence=licence.pk, manifest=manifest("A1", "A2", "a-1"), carrier=people.carrier.pk)
    assert status == 422
    assert "This serial stands in the file already, in row 2." in text
    assert not Firearm.objects.exists()


def test_rule_1_on_the_page_says_what_is_left_and_how_much_too_many(send, people):
    licence = given.licence(people, 2)
    status, text = send(people.exporter, "deliveries:declare", licence=licence.pk, manifest=manifest("A1", "A2", "A3"), carrier=people.carrier.pk)
    assert status == 422
    assert "Take 1 off the manifest" in text


def test_the_consignee_may_say_that_all_were_read_but_not_in_two_ways(send, people):
    sent = given.shipped(people, given.licence(people), given.guns(2))
    today = clock.today().isoformat()
    status, text = send(people.custodian, "deliveries:receive", sent.reference, on=today, serials="W000001", all_seen="on")
    assert (status, "said in two ways" in text) == (422, True)
    send(people.custodian, "deliveries:receive", sent.reference, on=today, all_seen="on")
    assert Consignment.objects.get().state == Consignment.DELIVERED


def test_the_exporter_takes_a_declared_consignment_back(page, send, people):
    waiting = given.declared(people, given.licence(people), given.guns(2))
    assert "Take it back" in page(people.exporter, "deliveries:consignment", waiting.reference)[1]
    assert "Take it back" not in page(people.officer, "deliveries:consignment", waiting.reference)[1]
    send(people.exporter, "deliveries:cancel", waiting.reference, reason="Order changed")
    assert Consignment.objects.get().state == Consignment.CANCELLED


def test_each_role_sees_the_list_as_the_table_says(page, people):
    given.declared(people, given.licence(people), given.guns(2))
    for role, user in people.by_role().items():
        assert page(user, "deliveries:consignments")[0] == (200 if role in SEES else 403), role
        assert page(user, "deliveries:declare")[0] == (200 if role == "exporter" else 403), role


def test_rule_10_a_consignment_outside_ones_scope_answers_like_one_that_is_not_there(page, send, people):
    waiting = given.declared(people, given.licence(people), given.guns(2))
    other = world.user("exporter", people.carrier)
    for stranger in (people.police_custodian, other):
        assert page(stranger, "deliveries:consignment", waiting.reference)[0] == 404
        assert waiting.reference not in page(stranger, "deliveries:consignments")[1]
    assert send(other, "deliveries:ship", waiting.reference, on=clock.today().isoformat())[0] == 404
    assert send(people.police_custodian, "deliveries:receive", waiting.reference)[0] == 404


def test_the_manifest_is_exported_and_the_export_is_recorded(page, people):
    waiting = given.declared(people, given.licence(people), given.guns(3))
    _status, text = page(people.officer, "deliveries:consignment", waiting.reference, format="csv")
    assert len(text.strip().splitlines()) == 4
    assert SensitiveRead.objects.filter(user=people.officer, noun="export").exists()


def test_the_list_filters_by_state_and_words(page, people):
    licence = given.licence(people)
    first, second = given.declared(people, licence, given.guns(2)), given.shipped(people, licence, given.guns(2, start=50))
    _status, text = page(people.officer, "deliveries:consignments", state="shipped")
    assert (second.reference in text, first.reference in text) == (True, False)
    _status, text = page(people.officer, "deliveries:consignments", words=licence.reference)
    assert first.reference in text
    assert page(people.officer, "deliveries:consignments", format="csv")[1].count("\n") == 3


def test_an_officer_is_warned_of_a_carrier_that_was_not_screened_and_others_are_not(page, people):
    waiting = given.declared(people, given.licence(people), given.guns(1))
    assert "screening is not clear" in page(people.officer, "deliveries:consignment", waiting.reference)[1]
    assert "screening is not clear" not in page(people.exporter, "deliveries:consignment", waiting.reference)[1]
