"""Firearms at every point of their lives."""

from __future__ import annotations

from enduse import clock
from enduse.custody.actions import move
from enduse.custody.models import Firearm
from enduse.parties.models import Party
from tests.deliveries import given as deliveries
from tests.given import People


def army_stock(people: People, count: int = 10, *, start: int = 1, make: str = "colt") -> list[Firearm]:
    """Delivered to the army under a licence."""
    deliveries.delivered(people, deliveries.licence(people, count), deliveries.guns(count, start=start, make=make))
    return list(Firearm.objects.filter(holding__party=people.army, serial__gte=f"W{start:06d}", make=make).order_by("pk"))


def issued(people: People, count: int = 10, *, to: Party | None = None, start: int = 1) -> list[Firearm]:
    """Delivered to the army and passed on, to its first zone or another."""
    firearms = army_stock(people, count, start=start)
    move(firearms, from_unit=people.army, to_unit=to or people.zone, occurred_on=clock.today(), by=people.custodian, reference="Order 7")
    return firearms
