"""What a trace stands on: firearms in the register, some sold under a licence, some lost, and marks read off them."""

from __future__ import annotations

from datetime import date
from typing import Any

from enduse.custody import actions as custody
from enduse.custody.models import Firearm
from enduse.ledger.actions import record
from enduse.licensing.models import Application, Licence, LicenceLine
from enduse.tracing import actions as tracing
from enduse.tracing.models import Operation, Recovery
from tests.given import People

MADE, SHIPPED, RECEIVED, ISSUED, LOST, SEIZED = (
    date(2006, 3, 2), date(2006, 4, 18), date(2006, 5, 9), date(2006, 5, 30), date(2008, 3, 11), date(2009, 5, 14))


def marked(serial: str, **given: Any) -> custody.Marked:
    fields = {"make": "colt", "model": "M4", "firearm_type": "rifle_assault", "calibre": "556nato", "year": 2006, "country": "US"}
    return custody.Marked(**(fields | given), serial=serial)


def made(people: People, *serials: str, **given: Any) -> list[Firearm]:
    """Firearms that their maker has entered into the register and holds."""
    return custody.register_made(
        [marked(serial, **given) for serial in serials], maker=people.maker, occurred_on=MADE, reference="", by=people.exporter)


def licence(people: People, quantity: int = 100) -> Licence:
    """A licence to sell to the army, from an application that was approved."""
    application = Application.objects.create(
        reference=f"A-2006-{Application.objects.count() + 1:04d}", capacity=Application.EXPORTER, applicant=people.maker, seller=people.maker,
        end_user=people.army, consignee=people.army, country="MX", purpose="Service rifles", drafted_by=people.exporter)
    line = LicenceLine(number=1, firearm_type="rifle_assault", make="colt", model="M4", calibre="556nato", automatic=True, quantity=quantity)
    number = Licence.objects.count() + 31
    return record(Licence(reference=f"L-2006-{number:04d}", application=application, issued_on=date(2006, 2, 1), expires_on=date(2008, 1, 31)),
                  by=people.countersigner, rows=[line], row_field="licence")


def sold(people: People, *serials: str, under: Licence | None = None, to: Any = None, **given: Any) -> list[Firearm]:
    """Firearms sold under a licence to the army and issued to its first zone (or `to`)."""
    guns = made(people, *serials, **given)
    under = under or licence(people)
    custody.record_shipment(
        guns, seller=people.maker, carrier=people.carrier, licence=under, occurred_on=SHIPPED, reference="C-2006-0001", by=people.exporter)
    custody.record_receipt(guns, carrier=people.carrier, receiver=people.army, occurred_on=RECEIVED, reference="C-2006-0001", by=people.custodian)
    custody.move(guns, from_unit=people.army, to_unit=to or people.zone, occurred_on=ISSUED, by=people.custodian)
    return guns


def lost(people: People, guns: list[Firearm], sort: str = "deserted_with") -> None:
    custody.report_loss(guns, sort=sort, unit=people.zone, occurred_on=LOST, by=people.custodian)


def recovery(people: People, marks: str = "W3?5B72", **given: Any) -> Recovery:
    fields: dict[str, Any] = {
        "recovered_on": SEIZED, "place": "Tepalcatepec", "region": "Michoacán", "country": "MX", "agency": people.agency,
        "case_reference": "MICH/2009/77", "firearm_type": "rifle", "calibre": "5.56", "by": people.tracer}
    return tracing.record_recovery(**(fields | given), marks=marks)


def operation(people: People, **given: Any) -> Operation:
    fields: dict[str, Any] = {
        "name": "Open road", "legal_basis": "Order 12/2009 of the federal court", "approved_by": "Supervisor, south desk",
        "prosecutor": "Prosecutor, trafficking section", "starts_on": date(2009, 10, 1), "ends_on": date(2011, 1, 31), "limit": 3,
        "subjects": ["AZ/2009/14"], "by": people.tracer}
    return tracing.authorise_operation(**(fields | given))
