"""Under an open licence caps, flags and alerts look at every recipient that is named or registered, not at the first end user alone."""

from __future__ import annotations

import pytest

from enduse import clock
from enduse.alerts.models import Alert
from enduse.licensing import actions, risk_summary
from enduse.licensing.actions.denying_elsewhere import record_denial
from enduse.licensing.flags import raised
from enduse.licensing.kinds import KindAsked
from enduse.licensing.models import Application, FirstUse
from enduse.licensing.queries import approved_in_scope, known, touched_today
from enduse.licensing.readiness import conditions_by_measures, refuse_under_a_measure
from enduse.measures.models import Measure
from enduse.parties.actions import post_record_line, register, report_personnel
from enduse.parties.models import Party, RecordLine
from enduse.refusals import Refused
from tests.deliveries import given as deliveries
from tests.licensing import given
from tests.licensing.given import open_licence
from tests.measures import given as measures


@pytest.fixture
def guard(db):
    return register(name="Presidential guard", kind=Party.ARMED_FORCE, country="GT", by=None)


def capped(people, quantity: int, **scope) -> Measure:
    return measures.enacted(people, kind=Measure.CAP, parameters={"quantity": quantity, "months": 12}, **{"end_user": None, **scope})


def asked_for(people, *recipients: Party, destinations=()) -> Application:
    countries = tuple(dict.fromkeys([*destinations, *(party.country for party in recipients if party.country != "MX")]))
    return given.drafted(people, lines=[given.OPEN_LINE], certificate=None, kind=KindAsked("open", recipients=recipients, destinations=countries))


def test_a_cap_on_a_recipient_refuses_an_open_application_that_names_it(people, guard):
    capped(people, 99, end_user=guard)
    refuse_under_a_measure(asked_for(people, people.police), clock.today())
    with pytest.raises(Refused, match="caps what is approved at 99") as refusal:
        refuse_under_a_measure(asked_for(people, guard), clock.today())
    assert refusal.value.rule == 3


def test_a_cap_on_a_listed_country_refuses_an_open_application_that_names_nobody(people):
    capped(people, 99, country="GT")
    with pytest.raises(Refused, match="caps what is approved at 99"):
        refuse_under_a_measure(asked_for(people, destinations=("GT",)), clock.today())
    refuse_under_a_measure(asked_for(people, destinations=("SV",)), clock.today())


def test_what_was_approved_for_a_recipient_or_its_country_counts_against_its_cap(people, guard):
    open_licence(people, guard)
    first_day = clock.today()
    assert approved_in_scope(capped(people, 10, end_user=guard), first_day) == 100
    assert approved_in_scope(capped(people, 10, country="GT"), first_day) == 100
    assert approved_in_scope(capped(people, 10, end_user=people.police), first_day) == 0
    assert approved_in_scope(capped(people, 10, country="SV"), first_day) == 0


def test_who_is_registered_later_is_counted_then_and_refused_over_its_cap_whoever_asks(people, guard):
    licence = open_licence(people, destinations=("GT",))
    cap = capped(people, 99, end_user=guard)
    with pytest.raises(Refused, match="caps what is approved at 99"):
        actions.register_first_use(licence, end_user=guard, records_at="12 Mill Road", by=people.exporter)
    assert not FirstUse.objects.exists()
    Measure.objects.filter(pk=cap.pk).update(parameters={"quantity": 100, "months": 12})
    actions.register_first_use(licence, end_user=guard, records_at="12 Mill Road", by=people.exporter)
    assert approved_in_scope(cap, clock.today()) == 100


def test_a_condition_that_a_measure_puts_on_a_recipient_is_put_on_the_licence(people, guard):
    measure = measures.enacted(people, kind=Measure.STOCKTAKES, end_user=guard, parameters={"every_months": 6})
    assert [each["measure"] for each in conditions_by_measures(asked_for(people, guard), clock.today())] == [measure.reference]
    assert conditions_by_measures(asked_for(people, people.police), clock.today()) == []


def test_what_a_measure_would_touch_has_the_open_licences_that_reach_its_end_user(people, guard):
    licence = open_licence(people, guard)
    waiting = actions.submit(asked_for(people, guard), by=people.exporter)
    touched = touched_today(measures.drafted(people, kind=Measure.MORATORIUM, end_user=guard, country="GT"))
    assert [each.reference for each in touched["licences"]] == [licence.reference]
    assert [each.reference for each in touched["applications"]] == [waiting.reference]


def test_flags_look_at_the_record_of_each_recipient(people, guard):
    application = asked_for(people, guard)
    assert {"W03", "W11", "W12", "C04"} & set(raised(known(application))) == set()
    post_record_line(guard, RecordLine.DELIVERED, {"delivered": 100}, rests_on="a test", as_of=clock.today())
    post_record_line(guard, RecordLine.LOST, {"lost": 9}, rests_on="a test", as_of=clock.today())
    record_denial(state="DE", number="N-1", denied_on=clock.today(), end_user=guard, country="GT",
                  lines=[{"firearm_type": "rifle_assault", "calibre": "556nato"}], by=people.officer)
    found = raised(known(Application.objects.get(pk=application.pk)))
    for code in ("W11", "W12", "C04"):
        assert found[code].startswith("Presidential guard: "), code
    assert "DE N-1" in found["C04"]


def test_a_flag_on_both_says_which_is_whose(people, guard):
    report_personnel(people.army, clock.today(), [(people.zone, 60, 2)], by=people.custodian)
    post_record_line(guard, RecordLine.DELIVERED, {"delivered": 100}, rests_on="a test", as_of=clock.today())
    post_record_line(people.army, RecordLine.DELIVERED, {"delivered": 100}, rests_on="a test", as_of=clock.today())
    found = raised(known(asked_for(people, guard)))
    never = "Firearms were delivered and never counted."
    assert found["W12"] == f"Secretariat of Defence: {never} Presidential guard: {never}"
    assert found["W03"].startswith("Secretariat of Defence: 100 firearms are asked for")
    assert "Presidential guard" not in found["W03"]


def test_a_new_list_hit_on_whoever_was_registered_is_an_alert(people, guard):
    licence = open_licence(people, destinations=("GT",))
    actions.register_first_use(licence, end_user=guard, records_at="12 Mill Road", by=people.exporter)
    given.loaded_list(people.officer, ("Presidential guard", "Organization"), source="another list")
    actions.rescreen_licensed_parties(by=people.officer)
    alert = Alert.objects.get(kind=Alert.LIST_HIT)
    assert (alert.party, licence.reference in alert.because) == (guard, True)


def test_the_risk_summary_of_a_recipient_names_the_open_licences_that_reach_it(people, guard):
    licence = open_licence(people, guard)
    said = risk_summary.draft(known(given.submitted(people, end_user=guard, consignee=guard, country="GT")))
    assert [each.source for each in said if each.about == "licences"] == [licence.reference]
    assert deliveries.licence(people).reference not in {each.source for each in said}
