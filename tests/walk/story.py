"""The whole story in operations, each by the right role, and what must be refused on the way."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from enduse import clock, reference
from enduse.engines import names
from enduse.licensing.flags import raised
from enduse.licensing.models import Application
from enduse.licensing.queries import known
from tests.given import People
from tests.walk.tellers import Teller

SERIALS = [f"W{345_000 + 17 * n}" for n in range(40)]


def manifest(serials: list[str]) -> bytes:
    """A manifest as a maker's spreadsheet saves it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["make", "model", "type", "calibre", "serial", "year", "country"])
    writer.writerows(["Colt", "M4", "rifle_assault", "5.56x45 mm NATO", serial, "2010", "US"] for serial in serials)
    return text.getvalue().encode()


def day(offset: int = 0) -> str:
    return (clock.today() + timedelta(days=offset)).isoformat()


def apply(tell: Teller, people: People, number: str) -> str:
    """The exporter files an application; its reference."""
    filed = tell.say(
        people.exporter, "licensing.draft", capacity="exporter", end_user=people.army.pk, consignee=people.army.pk, country="MX",
        purpose="Service rifles for the first zone", certificate_number=number, certificate_issuer="Secretariat of Defence",
        certificate_signatory="Director", certificate_issued_on=day(-20), certificate_expires_on=day(700),
        lines=[{"firearm_type": "rifle_assault", "calibre": "556nato", "quantity": 50, "make": "colt", "model": "M4", "unit_value_cents": 110_000}])
    tell.say(people.exporter, "licensing.submit", reference=filed["reference"])
    return filed["reference"]


def confirm_certificate(tell: Teller, people: People, application: str) -> None:
    """The officer asks the issuer by a channel of the authority's own; it says that the certificate is its own."""
    certificate = Application.objects.get(reference=application).certificate.registered_id
    asked = tell.say(people.officer, "certificates.inquire", certificate_id=certificate, channel="mission", asked_whom="Head of the arms office",
                     found_in="Our mission's list")
    tell.say(people.officer, "certificates.answer_inquiry", inquiry_id=asked["id"], outcome="confirmed", answered_by="Head of the arms office")


def assess(tell: Teller, people: People, application: str) -> None:
    tell.say(people.officer, "screening.screen", parties=sorted({party.pk for _role, party in Application.objects.get(reference=application).parties()}))
    criteria = {code: {"level": entry.more["levels"].split("|")[0], "reason": "On the file.", "evidence": "file"}
                for code, entry in reference.table("criteria").items()}
    flags = {code: {"level": "medium", "reason": "Weighed.", "evidence": evidence}
             for code, evidence in raised(known(Application.objects.get(reference=application))).items()}
    tell.say(people.officer, "licensing.assess", reference=application, criteria=criteria, flags=flags, summary="Known end user, counted units.")
    tell.say(people.officer, "licensing.recommend", reference=application, outcome="approve", note="Approve.")


def walk(tell: Teller, people: People) -> None:
    """From an application to a published figure."""
    tell.say(people.officer, "screening.load_list", file=("list.csv", names.demo_list_path().read_bytes()), source="demo", format="ofac-csv")
    licence = _licensed(tell, people)
    _delivered(tell, people, licence)
    recovery = _lost_and_found(tell, people)
    waiting = apply(tell, people, "EUC-2")
    assess(tell, people, waiting)
    confirm_certificate(tell, people, waiting)
    _traced(tell, people, recovery, waiting)
    measure = _understood(tell, people)
    _enforced(tell, people, licence, waiting, measure)
    _published(tell, people)


def _licensed(tell: Teller, people: People) -> str:
    application = apply(tell, people, "EUC-1")
    assert "countersign" in tell.refused(people.officer, "licensing.decide", reference=application).lower()
    assess(tell, people, application)
    assert "confirmed" in tell.refused(people.countersigner, "licensing.decide", reference=application).lower()
    confirm_certificate(tell, people, application)
    decided = tell.say(people.countersigner, "licensing.decide", reference=application, note="Agreed.")
    assert decided["outcome"] == "approve"
    return decided["licence"]


def _delivered(tell: Teller, people: People, licence: str) -> None:
    declare: dict[str, Any] = {"licence": licence, "carrier": people.carrier.pk, "consignee": people.army.pk}
    too_many = manifest([f"W{900_000 + n}" for n in range(51)])
    assert "50" in tell.refused(people.exporter, "deliveries.declare", file=("many.csv", too_many), **declare)
    twice = manifest([*SERIALS, SERIALS[3]])
    assert "row 5" in tell.refused(people.exporter, "deliveries.declare", file=("twice.csv", twice), **declare).lower().replace('"row": ', "row ")
    declared = tell.say(people.exporter, "deliveries.declare", file=("manifest.csv", manifest(SERIALS)), **declare)
    consignment = declared["reference"]
    tell.say(people.exporter, "deliveries.ship", reference=consignment)
    assert tell.say(people.custodian, "deliveries.receive", reference=consignment)["state"] == "delivered"
    tell.say(people.monitor, "deliveries.verify", reference=consignment, note="Counted at the depot.")


def _lost_and_found(tell: Teller, people: People) -> str:
    serials = [{"serial": serial} for serial in SERIALS]
    tell.say(people.custodian, "custody.move", serials=serials, from_unit=people.army.pk, to_unit=people.zone.pk, occurred_on=day())
    counted = tell.say(people.custodian, "custody.stocktake", unit=people.zone.pk, serials=serials[:-2], taken_on=day())
    assert (counted["sighted"], counted["missing"]) == (38, 2)
    for sort, serial in (("lost", SERIALS[-1]), ("stolen", SERIALS[-2]), ("deserted_with", SERIALS[20])):
        tell.say(people.custodian, "custody.report_loss", serials=[{"serial": serial}], unit=people.zone.pk, sort=sort, occurred_on=day())
    check = tell.say(people.monitor, "monitoring.plan", unit=people.zone.pk, selection="random", selection_probability=0.5, sample_size=20, planned_for=day(), seed=5)
    sample = tell.say(people.monitor, "monitoring.get_sample", reference=check["reference"])
    rows = sample if isinstance(sample, list) else sample["items"]
    gone = {SERIALS[-1], SERIALS[-2], SERIALS[20]}
    missing = [row for row in rows if row["serial"] in gone]
    tell.say(people.monitor, "monitoring.record_outcome", reference=check["reference"], visited_on=day(),
             outcome="unfavourable" if missing else "favourable", reason_codes=["U10" if missing else "F03"],
             sightings=[{"firearm": row["firearm"], "sighted": row["serial"] not in gone} for row in rows])
    worn = SERIALS[20][:2] + "?" + SERIALS[20][3:]
    return tell.say(people.tracer, "tracing.record_recovery", marks=worn, make="Colt", firearm_type="rifle_assault", recovered_on=day(),
                    place="A road check", country="MX", agency=people.agency.pk, case_reference="PGR-1")["reference"]


def _traced(tell: Teller, people: People, recovery: str, waiting: str) -> None:
    ranking = tell.say(people.tracer, "tracing.trace", reference=recovery)
    top = ranking["candidates"][0]
    assert top["serial"] == SERIALS[20]
    assert 0 < top["probability"] <= 1
    assert 0 <= ranking["none_probability"] < 0.5
    tell.say(people.tracer, "tracing.confirm", reference=recovery, candidate=top["candidate"] if "candidate" in top else top["key"], note="They agree.")
    alerts = tell.say(people.officer, "alerts.list_alerts")
    assert any(recovery in alert["because"] or recovery in alert["link"] for alert in alerts["items"])
    assert tell.say(people.officer, "licensing.get_application", reference=waiting)["state"] == "held"
    assert "hold" in tell.refused(people.countersigner, "licensing.decide", reference=waiting).lower()
    holds = tell.say(people.countersigner, "licensing.get_application", reference=waiting)["holds"]
    tell.say(people.countersigner, "licensing.release_hold", hold_id=holds[0]["id"], reason="The loss was reported in time.")


def _understood(tell: Teller, people: People) -> str:
    tell.say(people.tracer, "tracing.report_seizures", agency=people.agency.pk, month=day()[:8] + "01", seized=30, submitted=10)
    estimate = tell.say(people.analyst, "diversion.estimate", seed=1)
    assert estimate["delivered"] == 40
    assert 0 < estimate["q025"] <= estimate["q975"] <= 40
    measure = tell.say(
        people.policy, "measures.draft", title="Moratorium on rifles", kind="moratorium", authority="executive_order",
        authority_reference="Order 12-1", reason="What the trace showed.", starts_on=day(), end_user=people.army.pk)["reference"]
    scenario = tell.say(people.policy, "lab.simulate", title="Stop or not", estimate=estimate["reference"], measures=[measure], months=12, futures=200)
    assert measure in scenario["outcome"]["policies"]
    tell.say(people.policy, "measures.propose", reference=measure)
    assert tell.refused(people.policy, "measures.enact", reference=measure)
    tell.say(people.policy2, "measures.enact", reference=measure)
    return measure


def _enforced(tell: Teller, people: People, licence: str, waiting: str, measure: str) -> None:
    """Rule 3: the next decision and the next shipment are refused, and the refusal names the measure."""
    decision = tell.refused(people.countersigner, "licensing.decide", reference=waiting)
    assert measure in decision
    assert "Order 12-1" in decision
    more = manifest([f"W{800_000 + n}" for n in range(5)])
    shipment = tell.refused(people.exporter, "deliveries.declare", file=("more.csv", more), licence=licence, carrier=people.carrier.pk,
                            consignee=people.army.pk)
    assert measure in shipment


def _published(tell: Teller, people: People) -> None:
    report = tell.say(people.analyst, "reports.draft", title="This year so far", period_from=day(-30), period_until=day())
    assert any(figure["code"] == "diverted_of_delivered" and figure["denominator"] == 40 for figure in report["figures"])
    tell.refused(people.analyst, "reports.publish", reference=report["reference"])
    tell.say(people.policy, "reports.publish", reference=report["reference"])
    assert tell.say(people.auditor, "reports.get_report", reference=report["reference"])["published"]
    claims = tell.say(people.auditor, "reports.list_claims")
    assert {claim["claim_id"] for claim in claims} >= {"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C9", "C10", "C11"}
    verified = tell.say(people.auditor, "ledger.verify")
    assert verified["differences"] == []
