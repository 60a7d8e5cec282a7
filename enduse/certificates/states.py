"""Where a certificate stands: derived from its facts, here alone.

    received -> checked -> confirmed -> used -> expired        issued -> expired
    at any time recalled, disputed (until settled) or forged: then nothing more is approved on it
"""

from __future__ import annotations

from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enduse import clock
from enduse.certificates.models import Certificate, CertificateCheck, CertificateUse, Challenge, Inquiry, InquiryAnswer

RECEIVED, ISSUED, CHECKED, CONFIRMED, USED, EXPIRED = "received", "issued", "checked", "confirmed", "used", "expired"
RECALLED, DISPUTED, FORGED = Challenge.RECALLED, Challenge.DISPUTED, Challenge.FORGED
NAMES = {
    RECEIVED: pgettext_lazy("certificate", "received"), ISSUED: pgettext_lazy("certificate", "issued"), CHECKED: _("checked"), CONFIRMED: _("confirmed with its issuer"), USED: _("used"),
    EXPIRED: pgettext_lazy("certificate", "expired"), RECALLED: _("recalled"), DISPUTED: _("disputed"), FORGED: _("forged"),
}
TONES = {RECEIVED: "note", ISSUED: "good", CHECKED: "note", CONFIRMED: "good", USED: "quiet", EXPIRED: "quiet", RECALLED: "bad",
         DISPUTED: "warn", FORGED: "bad"}
CHALLENGED = frozenset({RECALLED, DISPUTED, FORGED})
WORST_FIRST = (FORGED, RECALLED, DISPUTED)
RUNNING = frozenset({RECEIVED, ISSUED, CHECKED, CONFIRMED})  # each until its certificate ends


def with_facts(rows: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """Certificates with what their state is derived from: no further query for `state_of`."""
    return rows.select_related("owner", "recorded_by").prefetch_related(
        Prefetch("checks", CertificateCheck.objects.select_related("recorded_by")),
        Prefetch("inquiries", Inquiry.objects.select_related("answer__recorded_by", "recorded_by")),
        Prefetch("challenges", Challenge.objects.select_related("lifted__recorded_by", "recorded_by")),
        Prefetch("uses", CertificateUse.objects.select_related("party")), "signed_files__issuer_key")


def state_of(certificate: Certificate, on: date | None = None) -> str:
    """Where a certificate stands on a day (today when not told)."""
    return on_day(standing_of(certificate), certificate.expires_on, on)


def on_day(standing: str, expires_on: date, on: date | None = None) -> str:
    """The state on a day of a certificate that stands so as long as it runs."""
    return EXPIRED if standing in RUNNING and (on or clock.today()) > expires_on else standing


def standing_of(certificate: Certificate) -> str:
    """Where a certificate stands apart from the day: what is kept of it for lists."""
    against = {challenge.sort for challenge in standing(certificate)}
    worst = next((sort for sort in WORST_FIRST if sort in against), "")
    if worst:
        return worst
    if certificate.source == Certificate.ISSUED:
        return ISSUED
    if is_used_up(certificate):
        return USED
    if is_confirmed(certificate):
        return CONFIRMED
    check = latest_check(certificate)
    return CHECKED if check is not None and not check.lacks else RECEIVED


def standing(certificate: Certificate) -> list[Challenge]:
    """What stands against it now, oldest first."""
    return sorted((each for each in certificate.challenges.all() if getattr(each, "lifted", None) is None), key=lambda each: each.pk)


def latest_check(certificate: Certificate) -> CertificateCheck | None:
    return max(certificate.checks.all(), key=lambda each: each.pk, default=None)


def is_confirmed(certificate: Certificate) -> bool:
    """Its issuer said that it is its own: in answer to the last question, or by a signed file."""
    if any(each.says == "issued" for each in certificate.signed_files.all()):
        return True
    answered = [each.answer for each in certificate.inquiries.all() if getattr(each, "answer", None) is not None]
    last = max(answered, key=lambda each: each.pk, default=None)
    return last is not None and last.outcome == InquiryAnswer.CONFIRMED


def is_vouched_for(certificate: Certificate) -> bool:
    """Its issuer confirmed it, or it was issued here: our own log says that it is its own."""
    return certificate.source == Certificate.ISSUED or is_confirmed(certificate)


def is_used_up(certificate: Certificate) -> bool:
    """Whether licences were issued on all that it covers; what an open application takes is not used yet."""
    licensed = {use.application for use in certificate.uses.all() if use.licence}
    return sum(use.taken for use in certificate.uses.all() if use.application in licensed) >= certificate.capacity


def in_state(rows: QuerySet[Certificate], state: str, on: date | None = None) -> QuerySet[Certificate]:
    """Those rows that stand in a state, as the kept rows say (the same answer as `state_of`)."""
    on = on or clock.today()
    if state == EXPIRED:
        return rows.filter(kept__state__in=RUNNING, kept__expires_on__lt=on)
    rows = rows.filter(kept__state=state)
    return rows.filter(kept__expires_on__gte=on) if state in RUNNING else rows
