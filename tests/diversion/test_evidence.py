"""The tables as evidence: each firearm with the unit that last took it in, and only what was known by then."""

from __future__ import annotations

from collections import Counter

import pytest

from enduse import clock
from enduse.custody.counting import Read, stocktake
from enduse.diversion.evidence import bundle_of
from enduse.engines import evidence
from enduse.engines.evidence.bundle import read_bundle, write_bundle
from enduse.monitoring.actions import record_outcome
from enduse.parties.actions import report_personnel
from enduse.tracing.actions import confirm, report_seizures
from tests.deliveries.given import later
from tests.diversion.given import after, story
from tests.monitoring.given import check
from tests.tracing import given as tracing


def known(people, days=5, **more):
    return bundle_of(until=clock.today(), known_at=after(days), **more)


def held(bundle):
    counts = Counter()
    for lot in bundle.lots:
        counts[int(lot.unit_id)] += lot.quantity
    return counts


def test_a_firearm_belongs_to_the_unit_that_last_took_it_in(people):
    story(people)
    assert held(known(people)) == {people.zone.pk: 9, people.battalion.pk: 8, people.police.pk: 3}


def test_the_lots_name_the_licence_that_the_firearms_were_sold_under(people):
    guns = story(people)
    licence = guns[0].history.get(event__sort="shipped").event.licence_id
    assert {lot.licence_id for lot in known(people).lots} == {str(licence)}


def test_one_end_user_alone_has_its_own_units_alone(people):
    story(people)
    assert held(known(people, end_user=people.police)) == {people.police.pk: 3}


def test_losses_count_by_cause_and_a_corrected_one_does_not(people):
    story(people)
    found = {(int(loss.unit_id), loss.cause): loss.quantity for loss in known(people).losses}
    assert found == {(people.zone.pk, "desertion"): 2, (people.battalion.pk, "theft"): 1}


def test_what_was_recorded_later_was_not_known_yet(people):
    story(people)
    assert known(people, days=0.5).losses == ()
    mistaken = [loss for loss in known(people, days=1.5).losses if loss.cause == "unaccounted"]
    assert [loss.quantity for loss in mistaken] == [1]


def test_counts_checks_personnel_and_traces_are_in_it(people):
    guns = story(people)
    held_there = [gun for gun in guns[11:] if gun not in guns[11:13]]
    with later(3):
        stocktake(people.zone, [Read(gun.serial, gun.make) for gun in held_there], taken_on=clock.today(), by=people.custodian)
        planned = check(people, size=4)
        seen = dict.fromkeys(planned.sample.values_list("firearm_id", flat=True), True)
        record_outcome(planned, visited_on=clock.today(), outcome="favourable", reason_codes=["F03"], sightings=seen, by=people.monitor)
        report_personnel(people.army, clock.today(), [(people.zone, 900, 4)], by=people.custodian)
        confirm(tracing.recovery(people, marks=guns[11].serial, recovered_on=clock.today()), firearm=guns[11], by=people.tracer)
        report_seizures(agency=people.agency, month=clock.today(), seized=50, submitted=10, by=people.tracer)
        until = clock.today()
    bundle = bundle_of(until=until, known_at=after(5))
    assert [(row.expected, row.sighted) for row in bundle.stocktakes if row.unit_id == str(people.zone.pk)] == [(9, 7)]
    assert [(row.selection, row.sampled, row.sighted) for row in bundle.checks] == [("random", 4, 4)]
    assert [row.desertions for row in bundle.personnel] == [4]
    (recovered,) = bundle.recoveries
    assert recovered.traced
    assert recovered.lot_id in {lot.lot_id for lot in bundle.lots if lot.unit_id == str(people.zone.pk)}
    (month,) = bundle.seizures
    assert (month.seized, month.submitted, month.traced, month.traced_to_lots) == (50, 10, 1, 1)


def test_the_bundle_is_one_that_the_engine_reads_from_files(people, tmp_path):
    story(people)
    bundle = known(people)
    write_bundle(bundle, tmp_path)
    again = read_bundle(tmp_path)
    assert (Counter(again.lots), Counter(again.units), Counter(again.losses)) == (Counter(bundle.lots), Counter(bundle.units), Counter(bundle.losses))


def test_nothing_delivered_gives_nothing_to_estimate(people):
    with pytest.raises(evidence.EvidenceError):
        evidence.estimate(known(people), until=clock.today(), seed=1, draws=100)
