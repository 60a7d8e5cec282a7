"""A monitored operation: three people approve it, it has dates and a hard limit."""

from datetime import date

import pytest

from enduse.ledger.verification import verify
from enduse.refusals import Invalid, NotPermitted, Refused
from enduse.tracing.actions import watch
from enduse.tracing.models import Operation, WatchedSerial
from tests import given as parties
from tests.races import race
from tests.tracing import given


def put_under_watch(people, operation, *serials, **fields):
    return watch(operation, guns=[given.marked(serial) for serial in serials], by=people.tracer,
                 **({"watched_on": date(2009, 11, 2), "subject": "AZ/2009/14"} | fields))


def test_serials_are_put_under_watch_and_logged(people):
    operation = given.operation(people)
    put_under_watch(people, operation, "K901177", "K901178")
    assert list(WatchedSerial.objects.values_list("serial", flat=True).order_by("pk")) == ["K901177", "K901178"]
    assert verify().differences == ()


def test_nothing_more_is_watched_beyond_the_limit(people):
    operation = given.operation(people, limit=3)
    put_under_watch(people, operation, "K901177", "K901178")
    with pytest.raises(Refused, match="may watch 3 firearms; 2 are watched and 2 more"):
        put_under_watch(people, operation, "K901179", "K901180")
    assert WatchedSerial.objects.count() == 2


@pytest.mark.parametrize("day", [date(2009, 9, 30), date(2011, 2, 1)])
def test_outside_its_dates_an_operation_watches_nothing(people, day):
    with pytest.raises(Refused, match="approved from 2009-10-01 to 2011-01-31 only"):
        put_under_watch(people, given.operation(people), "K901177", watched_on=day)


@pytest.mark.parametrize("people_named", [
    {"approved_by": "Same person", "prosecutor": "same person"}, {"approved_by": "THE OWNER"}, {"prosecutor": "the owner"},
])  # fmt: skip
def test_owner_supervisor_and_prosecutor_are_three_people(people, people_named):
    people.tracer.first_name, people.tracer.last_name = "The", "Owner"
    people.tracer.save()
    with pytest.raises(Refused, match="three different people"):
        given.operation(people, **people_named)
    assert not Operation.objects.exists()


@pytest.mark.parametrize(("wrong", "field"), [
    ({"legal_basis": ""}, "legal_basis"), ({"limit": 0}, "limit"), ({"subjects": []}, "subjects"), ({"ends_on": date(2009, 10, 1)}, "ends_on"),
])  # fmt: skip
def test_an_operation_without_basis_limit_subject_or_end_is_refused(people, wrong, field):
    with pytest.raises(Invalid) as refused:
        given.operation(people, **wrong)
    assert refused.value.problems[0].field == field


def test_a_serial_is_watched_once(people):
    operation = given.operation(people)
    put_under_watch(people, operation, "K901177")
    with pytest.raises(Invalid, match="under watch already"):
        put_under_watch(people, operation, "k-901177")
    with pytest.raises(Invalid, match="already, in row"):
        put_under_watch(people, operation, "K901178", "K 901178")


def test_only_a_tracing_officer_runs_operations(people):
    for role, user in people.by_role().items():
        if role != "tracing_officer":
            with pytest.raises(NotPermitted):
                given.operation(people, by=user)


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_cannot_both_take_the_last_place_under_the_limit():
    people = parties.people()
    operation = given.operation(people, limit=1)
    outcomes = race(lambda: put_under_watch(people, operation, "K901177"), lambda: put_under_watch(people, operation, "K901178"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refused", "Watch"]
    assert WatchedSerial.objects.count() == 1
