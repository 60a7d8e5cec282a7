"""A case of every kind in which somebody writes something, each text with a word of its own that stands nowhere else."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace

from enduse import clock
from enduse.certificates import actions as certificates
from enduse.custody import actions as custody
from enduse.custody.counting import Read, stocktake
from enduse.deliveries import actions as deliveries
from enduse.deliveries.imports import actions as imports
from enduse.deliveries.returning import file_return
from enduse.documents.actions import attach
from enduse.engines.translog import new_key, public_key
from enduse.licensing import actions as licensing
from enduse.licensing.actions.consulting import consult_denier, explain_to_denier
from enduse.licensing.actions.denying_elsewhere import end_denial, record_denial
from enduse.licensing.advisories import actions as advisories
from enduse.licensing.flags import raised
from enduse.licensing.models import Application, Recommendation
from enduse.licensing.open_licences import periods_of
from enduse.licensing.queries import known
from enduse.measures import actions as measures
from enduse.monitoring import actions as monitoring
from enduse.screening.actions import resolve_hit, screen
from enduse.screening.models import Hit
from enduse.tracing import actions as tracing
from enduse.tracing import operating
from enduse.tracing.confirming import agree, confirm, propose
from tests.certificates import given as certificate_given
from tests.deliveries import given as delivery_given
from tests.given import People, user
from tests.licensing import given as licence_given
from tests.measures import given as measure_given
from tests.monitoring import given as monitoring_given
from tests.tracing import given as tracing_given

_numbers = itertools.count(100)


def word(what: str) -> str:
    """A text that is found again wherever it is kept."""
    return f"{what.capitalize()} of Zq{next(_numbers)}zq Doe"


def filed(people: People, number: str, **changes) -> Application:
    certificate = licence_given.certificate(number, signatory=word("signatory"))
    return licence_given.submitted(people, purpose=word("purpose"), certificate=certificate, **changes)


def handled(people: People) -> None:
    """A case with everything that is said in one, amended twice and withdrawn."""
    application = filed(people, "EUC-W1")
    licensing.answer_question(licensing.ask(application, text=word("question"), by=people.officer), text=word("answer"), by=people.exporter)
    licensing.withdraw_question(licensing.ask(application, text=word("question"), by=people.officer), reason=word("reason"), by=people.officer)
    request = licensing.ask_advice(application, body=people.ministry, text=word("question"), by=people.officer)
    licensing.advise(request, position="proviso", text=word("advice"), by=people.adviser)
    licensing.note(application, text=word("note"), by=people.officer)
    licensing.flag(application, code="URGENT", reason=word("reason"), by=people.officer)
    licensing.release_hold(licensing.hold(application, because=word("reason"), by=people.officer), reason=word("reason"),
                           by=people.countersigner)
    for quantity in (150, 160):
        certificate = licence_given.certificate("EUC-W1", signatory=application.certificate.signatory, issued_on=application.certificate.issued_on,
                                                expires_on=application.certificate.expires_on)
        licensing.amend(application, by=people.exporter, reason=word("reason"), capacity=application.capacity, end_user=application.end_user,
                        consignee=application.consignee, country=application.country, purpose=word("purpose"),
                        lines=[replace(licence_given.RIFLES, quantity=quantity)], certificate=certificate)
        application = Application.objects.get(pk=application.pk)
    licensing.withdraw(application, reason=word("reason"), by=people.exporter)


def weighed(people: People, application: Application) -> Application:
    """Assessed and recommended in words of their own."""
    licence_given.screened(people, application)
    criteria = {code: answer | {"reason": word("reason"), "evidence": word("evidence")} for code, answer in licence_given.answers().items()}
    flags = {code: {"level": "low", "reason": word("reason"), "evidence": word("evidence")} for code in raised(known(application))}
    licensing.assess(application, criteria=criteria, flags=flags, summary=word("summary"), by=people.officer)
    return Application.objects.get(pk=application.pk)


def decided(people: People) -> None:
    """Sent back, refused, appealed against; approved, suspended, revoked by two, surrendered."""
    application = weighed(people, filed(people, "EUC-W2"))
    licensing.recommend(application, outcome=Recommendation.APPROVE, note=word("note"), by=people.officer)
    licensing.send_back(application, reason=word("reason"), by=people.countersigner)
    application = weighed(people, application)
    licensing.recommend(application, outcome=Recommendation.DENY, reason_codes=["DV"], note=word("note"), by=people.officer)
    licensing.decide(application, note=word("note"), by=people.countersigner)
    licensing.appeal(Application.objects.get(pk=application.pk), grounds=word("grounds"), by=people.exporter)
    for number in ("EUC-W3", "EUC-W4"):
        application = licence_given.confirmed(people, weighed(people, filed(people, number)))
        licensing.recommend(application, outcome=Recommendation.APPROVE, note=word("note"), by=people.officer)
        licensing.decide(application, note=word("note"), by=people.countersigner)
        licence = Application.objects.get(pk=application.pk).licence
        if number == "EUC-W3":
            licensing.suspend(licence, reason=word("reason"), by=people.officer)
            licensing.reinstate(licence, reason=word("reason"), by=people.countersigner)
            licensing.decline(licensing.propose_revocation(licence, reason=word("reason"), by=people.officer), reason=word("reason"), by=people.countersigner)
            licensing.agree(licensing.propose_revocation(licence, reason=word("reason"), by=people.officer), reason=word("reason"), by=people.countersigner)
        else:
            licensing.surrender(licence, reason=word("reason"), by=people.exporter)


def notified(people: People) -> None:
    """Signed by two, told to the legislature, objected to."""
    rifles = replace(licence_given.RIFLES, firearm_type="rifle_assault", quantity=2_000)
    application = licence_given.confirmed(people, weighed(people, filed(people, "EUC-W5", lines=[rifles])))
    licensing.recommend(application, outcome=Recommendation.APPROVE, note=word("note"), by=people.officer)
    for who in (people.countersigner, user("countersigner")):
        licensing.decide(application, note=word("note"), by=who)
    application = Application.objects.get(pk=application.pk)
    licensing.notify(application, letter="Transmittal 26-001", by=people.officer)
    licensing.object_to(application, resolution="Resolution 7", reason=word("reason"), by=people.officer)


def certified(people: People) -> None:
    """A certificate checked, asked after, disputed while an application and a licence stand on it; an issuer trusted and no more."""
    application = filed(people, "EUC-W6")
    certificate = application.certificate.registered
    answers = {code: answer | {"note": word("note")} for code, answer in certificate_given.answers().items()}
    certificates.check(certificate, answers=answers, found={}, note=word("note"), by=people.officer)
    inquiry = certificates.inquire(certificate, channel="mission", asked_whom=word("head"), found_in="Our mission's list", by=people.officer)
    certificates.answer_inquiry(inquiry, outcome="confirmed", answered_by=word("clerk"), note=word("note"), by=people.officer)
    challenge = licensing.challenge_certificate(certificate, sort="disputed", reason=word("reason"), by=people.officer)
    certificates.lift_challenge(challenge, reason=word("reason"), by=people.countersigner)
    own = certificates.issue(certificate_given.words(purpose=word("purpose"), signatory=word("signatory")), by=people.officer)
    certificates.challenge(own, sort="recalled", reason=word("reason"), by=people.officer)
    key = certificates.trust_issuer(issuer="Elsewhere", country="GT", vkey=public_key(new_key("elsewhere.example/log")), obtained=word("channel"), by=people.countersigner)
    certificates.end_trust(key, reason=word("reason"), by=people.countersigner)


def signed_elsewhere(people: People) -> None:
    """A certificate and its recall, each as the proof file of another state's installation; a paper that differs from what was asked."""
    abroad = new_key("abroad.example/log")
    certificate_given.trusted(people, abroad)
    with certificate_given.another_installation(abroad):
        issued = certificates.issue(certificate_given.words("MX-W9", purpose=word("purpose"), signatory=word("signatory")), by=people.officer)
        first = certificates.signed_file(issued)
        second = certificates.signed_file(certificates.challenge(issued, sort="recalled", reason=word("reason"), by=people.officer))
    licensing.take_certificate_file(first, by=people.officer)
    licensing.take_certificate_file(second, by=people.officer)
    application = filed(people, "EUC-W8")
    licensing.file_paper(application, sort="order", number="PO-8", issuer="Secretariat of Defence", issued_on=clock.today(), by=people.exporter,
                         end_user=application.end_user.name, country="MX", lines=[RIFLES_ORDERED])
    licensing.accept_difference(application, key="order.quantity", reason=word("reason"), by=people.officer)


RIFLES_ORDERED = {"firearm_type": "rifle_semi", "make": "colt", "model": "M4", "calibre": "556nato", "quantity": 7}


def moved(people: People) -> None:
    """Guns delivered, lost, found, destroyed, counted, checked; an event corrected; a consignment cancelled."""
    under = delivery_given.licence(people, 100)
    arrived = delivery_given.shipped(people, under, delivery_given.guns(20))
    deliveries.receive(arrived, by=people.custodian, note=word("note"))
    deliveries.verify(arrived, by=people.monitor, note=word("note"))
    screen(people.maker, by=people.officer)
    bought = licensing.buy(under, line=1, maker=people.maker, quantity=10, order="PO-1", by=people.applicant)
    licensing.release_purchase(bought, reason=word("reason"), by=people.applicant)
    deliveries.cancel(delivery_given.declared(people, under, delivery_given.guns(5, start=50)), reason=word("reason"), by=people.exporter)
    guns = list(deliveries.firearms_of(arrived))
    today = clock.today()
    custody.move(guns[:10], from_unit=people.army, to_unit=people.zone, occurred_on=today, note=word("note"), by=people.custodian)
    loss = custody.report_loss(guns[:1], sort="stolen", unit=people.zone, occurred_on=today, place=word("place"), note=word("note"), by=people.custodian)
    custody.record_found(guns[:1], unit=people.zone, occurred_on=today, note=word("note"), by=people.custodian)
    loss = custody.report_loss(guns[1:2], sort="stolen", unit=people.zone, occurred_on=today, place=word("place"), note=word("note"), by=people.custodian)
    custody.correct(loss, reason=word("reason"), by=people.custodian)
    custody.record_destroyed(guns[2:3], unit=people.zone, occurred_on=today, method="melted", witnesses=f"{word('witness')}, {word('witness')}", by=people.custodian)
    stocktake(people.zone, [Read(gun.serial, gun.make) for gun in guns[3:10]], taken_on=today, note=word("note"), by=people.custodian)
    planned = monitoring_given.check(people)
    monitoring.record_outcome(planned, visited_on=planned.planned_for, outcome="favourable", reason_codes=["F03"], sightings=monitoring_given.all_seen(planned),
                              note=word("note"), by=people.monitor)


def traced(people: People) -> None:
    """Recovered, taken for one gun by two officers, corrected; a maker's answer; a watched serial."""
    sold = tracing_given.sold(people, "W34587", "W34588")
    filed(people, "EUC-W7")  # which the trace puts on hold
    found = tracing_given.recovery(people, "W34587", place=word("place"), note=word("note"))
    confirm(found, firearm=sold[0], note=word("note"), by=people.tracer)
    second = user("tracing_officer")
    agree(propose(found, firearm=sold[1], note=word("note"), by=people.tracer), by=second)
    tracing.answer(tracing_given.recovery(people, "Q777"), result_code="A3", answered_by=word("clerk"), answered_on=clock.today(), note=word("note"),
                   by=people.tracer)


def watched(people: People) -> None:
    subject = word("subject")
    operation = tracing_given.operation(people, approved_by=word("judge"), prosecutor=word("prosecutor"), subjects=[subject, word("subject")])
    operating.watch(operation, subject=subject, guns=[tracing_given.marked("K900")], watched_on=operation.starts_on, by=people.tracer)
    tracing_given.recovery(people, "K900", place=word("place"))


def asked_before(people: People) -> None:
    """An end user asked about that a list resembles, answered about, asked about again from it and withdrawn."""
    name = f"Harbour Guard of Puerto Barrios {word('branch').split()[2]}"
    licence_given.loaded_list(people.officer, ("Harbour Guard of Puerto Barrios", "Organization"), source="guards")
    named = advisories.EndUserNamed(
        name=name, party_kind="police", country="GT", goods=[advisories.GoodsNamed("rifle_semi", "556nato")], reason=word("reason"),
        address=word("address"), contact=word("contact"), business=word("business"))
    first = advisories.ask_advisory(named, by=people.exporter)
    for hit in Hit.objects.filter(screening__party=first.end_user):
        resolve_hit(hit, outcome="false_match", reason=word("reason"), by=people.officer)
    advisories.answer_advisory(first, outcome="concerns", reasons=word("reasons"), note=word("note"), by=people.officer)
    again = advisories.ask_advisory(replace(named, reason=word("reason")), copy_of=first, by=people.exporter)
    advisories.withdraw_advisory(again, reason=word("reason"), by=people.exporter)


def imported(people: People) -> None:
    """An import that agrees with nothing, so that two are alerted to it, and taken back."""
    stated = imports.ImportStated(
        "received", clock.today(), "US", word("exporter"), [imports.GoodsStated("rifle_semi", "556nato", 5)], word("use"), True, "L-1999-0001")
    imports.withdraw_import(imports.notify_import(stated, by=people.custodian), reason=word("reason"), by=people.custodian)


def denied_elsewhere(people: People) -> None:
    """A denial that another state notified and took back, when it was consulted on the like and told why that was granted."""
    denial = record_denial(state="CA", number="N-17", denied_on=clock.today(), end_user=people.police, country="MX",
                                     lines=[{"firearm_type": "rifle_semi", "calibre": "556nato"}], note=word("note"), by=people.officer)
    application = licence_given.assessed(people, end_user=people.police, consignee=people.police)
    asked = consult_denier(application, denial, asked_on=clock.today(), asked_whom="Its office", position="maintains", answered_on=clock.today(),
                           answer=word("answer"), by=people.officer)
    licensing.decide(licence_given.recommended(people, application), by=people.countersigner)
    explain_to_denier(asked, reasons=word("reasons"), by=people.officer)
    end_denial(denial, reason=word("reason"), by=people.officer)


def opened(people: People) -> None:
    """An open licence, used, with the return of its first period."""
    licence = licence_given.open_licence(people, people.police)
    licensing.register_first_use(licence, end_user=people.police, records_at=word("address"), by=people.exporter)
    with delivery_given.later((periods_of(licence)[0].due_on - clock.today()).days):
        file_return(licence, number=1, rows=[], note=word("note"), by=people.exporter)


def others(people: People) -> None:
    """A list's hit answered, a measure from its draft to its end, a document, rules of routing, a paper with a difference."""
    measure = measure_given.drafted(people, reason=word("reason"))
    measures.propose(measure, note=word("note"), by=people.policy)
    measures.enact(measure, note=word("note"), by=people.policy2)
    measures.lift(measure, note=word("note"), by=people.policy)
    attach(io.BytesIO(b"%PDF-1.4 order"), name=f"{word('order')}.pdf", subject="X-1", by=people.officer)
    licence_given.loaded_list(people.officer, (people.carrier.name, "Company"), source="carriers")
    rule = {"name": "Armies", "conditions": {"end_user_kind": ["armed_force"]}, "queue": "MILITARY", "flags": []}
    licensing.edit_routing([rule], reason=word("reason"), by=people.administrator)
    hit = screen(people.carrier, by=people.officer).hits.first()
    resolve_hit(hit, outcome="false_match", reason=word("reason"), by=people.officer)


def everything(people: People) -> None:
    for part in (handled, decided, notified, certified, signed_elsewhere, moved, traced, watched, asked_before, imported, others, denied_elsewhere,
                 opened):
        part(people)


