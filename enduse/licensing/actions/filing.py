"""What the applicant does: draft, revise, submit, withdraw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.codes import note_country, note_unlisted
from enduse.ledger.actions import record
from enduse.licensing import states
from enduse.licensing.actions.balances import refuse_beyond_balance
from enduse.licensing.actions.capacities import check_capacity
from enduse.licensing.actions.certificates import give_certificate_back, stands_elsewhere, take_certificate, told_of_reuse
from enduse.licensing.actions.routing import route
from enduse.licensing.chain import ChainAsked
from enduse.licensing.control_lists import note_unfitting
from enduse.licensing.keeping import keep_case
from enduse.licensing.kinds import KindAsked, refuse_unfitting
from enduse.licensing.models import Application, ApplicationLine, EndUseCertificate, Licence, NamedParty, Submission, Withdrawal
from enduse.licensing.open_licences import needs_certificate
from enduse.licensing.queries import with_facts
from enduse.parties.models import Party, party_of
from enduse.references import next_reference
from enduse.refusals import Invalid, Problem, Problems, Refused

MAX_QUANTITY = 1_000_000
MAX_LINES = 200
MAX_VALUE_CENTS = 10_000_000_000
EXPORT = KindAsked()
NOBODY_ELSE = ChainAsked()


@dataclass(frozen=True)
class LineAsked:
    """One line of what is asked for. `automatic` None: as the type says; codes are those of the reference lists, `control_entry` empty: as
    the control lists of the day say.
    """

    firearm_type: str
    calibre: str
    quantity: int
    unit_value_cents: int = 0
    make: str = ""
    model: str = ""
    automatic: bool | None = None
    control_entry: str = ""

    @property
    def is_automatic(self) -> bool:
        return as_its_type(self.firearm_type) if self.automatic is None else self.automatic


def as_its_type(firearm_type: str) -> bool:
    """Whether firearms of a type fire automatically where nothing else is said."""
    return reference.table("firearm_types")[firearm_type].more.get("automatic") == "yes"


@dataclass(frozen=True)
class CertificateGiven:
    """The end-use certificate as it stands on paper."""

    number: str
    issuer: str
    signatory: str
    issued_on: date
    expires_on: date
    no_reexport: bool = True
    consents_to_checks: bool = True
    verifies_delivery: bool = True
    barred_regions: Sequence[str] = ()
    barred_parties: Sequence[Party] = ()
    file_sha256: str = ""
    single_use: bool = True
    quantity: int | None = None


def draft(
    *, by: User, capacity: str, end_user: Party, consignee: Party, country: str, purpose: str, lines: Sequence[LineAsked],
    seller: Party | None = None, intermediaries: Iterable[Party] = (), certificate: CertificateGiven | None = None, payer: Party | None = None,
    transit_countries: Sequence[str] = (), replaces: Licence | None = None, kind: KindAsked = EXPORT, others: ChainAsked = NOBODY_ELSE,
) -> Application:
    """A draft of the user's own party. An exporter sells itself; a buying government may later buy from any registered maker."""
    permit(by, "licensing.draft")
    applicant = own_party(by)
    if capacity == Application.EXPORTER and seller is None:
        seller = applicant
    application = Application(
        capacity=capacity, applicant=applicant, seller=seller, end_user=end_user, consignee=consignee, country=country.strip().upper(),
        purpose=purpose.strip(), drafted_by=by, payer=payer, transit_countries=countries_of(transit_countries),
        replaces=replaces,
    )
    intermediaries = list(intermediaries)
    kind = set_kind(application, kind)
    refuse_unclear(application, lines, certificate, intermediaries, kind)
    with transaction.atomic():
        application.reference = next_reference(Application, "A")
        application.save()
        _save_rest(application, lines, intermediaries, certificate, kind, others)
        keep_case(application)
    return application


def revise_draft(
    application: Application, *, by: User, capacity: str, end_user: Party, consignee: Party, country: str, purpose: str,
    lines: Sequence[LineAsked], seller: Party | None = None, intermediaries: Iterable[Party] = (), certificate: CertificateGiven | None = None,
    payer: Party | None = None, transit_countries: Sequence[str] = (), kind: KindAsked = EXPORT, others: ChainAsked = NOBODY_ELSE,
) -> Application:
    """Put these words in the place of a draft's. Once submitted its words stand."""
    permit(by, "licensing.draft")
    with transaction.atomic():
        application = lock_own(application, by)
        if application.state != states.DRAFT:
            raise Refused(
                _("%(application)s was submitted: its words stand."), _("Amend it: what you filed is kept, and the new version stands beside it."), rule=5,
                application=application.reference)
        rewrite(application, capacity=capacity, end_user=end_user, consignee=consignee, country=country, purpose=purpose, lines=lines,
                seller=seller, intermediaries=intermediaries, certificate=certificate, payer=payer, transit_countries=transit_countries, kind=kind, others=others)
        keep_case(application)
    return Application.objects.get(pk=application.pk)


def rewrite(
    application: Application, *, capacity: str, end_user: Party, consignee: Party, country: str, purpose: str, lines: Sequence[LineAsked],
    seller: Party | None, intermediaries: Iterable[Party], certificate: CertificateGiven | None, payer: Party | None,
    transit_countries: Sequence[str], kind: KindAsked = EXPORT, others: ChainAsked = NOBODY_ELSE,
) -> None:
    """Put these words in the place of an application's. A step of revising a draft and of amending; whoever calls holds the lock."""
    application.capacity, application.end_user, application.consignee = capacity, end_user, consignee
    application.seller = application.applicant if capacity == Application.EXPORTER and seller is None else seller
    application.country, application.purpose = country.strip().upper(), purpose.strip()
    application.payer, application.transit_countries = payer, countries_of(transit_countries)
    intermediaries = list(intermediaries)
    kind = set_kind(application, kind)
    refuse_unclear(application, lines, certificate, intermediaries, kind)
    application.save()
    application.lines.all().delete()
    EndUseCertificate.objects.filter(application=application).delete()
    _save_rest(application, lines, intermediaries, certificate, kind, others)


def save_copy(application: Application, by: User) -> Application:
    """The words of an application as a new draft of the same party, without its certificate."""
    with transaction.atomic():
        made = Application.objects.create(
            reference=next_reference(Application, "A"), capacity=application.capacity, applicant=application.applicant, seller=application.seller,
            end_user=application.end_user, consignee=application.consignee, country=application.country, purpose=application.purpose,
            drafted_by=by, payer=application.payer, transit_countries=application.transit_countries, kind=application.kind,
            return_by=application.return_by, origin_country=application.origin_country, consent=application.consent,
            destinations=application.destinations)
        lines = [LineAsked(line.firearm_type, line.calibre, line.quantity, line.unit_value_cents, line.make, line.model, line.automatic,
                           entry_that_fits(line.control_entry, line.firearm_type, line.automatic))
                 for line in application.lines.order_by("number")]
        _save_rest(made, lines, list(application.intermediaries.all()), None, application.kind_asked, application.chain_asked)
        keep_case(made)
    return made


def entry_that_fits(entry: str, firearm_type: str, automatic: bool) -> str:
    """The control list entry that was chosen, where such firearms still fall under it today; else it follows from the type again."""
    found = Problems()
    note_unfitting(found, 1, entry, firearm_type, automatic, clock.today())
    return "" if found.total else entry


def set_kind(application: Application, asked: KindAsked) -> KindAsked:
    """Which licence is asked for, with what only its kind asks, cleaned. Its recipients are saved when the application is."""
    asked = asked.clean()
    application.kind, application.return_by = asked.kind, asked.return_by
    application.origin_country, application.consent = asked.origin_country, asked.consent
    application.destinations = list(asked.destinations)
    return asked


def countries_of(given: Iterable[str]) -> list[str]:
    """The codes of countries as they are kept, each once, in their order on the way."""
    return list(dict.fromkeys(country.strip().upper() for country in given if country.strip()))


def own_party(by: User) -> Party:
    """Whom the user acts for. Refused: nobody."""
    own = party_of(by)
    if own is None:
        raise Refused(_("You act for no party."), _("Ask an administrator to make you a member of yours."))
    return own


def lock_own(application: Application, by: User) -> Application:
    """The application of the user's own party, held against others. Another party's is as if it did not exist (rule 10)."""
    locked = Application.objects.select_for_update().filter(pk=application.pk, applicant=own_party(by)).first()
    if locked is None:
        raise Refused(_("Your party has no such application."), _("Look in your list of applications."), rule=10)
    return locked


def refuse_unclear(
    application: Application, lines: Sequence[LineAsked], certificate: CertificateGiven | None, intermediaries: Sequence[Party], kind: KindAsked,
) -> None:
    """Every fault of what was typed, each with its field, in one go."""
    problems = Problems()
    if application.capacity not in dict(Application.CAPACITIES):
        problems.add(_("There is no such capacity."), _("Choose one of: %s.") % ", ".join(dict(Application.CAPACITIES)), field="capacity",
                     found=application.capacity)
    note_country(problems, application.country, "country")
    if not application.purpose:
        problems.add(_("An application states what the firearms are for."), _("Write who will use them and for what."), field="purpose")
    for country in application.transit_countries:
        note_country(problems, country, "transit_countries")
    refuse_unfitting(kind, country=application.country, transit_countries=application.transit_countries, intermediaries=intermediaries,
                     problems=problems, brokers_itself=application.capacity == Application.BROKER)
    check_capacity(application, problems)
    _check_lines(lines, problems)
    if certificate is not None:
        _check_certificate(application, certificate, problems)
    problems.raise_if_any()


def _check_lines(lines: Sequence[LineAsked], problems: Problems) -> None:
    if not lines:
        problems.add(_("An application asks for something."), _("Add a line."), field="lines")
    if len(lines) > MAX_LINES:
        problems.add(_("There are more than %(max)d lines.") % {"max": MAX_LINES}, _("File two applications."), field="lines")
    for number, line in enumerate(lines[:MAX_LINES], start=1):
        if line.firearm_type in reference.table("firearm_types"):
            note_unfitting(problems, number, line.control_entry.strip(), line.firearm_type, line.is_automatic, clock.today())
        note_unlisted(problems, number, firearm_type=line.firearm_type, calibre=line.calibre, make=line.make)
        if not 0 < line.quantity <= MAX_QUANTITY:
            problems.add(_("A line asks for 1 to %(max)d firearms.") % {"max": MAX_QUANTITY}, _("Correct the quantity."), row=number,
                         field="quantity", found=str(line.quantity))
        if not 0 <= line.unit_value_cents <= MAX_VALUE_CENTS:
            problems.add(_("A value is not below zero, and no firearm costs more than 100 million US dollars."), _("Write it in US cents."), row=number,
                         field="unit_value_cents", found=str(line.unit_value_cents))


def _check_certificate(application: Application, given: CertificateGiven, problems: Problems) -> None:
    for field in ("number", "issuer", "signatory"):
        if not getattr(given, field).strip():
            problems.add(_("The certificate's field is empty."), _("Copy it from the certificate."), field=f"certificate.{field}")
    if given.issued_on > clock.today():
        problems.add(_("This day is still to come."), _("Correct the date."), field="certificate.issued_on", found=given.issued_on.isoformat())
    if given.expires_on < given.issued_on:
        problems.add(_("The certificate expires before it was issued."), _("Correct one of the dates."), field="certificate.expires_on",
                     found=given.expires_on.isoformat())
    if not given.single_use and given.quantity is None:
        problems.add(_("A certificate for several applications states how many firearms it covers."),
                     _("Copy the quantity, or say that it is for a single use."), field="certificate.quantity")
    if given.quantity is not None and not 0 < given.quantity <= MAX_QUANTITY:
        problems.add(_("A certificate covers 1 to %(max)d firearms.") % {"max": MAX_QUANTITY}, _("Correct the quantity."),
                     field="certificate.quantity", found=str(given.quantity))
    if stands_elsewhere(given.issuer, given.number, application):
        problems.add(_("A certificate is used once; this number of this issuer was filed before."), _("Ask the end user for a new certificate."),
                     field="certificate.number", found=given.number)


def _save_rest(
    application: Application, lines: Sequence[LineAsked], intermediaries: Iterable[Party], certificate: CertificateGiven | None, kind: KindAsked,
    others: ChainAsked,
) -> None:
    ApplicationLine.objects.bulk_create([
        ApplicationLine(
            application=application, number=number, firearm_type=line.firearm_type, make=line.make, model=line.model.strip(),
            calibre=line.calibre, automatic=line.is_automatic, control_entry=line.control_entry.strip(), quantity=line.quantity,
            unit_value_cents=line.unit_value_cents)
        for number, line in enumerate(lines, start=1)
    ])
    application.intermediaries.set(intermediaries)
    application.recipients.set(kind.recipients)
    application.named.all().delete()
    NamedParty.objects.bulk_create(NamedParty(application=application, role=role, party=party) for role, party in others.rows())
    if certificate is None:
        return
    saved = EndUseCertificate.objects.create(
        application=application, number=certificate.number.strip(), issuer=certificate.issuer.strip(), signatory=certificate.signatory.strip(),
        issued_on=certificate.issued_on, expires_on=certificate.expires_on, no_reexport=certificate.no_reexport,
        consents_to_checks=certificate.consents_to_checks, verifies_delivery=certificate.verifies_delivery,
        barred_regions=sorted(certificate.barred_regions), file_sha256=certificate.file_sha256, single_use=certificate.single_use,
        quantity=certificate.quantity)
    saved.barred_parties.set(certificate.barred_parties)


def submit(application: Application, *, by: User) -> Application:
    """File the draft: from here on what was asked stands, and officers see it. It takes what it asks of its certificate."""
    permit(by, "licensing.submit")
    with told_of_reuse(application, by), transaction.atomic():
        application = lock_own(application, by)
        if application.state != states.DRAFT:
            raise Refused(_("%(application)s was submitted already."), _("Follow it in your list of applications."),
                          application=application.reference)
        refuse_without_certificate(application)
        refuse_without_value(application)
        refuse_beyond_balance(application)
        take_certificate(application, by=by)
        record(Submission(application=application), by=by)
        route(with_facts(Application.objects.filter(pk=application.pk)).get())
    return Application.objects.get(pk=application.pk)


def refuse_without_certificate(application: Application) -> None:
    """Every filed application has its certificate; an open one none where each of its consignments carries an undertaking."""
    if needs_certificate(application) and not EndUseCertificate.objects.filter(application=application).exists():
        raise Invalid(Problem(_("The end-use certificate is missing."), _("Add it to the draft: number, issuer, signatory, dates, assurances."),
                              field="certificate"))


def refuse_without_value(application: Application) -> None:
    """How many countersign and whether the legislature is told follow from the value, so no line is filed without one."""
    problems = Problems()
    for line in application.lines.order_by("number"):
        if line.unit_value_cents == 0:
            problems.add(_("A line states what one firearm is worth: who countersigns, and whether the legislature is told, follow from it."),
                         _("Edit it and write the US dollars each; of a gift or a loan what they would cost."), row=line.number, field="unit_value_cents")
    problems.raise_if_any()


def withdraw(application: Application, *, reason: str = "", by: User) -> Application:
    """Take the application back before it is decided."""
    permit(by, "licensing.withdraw")
    with transaction.atomic():
        application = lock_own(application, by)
        if application.state not in states.OPEN | {states.DRAFT} or states.open_appeal(application) is not None:
            raise Refused(
                _("%(application)s is %(state)s: it can no longer be withdrawn."), _("A licence that is not wanted is surrendered."),
                application=application.reference, state=str(states.NAMES[application.state]))
        give_certificate_back(application)
        record(Withdrawal(application=application, reason=reason.strip()), by=by)
    return Application.objects.get(pk=application.pk)
