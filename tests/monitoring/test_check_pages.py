"""What people see of checks, and that the pages walk a check from its plan to its outcome."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enduse import clock
from enduse.monitoring.models import Check, CheckOutcome
from tests.monitoring import given

SEES = {"licensing_officer", "countersigner", "auditor", "monitor"}
FIGURES = {"analyst", "policy_officer"}


@pytest.fixture
def page(client):
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


def test_a_check_walks_from_its_plan_to_its_outcome(page, send, people):
    given.stocked(people)
    today = clock.today().isoformat()
    assert page(people.monitor, "monitoring:plan", unit=people.zone.pk)[0] == 200
    _status, text = send(people.monitor, "monitoring:plan", unit=people.zone.pk, stage="post_shipment", selection="random",
                         selection_probability="0.25", sample_size="4", planned_for=today)
    assert "4 firearms were drawn" in text
    planned = Check.objects.get()
    sample = list(planned.sample.order_by("pk").select_related("firearm"))
    status, text = page(people.monitor, "monitoring:sample", planned.reference)
    assert (status, all(row.firearm.serial in text for row in sample)) == (200, True)
    assert page(people.monitor, "monitoring:outcome", planned.reference)[0] == 200
    _status, text = send(people.monitor, "monitoring:outcome", planned.reference, visited_on=today, outcome="unfavourable", reason_codes=["U10"],
                         seen=[str(row.firearm_id) for row in sample[:3]])
    assert "3 of 4 seen" in text
    assert CheckOutcome.objects.get().sighted == 3
    assert "Serials of the sample are missing" in page(people.officer, "monitoring:check", planned.reference)[1]


def test_the_visits_own_list_is_taken_as_a_file(page, send, people):
    given.stocked(people)
    planned = given.check(people, size=3)
    _status, text = page(people.monitor, "monitoring:sample", planned.reference, format="csv")
    filled = "\n".join([text.splitlines()[0], *[line + "yes" for line in text.strip().splitlines()[1:]]])
    send(people.monitor, "monitoring:outcome", planned.reference, visited_on=clock.today().isoformat(), outcome="favourable", reason_codes=["F03"],
         file=SimpleUploadedFile("visit.csv", filled.encode()))
    assert CheckOutcome.objects.get().sighted == 3


def test_an_outcome_that_contradicts_itself_is_shown_with_its_reason(send, people):
    given.stocked(people)
    planned = given.check(people, size=3)
    status, text = send(people.monitor, "monitoring:outcome", planned.reference, visited_on=clock.today().isoformat(), outcome="favourable",
                        reason_codes=["F03"])
    assert (status, "3 serials were not seen" in text) == (422, True)


def test_each_role_sees_checks_as_the_table_says(page, people):
    given.stocked(people)
    planned = given.check(people)
    for role, user in people.by_role().items():
        assert page(user, "monitoring:checks")[0] == (200 if role in SEES | FIGURES else 403), role
        assert page(user, "monitoring:check", planned.reference)[0] == (200 if role in SEES else 403), role
        assert page(user, "monitoring:plan")[0] == (200 if role == "monitor" else 403), role


def test_those_who_see_figures_see_rates_and_no_unit(page, people):
    given.stocked(people)
    planned = given.check(people, size=5)
    from enduse.monitoring.actions import record_outcome

    record_outcome(
        planned, visited_on=clock.today(), outcome="favourable", reason_codes=["F03"], sightings=given.all_seen(planned), by=people.monitor
    )
    _status, text = page(people.analyst, "monitoring:checks")
    assert "How checks went" in text
    assert people.zone.name not in text
    assert planned.reference not in text
    assert page(people.analyst, "monitoring:checks", format="csv")[1].count(planned.reference) == 0


def test_random_and_chosen_checks_are_told_apart(page, people):
    given.stocked(people)
    _status, text = page(people.monitor, "monitoring:checks", selection="risk")
    assert "K-" not in text
    chosen = given.check(people, selection="risk", selection_probability=None)
    assert chosen.reference in page(people.monitor, "monitoring:checks", selection="risk", state="planned")[1]
    assert chosen.reference not in page(people.monitor, "monitoring:checks", state="overdue")[1]
