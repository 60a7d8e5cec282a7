"""What waits on each role's desk."""

from datetime import timedelta

import pytest

from enduse import clock
from enduse.accounts.permissions import Role
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.licensing.actions import hold, release_hold
from enduse.measures import actions as measures
from enduse.web.desks import desk
from tests.deliveries import given as deliveries
from tests.licensing import given as licensing
from tests.tracing import given as traced

pytestmark = pytest.mark.django_db


def waits(user) -> dict[str, int]:
    return {step.text: step.count for step in desk(user).steps}


@pytest.mark.parametrize("role", list(Role))
def test_a_desk_with_nothing_on_it_says_so(client, people, role):
    user = people.by_role()[role.value]
    client.force_login(user)
    page = client.get("/desk/").content.decode()
    waiting = waits(user)
    waiting.pop("Users who sign in with a password alone", None)
    waiting.pop("Make the first estimate", None)
    assert waiting == {}
    assert "Your desk" in page


def test_an_application_moves_from_the_officers_desk_to_the_countersigners(people):
    application = licensing.screened(people, licensing.submitted(people))
    assert waits(people.officer) == {"Take a case that nobody has": 1, "Assess new applications": 1}
    licensing.assessed(people, application)
    assert waits(people.officer) == {"Recommend on what is assessed": 1}
    assert waits(people.countersigner) == {}
    licensing.recommended(people, application)
    assert waits(people.officer) == {}
    assert waits(people.countersigner) == {"Decide what is recommended": 1}


def test_a_held_application_waits_for_both_until_it_is_released(people):
    application = licensing.submitted(people)
    held = hold(application, because="A firearm sold to this end user was recovered.", by=people.officer)
    assert waits(people.countersigner) == {"Holds to release or keep": 1}
    assert waits(people.officer)["Look into applications on hold"] == 1
    release_hold(held, reason="Looked into.", by=people.countersigner)
    assert waits(people.countersigner) == {}


def test_an_applicant_finds_its_own_drafts_and_nobody_elses(people):
    licensing.drafted(people)
    assert waits(people.exporter) == {"Finish and submit drafts": 1}
    assert waits(people.applicant) == {}


def test_a_consignment_goes_from_desk_to_desk(people):
    under = deliveries.licence(people)
    consignment = deliveries.declared(people, under, deliveries.guns(3))
    assert waits(people.exporter) == {"Ship what is declared": 1}
    assert "Receive what was shipped to you" not in waits(people.custodian)
    deliveries.ship(consignment, by=people.exporter)
    assert "Ship what is declared" not in waits(people.exporter)
    assert waits(people.custodian) == {"Receive what was shipped to you": 1}
    assert waits(people.police_custodian) == {}
    deliveries.receive(consignment, by=people.custodian)
    assert waits(people.monitor) == {"Verify deliveries": 1}
    assert waits(people.custodian) == {"Count the units that nobody counted within a year": 1}


def test_a_recovery_waits_to_be_traced(people):
    traced.recovery(people)
    assert waits(people.tracer)["Trace recoveries"] == 1


def test_a_proposed_measure_waits_for_another_officer_than_its_author(people):
    drafted = measures.draft(
        by=people.policy,
        title="No automatic rifles",
        kind="moratorium",
        authority="executive_order",
        authority_reference="Order 3",
        reason="Losses.",
        starts_on=clock.today(),
    )
    assert waits(people.policy) == {"Propose your drafts": 1}
    measures.propose(drafted, by=people.policy)
    assert waits(people.policy) == {}
    assert waits(people.policy2) == {"Enact or refuse what a colleague proposed": 1}


def test_alerts_come_first_and_say_how_long_the_oldest_has_waited(client, people):
    with clock.at(clock.now() - timedelta(days=9)):
        raise_alert(Alert.LOSS, role=Role.LICENSING_OFFICER, because="The zone reported 3 firearms.", party=people.army)
    raise_alert(Alert.WATCHED, role=Role.TRACING_OFFICER, because="A watched serial was recovered.")
    first = desk(people.officer).steps[0]
    assert (first.count, first.why) == (1, "The oldest has waited 9 days.")
    client.force_login(people.officer)
    page = client.get("/desk/").content.decode()
    assert "The zone reported 3 firearms." in page
    assert "A watched serial was recovered." not in page


def test_an_auditor_sees_alerts_that_nobody_answers(people):
    with clock.at(clock.now() - timedelta(days=40)):
        raise_alert(Alert.LOSS, role=Role.LICENSING_OFFICER, because="The zone reported 3 firearms.")
    assert waits(people.auditor) == {"Alerts open for more than 30 days": 1}


@pytest.mark.parametrize("role", list(Role))
def test_no_desk_needs_more_than_fifteen_queries(client, people, role, django_assert_max_num_queries):
    licensing.licensed(people)
    traced.sold(people, "W1", "W2")
    client.force_login(people.by_role()[role.value])
    with django_assert_max_num_queries(15):
        client.get("/desk/")


def test_whatever_a_role_may_begin_has_a_page(client, people):
    for user in people.by_role().values():
        client.force_login(user)
        for start in desk(user).starts:
            assert start.url, start.label
            assert client.get(start.url).status_code == 200, start.url


def test_whatever_waits_has_a_page_that_the_role_may_open(client, people):
    deliveries.shipped(people, deliveries.licence(people), deliveries.guns(2))
    deliveries.declared(people, deliveries.licence(people), deliveries.guns(2, start=50))
    held = licensing.submitted(people)
    hold(held, because="A firearm was recovered.", by=people.officer)
    licensing.recommended(people)
    licensing.drafted(people)
    traced.recovery(people)
    for user in people.by_role().values():
        client.force_login(user)
        for step in desk(user).steps:
            assert step.url, step.text
            assert client.get(step.url).status_code == 200, step.url
