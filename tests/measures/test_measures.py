"""A measure is drafted, proposed, enacted by a second officer, lifted by another; in force it blocks (rule 3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enduse import clock
from enduse.accounts.permissions import Role
from enduse.ledger.verification import verify
from enduse.licensing import actions as licensing
from enduse.licensing.models import Licence
from enduse.licensing.queries import touched_today
from enduse.measures import actions
from enduse.measures.models import Measure, MeasureStep
from enduse.measures.queries import in_force, state_of
from enduse.refusals import Invalid, NotPermitted, Refused
from tests import given as base
from tests.licensing import given as applications
from tests.measures import given
from tests.races import race

ASSAULT = licensing.LineAsked("rifle_assault", "556nato", 50, 90_000)


def test_a_moratorium_refuses_the_decision_naming_itself_and_its_authority(people):
    application = applications.recommended(people)
    measure = given.enacted(people, ends_on=clock.today() + timedelta(days=90))
    with pytest.raises(Refused) as refused:
        licensing.decide(application, by=people.countersigner)
    assert refused.value.rule == 3
    for words in (measure.reference, measure.title, "executive order EO 13999", measure.ends_on.isoformat()):
        assert words in refused.value.reason
    assert not Licence.objects.exists()


def test_an_approval_is_possible_again_when_the_measure_is_lifted(people):
    application = applications.recommended(people)
    measure = given.enacted(people)
    actions.lift(measure, note="Order 14001 of the government", by=people.policy)
    assert state_of(Measure.objects.get(pk=measure.pk)) == "lifted"
    assert licensing.decide(application, by=people.countersigner).outcome == "approve"
    assert verify().differences == ()


def test_a_measure_ends_with_its_last_day(people):
    measure = given.enacted(people, ends_on=clock.today())
    assert in_force(clock.today(), end_user=people.battalion) == [measure]
    assert in_force(clock.today() + timedelta(days=1), end_user=people.battalion) == []
    assert state_of(measure, clock.today() + timedelta(days=1)) == "ended"


def test_a_measure_that_is_only_proposed_blocks_nobody(people):
    application = applications.recommended(people)
    actions.propose(given.drafted(people), by=people.policy)
    assert licensing.decide(application, by=people.countersigner).outcome == "approve"


def test_a_denial_is_possible_under_a_moratorium(people):
    application = applications.recommended(people, outcome="deny", reason_codes=["MO"])
    given.enacted(people)
    assert licensing.decide(application, by=people.countersigner).outcome == "deny"


@pytest.mark.parametrize(("scope", "blocks"), [
    ({"end_user": None}, True),
    ({"end_user": None, "country": "MX"}, True),
    ({"end_user": None, "country": "GT"}, False),
    ({"firearm_type": "rifle_assault"}, True),
    ({"firearm_type": "revolver"}, False),
    ({"automatic": True}, True),
    ({"automatic": False}, True),
    ({"firearm_type": "rifle_assault", "automatic": False}, False),
])
def test_a_measure_blocks_what_is_in_its_scope_if_any_line_is(people, scope, blocks):
    application = applications.recommended(people, lines=[applications.RIFLES, ASSAULT])
    given.enacted(people, **scope)
    if blocks:
        with pytest.raises(Refused, match="is in force"):
            licensing.decide(application, by=people.countersigner)
    else:
        assert licensing.decide(application, by=people.countersigner).outcome == "approve"


def test_a_measure_on_one_end_user_leaves_another_alone(people):
    application = applications.recommended(people, end_user=people.police, consignee=people.police)
    given.enacted(people)
    assert licensing.decide(application, by=people.countersigner).outcome == "approve"


def test_a_cap_counts_what_was_approved_in_its_window_and_says_by_how_much(people):
    applications.licensed(people)
    given.enacted(people, kind=Measure.CAP, parameters={"quantity": 150, "months": 12}, title="Cap")
    with pytest.raises(Refused) as refused:
        licensing.decide(applications.recommended(people), by=people.countersigner)
    assert "100 were approved" in refused.value.reason
    assert "50 too many" in refused.value.reason
    assert refused.value.remedy == "Ask for at most 50, or wait."
    small = applications.recommended(people, lines=[licensing.LineAsked("rifle_semi", "556nato", 50, 90_000)])
    assert licensing.decide(small, by=people.countersigner).outcome == "approve"


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_cannot_both_take_the_last_of_a_cap():
    people = base.people()
    second = base.user(Role.COUNTERSIGNER, name="second_countersigner")
    given.enacted(people, kind=Measure.CAP, parameters={"quantity": 150, "months": 12}, title="Cap")
    one, other = applications.recommended(people), applications.recommended(people)
    outcomes = race(lambda: licensing.decide(one, by=people.countersigner), lambda: licensing.decide(other, by=second))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Decision", "Refused"]


def test_measures_put_their_conditions_on_every_licence_in_their_scope(people):
    stocktakes = given.enacted(people, kind=Measure.STOCKTAKES, parameters={"every_months": 6}, title="Counts twice a year")
    tranches = given.enacted(people, kind=Measure.TRANCHE, parameters={"share": 0.25}, title="Quarters")
    assert applications.licensed(people).conditions == [
        {"code": "STOCKTAKE", "parameters": {"months": 6}, "measure": stocktakes.reference},
        {"code": "TRANCHES", "parameters": {"quantity": 25}, "measure": tranches.reference}]


def test_a_second_policy_officer_enacts_and_neither_the_drafter_nor_the_proposer(people):
    measure = given.drafted(people)
    with pytest.raises(Refused, match="was not proposed"):
        actions.enact(measure, by=people.policy2)
    actions.propose(measure, by=people.policy2)
    for same in (people.policy, people.policy2):
        with pytest.raises(Refused, match="another policy officer enacts it") as refused:
            actions.enact(measure, by=same)
        assert refused.value.rule == 3
    third = base.user(Role.POLICY_OFFICER, name="third_policy")
    assert state_of(actions.enact(measure, by=third)) == "in_force"


def test_who_enacted_does_not_lift_alone(people):
    measure = given.enacted(people)
    with pytest.raises(Refused, match="another policy officer lifts it"):
        actions.lift(measure, note="I changed my mind", by=people.policy2)


def test_what_was_proposed_is_not_changed(people):
    measure = actions.revise(given.drafted(people), by=people.policy, title="A better title")
    assert measure.title == "A better title"
    actions.propose(measure, by=people.policy)
    with pytest.raises(Refused, match="its words stand") as refused:
        actions.revise(measure, by=people.policy, end_user=None)
    assert refused.value.rule == 5


@pytest.mark.parametrize(("changes", "field"), [
    ({"title": " "}, "title"),
    ({"kind": "wish"}, "kind"),
    ({"ends_on": clock.today() - timedelta(days=1)}, "ends_on"),
    ({"country": "Mexico"}, "country"),
    ({"firearm_type": "ray_gun"}, "firearm_type"),
    ({"kind": Measure.CAP}, "parameters.months"),
    ({"kind": Measure.CAP, "parameters": {"quantity": -1, "months": 12}}, "parameters.quantity"),
    ({"parameters": {"quantity": 1}}, "parameters.quantity"),
    ({"kind": Measure.BAN_ON_UNIT, "end_user": None}, "end_user"),
])
def test_an_unclear_measure_is_refused_by_field(people, changes, field):
    with pytest.raises(Invalid) as invalid:
        given.drafted(people, **changes)
    assert field in {problem.field for problem in invalid.value.problems}
    assert not Measure.objects.exists()


def test_a_measure_is_not_lifted_in_the_past(people):
    measure = given.enacted(people)
    with pytest.raises(Refused, match="in the past"):
        actions.lift(measure, effective_on=clock.today() - timedelta(days=1), note="Order", by=people.policy)


@pytest.mark.parametrize("role", ["licensing_officer", "countersigner", "analyst", "administrator", "auditor"])
def test_only_policy_officers_make_measures(people, role):
    with pytest.raises(NotPermitted):
        actions.draft(by=people.by_role()[role], title="x", kind="moratorium", authority="statute", authority_reference="x", reason="x",
                      starts_on=clock.today())


def test_the_public_sees_a_measure_from_its_enactment_on(people):
    measure = given.drafted(people)
    actions.propose(measure, by=people.policy)
    assert not Measure.objects.visible_to(None).exists()
    actions.enact(measure, by=people.policy2)
    assert list(Measure.objects.visible_to(None)) == [measure]


def test_what_a_measure_would_touch_is_shown_before_it_is_enacted(people):
    licence = applications.licensed(people)
    pending = applications.submitted(people)
    applications.submitted(people, end_user=people.police, consignee=people.police)
    touched = touched_today(given.drafted(people))
    assert (touched["applications"], touched["licences"]) == ([pending], [licence])
    assert (touched["firearms_asked"], touched["firearms_left"]) == (100, 100)


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_enact_a_measure_once():
    people = base.people()
    third = base.user(Role.POLICY_OFFICER, name="third_policy")
    measure = actions.propose(given.drafted(people), by=people.policy)
    outcomes = race(lambda: actions.enact(measure, by=people.policy2), lambda: actions.enact(measure, by=third))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Measure", "Refused"]
    assert MeasureStep.objects.filter(step="enacted").count() == 1


@pytest.mark.parametrize(("calibre", "blocks"), [("556nato", True), ("50bmg", False)])
def test_a_measure_on_one_calibre_blocks_that_calibre(people, calibre, blocks):
    application = applications.recommended(people)
    given.enacted(people, calibre=calibre)
    if blocks:
        with pytest.raises(Refused, match="is in force until"):
            licensing.decide(application, by=people.countersigner)
    else:
        assert licensing.decide(application, by=people.countersigner).outcome == "approve"


def test_a_mandatory_condition_stands_on_every_licence_in_its_scope_with_its_usual_values(people):
    measure = given.enacted(people, kind=Measure.CONDITION, parameters={"code": "DVC", "parameters": {}})
    licence = applications.licensed(people)
    assert licence.conditions == [{"code": "DVC", "parameters": {"days": 30}, "measure": measure.reference}]


@pytest.mark.parametrize(("parameters", "field"), [
    ({}, "parameters.code"), ({"code": "WISH"}, "parameters.code"), ({"code": "TRANCHES"}, "parameters.quantity"),
    ({"code": "DVC", "parameters": {"days": "soon"}}, "parameters.days"), ({"code": "DVC", "parameters": {"hours": 3}}, "parameters.hours"),
])
def test_a_mandatory_condition_says_which_and_its_values(people, parameters, field):
    with pytest.raises(Invalid) as invalid:
        given.drafted(people, kind=Measure.CONDITION, parameters=parameters)
    assert field in {problem.field for problem in invalid.value.problems}


def test_what_a_measure_touches_counts_its_calibre_and_who_receives(people):
    other = applications.submitted(people, end_user=people.police, consignee=people.zone2)
    of_army = applications.submitted(people)
    ban = given.drafted(people, kind=Measure.BAN_ON_UNIT, end_user=people.zone2)
    assert [each.pk for each in touched_today(ban)["applications"]] == [other.pk]
    narrow = given.drafted(people, calibre="50bmg")
    assert touched_today(narrow)["applications"] == []
    assert of_army.pk in {each.pk for each in touched_today(given.drafted(people, calibre="556nato"))["applications"]}


def test_a_moratorium_ends_by_its_date_without_anybody_lifting_it(people):
    application = applications.recommended(people)
    measure = given.enacted(people, ends_on=clock.today() + timedelta(days=30))
    with pytest.raises(Refused, match=measure.reference):
        licensing.decide(application, by=people.countersigner)
    with clock.at(clock.now() + timedelta(days=31)):
        assert state_of(Measure.objects.get(pk=measure.pk)) == "ended"
        assert licensing.decide(application, by=people.countersigner).outcome == "approve"
