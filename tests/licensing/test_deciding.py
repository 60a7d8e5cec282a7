"""Rule 2: no decision without a completed screening, a completed assessment and a second officer."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from enduse.accounts.permissions import Role
from enduse.ledger.verification import verify
from enduse.licensing import actions
from enduse.licensing.models import Application, Decision, Licence, Recommendation
from enduse.parties.actions import change, link, register
from enduse.parties.models import Link, Party
from enduse.refusals import Invalid, NotPermitted, Refused
from tests import given as base
from tests.licensing import given
from tests.races import race


def test_an_application_is_filed_assessed_recommended_and_licensed_by_two_officers(people):
    application = given.recommended(people, conditions=[{"code": "STOCKTAKE", "parameters": {"months": 12}}])
    decision = actions.decide(application, by=people.countersigner, note="Agreed.")
    licence = Licence.objects.get(application=application)
    assert decision.outcome == "approve"
    assert application.__class__.objects.get(pk=application.pk).state == "approved"
    assert (licence.state(), licence.quantity(), licence.remaining()) == ("active", 100, 100)
    assert licence.conditions == [{"code": "STOCKTAKE", "parameters": {"months": 12}}]
    assert verify().differences == ()


def test_the_countersigner_is_not_the_one_who_recommended(people):
    application = given.recommended(people)
    people.officer.role = Role.COUNTERSIGNER
    people.officer.save()
    with pytest.raises(Refused, match="another officer decides") as refused:
        actions.decide(application, by=people.officer)
    assert refused.value.rule == 2
    assert not Decision.objects.exists()


def test_the_countersigner_is_not_the_one_who_assessed(people):
    application = given.assessed(people)
    actions.recommend(application, outcome="approve", note="", by=people.officer2)
    people.officer.role = Role.COUNTERSIGNER
    people.officer.save()
    with pytest.raises(Refused, match="another officer decides"):
        actions.decide(application, by=people.officer)


def test_the_database_itself_refuses_a_decision_on_ones_own_recommendation(people):
    application = given.recommended(people)
    actions.decide(application, by=people.countersigner)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE licensing_decision SET recorded_by_id = recommended_by_id")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COUNTERSIGNER])
def test_no_other_role_decides(people, role):
    application = given.recommended(people)
    with pytest.raises(NotPermitted):
        actions.decide(application, by=people.by_role()[role.value])


def test_no_decision_while_an_owner_who_became_known_was_never_screened(people):
    application = given.recommended(people)
    owner = register(name="Ramiro Ficticio Salgado", kind=Party.PERSON, country="MX", by=None)
    link(people.maker, owner, role=Link.OWNER, since=given.some_day(90), source="Company register", by=people.officer)
    with pytest.raises(Refused, match="Northern Rifle Works: to be screened again") as refused:
        actions.decide(application, by=people.countersigner)
    assert refused.value.rule == 2


def test_a_list_loaded_after_the_screening_must_be_screened_against_first(people):
    application = given.recommended(people)
    given.loaded_list(people.officer, ("Somebody Else", "Person"), source="second list")
    with pytest.raises(Refused, match="to be screened again"):
        actions.decide(application, by=people.countersigner)
    given.screened(people, application)
    assert actions.decide(application, by=people.countersigner).outcome == "approve"


def test_a_party_renamed_after_its_screening_must_be_screened_again(people):
    application = given.recommended(people)
    change(people.maker, name="Southern Rifle Works", by=people.officer)
    with pytest.raises(Refused, match="Southern Rifle Works: to be screened again"):
        actions.decide(application, by=people.countersigner)


def test_no_recommendation_without_an_assessment(people):
    application = given.screened(people, given.submitted(people))
    with pytest.raises(Refused, match="is not assessed"):
        actions.recommend(application, outcome="approve", note="", by=people.officer)


def test_every_criterion_and_every_flag_of_the_program_is_answered(people):
    application = given.screened(people, given.submitted(people, lines=[actions.LineAsked("rifle_assault", "556nato", 10, 90_000)]))
    with pytest.raises(Invalid) as invalid:
        actions.assess(application, criteria={"6.1": {"level": "no"}}, flags={}, summary="", by=people.officer)
    fields = {problem.field for problem in invalid.value.problems}
    assert {"criteria.7.3", "flags.I01", "summary"} <= fields
    assert "criteria.6.1" not in fields


def test_an_answer_other_than_the_best_gives_its_reason(people):
    application = given.screened(people, given.submitted(people))
    with pytest.raises(Invalid, match="needs its reason"):
        actions.assess(application, criteria={**given.answers(), "11.2": {"level": "high", "reason": ""}}, flags=given.flag_answers(application),
                       summary="Diversion is likely.", by=people.officer)


def test_an_overriding_risk_cannot_be_recommended_for_approval(people):
    application = given.screened(people, given.submitted(people))
    actions.assess(application, criteria=given.answers(_7_3="yes"), flags=given.flag_answers(application), summary="Too much.", by=people.officer)
    with pytest.raises(Refused, match=r"7\.3: yes"):
        actions.recommend(application, outcome="approve", note="", by=people.officer)
    assert actions.recommend(application, outcome="deny", reason_codes=["DV"], note="", by=people.officer).outcome == "deny"


def test_a_denial_states_its_reasons(people):
    application = given.assessed(people)
    with pytest.raises(Invalid, match="states its reasons"):
        actions.recommend(application, outcome="deny", note="", by=people.officer)


def test_a_denial_issues_no_licence(people):
    application = given.recommended(people, outcome="deny", reason_codes=["DS", "DH"])
    assert actions.decide(application, by=people.countersigner).outcome == "deny"
    assert Application.objects.get(pk=application.pk).state == "denied"
    assert not Licence.objects.exists()


def test_what_was_sent_back_no_longer_counts(people):
    application = given.recommended(people)
    actions.send_back(application, reason="The losses are not weighed.", by=people.countersigner)
    assert Application.objects.get(pk=application.pk).state == "assessed"
    with pytest.raises(Refused, match="no recommendation that counts"):
        actions.decide(application, by=people.countersigner)


def test_a_recommendation_that_changed_since_it_was_read_is_not_countersigned(people):
    application = given.recommended(people)
    read = Recommendation.objects.get(application=application)
    actions.recommend(application, outcome="approve", conditions=[{"code": "MANIFEST"}], note="One more condition.", by=people.officer)
    with pytest.raises(Refused, match="changed since you read it"):
        actions.decide(application, recommendation=read, by=people.countersigner)


def test_an_assessment_after_the_recommendation_asks_for_a_new_one(people):
    application = given.recommended(people)
    given.assessed(people, application)
    with pytest.raises(Refused, match="assessed again after the recommendation"):
        actions.decide(application, by=people.countersigner)


@pytest.mark.django_db(transaction=True)
def test_two_countersigners_at_once_make_one_decision_and_one_is_told():
    people = base.people()
    application = given.recommended(people)
    second = base.user(Role.COUNTERSIGNER, name="second_countersigner")
    outcomes = race(lambda: actions.decide(application, by=people.countersigner), lambda: actions.decide(application, by=second))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Decision", "Refused"]
    assert "approved" in str(next(outcome for outcome in outcomes if isinstance(outcome, Refused)))
    assert Licence.objects.count() == 1
    assert verify().differences == ()
