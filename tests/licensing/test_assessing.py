"""An assessment answers every question; what reduces a risk becomes a condition; one press answers the rest for the officer to confirm."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from enduse import clock, reference
from enduse.licensing import actions
from enduse.licensing.models import Application, Licence
from enduse.licensing.questions import GROUPS, criteria_under, levels_of, mitigations_of, proposed_conditions
from enduse.parties.actions import post_record_line
from enduse.parties.gaps import gaps_of
from enduse.parties.models import RecordLine
from enduse.parties.queries import record_of
from enduse.refusals import Invalid, Refused
from tests.licensing import given


@pytest.fixture
def officer(people) -> Client:
    client = Client()
    client.force_login(people.officer)
    return client


def mitigated(code: str, level: str, *conditions: dict[str, object]) -> dict[str, dict[str, object]]:
    return {**given.answers(), code: {"level": level, "reason": "The record shows losses.", "mitigation": list(conditions)}}


def test_the_treaty_the_common_position_and_the_authoritys_own_criteria_are_all_asked():
    table = reference.table("criteria")
    assert {"6.1", "6.2", "6.3", "7.1.a", "7.1.b.i", "7.1.b.ii", "7.1.b.iii", "7.1.b.iv", "7.3", "7.4", "11.1", "11.2"} <= set(table)
    assert {f"EU{number}" for number in range(1, 9)} <= set(table)
    assert {entry.more["group"] for entry in table.values()} == set(GROUPS)


def test_every_question_names_a_known_reason_and_known_mitigations_and_a_level_that_forbids():
    for code, entry in reference.table("criteria").items():
        assert set(filter(None, entry.more["reasons"].split("|"))) <= set(reference.table("denial_reasons")), code
        assert mitigations_of("criteria", code) == [each for each in entry.more["mitigated_by"].split("|") if each], code
        assert entry.more["forbids_approval"] in {"", levels_of(code)[-1]}, code


def test_a_common_position_criterion_at_its_worst_forbids_an_approval(people):
    application = given.screened(people, given.submitted(people))
    actions.assess(application, criteria=given.answers(EU2="overriding"), flags=given.flag_answers(application), summary="Repression.",
                   by=people.officer)
    with pytest.raises(Refused, match="forbids an approval: EU2: overriding"):
        actions.recommend(application, outcome="approve", note="", by=people.officer)


def test_a_mitigation_is_proposed_as_a_condition_with_its_usual_values(people):
    application = given.screened(people, given.submitted(people))
    assessment = actions.assess(
        application, criteria=mitigated("11.2", "medium", {"code": "STOCKTAKE"}, {"code": "DVC", "parameters": {"days": 20}}),
        flags=given.flag_answers(application), summary="Count them.", by=people.officer)
    assert assessment.proposed_conditions() == [
        {"code": "DVC", "parameters": {"days": 20}}, {"code": "STOCKTAKE", "parameters": {"months": 12}}]


def test_of_two_mitigations_of_one_kind_the_one_that_binds_more_is_proposed():
    found = proposed_conditions([
        {"mitigation": [{"code": "STOCKTAKE", "parameters": {"months": 12}}, {"code": "PSV", "parameters": {"share": 0.1, "months": 12}}]},
        {"mitigation": [{"code": "STOCKTAKE", "parameters": {"months": 6}}, {"code": "PSV", "parameters": {"share": 0.3, "months": 18}}]}, {}])
    assert found == [{"code": "PSV", "parameters": {"share": 0.3, "months": 12}}, {"code": "STOCKTAKE", "parameters": {"months": 6}}]


def test_a_mitigation_that_is_no_condition_is_refused_with_its_question(people):
    application = given.screened(people, given.submitted(people))
    with pytest.raises(Invalid) as refused:
        actions.assess(application, criteria=mitigated("11.2", "medium", {"code": "PRAYER"}, {"code": "DVC", "parameters": {"days": "soon"}}),
                       flags={}, summary="x", by=people.officer)
    fields = [(problem.field, problem.row) for problem in refused.value.problems]
    assert fields == [("criteria.11.2.mitigation", 1), ("criteria.11.2.mitigation", 2)]
    assert not application.assessments.exists()


def test_a_proposed_condition_is_ticked_when_the_officer_recommends_and_stands_on_the_licence(people, officer):
    application = given.confirmed(people, given.screened(people, given.submitted(people)))
    base = f"/licensing/applications/{application.reference}/"
    words = {f"criteria.{code}": levels_of(code)[0] for code in reference.table("criteria")}
    words |= {"criteria.11.2": "medium", "criteria.11.2.reason": "Losses.", "criteria.11.2.mitigation": ["LOSSREPORT"], "summary": "Report losses."}
    page = officer.post(f"{base}assess/", words, follow=True).content.decode()
    assert "Reduced by: Report any loss, theft or desertion within 72 hours" in page
    page = officer.get(f"{base}recommend/").content.decode()
    ticked = [line for line in page.split("<input") if 'name="conditions.LOSSREPORT"' in line.split(">")[0]]
    assert "checked" in ticked[0].split(">")[0]
    assert 'value="72"' in page
    officer.post(f"{base}recommend/", {"outcome": "approve", "conditions.LOSSREPORT": "on", "conditions.LOSSREPORT.hours": "48"})
    actions.decide(Application.objects.get(), by=people.countersigner)
    assert Licence.objects.get().conditions == [{"code": "LOSSREPORT", "parameters": {"hours": 48}}]


def test_one_press_answers_what_is_left_and_saves_nothing_until_it_is_confirmed(people, officer):
    application = given.screened(people, given.submitted(people))
    url = f"/licensing/applications/{application.reference}/assess/"
    page = officer.post(url, {"rest": "best", "criteria.11.2": "low", "summary": "Fine."}).content.decode()
    rest = [code for code in reference.table("criteria") if code != "11.2"]
    assert f"{len(rest)} criteria were answered in one press. Nothing is saved yet." in page
    assert not application.assessments.exists()
    words = {f"criteria.{code}": levels_of(code)[0] for code in reference.table("criteria")}
    officer.post(url, {**words, "together": ",".join(rest), "criteria.A1": "partly", "criteria.A1.reason": "Fewer would do.", "summary": "Fine."})
    kept = application.assessments.get().criteria
    assert {code for code, answer in kept.items() if answer.get("together")} == set(rest) - {"A1"}


def test_the_one_press_leaves_what_a_raised_flag_bears_on(people, officer):
    post_record_line(people.army, RecordLine.DELIVERED, {"delivered": 100}, rests_on="a test", as_of=clock.today())
    application = given.screened(people, given.submitted(people))
    assert criteria_under(["W12"]) == {"11.2": ["W12"], "EU7": ["W12"]}
    page = officer.post(f"/licensing/applications/{application.reference}/assess/", {"rest": "best"}).content.decode()
    assert "Still to be answered by themselves" in page
    assert "Raised flags bear on this: W12." in page


def test_an_answer_that_nobody_gave_is_not_there(people, officer):
    application = given.screened(people, given.submitted(people))
    page = officer.get(f"/licensing/applications/{application.reference}/assess/").content.decode()
    assert 'type="radio"' in page
    assert " checked" not in page.split("<aside")[0].split("<main")[1]


def test_what_is_missing_from_the_record_is_said_beside_the_questions(people, officer):
    def gaps() -> list[str]:
        return [gap.text for gap in gaps_of(record_of(people.army), clock.today())]

    assert gaps() == ["Nothing was delivered to it under this register: there is no record to go by."]
    post_record_line(people.army, RecordLine.DELIVERED, {"delivered": 100}, rests_on="a test", as_of=clock.today())
    post_record_line(people.army, RecordLine.COUNTED, {"expected": 90, "sighted": 90}, rests_on="a test", as_of=clock.today() - timedelta(days=430))
    assert gaps() == ["No stocktake in 14 months.", "No end-use check ever.", "No estimate of what was diverted.",
                      "It never reported a loss: that none happened is not known."]
    application = given.submitted(people)
    page = officer.get(f"/licensing/applications/{application.reference}/assess/").content.decode()
    assert "No stocktake in 14 months." in page
    shown = officer.get(f"/api/licensing/applications/{application.reference}").json()
    assert shown["gaps"][1] == "No end-use check ever."
