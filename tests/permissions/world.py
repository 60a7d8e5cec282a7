"""One of every noun, made by the product's own actions, and how each address of the site names it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from enduse import clock
from enduse.accounts.actions import make_token
from enduse.accounts.models import User
from enduse.accounts.permissions import Role
from enduse.alerts.models import Alert
from enduse.certificates.actions import challenge, inquire
from enduse.custody.actions import report_loss
from enduse.custody.counting import Read, stocktake
from enduse.custody.models import CustodyEvent, Firearm
from enduse.deliveries.imports.actions import GoodsStated, ImportStated, notify_import
from enduse.deliveries.models import Consignment
from enduse.diversion.actions import estimate
from enduse.documents.actions import attach
from enduse.engines.translog import new_key
from enduse.lab.actions import simulate
from enduse.ledger.forgetting import propose as propose_forgetting
from enduse.licensing.actions import ask, ask_advice, buy, hold, propose_revocation
from enduse.licensing.actions.consulting import consult_denier
from enduse.licensing.actions.denying_elsewhere import record_denial
from enduse.licensing.advisories.actions import EndUserNamed, GoodsNamed, ask_advisory
from enduse.licensing.models import Licence
from enduse.parties.actions import add_address, link, register
from enduse.parties.models import Party
from enduse.reports.actions import draft as draft_report
from enduse.screening.actions import load_list, screen
from enduse.screening.models import Hit, ListVersion
from tests import given
from tests.certificates import given as certificates
from tests.licensing import given as licensing
from tests.measures import given as measures
from tests.monitoring import given as monitoring
from tests.tracing import given as tracing

ANYBODY = "nobody"  # who has not signed in


@dataclass(frozen=True)
class World:
    """`people`: the parties and their users; `outsiders`: an applicant, an exporter and a custodian of quite other parties."""

    people: given.People
    outsiders: dict[str, User]
    named: dict[str, Any]  # what an address may name -> that one thing here

    def user(self, role: str) -> User | None:
        return None if role == ANYBODY else self.people.by_role()[role]


def make() -> World:
    people = given.people()
    other_maker = register(name="Southern Arms", kind=Party.COMPANY, country="US", by=None)
    other_ministry = register(name="Ministry of the Interior", kind=Party.STATE_BODY, country="GT", by=None)
    outsiders = {"applicant": given.user(Role.APPLICANT, other_ministry), "exporter": given.user(Role.EXPORTER, other_maker),
                 "custodian": people.police_custodian}
    firearms = monitoring.stocked(people, 20, spare=20)
    counted = stocktake(people.zone, [Read(gun.serial, gun.make) for gun in firearms[:18]], taken_on=clock.today(), by=people.custodian)
    report_loss(firearms[:2], sort="deserted_with", unit=people.zone, occurred_on=clock.today(), by=people.custodian)
    planned = monitoring.check(people)
    licensing.loaded_list(people.officer)
    load_list(licensing.list_file((people.carrier.name, "Company")), by=people.officer, source="carriers", mapping=licensing.MAPPING,
              file_name="carriers.csv")
    screen(people.carrier, by=people.officer)
    waiting = licensing.submitted(people, by=people.applicant, capacity="buying_government")
    question = ask(waiting, text="Which units will hold them?", by=people.officer)
    advice = ask_advice(waiting, body=people.ministry, text="The region.", by=people.officer)
    certificate = waiting.certificate.registered
    inquiry = inquire(certificate, channel="mission", asked_whom="Head of the office", found_in="Our mission's list", by=people.officer)
    challenge(certificate, sort="disputed", reason="The seal is another one.", by=people.officer)
    issued = certificates.issued(people)
    recalled = challenge(issued, sort="recalled", reason="The purchase was cancelled.", by=people.officer)
    key = certificates.trusted(people, new_key("elsewhere.example/log"))
    held = hold(waiting, because="A question to the end user.", by=people.officer)
    recovered = tracing.recovery(people, marks="W00000?", recovered_on=clock.today())
    operation = tracing.operation(people, starts_on=clock.today(), ends_on=clock.today() + timedelta(days=90))
    forgetting = propose_forgetting(recovered.pk, authority="Order 12/2012", reason="A person is named without need.", by=people.tracer)
    document = attach(io.BytesIO(b"%PDF-1.4 order"), name="order.pdf", subject=waiting.reference, by=people.applicant)
    proposed = measures.drafted(people)
    estimated = estimate(by=people.analyst, draws=100)
    scenario = simulate(title="A pause", estimate=estimated, measures=[proposed], by=people.policy, months=6, futures=100)
    report = draft_report(title="The month", period_from=clock.today() - timedelta(days=30), period_until=clock.today(), by=people.policy)
    token, _secret = make_token(name="script", scope="read", by=people.policy)
    runs = link(people.zone, people.ministry, role="parent", since=clock.today() - timedelta(days=400), source="Gazette 12/2011", by=people.officer)
    store = add_address(people.zone, use="store", text="Calle Inventada 5", since=clock.today(), source="Gazette 12/2011", by=people.officer)
    licence = Licence.objects.get()
    screen(people.maker, by=people.officer)
    ordered = buy(licence, line=1, maker=people.maker, quantity=10, order="PO-1", by=people.applicant)
    period = licensing.open_licence(people, people.police).return_periods.first()
    denial = record_denial(state="DE", number="12/2011", denied_on=clock.today(), end_user=people.army, country="MX",
                           lines=[{"firearm_type": "rifle_semi", "calibre": "556nato"}], by=people.officer)
    consultation = consult_denier(waiting, denial, asked_on=clock.today(), asked_whom="Its office", position="silent", by=people.officer)
    proposal = propose_revocation(licence, reason="A question of custody.", by=people.officer)
    event = CustodyEvent.objects.filter(sort=CustodyEvent.ISSUED).get()
    advised = ask_advisory(EndUserNamed("Harbour Guard", "police", "GT", [GoodsNamed("rifle_semi", "556nato")], "An offer."), by=people.exporter)
    notified = notify_import(ImportStated(
        "received", clock.today(), "US", people.maker.name, [GoodsStated("rifle_assault", "556nato", 20)], "The zones.", True, licence.reference),
        by=people.custodian)
    received = CustodyEvent.objects.filter(sort=CustodyEvent.RECEIVED).get()  # which each role that sees firearms sees, the exporter too
    named = {
        "certificate": issued.pk, "inquiry": inquiry.pk, "challenge": recalled.pk, "issuer_key": key.pk,
        "application": waiting.reference, "question": question.pk, "advice": advice.pk, "licence": licence.reference, "change": proposal.pk, "purchase": ordered.pk, "hold": held.pk, "consignment": Consignment.objects.get().reference,
        "firearm": firearms[0].pk, "firearms": Firearm.objects.count(), "event": event.pk, "unit": people.zone.pk, "stocktake": counted.pk,
        "check": planned.reference, "recovery": recovered.reference, "operation": operation.reference, "document": document.pk,
        "measure": proposed.reference, "estimate": estimated.reference, "scenario": scenario.reference, "report": report.reference,
        "alert": Alert.objects.order_by("pk").first().pk, "party": people.zone.pk, "list": ListVersion.objects.first().pk,
        "hit": Hit.objects.first().pk, "token": token.pk, "user": people.analyst.pk, "username": people.analyst.username, "leaf": received.pk, "rule_table": "flags",
        "forgetting": forgetting.pk, "link": runs.pk, "address": store.pk, "advisory": advised.reference, "import": notified.reference,
        "return": period.pk, "denial": denial.pk, "consultation": consultation.pk,
    }
    return World(people, outsiders, named)
