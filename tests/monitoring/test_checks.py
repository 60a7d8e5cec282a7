"""A check: its sample is drawn and logged before the visit; its outcome agrees with its reasons and its serials."""

import io
from collections import Counter
from datetime import timedelta

import pytest

from enduse import clock
from enduse.alerts.models import Alert
from enduse.custody.actions import move, report_loss
from enduse.custody.counting import ever_delivered_ids
from enduse.custody.models import CustodyEvent, Firearm
from enduse.ledger.models import Leaf
from enduse.ledger.verification import verify as verify_log
from enduse.monitoring.actions import record_outcome
from enduse.monitoring.files import read_sightings
from enduse.monitoring.models import CheckOutcome
from enduse.monitoring.sampling import draw
from enduse.parties.models import RecordLine
from enduse.parties.queries import record_of
from enduse.refusals import Invalid, NotPermitted
from tests import given as world
from tests.monitoring import given
from tests.races import race


def outcome(people, planned, sightings, *, said="favourable", codes=("F03",), **more):
    return record_outcome(planned, visited_on=clock.today(), outcome=said, reason_codes=codes, sightings=sightings, by=people.monitor, **more)


def test_the_sample_is_in_the_log_before_the_visit_and_anybody_can_draw_it_again(people):
    given.stocked(people)
    planned = given.check(people, size=5, seed=7)
    assert Leaf.objects.get(pk=planned.pk).kind == "monitoring.check"
    drawn = list(planned.sample.order_by("pk").values_list("firearm_id", flat=True))
    assert drawn == draw(ever_delivered_ids(people.zone, until=clock.today()), 5, seed=7)
    assert planned.population == 20
    assert verify_log().differences == ()


def test_every_firearm_is_drawn_equally_often():
    population = list(range(1000, 1020))
    times = Counter(one for seed in range(4000) for one in draw(population, 5, seed=seed))
    # Each is drawn 1,000 times on average with a spread of 27: five spreads either way.
    assert set(times) == set(population)
    assert all(865 < each < 1135 for each in times.values())


def test_what_was_lost_stays_in_the_population_and_what_was_passed_on_does_not(people):
    firearms = given.stocked(people)
    report_loss(firearms[:3], sort=CustodyEvent.STOLEN, unit=people.zone, occurred_on=clock.today(), by=people.custodian)
    move(firearms[3:7], from_unit=people.zone, to_unit=people.battalion, occurred_on=clock.today(), by=people.custodian)
    assert given.check(people, size=16).population == 16
    assert set(ever_delivered_ids(people.zone, until=clock.today())) == {gun.pk for gun in firearms} - {gun.pk for gun in firearms[3:7]}


def test_a_firearm_passed_on_and_received_again_counts_once(people):
    firearms = given.stocked(people, 4)
    move(firearms[:1], from_unit=people.zone, to_unit=people.zone2, occurred_on=clock.today(), by=people.custodian)
    move(firearms[:1], from_unit=people.zone2, to_unit=people.zone, occurred_on=clock.today(), by=people.custodian)
    assert ever_delivered_ids(people.zone, until=clock.today()) == sorted(gun.pk for gun in firearms)


def test_a_random_check_says_its_chance_of_selection_and_a_chosen_one_has_none(people):
    given.stocked(people)
    for chance in (None, 0, 1.5):
        with pytest.raises(Invalid) as invalid:
            given.check(people, selection_probability=chance)
        assert [problem.field for problem in invalid.value.problems] == ["selection_probability"]
    with pytest.raises(Invalid):
        given.check(people, selection="risk", selection_probability=0.5)
    assert given.check(people, selection="risk", selection_probability=None).selection_probability is None


@pytest.mark.parametrize("size", [0, 21, -1])
def test_a_sample_is_no_larger_than_what_was_delivered_and_not_empty(people, size):
    given.stocked(people)
    with pytest.raises(Invalid, match="1 to 20"):
        given.check(people, size=size)


def test_a_unit_that_never_received_anything_is_not_checked_by_serial(people):
    with pytest.raises(Invalid, match="nothing was ever delivered"):
        given.check(people, unit=people.zone2)


def test_a_check_before_a_licence_has_no_sample(people):
    planned = given.check(people, size=0, stage="pre_licence", selection="risk", selection_probability=None)
    found = outcome(people, planned, {}, said="unfavourable", codes=["U02"])
    assert (found.sampled, found.sighted) == (0, 0)


def test_a_check_is_planned_before_its_visit(people):
    given.stocked(people)
    with pytest.raises(Invalid):
        given.check(people, planned_for=clock.today() - timedelta(days=1))
    planned = given.check(people)
    with pytest.raises(Invalid) as invalid:
        record_outcome(planned, visited_on=clock.today() - timedelta(days=1), outcome="favourable", reason_codes=["F03"],
                       sightings=given.all_seen(planned), by=people.monitor)
    assert invalid.value.problems[0].field == "visited_on"


def test_a_favourable_outcome_adds_to_the_end_users_record_with_its_denominators(people):
    given.stocked(people)
    planned = given.check(people, size=5)
    outcome(people, planned, given.all_seen(planned))
    figures = record_of(people.army)[RecordLine.CHECKED].figures
    assert {
        name: figures[name] for name in ("checks", "favourable", "unfavourable", "random_checks", "random_sampled", "random_sighted", "last")
    } == {"checks": 1, "favourable": 1, "unfavourable": 0, "random_checks": 1, "random_sampled": 5, "random_sighted": 5, "last": planned.reference}
    assert not Alert.objects.filter(kind=Alert.CHECK).exists()
    assert verify_log().differences == ()


def test_an_unfavourable_outcome_alerts_the_licensing_officers_and_changes_no_custody(people):
    given.stocked(people)
    planned = given.check(people, size=5)
    seen = given.all_seen(planned)
    seen[next(iter(seen))] = False
    events = CustodyEvent.objects.count()
    outcome(people, planned, seen, said="unfavourable", codes=["U10", "U17"])
    assert CustodyEvent.objects.count() == events
    alert = Alert.objects.get(kind=Alert.CHECK)
    assert "4 of 5" in alert.because
    assert alert.party == people.army


def test_missing_serials_that_the_record_says_are_held_are_not_favourable(people):
    given.stocked(people)
    planned = given.check(people, size=5)
    with pytest.raises(Invalid, match="not seen that the record says the unit holds"):
        outcome(people, planned, dict.fromkeys(given.all_seen(planned), False), codes=["F04"])


def test_a_missing_serial_whose_loss_was_reported_may_be_favourable(people):
    firearms = given.stocked(people, 5)
    report_loss(firearms[:1], sort=CustodyEvent.LOST, unit=people.zone, occurred_on=clock.today(), by=people.custodian)
    planned = given.check(people, size=5)
    found = outcome(people, planned, given.all_seen(planned) | {firearms[0].pk: False}, codes=["F04"])
    assert (found.outcome, found.sighted) == (CheckOutcome.FAVOURABLE, 4)


@pytest.mark.parametrize(("said", "codes"), [
    ("favourable", []), ("favourable", ["U10"]), ("favourable", ["F03", "U15"]), ("unfavourable", ["F03"]), ("inconclusive", ["N01", "U06"]),
    ("inconclusive", ["F01"]), ("favourable", ["F99"]), ("splendid", ["F01"]), ("unfavourable", ["U01"]), ("unfavourable", ["U10"]),
])
def test_reasons_that_contradict_the_outcome_the_stage_or_the_serials_are_refused(people, said, codes):
    given.stocked(people)
    planned = given.check(people)
    with pytest.raises(Invalid):
        outcome(people, planned, given.all_seen(planned), said=said, codes=codes)
    assert not CheckOutcome.objects.exists()


def test_a_serial_of_the_sample_that_nobody_spoke_of_needs_a_reason(people):
    given.stocked(people)
    planned = given.check(people, size=5)
    partly = dict(list(given.all_seen(planned).items())[:3])
    with pytest.raises(Invalid, match="2 firearms of the sample are neither"):
        outcome(people, planned, partly, codes=["F04"])
    found = outcome(people, planned, partly, said="inconclusive", codes=["N06"])
    assert (found.sampled, found.sighted) == (3, 3)


def test_a_visit_that_was_not_let_in_sampled_nothing(people):
    given.stocked(people)
    found = outcome(people, given.check(people), {}, said="unfavourable", codes=["U06"])
    assert found.sampled == 0


def test_a_firearm_outside_the_sample_is_refused(people):
    given.stocked(people)
    planned = given.check(people, size=5)
    other = Firearm.objects.exclude(pk__in=planned.sample.values("firearm")).first()
    with pytest.raises(Invalid, match="not of this check"):
        outcome(people, planned, given.all_seen(planned) | {other.pk: True})


def test_a_list_from_the_visit_is_read_with_yes_and_no_in_two_languages(people):
    given.stocked(people)
    planned = given.check(people, size=3)
    serials = [row.firearm.serial for row in planned.sample.select_related("firearm").order_by("pk")]
    text = f"serial,sighted\n{serials[0]},yes\n{serials[1].lower()},no\n{serials[2][:3]}-{serials[2][3:]},Sí\n"
    assert list(read_sightings(planned, io.BytesIO(text.encode())).values()) == [True, False, True]


@pytest.mark.parametrize(("rows", "field"), [("Q1,yes", "serial"), ("{0},perhaps", "sighted"), ("{0},yes\n{0},no", "serial")])
def test_a_bad_list_from_the_visit_is_refused_with_row_and_field(people, rows, field):
    given.stocked(people)
    planned = given.check(people, size=3)
    text = "serial,sighted\n" + rows.format(planned.sample.first().firearm.serial)
    with pytest.raises(Invalid) as invalid:
        read_sightings(planned, io.BytesIO(text.encode()))
    assert invalid.value.problems[0].field == field
    assert invalid.value.problems[0].row == 2 + rows.count("\n")


@pytest.mark.parametrize(
    "role", ["applicant", "exporter", "custodian", "licensing_officer", "tracing_officer", "analyst", "auditor", "administrator"]
)
def test_only_a_monitor_plans_and_records(people, role):
    given.stocked(people)
    planned = given.check(people)
    with pytest.raises(NotPermitted):
        record_outcome(planned, visited_on=clock.today(), outcome="favourable", reason_codes=["F03"], sightings={}, by=people.by_role()[role])


@pytest.mark.django_db(transaction=True)
def test_two_outcomes_at_once_of_one_check_leave_one():
    people = world.people()
    given.stocked(people)
    planned = given.check(people)
    outcomes = race(*[lambda: outcome(people, planned, given.all_seen(planned))] * 2)
    assert sorted(type(each).__name__ for each in outcomes) == ["CheckOutcome", "Refused"], outcomes
