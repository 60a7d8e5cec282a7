"""Licences, manifests and consignments at every step, for tests of what follows."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import date, timedelta

from enduse import clock
from enduse.custody.actions import Marked
from enduse.deliveries.actions import declare, receive, ship
from enduse.deliveries.models import Consignment
from enduse.ledger.actions import record
from enduse.licensing.models import (
    Application,
    ApplicationLine,
    Assessment,
    Decision,
    EndUseCertificate,
    Licence,
    LicenceLine,
    Recommendation,
    Submission,
)
from enduse.parties.models import Party
from tests.given import People

TYPE, CALIBRE = "rifle_assault", "556nato"


def licence(
    people: People, quantity: int = 100, *, make: str = "", model: str = "", conditions: Sequence[dict] = (), seller: Party | None = None,
    end_user: Party | None = None, barred_regions: Sequence[str] = (), lines: Sequence[dict] | None = None,
) -> Licence:
    """A licence for rifles to the army (or another end user), with every fact that led to it."""
    end_user = end_user or people.army
    count = Application.objects.count() + 1
    application = Application.objects.create(
        reference=f"A-T-{count:04d}", capacity=Application.EXPORTER if seller else Application.BUYING_GOVERNMENT, applicant=seller or end_user,
        seller=seller, end_user=end_user, consignee=end_user, country=end_user.country, purpose="Patrols", drafted_by=people.applicant)
    asked = lines or [{"firearm_type": TYPE, "make": make, "model": model, "calibre": CALIBRE, "automatic": True, "quantity": quantity}]
    for number, line in enumerate(asked, start=1):
        ApplicationLine.objects.create(application=application, number=number, unit_value_cents=90_000, **line)
    EndUseCertificate.objects.create(
        application=application, number=f"EUC-{count}", issuer=end_user.name, signatory="Head of procurement", issued_on=date(2005, 1, 1),
        expires_on=date(2035, 1, 1), no_reexport=True, consents_to_checks=True, verifies_delivery=True, barred_regions=list(barred_regions))
    record(Submission(application=application), by=people.applicant)
    assessment = record(Assessment(application=application, criteria={}, flags={}, record_seen={}, summary="Low"), by=people.officer)
    advice = record(Recommendation(application=application, assessment=assessment, outcome="approve", note="Approve"), by=people.officer)
    record(Decision(application=application, recommendation=advice, recommended_by=people.officer, outcome="approve"), by=people.countersigner)
    granted = Licence(reference=f"L-T-{count:04d}", application=application, issued_on=clock.today() - timedelta(days=400),
                      expires_on=clock.today() + timedelta(days=330), conditions=list(conditions))
    rows = [LicenceLine(number=number, **line) for number, line in enumerate(asked, start=1)]
    return record(granted, by=people.countersigner, rows=rows, row_field="licence")


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
