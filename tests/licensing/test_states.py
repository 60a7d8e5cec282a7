"""An application's state is derived in one place: for one application and for the rows of a list alike."""

from __future__ import annotations

from enduse.accounts.permissions import Role
from enduse.licensing import actions, queries, states
from enduse.licensing.models import Application
from enduse.licensing.readiness import before_approval
from tests.given import user
from tests.licensing import given


def every_state(people) -> dict[str, Application]:
    held = given.submitted(people)
    actions.hold(held, because="A letter", by=people.officer)
    asked, taken = given.submitted(people), given.submitted(people)
    actions.ask(asked, text="Who?", by=people.officer)
    actions.take(taken, by=people.officer)
    back = given.recommended(people)
    actions.send_back(back, reason="Look again.", by=people.countersigner)
    denied = given.recommended(people, outcome="deny", reason_codes=["DV"])
    actions.decide(denied, by=people.countersigner)
    returned = given.recommended(people, outcome="return", reason_codes=["RW"])
    actions.decide(returned, by=people.countersigner)
    appealed = given.recommended(people, outcome="deny", reason_codes=["DV"])
    actions.decide(appealed, by=people.countersigner)
    actions.appeal(appealed, grounds="Another unit lost them.", by=people.exporter)
    second = user(Role.COUNTERSIGNER)
    told, objected = (given.notified(people, second) for _each in range(2))
    actions.object_to(objected, resolution="S.J.Res. 1", reason="An inquiry.", by=people.officer)
    return {
        "to_notify": given.approved_above_threshold(people, second), "notified": told, "objected": objected, "appealed": appealed,
        "draft": given.drafted(people), "submitted": given.submitted(people), "assessed": back, "recommended": given.recommended(people),
        "held": held, "asked": asked, "in_review": taken, "approved": given.licensed(people).application, "denied": denied, "returned": returned,
        "withdrawn": actions.withdraw(given.submitted(people), by=people.exporter),
    }


def test_each_state_is_found_alike_in_memory_and_by_the_database(people):
    made = every_state(people)
    assert set(made) == set(states.NAMES)
    for state, application in made.items():
        assert Application.objects.get(pk=application.pk).state == state
        assert list(states.in_state(Application.objects.all(), state)) == [application]
    assert {each.state for each in states.open_only(Application.objects.all())} == states.OPEN


def test_a_list_of_applications_asks_for_their_states_at_once(people, django_assert_max_num_queries):
    every_state(people)
    with django_assert_max_num_queries(12):
        found = [each.state for each in queries.with_facts(Application.objects.visible_to(people.officer))]
    assert len(found) == 14


def test_the_page_lists_what_stands_in_the_way_of_an_approval(people):
    given.loaded_list(people.officer)
    application = given.submitted(people)
    assert [missing.kind for missing in before_approval(application)] == ["certificate", "screening", "assessment", "recommendation"]
    given.recommended(people, given.assessed(people, given.screened(people, application)))
    assert before_approval(Application.objects.get(pk=application.pk)) == []
