"""Rule 3 where firearms move: a measure in force blocks declaring, shipping and passing on, and ends by date or order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enduse import clock
from enduse.custody.actions import move
from enduse.custody.models import Firearm
from enduse.deliveries.actions import ship, verify
from enduse.measures import actions as measures
from enduse.measures.models import Measure
from enduse.refusals import Refused
from tests.deliveries import given
from tests.measures import given as a_measure


def test_a_shipment_is_not_dated_back_to_before_a_moratorium(people):
    licence = given.licence(people)
    with clock.at(clock.now() + timedelta(days=10)):
        consignment = given.declared(people, licence, given.guns(5), on=clock.today() - timedelta(days=5))
        a_measure.enacted(people)
        with pytest.raises(Refused, match="is in force until") as refused:
            ship(consignment, by=people.exporter, on=clock.today() - timedelta(days=2))
    assert refused.value.rule == 3


def test_a_moratorium_stops_a_declared_consignment_until_its_last_day_has_passed(people):
    consignment = given.declared(people, given.licence(people), given.guns(5))
    measure = a_measure.enacted(people, ends_on=clock.today() + timedelta(days=20))
    with pytest.raises(Refused, match=measure.reference):
        ship(consignment, by=people.exporter)
    with given.later(21):
        assert ship(consignment, by=people.exporter).state == "shipped"


def test_a_measure_on_a_calibre_stops_declaring_that_calibre_only(people):
    licence = given.licence(people)
    a_measure.enacted(people, calibre="50bmg", end_user=None)
    given.declared(people, licence, given.guns(5))
    a_measure.enacted(people, calibre=given.CALIBRE, end_user=None)
    with pytest.raises(Refused, match="is in force"):
        given.declared(people, licence, given.guns(5, start=50))


def test_a_mandatory_condition_enacted_later_binds_a_licence_that_stands_and_names_its_measure(people):
    licence = given.licence(people)
    consignment = given.delivered(people, licence, given.guns(5))
    a_measure.enacted(people, kind=Measure.CONDITION, parameters={"code": "DVC", "parameters": {"days": 10}})
    with given.later(11):
        with pytest.raises(Refused, match=f"Measure M-.* {consignment.reference}") as refused:
            given.declared(people, licence, given.guns(5, start=50))
        assert refused.value.rule == 3
        verify(consignment, note="Seen on site.", by=people.monitor)
        given.declared(people, licence, given.guns(5, start=50))


def test_nothing_is_passed_on_to_a_unit_under_a_ban_until_it_is_lifted(people):
    given.delivered(people, given.licence(people), given.guns(5))
    guns = list(Firearm.objects.all())
    ban = a_measure.enacted(people, kind=Measure.BAN_ON_UNIT, end_user=people.zone)
    with pytest.raises(Refused, match=f"{ban.reference} bars 11th battalion") as refused:
        move(guns, from_unit=people.army, to_unit=people.battalion, occurred_on=clock.today(), by=people.custodian)
    assert refused.value.rule == 3
    move(guns[:1], from_unit=people.army, to_unit=people.zone2, occurred_on=clock.today(), by=people.custodian)
    measures.lift(ban, note="Order 9", by=people.policy)
    move(guns[1:], from_unit=people.army, to_unit=people.battalion, occurred_on=clock.today(), by=people.custodian)
