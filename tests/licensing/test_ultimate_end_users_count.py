"""Whoever uses the firearms in the end counts like the end user: its record, its licences, its measures, its open applications."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enduse import clock
from enduse.custody.conditions import may_hold
from enduse.deliveries.actions import ship
from enduse.deliveries.duties import tell_of_wrong
from enduse.deliveries.watching import standings_of
from enduse.licensing import actions, risk_summary
from enduse.licensing.actions.signs import post_sign
from enduse.licensing.advisories.actions import EndUserNamed, GoodsNamed, answer_advisory, ask_advisory
from enduse.licensing.chain import ChainAsked
from enduse.licensing.flags import raised
from enduse.licensing.models import Application, Hold, Licence
from enduse.licensing.queries import approved_in_scope, known, touched_today
from enduse.licensing.readiness import conditions_by_measures, refuse_under_a_measure
from enduse.measures.models import Measure
from enduse.parties.actions import change, post_record_line, report_personnel
from enduse.parties.models import RecordLine
from enduse.refusals import Refused
from tests.deliveries import given as deliveries
from tests.licensing import given
from tests.licensing.test_the_holes import at
from tests.measures import given as measures


@pytest.fixture
def through(people):
    """What an application asks that the army passes on to a state police."""
    return {"others": ChainAsked(ultimate_end_users=(people.police,))}


def flags_of(application: Application) -> dict[str, str]:
    return raised(known(Application.objects.get(pk=application.pk)))


def measured(party, kind: str, **figures: int) -> None:
    post_record_line(party, kind, figures, rests_on="a test", as_of=clock.today())


def test_the_flags_on_its_record_are_raised_and_say_whose_it_is(people, through):
    plain, application = given.submitted(people), given.submitted(people, **through)
    measured(people.police, RecordLine.DELIVERED, delivered=100)
    measured(people.police, RecordLine.LOST, lost=9, deserted_with=2)
    measured(people.police, RecordLine.CHECKED, checks=3, unfavourable=1)
    measured(people.police, RecordLine.TRACED, traced=4)
    report_personnel(people.police, clock.today(), [(people.police, 60, 2)], by=people.police_custodian)
    post_sign("S01", end_user=people.police, source="C-1", seen_on=clock.today() - timedelta(days=60), facts={"due": "2020-01-01"})
    found = flags_of(application)
    for code in ("W03", "W09", "W10", "W11", "W12", "S01", "S04"):
        assert found[code].startswith("Costa state police: "), code
    assert flags_of(plain) == {}


def test_a_flag_on_both_says_which_is_whose(people, through):
    for party in (people.army, people.police):
        measured(party, RecordLine.TRACED, traced=4)
    found = flags_of(given.submitted(people, **through))["W10"]
    assert found.index("Secretariat of Defence: 4 recovered") < found.index("Costa state police: 4 recovered")


def test_its_open_alerts_holds_and_denials_count_in_whichever_role_it_was_denied(people, through):
    denied = given.recommended(people, outcome="deny", reason_codes=["DV"], **through)
    actions.decide(denied, by=people.countersigner)
    waiting = given.submitted(people, **through)
    actions.hold(waiting, because="A trace.", by=people.officer)
    found = flags_of(given.submitted(people, end_user=people.police, consignee=people.police))
    assert found["C04"] == f"Denied before: {denied.reference}."
    assert found["W08"] == "0 alerts and 1 holds on this end user are open."


def test_an_answer_of_an_enquiry_about_it_says_whose_it_is(people, through):
    given.loaded_list(people.officer)
    asked = ask_advisory(EndUserNamed(name=people.police.name, party_kind="police", country="MX", address="12 Harbour Road", contact="Buyer", business="Police.",
                                      goods=[GoodsNamed("rifle_semi", "556nato", 10)], reason="It asked for an offer."), by=people.exporter)
    answer_advisory(asked, outcome="concerns", reasons="Its stock is not counted.", by=people.officer)
    assert flags_of(given.submitted(people, **through))["W15"].startswith(f"Costa state police: {asked.reference}")


def test_p09_sees_a_change_of_it_and_of_the_parties_of_its_live_licences(people, through):
    first = given.licensed(people, **through)
    with deliveries.later(2):
        change(people.police, name="Costa state police force", by=people.officer)
        change(people.maker, name="Southern Rifle Works", by=people.officer)
        for application in (given.submitted(people), given.submitted(people, end_user=people.police, consignee=people.police)):
            found = flags_of(application)["P09"]
            assert f"Costa state police force on {clock.today()} ({first.reference})" in found
            assert f"Southern Rifle Works on {clock.today()} ({first.reference})" in found


def test_a_cap_on_it_bounds_what_is_approved_for_whom_it_is_passed_on_to(people, through):
    cap = measures.enacted(people, kind=Measure.CAP, end_user=people.police, parameters={"quantity": 150, "months": 12})
    given.licensed(people, **through)
    assert approved_in_scope(cap, clock.today()) == 100
    refuse_under_a_measure(given.submitted(people), clock.today())
    with pytest.raises(Refused, match="caps what is approved at 150") as refusal:
        refuse_under_a_measure(given.submitted(people, **through), clock.today())
    assert refusal.value.rule == 3


def test_a_tranche_that_a_measure_asks_of_it_is_a_condition_of_the_licence(people, through):
    measure = measures.enacted(people, kind=Measure.TRANCHE, end_user=people.police, parameters={"share": 0.5})
    assert conditions_by_measures(given.submitted(people), clock.today()) == []
    licence = given.licensed(people, **through)
    assert [(each["code"], each["measure"]) for each in licence.conditions] == [("TRANCHES", measure.reference)]


def test_a_moratorium_on_it_stops_what_is_shipped_for_it_and_names_it_beforehand(people, through):
    licence = given.licensed(people, lines=[given.OPEN_LINE], **through)
    waiting = deliveries.declared(people, licence, deliveries.guns(4))
    application = given.submitted(people, **through)
    touched = touched_today(measures.drafted(people, kind=Measure.MORATORIUM, end_user=people.police))
    assert ([each.reference for each in touched["licences"]], [each.reference for each in touched["applications"]]) == (
        [licence.reference], [application.reference])
    measure = measures.enacted(people, kind=Measure.MORATORIUM, end_user=people.police)
    with pytest.raises(Refused, match=measure.reference):
        ship(waiting, by=people.exporter)


def test_what_is_learnt_of_it_holds_what_names_it_in_the_end(people, through):
    application, plain = given.submitted(people, **through), given.submitted(people)
    actions.hold_applications_of(people.police, because="A gun sold to it was recovered.", source="R-1", by=None)
    assert [hold.application for hold in Hold.objects.all()] == [application]
    assert Application.objects.get(pk=plain.pk).state == "submitted"


def test_a_broken_condition_holds_the_open_applications_of_it_too(people, through):
    licence = given.licensed(people, lines=[given.OPEN_LINE], conditions=[{"code": "STOCKTAKE", "parameters": {"months": 1}}], **through)
    deliveries.delivered(people, licence, deliveries.guns(4))
    own = given.submitted(people, end_user=people.police, consignee=people.police)
    armys = given.submitted(people)
    with deliveries.later(60):
        assert [each.code for each in standings_of(Licence.objects.get(pk=licence.pk), clock.today()) if each.is_wrong] == ["STOCKTAKE"]
        tell_of_wrong(by=None)
    assert {hold.application for hold in Hold.objects.all()} == {own, armys}


def test_what_goes_to_it_is_not_passed_on_against_the_licence(people, through):
    licence = given.licensed(people, conditions=[{"code": "ENDUSEONLY", "parameters": {"units": people.zone.name}}], **through)
    assert may_hold(licence, licence.conditions[0], people.police)
    assert not may_hold(licence, licence.conditions[0], people.zone2)


def test_the_risk_summary_tells_the_record_of_each(people, through):
    measured(people.police, RecordLine.DELIVERED, delivered=100)
    said = [each.text for each in risk_summary.draft(known(given.submitted(people, **through)))]
    assert any(text.startswith("Costa state police: Delivered: 100 firearms") for text in said), said
    application = given.submitted(people, **through)
    for page in ("", "assess/"):
        shown = at(people.officer).get(f"/licensing/applications/{application.reference}/{page}").content.decode()
        assert "Record of Costa state police" in shown
    told = at(people.officer).get(f"/api/licensing/applications/{application.reference}").json()["other_records"]
    assert [(each["name"], each["record"][0]["text"]) for each in told] == [("Costa state police", "100 firearms")]
    assert at(people.exporter).get(f"/api/licensing/applications/{application.reference}").json()["other_records"] is None
    plain = [each.text for each in risk_summary.draft(known(given.submitted(people)))]
    assert not any("Costa state police" in text for text in plain)
