"""What licensing does with certificates: takes of them, gives back, and acts on what is learnt against one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.certificates import actions as certificates
from enduse.certificates import states as certificate_states
from enduse.certificates.models import Certificate, CertificateUse, Challenge, ImportAuthorisationClaim, Inquiry, InquiryAnswer, SignedFile, key_of
from enduse.ledger.actions import record
from enduse.licensing import states
from enduse.licensing.models import Application, EndUseCertificate, Hold, Licence, Recommendation, Undertaking
from enduse.licensing.queries import licences_live_on

LINK = "/certificates/%d/"


def stands_elsewhere(issuer: str, number: str, application: Application) -> bool:
    """Whether a single-use certificate of this issuer and number stands in another application that is neither withdrawn nor returned."""
    copied = EndUseCertificate.objects.filter(issuer=issuer.strip(), number=number.strip(), single_use=True).exclude(application_id=application.pk)
    if copied.filter(application__withdrawal=None).exclude(application__decision__outcome=Recommendation.RETURN).exists():
        return True
    uses = CertificateUse.objects.filter(certificate__key=key_of(issuer, number), certificate__single_use=True)
    return (uses.exclude(application=application.reference).aggregate(n=Sum("taken"))["n"] or 0) > 0


def take_certificate(application: Application, *, by: User) -> Certificate | None:
    """The application takes of its certificate what it asks for. Repeated when it is amended: another certificate is let go.

    None: an open application that stands on none, since each of its consignments carries one.
    """
    given = EndUseCertificate.objects.filter(application=application).first()
    if given is None:
        for other in Certificate.objects.filter(uses__application=application.reference).distinct():
            certificates.use(other, application.reference, quantity=0, party=application.applicant)
        return None
    certificate = certificates.receive(words_of(given), owner=application.applicant, by=by)
    quantity = sum(application.lines.values_list("quantity", flat=True))
    certificates.use(certificate, application.reference, quantity=quantity, party=application.applicant)
    for other in Certificate.objects.filter(uses__application=application.reference).exclude(pk=certificate.pk).distinct():
        certificates.use(other, application.reference, quantity=0, party=application.applicant)
    EndUseCertificate.objects.filter(pk=given.pk).update(registered=certificate)
    refuse_what_is_for_good(certificate)
    return certificate


def refuse_what_is_for_good(certificate: Certificate) -> None:
    """What was recalled or found forged is not filed again."""
    state = certificate_states.state_of(certificate)
    if state in {certificate_states.RECALLED, certificate_states.FORGED}:
        raise certificates.Reused(_("Certificate %(number)s was recalled by its issuer or is not its own: nothing is filed on it."),
                                  _("Ask the end user for a new certificate."), number=certificate.number)


def words_of(given: EndUseCertificate) -> certificates.CertificateWords:
    return certificates.CertificateWords(
        number=given.number, issuer=given.issuer, signatory=given.signatory, issued_on=given.issued_on, expires_on=given.expires_on,
        single_use=given.single_use, quantity=given.quantity, no_reexport=given.no_reexport, consents_to_checks=given.consents_to_checks, verifies_delivery=given.verifies_delivery,
        barred_regions=list(given.barred_regions), barred_bodies=list(given.barred_parties.values_list("name", flat=True)),
        file_sha256=given.file_sha256)


def give_certificate_back(application: Application) -> None:
    """What was withdrawn or returned without action leaves its certificate and import authorisation free for another application."""
    certificate = _registered(application)
    if certificate is not None:
        certificates.use(certificate, application.reference, quantity=0, party=application.applicant)
    ImportAuthorisationClaim.objects.filter(subject=application.reference).delete()


def carry_certificate(application: Application, licence: Licence) -> None:
    """The licence that was issued on it is written in the certificate's own ledger."""
    certificate = _registered(application)
    if certificate is not None:
        certificates.carry(certificate, application.reference, licence.reference, party=application.applicant)


def _registered(application: Application) -> Certificate | None:
    given = EndUseCertificate.objects.filter(application=application).select_related("registered").first()
    return given.registered if given is not None else None


@contextmanager
def told_of_reuse(application: Application, by: User) -> Iterator[None]:
    """Where a certificate is filed beyond what it covers, nothing is saved but the alert: somebody tried."""
    try:
        yield
    except certificates.Reused as refusal:
        raise_alert(
            Alert.CERTIFICATE, role=Role.LICENSING_OFFICER, party=application.end_user,
            because=_("%(who)s tried to file %(application)s on a certificate that does not carry it. %(why)s") % {
                "who": application.applicant, "application": application.reference, "why": refusal.reason})
        raise


def challenge_certificate(
    certificate: Certificate, *, sort: str, reason: str, effective_on: date | None = None, by: User,
) -> Challenge:
    """Record that a certificate is recalled, disputed or forged: its open applications wait, its live licences are alerted."""
    with transaction.atomic():
        challenge = certificates.challenge(certificate, sort=sort, reason=reason, effective_on=effective_on, by=by)
        follow(challenge, by=by)
        return challenge


def answer_inquiry(
    inquiry: Inquiry, *, outcome: str, answered_by: str = "", answered_on: date | None = None, note: str = "", by: User,
) -> InquiryAnswer:
    """Record the issuer's answer; what a denial disputes is followed at once."""
    with transaction.atomic():
        answer = certificates.answer_inquiry(inquiry, outcome=outcome, answered_by=answered_by, answered_on=answered_on, note=note, by=by)
        if outcome == InquiryAnswer.DENIED:
            disputed = inquiry.certificate.challenges.filter(sort=Challenge.DISPUTED, lifted=None).order_by("-pk").first()
            if disputed is not None:
                follow(disputed, by=by)
        return answer


def take_certificate_file(text: str, *, by: User) -> SignedFile:
    """Take an issuer's signed file; a recall, or a contradiction of what was filed, is followed at once."""
    with transaction.atomic():
        file, challenge = certificates.take_file(text, by=by)
        if challenge is not None:
            follow(challenge, by=by)
        return file


def follow(challenge: Challenge, *, by: User | None) -> None:
    """Hold what is open on a challenged certificate; tell the countersigner of each live licence on it. May be repeated."""
    certificate = challenge.certificate
    because = _("Certificate %(number)s of %(issuer)s is %(sort)s: %(reason)s") % {
        "number": certificate.number, "issuer": certificate.issuer, "sort": challenge.get_sort_display(), "reason": challenge.reason}
    on_it = Application.objects.filter(certificate__registered=certificate)
    source = f"EUC {challenge.pk}"
    keys = list(states.open_only(on_it).values_list("pk", flat=True))
    for application in Application.objects.select_for_update().filter(pk__in=keys).order_by("pk"):
        if application.state in states.OPEN and not Hold.objects.filter(application=application, source=source).exists():
            record(Hold(application=application, because=because, source=source), by=by)
    undertaken = Undertaking.objects.filter(certificate=certificate).values("licence")
    for licence in licences_live_on(clock.today()).filter(Q(application__in=on_it) | Q(pk__in=undertaken)):
        link = f"/licensing/licences/{licence.reference}/"
        if not Alert.objects.open().filter(kind=Alert.CERTIFICATE, link=link, because__contains=challenge.reason).exists():
            raise_alert(
                Alert.CERTIFICATE, role=Role.COUNTERSIGNER, party=licence.application.end_user, link=link,
                because=_("%(licence)s stands on it. %(why)s") % {"licence": licence.reference, "why": because})
