"""A consignment on its way: shipped, counted in, discrepant, verified; what blocks each step (rules 3, 4 and 10)."""

from datetime import timedelta

import pytest

from enduse import clock
from enduse.alerts.models import Alert
from enduse.custody.counting import Read, stocktake
from enduse.custody.models import CustodyEvent, Holding
from enduse.deliveries.actions import receive, ship, verify
from enduse.deliveries.models import Consignment
from enduse.ledger.verification import verify as verify_log
from enduse.licensing import actions as licensing
from enduse.licensing.models import Licence
from enduse.measures.actions import draft, enact, lift, propose
from enduse.parties.actions import register
from enduse.parties.models import RecordLine
from enduse.parties.queries import record_of
from enduse.refusals import Invalid, NotPermitted, Refused
from tests import given as world
from tests.deliveries import given
from tests.licensing.given import revoked
from tests.races import race


def measure(people, **scope):
    asked = {"title": "Pause on rifles", "kind": "moratorium", "authority": "executive_order", "authority_reference": "EO 2010-4",
             "reason": "Losses", "starts_on": clock.today(), **scope}
    return enact(propose(draft(by=people.policy, **asked), by=people.policy), by=people.policy2)


def changed(people, licence, change):
    """By the officers that it takes: one suspends, two revoke."""
    if change == Licence.SUSPENDED:
        licensing.suspend(licence, reason="Review", by=people.officer)
    else:
        revoked(people, licence)


def test_shipped_firearms_are_in_transit_with_the_carrier_under_the_licence(people):
    licence = given.licence(people)
    given.shipped(people, licence, given.guns(4))
    assert set(Holding.objects.values_list("party", "state")) == {(people.carrier.pk, Holding.IN_TRANSIT)}
    assert CustodyEvent.objects.get(sort=CustodyEvent.SHIPPED).licence == licence


def test_received_firearms_are_held_by_the_consignee_and_its_record_grows(people):
    done = given.delivered(people, given.licence(people), given.guns(4))
    assert done.state == Consignment.DELIVERED
    assert set(Holding.objects.values_list("party", "state")) == {(people.army.pk, Holding.HELD)}
    assert record_of(people.army)[RecordLine.DELIVERED].figures == {"delivered": 4}
    assert verify_log().differences == ()


def test_a_consignment_that_took_the_last_of_its_licence_still_ships(people):
    licence = given.licence(people, 4)
    taken = given.declared(people, licence, given.guns(4))
    assert licence.state() == Licence.EXHAUSTED
    assert ship(taken, by=people.exporter).state == Consignment.SHIPPED


@pytest.mark.parametrize("change", [Licence.SUSPENDED, Licence.REVOKED])
def test_a_suspended_or_revoked_licence_blocks_declaring_and_shipping(people, change):
    licence = given.licence(people)
    waiting = given.declared(people, licence, given.guns(4))
    changed(people, licence, change)
    for step in (lambda: ship(waiting, by=people.exporter), lambda: given.declared(people, licence, given.guns(4, start=50))):
        with pytest.raises(Refused, match=licence.reference):
            step()
    assert not CustodyEvent.objects.filter(sort=CustodyEvent.SHIPPED).exists()


def test_a_consignment_does_not_ship_after_its_licence_has_expired(people):
    waiting = given.declared(people, given.licence(people, 4), given.guns(4))
    with given.later(800), pytest.raises(Refused, match="expired"):
        ship(waiting, by=people.exporter)


def test_rule_3_a_measure_enacted_between_declaring_and_shipping_blocks_the_shipment_until_it_is_lifted(people):
    waiting = given.declared(people, given.licence(people), given.guns(4))
    pause = measure(people)
    with pytest.raises(Refused, match="EO 2010-4") as refusal:
        ship(waiting, by=people.exporter)
    assert refusal.value.rule == 3
    assert pause.reference in str(refusal.value)
    lift(pause, note="Order 5", by=people.policy)
    assert ship(waiting, by=people.exporter).state == Consignment.SHIPPED


def test_rule_3_a_measure_of_another_scope_blocks_nothing(people):
    measure(people, end_user=people.police)
    measure(people, firearm_type="revolver")
    measure(people, country="US")
    assert given.shipped(people, given.licence(people), given.guns(1)).state == Consignment.SHIPPED


def test_rule_3_a_ban_on_a_unit_blocks_what_is_consigned_to_it(people):
    measure(people, kind="ban_on_unit", end_user=people.zone)
    licence = given.licence(people)
    with pytest.raises(Refused) as refusal:
        given.declared(people, licence, given.guns(1), consignee=people.battalion)
    assert refusal.value.rule == 3
    assert given.declared(people, licence, given.guns(1)).state == Consignment.DECLARED


def test_rule_3_a_measure_of_tranches_limits_every_licence_in_its_scope(people):
    licence = given.licence(people, 100)
    measure(people, kind="tranche", parameters={"share": 0.05})
    with pytest.raises(Refused, match="no consignment has more than 5") as refusal:
        given.declared(people, licence, given.guns(6))
    assert refusal.value.rule == 3
    assert "EO 2010-4" in str(refusal.value)


def test_holders_that_are_overdue_with_their_count_block_the_next_consignment(people):
    licence = given.licence(people, conditions=[{"code": "STOCKTAKE", "parameters": {"months": 6}}])
    given.delivered(people, licence, given.guns(3))
    with given.later(250):
        with pytest.raises(Refused, match="1 of 1 are overdue"):
            given.declared(people, licence, given.guns(1, start=50))
        stocktake(people.army, [Read(gun.serial) for gun in given.guns(3)], taken_on=clock.today(), by=people.custodian)
        assert given.declared(people, licence, given.guns(1, start=50)).state == Consignment.DECLARED


def test_a_delivery_that_nobody_verified_in_time_blocks_the_next_one(people):
    licence = given.licence(people, conditions=[{"code": "DVC", "parameters": {"days": 30}}])
    late = given.delivered(people, licence, given.guns(3))
    with given.later(40):
        with pytest.raises(Refused, match=late.reference):
            given.declared(people, licence, given.guns(1, start=50))
        verify(late, by=people.monitor, note="Papers and serials agree")
        assert given.shipped(people, licence, given.guns(1, start=50)).state == Consignment.SHIPPED


def test_what_is_missing_is_lost_on_the_way_and_the_authority_is_alerted(people):
    sent = given.shipped(people, given.licence(people), given.guns(4))
    done = receive(sent, by=people.custodian, serials_received=["w000001", "W-000002", "W000004", "X99"])
    assert done.state == Consignment.DISCREPANT
    step = done.steps.get(step=Consignment.DISCREPANT)
    assert (step.received, step.missing, step.unexpected) == (3, 1, ["X99"])
    assert Holding.objects.get(firearm__serial="W000003").state == Holding.LOST
    alert = Alert.objects.get(kind=Alert.DISCREPANT)
    assert "1 of 4" in alert.because
    assert alert.role == "licensing_officer"
    assert verify_log().differences == ()


def test_one_that_is_not_on_the_manifest_makes_the_delivery_discrepant(people):
    sent = given.shipped(people, given.licence(people), given.guns(1))
    assert receive(sent, by=people.custodian, serials_received=["W000001", "Q1"]).state == Consignment.DISCREPANT


def test_a_serial_counted_twice_is_named_with_both_rows(people):
    sent = given.shipped(people, given.licence(people), given.guns(2))
    with pytest.raises(Invalid) as invalid:
        receive(sent, by=people.custodian, serials_received=["W000001", "w 000001"])
    assert (invalid.value.problems[0].row, invalid.value.problems[0].field) == (2, "serial")
    assert "row 1" in invalid.value.problems[0].reason
    assert sent.state == Consignment.SHIPPED


def test_two_makes_with_one_serial_are_told_apart_by_the_make(people):
    sent = given.shipped(people, given.licence(people), [*given.guns(1), *given.guns(1, make="fn_herstal")])
    with pytest.raises(Invalid, match="make"):
        receive(sent, by=people.custodian, serials_received=["W000001"])
    done = receive(sent, by=people.custodian, serials_received=[Read("W000001", "colt", 2), Read("W000001", "fn_herstal", 3)])
    assert done.state == Consignment.DELIVERED


def test_nothing_at_all_received_needs_a_note(people):
    sent = given.shipped(people, given.licence(people), given.guns(2))
    with pytest.raises(Invalid, match="No serial"):
        receive(sent, by=people.custodian, serials_received=[])
    done = receive(sent, by=people.custodian, serials_received=[], note="The ship sank")
    assert done.steps.get(step=Consignment.DISCREPANT).missing == 2


def test_rule_10_only_the_consignees_custodian_counts_in(people):
    sent = given.shipped(people, given.licence(people), given.guns(1))
    zone_custodian = world.user("custodian", people.zone)
    for stranger in (people.police_custodian, zone_custodian):
        with pytest.raises(Refused) as refusal:
            receive(sent, by=stranger)
        assert refusal.value.rule == 10
    with pytest.raises(NotPermitted):
        receive(sent, by=people.officer)


def test_rule_10_an_exporter_ships_its_own_consignments_only(people):
    other = world.user("exporter", register(name="Southern Arms", kind="company", country="US", registration="M-0002", by=None))
    waiting = given.declared(people, given.licence(people), given.guns(1))
    with pytest.raises(Refused) as refusal:
        ship(waiting, by=other)
    assert refusal.value.rule == 10


def test_a_step_is_not_before_the_one_it_follows_nor_still_to_come(people):
    waiting = given.declared(people, given.licence(people), given.guns(1))
    for day in (clock.today() - timedelta(days=1), clock.today() + timedelta(days=1)):
        with pytest.raises(Invalid):
            ship(waiting, by=people.exporter, on=day)


def test_a_monitor_verifies_what_was_delivered_and_says_how(people):
    sent = given.shipped(people, given.licence(people), given.guns(1))
    with pytest.raises(Refused, match="shipped"):
        verify(sent, by=people.monitor, note="Seen")
    done = receive(sent, by=people.custodian)
    with pytest.raises(Invalid):
        verify(done, by=people.monitor, note=" ")
    assert verify(done, by=people.monitor, note="All serials read in the armoury").state == Consignment.VERIFIED


@pytest.mark.django_db(transaction=True)
def test_two_who_ship_at_once_ship_once():
    people = world.people()
    waiting = given.declared(people, given.licence(people), given.guns(3))
    outcomes = race(lambda: ship(waiting, by=people.exporter), lambda: ship(waiting, by=people.exporter))
    assert sorted(type(each).__name__ for each in outcomes) == ["Consignment", "Refused"], outcomes
    assert CustodyEvent.objects.filter(sort=CustodyEvent.SHIPPED).count() == 1
