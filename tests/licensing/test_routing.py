"""Routing rules: saved as versions by an administrator, tested before, followed when an application is filed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from enduse.ledger.verification import verify
from enduse.licensing import actions, casefile, routing
from enduse.licensing.models import Application, RoutingRules
from enduse.refusals import Invalid, NotPermitted, Refused
from tests.licensing import given

MILITARY = {"name": "Armies", "conditions": {"end_user_kind": ["armed_force"]}, "queue": "MILITARY", "flags": []}
DEAR = {"name": "Dear", "conditions": {"value_over_cents": 5_000_000}, "queue": "SENSITIVE", "flags": ["HIGHVALUE"]}


def saved(people, *rules):
    return actions.edit_routing(list(rules), reason="As agreed.", by=people.administrator)


def marks(application: Application) -> tuple[str, list[str]]:
    application = Application.objects.get(pk=application.pk)
    return casefile.queue_of(application), list(casefile.flags_of(application))


def test_without_rules_everything_goes_to_new_applications(people):
    assert marks(given.submitted(people)) == ("INTAKE", [])


def test_the_first_rule_that_fits_names_the_queue_and_each_sets_its_flags(people):
    saved(people, MILITARY, DEAR)
    application = given.submitted(people)  # 100 rifles at 900 USD for an army
    assert marks(application) == ("MILITARY", ["HIGHVALUE"])
    routed = casefile.routing_of(Application.objects.get(pk=application.pk))
    assert (routed.recorded_by, routed.more["matched"]) == (None, ["Armies", "Dear"])
    assert verify().differences == ()


@pytest.mark.parametrize(("conditions", "does_fit"), [
    ({"country": ["MX", "GT"]}, True), ({"country": ["GT"]}, False), ({"firearm_type": ["rifle_semi"]}, True), ({"firearm_type": ["revolver"]}, False),
    ({"automatic": False}, True), ({"automatic": True}, False), ({"quantity_over": 99}, True), ({"quantity_over": 100}, False),
    ({"capacity": ["exporter"]}, True), ({"capacity": ["buying_government"]}, False), ({"warning_flag": ["W12", "D07"]}, True),
    ({"warning_flag": ["W02"]}, False), ({"country": ["MX"], "automatic": True}, False), ({}, True),
])
def test_every_condition_of_a_rule_must_hold(people, conditions, does_fit):
    application = given.submitted(people, certificate=given.certificate(consents_to_checks=False))
    rules = routing.checked([{"name": "One", "conditions": conditions, "queue": "POLICE", "flags": []}])
    assert (routing.outcome(rules, Application.objects.get(pk=application.pk)).queue == "POLICE") is does_fit


def test_an_amendment_is_routed_again(people):
    from tests.licensing.test_amending import amended

    saved(people, {**DEAR, "conditions": {"quantity_over": 120}})
    application = given.submitted(people)
    assert marks(application) == ("INTAKE", [])
    amended(people, application, lines=[replace(given.RIFLES, quantity=150)])
    assert marks(application) == ("SENSITIVE", ["HIGHVALUE"])


def test_rules_are_tested_on_open_applications_before_they_are_saved(people):
    first, second = given.submitted(people), given.submitted(people, lines=[replace(given.RIFLES, quantity=1)])
    told = routing.test([DEAR, {**MILITARY, "conditions": {}}], people.officer)
    assert [(each.name, each.count, each.decides_queue) for each in told.caught] == [("Dear", 1, 1), ("Armies", 2, 1)]
    assert told.caught[0].references == (first.reference,)
    assert second.reference in told.caught[1].references
    assert not RoutingRules.objects.exists()
    # An administrator does no casework: it reads how many, not which (rule 10).
    assert [(each.count, each.references) for each in routing.test([DEAR], people.administrator).caught] == [(1, ())]


def test_every_fault_of_the_rules_is_named_with_its_row(people):
    with pytest.raises(Invalid) as invalid:
        saved(people, {"name": "", "conditions": {"country": ["Mexico"], "moon": "full"}, "queue": "X", "flags": ["Y"]}, {"name": "Empty"})
    assert {(problem.row, problem.field) for problem in invalid.value.problems} == {
        (1, "name"), (1, "country"), (1, "moon"), (1, "queue"), (1, "flags"), (2, "queue")}


def test_only_an_administrator_saves_rules_and_not_over_another_version(people):
    with pytest.raises(NotPermitted):
        actions.edit_routing([MILITARY], reason="x", by=people.officer)
    first = saved(people, MILITARY)
    saved(people, MILITARY, DEAR)
    with pytest.raises(Refused, match="since you read them"):
        actions.edit_routing([DEAR], reason="x", read=first.pk, by=people.administrator)


def form(**changes):
    words = {"rules-TOTAL_FORMS": 2, "rules-INITIAL_FORMS": 0, "rules-0-name": "Armies", "rules-0-end_user_kind": ["armed_force"],
             "rules-0-queue": "MILITARY", "rules-0-flags": ["SENIOR"], "rules-0-automatic": "", "reason": "As agreed.", "read": ""}
    return {**words, **changes}


def test_an_administrator_tests_and_saves_on_the_page_and_an_officer_only_tests(people):
    application = given.submitted(people)
    administrator, officer = Client(), Client()
    administrator.force_login(people.administrator)
    officer.force_login(people.officer)
    assert application.reference in officer.post("/licensing/routing/", form(test="1")).content.decode()
    assert officer.post("/licensing/routing/", form(save="1")).status_code == 403
    tested = administrator.post("/licensing/routing/", form(test="1")).content.decode()
    assert application.reference not in tested
    assert not RoutingRules.objects.exists()
    page = administrator.post("/licensing/routing/", form(save="1"), follow=True).content.decode()
    assert "If kind of end user: armed force: Military end users, flag: For a senior officer." in page
    assert RoutingRules.objects.get().rules[0]["conditions"] == {"end_user_kind": ["armed_force"]}
    assert officer.get("/licensing/routing/").status_code == 200
