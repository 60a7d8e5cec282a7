"""The holes that an open licence could leave, each tried through page, API, command line and raw SQL."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from enduse import clock
from enduse.deliveries.actions import declare
from enduse.deliveries.models import Consignment, ConsignmentStep
from enduse.ledger.actions import record
from enduse.licensing import actions
from enduse.licensing.models import Licence, LicenceUse, Undertaking
from enduse.licensing.open_licences import periods_of
from enduse.parties.actions import register
from enduse.parties.models import Party
from tests.cli.conftest import run
from tests.deliveries import given as deliveries
from tests.licensing.given import open_licence, undertaken
from tests.licensing.test_the_holes import at, refused_everywhere

__all__ = ["run"]
NOBODY = "Nobody who may be named here"


@pytest.fixture
def guard(db):
    return register(name="Presidential guard", kind=Party.ARMED_FORCE, country="GT", by=None)


def manifest(count: int, start: int = 100) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["make", "model", "type", "calibre", "serial", "year", "country"])
    writer.writerows(["colt", "M4", "rifle_assault", "556nato", f"W{start + number:06d}", "2006", "US"] for number in range(count))
    return text.getvalue().encode()


def declaring_is_refused(run: Any, people: Any, tmp_path: Path, licence: Licence, to: Party, count: int, *, says: str, page_says: str = "",
                         on: Undertaking | None = None) -> None:
    """The same refusal on the page, over the API and on the command line; nothing is declared."""
    before = Consignment.objects.count()
    asked: dict[str, Any] = {"licence": licence.reference, "carrier": people.carrier.pk, "consignee": to.pk, **({"undertaking": on.pk} if on else {})}
    client = at(people.exporter)
    shown = client.post("/deliveries/declare/", {**asked, "licence": licence.pk, "manifest": SimpleUploadedFile("m.csv", manifest(count))}).content.decode()
    assert (page_says or says) in shown.replace("&#x27;", "'")
    answered = client.post("/api/deliveries/consignments", {**asked, "manifest": SimpleUploadedFile("m.csv", manifest(count))})
    assert answered.status_code == 409, answered.content
    assert says in answered.json()["refused"]["reason"]
    file = tmp_path / "m.csv"
    file.write_bytes(manifest(count))
    given = [part for name, value in asked.items() for part in (f"--{name}", str(value))]
    said = run("deliveries", "declare", "--manifest", str(file), *given, by=people.exporter)
    assert said.exit_code == 3, said.output
    assert says in " ".join(said.stderr.split())
    assert Consignment.objects.count() == before


def forged(people: Any, licence: Licence, to: Party, on: Undertaking | None = None) -> Consignment:
    return Consignment(reference="C-0000-0001", licence=licence, seller=people.maker, carrier=people.carrier, consignee=to,
                       declared_on=clock.today(), manifest_sha256="0" * 64, undertaking=on)


def sent(people: Any, licence: Licence, to: Party, count: int) -> Consignment:
    guns = deliveries.guns(count)
    return declare(licence, manifest=guns, manifest_sha256=deliveries.digest(guns), carrier=people.carrier, consignee=to, by=people.exporter,
                   undertaking=undertaken(people, licence, to))


def test_no_more_goes_out_than_the_ceiling_over_all_recipients(run, people, guard, tmp_path):
    licence = open_licence(people, guard, lines=[deliveries.line(5)], used=True)
    sent(people, licence, guard, 3)
    declaring_is_refused(run, people, tmp_path, licence, people.army, 3, on=undertaken(people, licence, people.army), says="permits 2 more of line 1")
    with pytest.raises(IntegrityError, match="more than the licence line permits"), transaction.atomic():
        LicenceUse.objects.create(line=licence.lines.get(), quantity=3, consignment="C-2", end_user=people.army)


def test_who_is_not_named_receives_nothing(run, people, guard, tmp_path):
    licence = open_licence(people, guard, used=True)
    own = undertaken(people, licence, guard)
    declaring_is_refused(run, people, tmp_path, licence, people.police, 2, on=own, says="does not name Costa state police as consignee",
                         page_says=NOBODY)
    with pytest.raises(IntegrityError, match="does not name this consignee"), transaction.atomic():
        record(forged(people, licence, people.police, own), by=people.exporter)


def test_who_is_not_registered_receives_nothing(run, people, guard, tmp_path):
    licence = open_licence(people, guard)
    own = undertaken(people, licence, guard)
    declaring_is_refused(run, people, tmp_path, licence, guard, 2, on=own, says="for Presidential guard is not registered", page_says=NOBODY)
    with pytest.raises(IntegrityError, match="before its end user's first use is registered"), transaction.atomic():
        record(forged(people, licence, guard, own), by=people.exporter)
    with pytest.raises(IntegrityError, match="only for an end user whose first use is registered"), transaction.atomic():
        LicenceUse.objects.create(line=licence.lines.get(), quantity=1, consignment="C-2", end_user=guard)


def test_a_suspended_open_licence_declares_and_ships_nothing(run, people, guard, tmp_path):
    licence = open_licence(people, guard, lines=[deliveries.line(20)], used=True)
    waiting = sent(people, licence, guard, 2)
    own = undertaken(people, licence, guard)
    actions.suspend(licence, reason="A trace.", by=people.officer)
    declaring_is_refused(run, people, tmp_path, licence, guard, 2, on=own, says="is suspended since")
    refused_everywhere(
        run, people.exporter, f"/deliveries/{waiting.reference}/ship/", {"on": licence.issued_on},
        ("deliveries", "ship", f"/api/deliveries/consignments/{waiting.reference}/ship", {}), waiting.reference, says="is suspended since")
    with pytest.raises(IntegrityError, match="nothing is declared under a licence that was stopped"), transaction.atomic():
        record(forged(people, licence, guard, own), by=people.exporter)
    with pytest.raises(IntegrityError, match="nothing is shipped under a licence that was stopped"), transaction.atomic():
        record(ConsignmentStep(consignment=waiting, step=Consignment.SHIPPED, on=clock.today()), by=people.exporter)


def test_an_overdue_return_stops_declaring_and_shipping(run, people, guard, tmp_path):
    licence = open_licence(people, guard, lines=[deliveries.line(20)], used=True)
    waiting, own = sent(people, licence, guard, 2), undertaken(people, licence, guard)
    with deliveries.later((periods_of(licence)[0].due_on - clock.today()).days + 1):
        declaring_is_refused(run, people, tmp_path, licence, guard, 2, on=own, says="and is not filed")
        refused_everywhere(
            run, people.exporter, f"/deliveries/{waiting.reference}/ship/", {"on": clock.today().isoformat()},
            ("deliveries", "ship", f"/api/deliveries/consignments/{waiting.reference}/ship", {}), waiting.reference, says="and is not filed")
        with pytest.raises(IntegrityError, match="nothing is declared while a return is overdue"), transaction.atomic():
            record(forged(people, licence, guard, own), by=people.exporter)
        with pytest.raises(IntegrityError, match="nothing is shipped while a return is overdue"), transaction.atomic():
            record(ConsignmentStep(consignment=waiting, step=Consignment.SHIPPED, on=clock.today()), by=people.exporter)


def test_another_recipients_undertaking_carries_nothing(run, people, guard, tmp_path):
    licence = open_licence(people, guard, used=True)
    declaring_is_refused(run, people, tmp_path, licence, guard, 2, on=undertaken(people, licence, people.army), says="is not one of Presidential guard")
    declaring_is_refused(run, people, tmp_path, licence, guard, 2, says="carries the undertaking of its end user")
    with pytest.raises(IntegrityError, match="stands on its end user's undertaking"), transaction.atomic():
        record(forged(people, licence, guard), by=people.exporter)
