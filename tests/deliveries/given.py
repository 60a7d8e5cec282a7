"""Licences, manifests and consignments at every step, for tests of what follows."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta

from enduse import clock
from enduse.custody.actions import Marked
from enduse.deliveries.actions import declare, receive, ship
from enduse.deliveries.models import Consignment
from enduse.licensing.actions import LineAsked
from enduse.licensing.models import Application, Licence
from enduse.parties.models import Party
from tests.given import People
from tests.licensing.given import certificate, licensed

TYPE, CALIBRE = "rifle_assault", "556nato"


def line(quantity: int, make: str = "", model: str = "") -> LineAsked:
    return LineAsked(firearm_type=TYPE, calibre=CALIBRE, quantity=quantity, unit_value_cents=90_000, make=make, model=model)


def licence(
    people: People, quantity: int = 100, *, make: str = "", conditions: Sequence[dict] = (), by_exporter: bool = False,
    barred_regions: Sequence[str] = (), lines: Sequence[LineAsked] | None = None,
) -> Licence:
    """A licence for rifles to the army, issued today: to the buying government, or to the exporter alone."""
    return licensed(
        people, by=people.exporter if by_exporter else people.applicant,
        capacity=Application.EXPORTER if by_exporter else Application.BUYING_GOVERNMENT,
        lines=list(lines or [line(quantity, make)]), certificate=certificate(barred_regions=tuple(barred_regions)), conditions=conditions)


def later(days: int) -> AbstractContextManager[None]:
    """So many days from now."""
    return clock.at(clock.now() + timedelta(days=days))


def guns(count: int, *, start: int = 1, make: str = "colt", model: str = "M4") -> list[Marked]:
    return [Marked(make, model, TYPE, CALIBRE, f"W{start + n:06d}", 2006, "US", n + 2) for n in range(count)]


def digest(manifest: Sequence[Marked]) -> str:
    return hashlib.sha256(repr(list(manifest)).encode()).hexdigest()


def declared(people: People, under: Licence, manifest: Sequence[Marked], *, on: date | None = None, consignee: Party | None = None) -> Consignment:
    return declare(under, manifest=manifest, manifest_sha256=digest(manifest), carrier=people.carrier, consignee=consignee or people.army,
                   by=people.exporter, on=on)


def shipped(people: People, under: Licence, manifest: Sequence[Marked], **more) -> Consignment:
    return ship(declared(people, under, manifest, **more), by=people.exporter, on=more.get("on"))


def delivered(people: People, under: Licence, manifest: Sequence[Marked], **more) -> Consignment:
    return receive(shipped(people, under, manifest, **more), by=people.custodian, on=more.get("on"))


def csv(*rows: str, header: str = "make,model,type,calibre,serial,year,country") -> io.BytesIO:
    return io.BytesIO("\n".join([header, *rows]).encode())
