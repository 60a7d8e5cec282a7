"""A trace is confirmed by an officer; what follows reaches the licence, the applications and the record (rule 6)."""

import pytest
from django.db import IntegrityError, connection, transaction

from enduse.alerts.models import Alert
from enduse.custody.models import CustodyEvent, Firearm, Holding
from enduse.ledger.actions import record
from enduse.ledger.verification import verify
from enduse.licensing.models import Application, Hold, Submission
from enduse.parties.models import RecordLine
from enduse.parties.queries import record_of
from enduse.refusals import Invalid, NotPermitted, Refused
from enduse.tracing.actions import agree, confirm, propose, watch
from enduse.tracing.models import Confirmation
from enduse.tracing.queries import channel_of, consequences
from enduse.tracing.ranking import rank
from tests import given as parties
from tests.given import user
from tests.licensing import given as licensing
from tests.races import race
from tests.tracing import given


def an_open_application(people):
    application = Application.objects.create(
        reference="A-2009-0001", capacity=Application.EXPORTER, applicant=people.maker, seller=people.maker, end_user=people.army,
        consignee=people.army, country="MX", purpose="More rifles", drafted_by=people.exporter)
    record(Submission(application=application), by=people.exporter)
    return application


def held_by(gun):
    holding = Holding.objects.select_related("party").get(firearm=gun)
    return holding.state, holding.party


def test_rule_6_a_confirmed_trace_alerts_the_licensing_officer_holds_open_applications_and_enters_the_record(people):
    (gun,) = given.sold(people, "W345872")
    given.lost(people, [gun])
    application = an_open_application(people)
    recovery = given.recovery(people)

    confirmation = confirm(recovery, firearm=gun, by=people.tracer)

    alert = Alert.objects.get(kind=Alert.TRACE)
    assert (alert.role, alert.party) == ("licensing_officer", people.army)
    assert "L-2006-0031" in alert.because
    assert recovery.reference in alert.because
    hold = Hold.objects.get(application=application)
    assert hold.source == recovery.reference
    line = record_of(people.army)[RecordLine.TRACED]
    assert line.figures == {"traced": 1, "last_held": 1, "unreported": 0, "delivered": 1}
    assert line.rests_on == recovery.reference
    assert held_by(gun) == (Holding.RECOVERED, people.agency)
    assert confirmation.candidates[0]["firearm"] == gun.pk
    assert verify().differences == ()


def test_a_firearm_that_nobody_reported_lost_is_said_to_be_so(people):
    (gun,) = given.sold(people, "W345872")
    confirm(given.recovery(people), firearm=gun, by=people.tracer)
    assert "never reported" in Alert.objects.get(kind=Alert.TRACE).because
    assert record_of(people.army)[RecordLine.TRACED].figures["unreported"] == 1


def test_an_importers_resale_is_traced_to_its_licence_and_to_who_held_it_last(people):
    (gun,) = given.sold(people, "W345872", to=people.police)
    confirm(given.recovery(people), firearm=gun, by=people.tracer)
    assert record_of(people.army)[RecordLine.TRACED].figures["traced"] == 1
    assert record_of(people.army)[RecordLine.TRACED].figures["last_held"] == 0
    assert record_of(people.police)[RecordLine.TRACED].figures["last_held"] == 1


def test_rule_6_what_the_last_holder_asks_for_is_held_too_and_foretold(people):
    (gun,) = given.sold(people, "W345872", to=people.police)
    waiting = licensing.submitted(people, end_user=people.police, consignee=people.police)
    recovery = given.recovery(people)
    foretold = [item for item in consequences(rank(recovery).items).values() if item.candidate.firearm == gun]
    assert [item.applications for item in foretold] == [(waiting,)]
    confirm(recovery, firearm=gun, by=people.tracer)
    assert [hold.source for hold in waiting.holds.all()] == [recovery.reference]


def test_a_licence_at_the_first_place_of_the_log_is_found_like_any_other(people):
    first = given.licence(people)
    assert first.pk == 0
    (gun,) = given.sold(people, "W345872", under=first)
    recovery = given.recovery(people)
    confirm(recovery, firearm=gun, by=people.tracer)
    assert channel_of(recovery).licence == first
    assert Alert.objects.filter(kind=Alert.TRACE, party=people.army).exists()


def test_a_firearm_still_with_its_maker_is_confirmed_without_a_licence(people):
    (gun,) = given.made(people, "W345872")
    confirm(given.recovery(people), firearm=gun, by=people.tracer)
    assert held_by(gun)[0] == Holding.RECOVERED
    assert not Alert.objects.filter(kind=Alert.TRACE).exists()


def test_none_of_these_is_confirmed_and_moves_nothing(people):
    (gun,) = given.sold(people, "W345872")
    confirmation = confirm(given.recovery(people, "QZ77119"), by=people.tracer)
    assert (confirmation.firearm, confirmation.watched) == (None, None)
    assert confirmation.probability == confirmation.none_probability > 0.9
    assert held_by(gun) == (Holding.HELD, people.zone)


def test_a_watched_serial_is_confirmed_and_its_operation_told(people):
    operation = given.operation(people)
    watched = watch(operation, guns=[given.marked("K901177")], watched_on=operation.starts_on, subject="AZ/2009/14", by=people.tracer).serials.get()
    recovery = given.recovery(people, "K901177", recovered_on=operation.ends_on, firearm_type="", calibre="")
    confirm(recovery, watched=watched, by=people.tracer)
    assert Alert.objects.filter(kind=Alert.WATCHED).count() == 2


def test_the_same_firearm_is_not_confirmed_twice(people):
    (gun,) = given.sold(people, "W345872")
    recovery = given.recovery(people)
    confirm(recovery, firearm=gun, by=people.tracer)
    with pytest.raises(Refused, match="confirmed this already"):
        confirm(recovery, firearm=gun, note="again", by=people.tracer)


def test_rule_5_a_wrong_confirmation_is_corrected_by_a_later_one_that_says_why(people):
    wrong, right = given.sold(people, "W345872", "W395872")
    recovery = given.recovery(people, "W345872")
    first = confirm(recovery, firearm=wrong, by=people.tracer)
    with pytest.raises(Invalid, match="Say why"):
        confirm(recovery, firearm=right, by=people.tracer)
    second = user("tracing_officer")
    later = confirm(recovery, firearm=right, note="The restored mark shows a 9.", by=people.tracer, second=second)
    assert later.corrects == first
    assert held_by(wrong) == (Holding.HELD, people.zone)
    assert held_by(right) == (Holding.RECOVERED, people.agency)
    assert CustodyEvent.objects.filter(sort=CustodyEvent.CORRECTED, reference=recovery.reference).count() == 1
    assert record_of(people.army)[RecordLine.TRACED].figures == {"traced": 1, "last_held": 1, "unreported": 1, "delivered": 2}
    assert verify().differences == ()


def test_an_unlikely_candidate_needs_a_second_tracing_officer(people):
    guns = given.sold(people, *[f"W34587{digit}" for digit in range(10)])
    recovery = given.recovery(people, "W34587?")
    with pytest.raises(Refused, match="below 50 %"):
        confirm(recovery, firearm=guns[3], note="The rack number matches.", by=people.tracer)
    with pytest.raises(Refused, match="does not agree"):
        confirm(recovery, firearm=guns[3], note="The rack number matches.", by=people.tracer, second=people.tracer)
    with pytest.raises(NotPermitted):
        confirm(recovery, firearm=guns[3], note="The rack number matches.", by=people.tracer, second=people.officer)
    assert not Confirmation.objects.exists()


def test_a_proposal_becomes_the_confirmation_when_another_officer_agrees(people):
    guns = given.sold(people, *[f"W34587{digit}" for digit in range(10)])
    recovery = given.recovery(people, "W34587?")
    proposal = propose(recovery, firearm=guns[3], note="The rack number matches.", by=people.tracer)
    with pytest.raises(Refused, match="does not agree"):
        agree(proposal, by=people.tracer)
    second = user("tracing_officer")
    confirmation = agree(proposal, by=second)
    assert (confirmation.firearm, confirmation.recorded_by, confirmation.agreed_by) == (guns[3], people.tracer, second)
    assert "second tracing officer" in Alert.objects.filter(role="tracing_officer").get().because


def test_who_agrees_is_another_officer_by_raw_sql_too(people):
    (gun,) = given.sold(people, "W345872")
    confirmation = confirm(given.recovery(people), firearm=gun, by=people.tracer)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE tracing_confirmation SET agreed_by_id = recorded_by_id WHERE leaf_id = %s", [confirmation.pk])


def test_a_firearm_recovered_already_is_shown_as_contradicted_and_not_confirmed(people):
    (gun,) = given.sold(people, "W345872")
    first = given.recovery(people)
    confirm(first, firearm=gun, by=people.tracer)
    again = given.recovery(people, "W345872", case_reference="JAL/2010/3")
    top = rank(again).top
    assert top.firearm == gun
    assert first.reference in top.contradiction
    with pytest.raises(Refused, match="speaks against"):
        confirm(again, firearm=gun, by=people.tracer)
    with pytest.raises(Refused, match="recovered already"):
        confirm(again, firearm=gun, by=people.tracer, second=user("tracing_officer"))


def test_a_firearm_made_after_the_recovery_is_contradicted(people):
    given.made(people, "W345872", year=2009)
    recovery = given.recovery(people, "W345872", recovered_on=given.SEIZED.replace(year=2006))
    assert "Made in 2009" in rank(recovery).top.contradiction


def test_only_a_tracing_officer_confirms(people):
    (gun,) = given.sold(people, "W345872")
    recovery = given.recovery(people)
    for role, each in people.by_role().items():
        if role != "tracing_officer":
            with pytest.raises(NotPermitted):
                confirm(recovery, firearm=gun, by=each)


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_on_one_recovery_one_confirms_and_the_other_is_told():
    people = parties.people()
    guns = given.sold(people, "W345872", "X771203")
    recovery = given.recovery(people)
    other = user("tracing_officer")
    outcomes = race(lambda: confirm(recovery, firearm=guns[0], by=people.tracer), lambda: confirm(recovery, firearm=guns[0], by=other))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Confirmation", "Refused"]
    assert Alert.objects.filter(kind=Alert.TRACE).count() == 1
    assert Firearm.objects.filter(holding__state=Holding.RECOVERED).count() == 1
