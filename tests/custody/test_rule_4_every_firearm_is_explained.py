"""DOMAIN rule 4: at most one holder at a time, and the events explain it from manufacture on, whatever people do in whatever order."""

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from enduse import clock
from enduse.custody import actions, holdings, queries
from enduse.custody.counting import Read, stocktake
from enduse.custody.models import CustodyEvent, Firearm, Holding
from enduse.ledger.models import Leaf
from enduse.ledger.verification import verify
from enduse.refusals import Invalid, Refused
from tests import given as world
from tests.custody import given
from tests.deliveries import given as deliveries
from tests.races import race

GUNS = 6
places = st.sampled_from(["army", "zone", "battalion", "zone2", "police"])
some = st.lists(st.integers(0, GUNS - 1), min_size=1, max_size=3, unique=True)


class Lives(RuleBasedStateMachine):
    """Custodians do anything in any order; what is not possible is refused and leaves nothing behind."""

    @initialize()
    def a_delivery(self):
        self.everything = transaction.atomic()
        self.everything.__enter__()
        self.people = world.people()
        self.licence = deliveries.licence(self.people, GUNS)
        deliveries.delivered(self.people, self.licence, deliveries.guns(GUNS))
        self.guns = list(Firearm.objects.order_by("pk"))
        self.events = []

    def teardown(self):
        if hasattr(self, "everything"):
            transaction.set_rollback(True)
            self.everything.__exit__(None, None, None)

    def custodian_of(self, place):
        return self.people.police_custodian if place == "police" else self.people.custodian

    def attempt(self, act):
        before = Leaf.objects.count()
        try:
            with transaction.atomic():
                self.events.append(act())
        except (Refused, Invalid):
            assert Leaf.objects.count() == before

    def chosen(self, indexes):
        return [self.guns[index] for index in indexes]

    @rule(which=some, giver=places, taker=places)
    def move(self, which, giver, taker):
        self.attempt(lambda: actions.move(
            self.chosen(which), from_unit=getattr(self.people, giver), to_unit=getattr(self.people, taker), occurred_on=clock.today(),
            by=self.custodian_of(giver)))

    @rule(
        which=some, place=places, sort=st.sampled_from([CustodyEvent.LOST, CustodyEvent.STOLEN, CustodyEvent.DESERTED_WITH, CustodyEvent.NOT_SIGHTED])
    )
    def lose(self, which, place, sort):
        self.attempt(lambda: actions.report_loss(
            self.chosen(which), sort=sort, unit=getattr(self.people, place), occurred_on=clock.today(), by=self.custodian_of(place)))

    @rule(which=some, place=places)
    def find(self, which, place):
        self.attempt(lambda: actions.record_found(
            self.chosen(which), unit=getattr(self.people, place), occurred_on=clock.today(), by=self.custodian_of(place)))

    @rule(which=st.integers(0, GUNS - 1))
    def recover(self, which):
        self.attempt(lambda: actions.record_recovered(
            self.guns[which], agency=self.people.agency, occurred_on=clock.today(), reference="R-1", by=self.people.tracer))

    @rule(which=some, place=places)
    def destroy(self, which, place):
        self.attempt(lambda: actions.record_destroyed(
            self.chosen(which), unit=getattr(self.people, place), occurred_on=clock.today(), method="cut", witnesses="armourer, auditor",
            by=self.custodian_of(place)))

    @rule(data=st.data())
    def correct(self, data):
        if self.events:
            event = data.draw(st.sampled_from(self.events))
            by = self.custodian_of("police") if event.from_party_id == self.people.police.pk else self.people.custodian
            self.attempt(lambda: actions.correct(event, reason="Wrong list", by=by))

    @rule(which=some, place=places)
    def count(self, which, place):
        unit = getattr(self.people, place)
        counted = stocktake(unit, [Read(gun.serial) for gun in self.chosen(which)], taken_on=clock.today(), by=self.custodian_of(place))
        assert counted.sighted + counted.missing == counted.expected == Holding.objects.filter(party=unit, state=Holding.HELD).count()
        assert counted.sighted + counted.unexpected == len(which)

    @invariant()
    def every_firearm_has_one_holding_and_it_is_what_its_events_say(self):
        if not hasattr(self, "guns"):
            return
        kept = {row.firearm_id: (row.state, row.party_id, row.event_id) for row in Holding.objects.all()}
        assert kept == holdings.explained([gun.pk for gun in self.guns])

    @invariant()
    def what_entered_is_held_in_transit_lost_recovered_or_destroyed(self):
        if not hasattr(self, "guns"):
            return
        assert Holding.objects.count() == GUNS
        for place in ("army", "zone", "battalion", "zone2", "police", "maker", "carrier"):
            _rows, total = queries.account_of(getattr(self.people, place))
            assert total.balances, (place, total)


@pytest.mark.django_db
def test_whatever_happens_the_events_explain_every_firearm():
    quietly = settings(max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Lives, settings=quietly)


def test_a_firearm_leaves_only_from_where_it_is(people):
    firearms = given.issued(people, 2)
    with pytest.raises(Refused) as refusal:
        actions.move(firearms, from_unit=people.army, to_unit=people.zone2, occurred_on=clock.today(), by=people.custodian)
    assert refusal.value.rule == 4
    assert set(Holding.objects.values_list("party", flat=True)) == {people.zone.pk}


def test_a_holding_changed_behind_the_back_is_found_and_mended_by_a_rebuild(people):
    firearms = given.issued(people, 2)
    Holding.objects.filter(firearm=firearms[0]).update(party=people.police, state=Holding.LOST)
    (drift,) = holdings.rebuild()
    assert drift.firearm == firearms[0].pk
    assert Holding.objects.get(firearm=firearms[0]).party == people.zone
    assert holdings.rebuild() == []


@pytest.mark.django_db(transaction=True)
def test_two_who_pass_on_the_same_firearm_at_once_pass_it_on_once():
    people = world.people()
    firearms = given.issued(people, 1)
    outcomes = race(*[lambda to=to: actions.move(firearms, from_unit=people.zone, to_unit=to, occurred_on=clock.today(), by=people.custodian)
                      for to in (people.battalion, people.zone2)])
    assert sorted(type(each).__name__ for each in outcomes) == ["CustodyEvent", "Refused"], outcomes
    assert verify().differences == ()


def test_an_unreported_loss_is_told_by_the_recovery(people):
    (gun,) = given.issued(people, 1)
    actions.record_recovered(gun, agency=people.agency, occurred_on=clock.today(), reference="R-1", by=people.tracer)
    _rows, total = queries.account_of(people.zone)
    assert (total.entered, total.held, total.recovered, total.balances) == (1, 0, 1, True)
    with pytest.raises(Refused) as refusal:
        actions.record_recovered(gun, agency=people.agency, occurred_on=clock.today(), reference="R-2", by=people.tracer)
    assert refusal.value.rule == 4


def test_a_day_that_is_still_to_come_is_refused(people):
    firearms = given.issued(people, 1)
    with pytest.raises(Invalid, match="still to come"):
        actions.report_loss(firearms, sort=CustodyEvent.LOST, unit=people.zone, occurred_on=date(2999, 1, 1), by=people.custodian)


def test_an_event_that_was_followed_by_another_is_corrected_after_that_one(people):
    firearms = given.issued(people, 1)
    first = CustodyEvent.objects.get(sort=CustodyEvent.ISSUED)
    later = actions.move(firearms, from_unit=people.zone, to_unit=people.battalion, occurred_on=clock.today(), by=people.custodian)
    with pytest.raises(Refused, match=str(later.pk)) as refusal:
        actions.correct(first, reason="Wrong unit", by=people.custodian)
    assert refusal.value.rule == 5
    actions.correct(later, reason="Wrong unit", by=people.custodian)
    actions.correct(first, reason="Wrong unit", by=people.custodian)
    assert Holding.objects.get().party == people.army
