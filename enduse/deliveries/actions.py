"""What is done to consignments: declared with a manifest, shipped, received, verified, or cancelled before they leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.certificates import actions as certificates
from enduse.custody import actions as custody
from enduse.custody.actions import Marked
from enduse.custody.counting import Read
from enduse.custody.models import CustodyEvent, Firearm
from enduse.deliveries import register, signs
from enduse.deliveries.conditions import Moving, refuse_against_duties
from enduse.deliveries.counting_in import CountedIn, set_against_manifest
from enduse.deliveries.matching import by_line, lines_for
from enduse.deliveries.models import Consignment, ConsignmentStep, ManifestLine
from enduse.ledger.actions import record
from enduse.licensing import actions as licensing
from enduse.licensing.actions.filing import countries_of
from enduse.licensing.models import Licence, LicenceLine, Undertaking
from enduse.measures.actions import refuse_if_measure_in_force
from enduse.parties.models import Party, party_of
from enduse.references import next_reference
from enduse.refusals import Invalid, Problem, Problems, Refused


def declare(
    licence: Licence, *, manifest: Sequence[Marked], manifest_sha256: str, carrier: Party, consignee: Party, by: User, on: date | None = None,
    through: Sequence[str] | None = None, undertaking: Undertaking | None = None,
) -> Consignment:
    """The exporter declares a consignment by serial; its firearms enter the register and the licence's balance falls.

    `undertaking`: the certificate that a consignment under an open licence stands on.
    Refused: rules 1 and 3, a licence that is not live or not this seller's, a condition that does not hold, a manifest
    declared before; under an open licence an end user whose first use or undertaking is missing, a return that is overdue. Invalid: each firearm that no line permits or that the register has elsewhere, with its row.
    """
    permit(by, "deliveries.declare")
    on = on or clock.today()
    seller = _seller(by, licence)
    _refuse_no_day(on)
    if not manifest:
        raise Invalid(Problem(_("The manifest has no firearms."), _("It needs one row for each firearm."), field="manifest"))
    with transaction.atomic():
        licence = Licence.objects.lock(licence.pk)
        _refuse_other_seller(licence, seller)
        _refuse_declared_before(licence, manifest_sha256)
        licensing.refuse_unless_live(licence, on)
        end_user = _end_user_on(licence, consignee)
        licensing.refuse_before_first_use(licence, end_user)
        licensing.refuse_on_undertaking(licence, undertaking, end_user=end_user, consignee=consignee, on=on)
        _refuse_repeated(manifest)
        chosen = lines_for(licence, manifest)
        moving = Moving(licence, consignee, end_user, by_line(chosen), on, through=countries_of(through) if through is not None else None)
        _refuse_measure(moving)
        licensing.refuse_beyond_licence(licence, moving.lines, maker=seller)  # rule 1
        refuse_against_duties(moving)
        reference = next_reference(Consignment, "C")
        firearms = _entered(manifest, seller=seller, on=on, reference=reference, by=by)
        consignment = Consignment(
            reference=reference, licence=licence, seller=seller, carrier=carrier, consignee=consignee, declared_on=on, manifest_sha256=manifest_sha256,
            through=countries_of(through) if through is not None else None, undertaking=undertaking)
        rows = [ManifestLine(firearm=gun, line=line) for gun, line in zip(firearms, chosen, strict=True)]
        record(consignment, by=by, rows=rows, row_field="consignment")
        for line, quantity in moving.lines.items():
            licensing.use(line, quantity, reference, maker=seller, end_user=end_user if licence.is_open else None)
        if undertaking is not None:
            certificates.use(undertaking.certificate, reference, quantity=moving.quantity, party=seller)
            certificates.carry(undertaking.certificate, reference, licence.reference, party=seller)
        signs.post_declared(consignment, firearms)
    return consignment


def ship(consignment: Consignment, *, by: User, on: date | None = None) -> Consignment:
    """The exporter hands the consignment to the carrier. Refused: rule 3, or a licence suspended, revoked or expired since."""
    permit(by, "deliveries.ship")
    on = on or clock.today()
    _refuse_other_exporter(consignment, by)
    _refuse_no_day(on, after=consignment.declared_on)
    with transaction.atomic():
        licence = Licence.objects.lock(consignment.licence_id)
        _refuse_unless_in(consignment, Consignment.DECLARED)
        licensing.refuse_unless_live(licence, on)
        end_user = _end_user_on(licence, consignment.consignee)
        licensing.refuse_before_first_use(licence, end_user)
        licensing.refuse_on_undertaking(licence, consignment.undertaking, end_user=end_user, consignee=consignment.consignee, on=on)
        moving = Moving(licence, consignment.consignee, end_user, quantities_of(consignment), on, consignment)
        _refuse_measure(moving)
        refuse_against_duties(moving)
        firearms = firearms_of(consignment)
        event = custody.record_shipment(firearms, seller=consignment.seller, carrier=consignment.carrier, licence=licence,
                                        occurred_on=on, reference=consignment.reference, by=by)
        record(ConsignmentStep(consignment=consignment, step=Consignment.SHIPPED, on=on, event=event), by=by)
    return _fresh(consignment)


def cancel(consignment: Consignment, *, reason: str, by: User) -> Consignment:
    """The exporter takes a declared consignment back: the licence has its quantity again, the firearms stay with the maker."""
    permit(by, "deliveries.cancel")
    _refuse_other_exporter(consignment, by)
    if not reason.strip():
        raise Invalid(Problem(_("A cancellation says why."), _("Write a sentence."), field="reason"))
    with transaction.atomic():
        Licence.objects.lock(consignment.licence_id)
        _refuse_unless_in(consignment, Consignment.DECLARED)
        licence = consignment.licence
        end_user = licence.end_user_for(consignment.consignee) if licence.is_open else None
        for line, quantity in quantities_of(consignment).items():
            licensing.use(line, -quantity, consignment.reference, maker=consignment.seller, end_user=end_user)
        if consignment.undertaking is not None:
            certificates.use(consignment.undertaking.certificate, consignment.reference, quantity=0, party=consignment.seller)
        record(ConsignmentStep(consignment=consignment, step=Consignment.CANCELLED, on=clock.today(), note=reason.strip()), by=by)
    return _fresh(consignment)


def receive(
    consignment: Consignment, *, by: User, on: date | None = None, serials_received: Sequence[str | Read] | None = None, note: str = "",
) -> Consignment:
    """The consignee counts the firearms in by serial: delivered when all are there and no other, else discrepant.

    `serials_received`: what was read (None: every firearm of the manifest was seen). What is missing is recorded as lost
    on the way and the authority is alerted.
    """
    permit(by, "deliveries.receive")
    on = on or clock.today()
    _refuse_other_consignees_custodian(consignment, by)
    with transaction.atomic():
        Licence.objects.lock(consignment.licence_id)
        _refuse_unless_in(consignment, Consignment.SHIPPED)
        _refuse_no_day(on, after=consignment.steps.get(step=Consignment.SHIPPED).on)
        counted = set_against_manifest(firearms_of(consignment), serials_received, note=note)
        event = _record_counted(consignment, counted, on=on, by=by)
        step = ConsignmentStep(
            consignment=consignment, step=Consignment.DELIVERED if counted.balances else Consignment.DISCREPANT, on=on, event=event,
            received=len(counted.seen), missing=len(counted.missing), unexpected=counted.unexpected, note=note.strip())
        record(step, by=by)
        signs.post_arrived(consignment, step)
        if not counted.balances:
            _tell_of_discrepancy(consignment, step)
    return _fresh(consignment)


def verify(consignment: Consignment, *, by: User, on: date | None = None, note: str) -> Consignment:
    """A monitor has verified the delivery; the note says how, and of a discrepant one what explains it."""
    permit(by, "deliveries.verify")
    on = on or clock.today()
    if not note.strip():
        raise Invalid(Problem(_("A verification says how the delivery was verified."), _("Write a sentence."), field="note"))
    with transaction.atomic():
        Licence.objects.lock(consignment.licence_id)
        _refuse_unless_in(consignment, Consignment.DELIVERED, Consignment.DISCREPANT)
        arrived = consignment.steps.get(step__in=[Consignment.DELIVERED, Consignment.DISCREPANT])
        _refuse_no_day(on, after=arrived.on)
        record(ConsignmentStep(consignment=consignment, step=Consignment.VERIFIED, on=on, note=note.strip()), by=by)
        signs.end_unverified(consignment)
    return _fresh(consignment)


def _record_counted(consignment: Consignment, counted: CountedIn, *, on: date, by: User) -> CustodyEvent | None:
    """Two events at most: what was received, and what was lost on the way. The first of them is the step's."""
    events = []
    carrier, reference = consignment.carrier, consignment.reference
    if counted.seen:
        events.append(custody.record_receipt(
            counted.seen, carrier=carrier, receiver=consignment.consignee, occurred_on=on, reference=reference, by=by))
    if counted.missing:
        events.append(custody.record_lost_in_transit(counted.missing, carrier=carrier, occurred_on=on, reference=reference, by=by))
    return events[0] if events else None


def firearms_of(consignment: Consignment) -> list[Firearm]:
    """The firearms of the manifest, in its order."""
    return list(Firearm.objects.filter(manifest_lines__consignment=consignment).order_by("manifest_lines__pk"))


def quantities_of(consignment: Consignment) -> dict[LicenceLine, int]:
    """How many firearms of the manifest each licence line permits."""
    counted = ManifestLine.objects.filter(consignment=consignment, line=OuterRef("pk")).order_by().values("line").annotate(n=Count("pk")).values("n")
    lines = LicenceLine.objects.filter(licence=consignment.licence_id).annotate(declared=Subquery(counted)).exclude(declared=None)
    return {line: line.declared for line in lines}


def _entered(manifest: Sequence[Marked], *, seller: Party, on: date, reference: str, by: User) -> list[Firearm]:
    """The register's firearms of a manifest: those the maker holds from before, and the new ones, in the manifest's order."""
    known = register.held_by_maker(manifest, seller)
    new = [gun for gun in manifest if register.identity(gun) not in known]
    if new:
        try:
            with transaction.atomic():
                made = custody.register_made(new, maker=seller, occurred_on=on, reference=reference, by=None)
        except IntegrityError as error:
            raise Refused(_("Another manifest with one of these serials was declared at this moment."),
                          _("Upload yours again to see which row it is."), rule=9) from error
        known |= {register.identity(gun): firearm for gun, firearm in zip(new, made, strict=True)}
    return [known[register.identity(gun)] for gun in manifest]


def _seller(by: User, licence: Licence) -> Party:
    """Who sells what is declared: a registered maker its own; what another sells abroad, its broker or carrier under the licence."""
    own, application = party_of(by), licence.application
    if own is not None and application.is_handled_by_applicant and application.applicant_id == own.pk and licence.seller is not None:
        return licence.seller
    if own is None or not own.is_registered_maker:
        raise Refused(_("Only a registered maker declares consignments."), _("Ask the licensing authority to register your company."))
    if application.is_handled_by_applicant:
        raise Refused(_("Licence %(licence)s is for another seller."), _("Declare under a licence of your own."), rule=10, licence=licence.reference)
    return own


def _refuse_other_seller(licence: Licence, seller: Party) -> None:
    """A licence of an exporter is for its seller; what a buying government was granted, any registered maker may deliver."""
    named = licence.seller
    if named is not None and named != seller:
        raise Refused(_("Licence %(licence)s is for another seller."), _("Declare under a licence of your own."), rule=10, licence=licence.reference)


def _end_user_on(licence: Licence, consignee: Party) -> Party:
    """Whose firearms they are. They go to a consignee that the licence names, or to a body below an end user of it that no certificate bars."""
    application = licence.application
    certificate = getattr(application, "certificate", None)
    end_user = licence.end_user_for(consignee)
    if end_user is None:
        raise Refused(_("Licence %(licence)s does not name %(consignee)s as consignee."), _("Send to %(named)s, or ask for an amendment."),
                      licence=licence.reference, consignee=consignee.name, named=application.consignee.name)
    if certificate is not None and certificate.bars(consignee):
        raise Refused(_("The end-use certificate %(number)s bars %(consignee)s from holding these firearms."),
                      _("Ask the licensing authority for its consent first."), number=certificate.number, consignee=consignee.name)
    return end_user


def _refuse_repeated(manifest: Sequence[Marked]) -> None:
    """Rule 9: each firearm stands once in a manifest."""
    problems = Problems()
    custody.note_repeated(manifest, problems)
    problems.raise_if_any()


def _refuse_declared_before(licence: Licence, digest: str) -> None:
    """A manifest is declared once: the same file again is the same consignment, unless that one was cancelled."""
    for earlier in Consignment.objects.filter(licence=licence, manifest_sha256=digest).prefetch_related("steps"):
        if earlier.state != Consignment.CANCELLED:
            raise Refused(_("This manifest was declared already: it is consignment %(reference)s."),
                          _("Open that one; nothing more is needed."), reference=earlier.reference)


def _refuse_measure(moving: Moving) -> None:
    """Rule 3: a measure in force in its scope blocks declaring and shipping: on the day that is said, and on the day it is recorded."""
    for day in sorted({moving.on, clock.today()}):
        for party in (moving.answerable, *moving.licence.application.chain_asked.ultimate_end_users):
            refuse_if_measure_in_force(end_user=party, country=moving.country, lines=moving.lines, on=day)


def _refuse_other_exporter(consignment: Consignment, by: User) -> None:
    """Rule 10: an exporter acts on its own consignments."""
    if not consignment.is_handled_by(party_of(by)):
        raise Refused(_("This consignment is not yours."), _("Ask its seller."), rule=10)


def _refuse_other_consignees_custodian(consignment: Consignment, by: User) -> None:
    """Rule 10: the consignee counts in what was sent to it."""
    own = party_of(by)
    if own is None or not consignment.consignee.is_below(own):
        raise Refused(_("This consignment is not for your units."), _("Ask the custodian of its consignee."), rule=10)


def _refuse_unless_in(consignment: Consignment, *states: str) -> None:
    """A step follows its own: read again now that the licence is locked."""
    state = Consignment.objects.prefetch_related("steps").get(pk=consignment.pk).state
    if state not in states:
        names = dict(Consignment.STATES)
        raise Refused(_("Consignment %(reference)s is %(state)s; this is done when it is %(needed)s."), _("Look at its steps."),
                      reference=consignment.reference, state=names[state], needed=_(" or ").join(str(names[each]) for each in states))


def _refuse_no_day(on: date, *, after: date | None = None) -> None:
    if on > clock.today():
        raise Invalid(Problem(_("This day is still to come."), _("Give the day on which it happened."), field="on", found=str(on)))
    if after is not None and on < after:
        raise Invalid(Problem(_("The step before was on %s.") % after.isoformat(), _("Give that day or a later one."), field="on", found=str(on)))


def _tell_of_discrepancy(consignment: Consignment, step: ConsignmentStep) -> None:
    raise_alert(
        Alert.DISCREPANT,
        role=Role.LICENSING_OFFICER,
        party=consignment.consignee.end_user,
        link=f"/deliveries/{consignment.reference}/",
        because=_("Consignment %(reference)s arrived with %(missing)d of %(sent)d firearms missing and %(more)d not on its manifest.")
        % {
            "reference": consignment.reference,
            "missing": step.missing or 0,
            "sent": (step.missing or 0) + (step.received or 0),
            "more": len(step.unexpected),
        },
    )


def _fresh(consignment: Consignment) -> Consignment:
    return Consignment.objects.select_related("licence", "seller", "carrier", "consignee").get(pk=consignment.pk)
