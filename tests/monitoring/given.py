"""Units with firearms, and checks of them."""

from __future__ import annotations

from datetime import date

from enduse import clock
from enduse.custody.actions import move
from enduse.custody.models import Firearm
from enduse.monitoring.actions import plan
from enduse.monitoring.models import Check
from enduse.parties.models import Party
from tests.deliveries import given as deliveries
from tests.given import People


def stocked(people: People, count: int = 20, *, start: int = 1, spare: int = 0) -> list[Firearm]:
    """The first zone holds firearms that were delivered to the army and issued to it; `spare`: what their licence still permits."""
    deliveries.delivered(people, deliveries.licence(people, count + spare), deliveries.guns(count, start=start))
    firearms = list(Firearm.objects.filter(holding__party=people.army))
    move(firearms, from_unit=people.army, to_unit=people.zone, occurred_on=clock.today(), by=people.custodian)
    return firearms


def check(people: People, *, size: int = 5, unit: Party | None = None, planned_for: date | None = None, **more) -> Check:
    asked = {"stage": Check.POST_SHIPMENT, "selection": Check.RANDOM, "selection_probability": 0.5, **more}
    return plan(unit=unit or people.zone, sample_size=size, planned_for=planned_for or clock.today(), by=people.monitor, **asked)


def all_seen(planned: Check) -> dict[int, bool]:
    return dict.fromkeys(planned.sample.values_list("firearm_id", flat=True), True)
