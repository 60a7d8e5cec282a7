"""A recovery is recorded once, with marks that can be searched, by a tracing officer."""

from datetime import date

import pytest

from enduse.alerts.models import Alert
from enduse.ledger.verification import verify
from enduse.refusals import Invalid, NotPermitted, Refused
from enduse.tracing.actions import Seized, record_recoveries, watch
from enduse.tracing.models import Recovery
from enduse.tracing.ranking import rank
from tests.tracing import given


def test_a_recovery_is_recorded_with_a_reference_of_its_year(people):
    recovery = given.recovery(people)
    assert recovery.reference.startswith("R-")
    assert Recovery.objects.get(reference=recovery.reference).marks == "W3?5B72"
    assert verify().differences == ()


@pytest.mark.parametrize(("wrong", "field"), [
    ({"marks": "W[3"}, "marks"), ({"marks": ""}, "marks"), ({"marks": "W"}, "marks"), ({"marks": "1" * 60}, "marks"),
    ({"country": "Mexico"}, "country"), ({"place": " "}, "place"), ({"case_reference": ""}, "case_reference"),
    ({"recovered_until": date(2009, 1, 1)}, "recovered_until"), ({"recovered_on": date(2999, 1, 1)}, "recovered_on"),
    ({"firearm_type": "cannon"}, "firearm_type"), ({"year": 1492}, "year"), ({"make": "x" * 99}, "make"),
])  # fmt: skip
def test_what_cannot_stand_is_refused_with_its_field_and_remedy_and_nothing_is_recorded(people, wrong, field):
    with pytest.raises(Invalid) as refused:
        given.recovery(people, **({"marks": "W3?5B72"} | wrong))
    assert field in {problem.field for problem in refused.value.problems}
    assert all(problem.remedy for problem in refused.value.problems)
    assert not Recovery.objects.exists()


def test_a_removed_serial_is_recorded_and_has_no_candidates(people):
    given.made(people, "W345872")
    ranking = rank(given.recovery(people, "*"))
    assert ranking.items == ()
    assert ranking.unsearchable


def test_the_same_marks_of_the_same_case_are_recorded_once_however_they_are_spelt(people):
    first = given.recovery(people, "W3?5B72")
    with pytest.raises(Refused, match=first.reference):
        given.recovery(people, "w3? 5b-72")
    given.recovery(people, "W3?5B72", case_reference="MICH/2009/78")


def test_only_a_tracing_officer_records_a_recovery(people):
    for role, user in people.by_role().items():
        if role != "tracing_officer":
            with pytest.raises(NotPermitted):
                given.recovery(people, by=user)


def test_a_file_of_recoveries_is_taken_whole_or_not_at_all(people):
    row = {"recovered_on": given.SEIZED, "place": "Tepalcatepec", "country": "MX", "agency": people.agency}
    good = [Seized(**row, case_reference=f"C/{n}", marks=f"W3{n:04d}?2", row=n) for n in range(2, 40)]
    with pytest.raises(Invalid) as refused:
        record_recoveries([*good, Seized(**row, case_reference="C/40", marks="?", row=40)], by=people.tracer)
    assert [(problem.row, problem.field) for problem in refused.value.problems] == [(40, "marks")]
    assert not Recovery.objects.exists()
    recorded = record_recoveries(good, by=people.tracer)
    assert len({recovery.reference for recovery in recorded}) == 38
    assert [recovery.marks for recovery in recorded] == [seized.marks for seized in good]


def test_a_firearm_that_stands_twice_in_a_file_is_named_with_both_rows(people):
    row = {"recovered_on": given.SEIZED, "place": "Tepalcatepec", "country": "MX", "agency": people.agency, "case_reference": "C/1"}
    with pytest.raises(Invalid, match="row 2") as refused:
        record_recoveries([Seized(**row, marks="W34587?", row=2), Seized(**row, marks="w34587?", row=3)], by=people.tracer)
    assert refused.value.problems[0].row == 3


def test_recovering_a_watched_serial_alerts_the_operation_at_once(people):
    operation = given.operation(people)
    watch(operation, guns=[given.marked("K901177")], watched_on=operation.starts_on, subject="AZ/2009/14", by=people.tracer)
    recovery = given.recovery(people, "K9011?7", recovered_on=date(2010, 12, 15), calibre="", firearm_type="")
    alert = Alert.objects.get(kind=Alert.WATCHED)
    assert alert.role == "tracing_officer"
    assert operation.reference in alert.because
    assert recovery.reference in alert.because
    assert alert.link == f"/tracing/recoveries/{recovery.reference}/"


def test_a_recovery_of_an_unwatched_firearm_alerts_nobody(people):
    given.made(people, "W345872")
    given.recovery(people)
    assert not Alert.objects.exists()
