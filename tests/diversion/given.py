"""A small story: twenty firearms delivered to the army, passed on, some of them lost."""

from __future__ import annotations

from datetime import timedelta

from enduse import clock
from enduse.custody.actions import correct, move, report_loss
from enduse.custody.models import Firearm
from tests.deliveries.given import later
from tests.given import People
from tests.monitoring.given import stocked


def story(people: People) -> list[Firearm]:
    """The first zone took 20: 8 went on to its battalion, 3 to the state police; then 2 were deserted with, 1 stolen, 1 reported by mistake."""
    guns = stocked(people, 20)
    today = clock.today()
    move(guns[:8], from_unit=people.zone, to_unit=people.battalion, occurred_on=today, by=people.custodian)
    move(guns[8:11], from_unit=people.zone, to_unit=people.police, occurred_on=today, by=people.custodian)
    with later(1):
        report_loss(guns[11:13], sort="deserted_with", unit=people.zone, occurred_on=today, by=people.custodian)
        report_loss(guns[:1], sort="stolen", unit=people.battalion, occurred_on=today, by=people.custodian)
        mistaken = report_loss(guns[13:14], sort="lost", unit=people.zone, occurred_on=today, by=people.custodian)
    with later(2):
        correct(mistaken, reason="It was in the workshop.", by=people.custodian)
    return guns


def after(days: int):
    """The moment at which so many days have passed."""
    return clock.now() + timedelta(days=days)
