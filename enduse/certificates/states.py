"""Where a certificate stands: derived from its facts, here alone.

    received -> checked -> confirmed -> used -> expired        issued -> expired
    at any time recalled, disputed (until settled) or forged: then nothing more is approved on it
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils.translation import gettext_lazy as _

from enduse import clock
from enduse.certificates.models import Certificate, CertificateCheck, CertificateUse, Challenge, Inquiry, InquiryAnswer, SignedFile

RECEIVED, ISSUED, CHECKED, CONFIRMED, USED, EXPIRED = "received", "issued", "checked", "confirmed", "used", "expired"
RECALLED, DISPUTED, FORGED = Challenge.RECALLED, Challenge.DISPUTED, Challenge.FORGED
NAMES = {
    RECEIVED: _("received"), ISSUED: _("issued"), CHECKED: _("checked"), CONFIRMED: _("confirmed with its issuer"), USED: _("used"),
    EXPIRED: _("expired"), RECALLED: _("recalled"), DISPUTED: _("disputed"), FORGED: _("forged"),
}
TONES = {RECEIVED: "note", ISSUED: "good", CHECKED: "note", CONFIRMED: "good", USED: "quiet", EXPIRED: "quiet", RECALLED: "bad",
         DISPUTED: "warn", FORGED: "bad"}
CHALLENGED = frozenset({RECALLED, DISPUTED, FORGED})
WORST_FIRST = (FORGED, RECALLED, DISPUTED)


def with_facts(rows: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """Certificates with what their state is derived from: no further query for `state_of`."""
    return rows.select_related("owner", "recorded_by").prefetch_related(
        Prefetch("checks", CertificateCheck.objects.select_related("recorded_by")),
        Prefetch("inquiries", Inquiry.objects.select_related("answer__recorded_by", "recorded_by")),
        Prefetch("challenges", Challenge.objects.select_related("lifted__recorded_by", "recorded_by")),
        Prefetch("uses", CertificateUse.objects.select_related("party")), "signed_files__issuer_key")


def state_of(certificate: Certificate, on: date | None = None) -> str:
    """Where a certificate stands on a day (today when not told)."""
    against = {challenge.sort for challenge in standing(certificate)}
    worst = next((sort for sort in WORST_FIRST if sort in against), "")
    if worst:
        return worst
    if certificate.source == Certificate.ISSUED:
        return EXPIRED if (on or clock.today()) > certificate.expires_on else ISSUED
    if is_used_up(certificate):
        return USED
    if (on or clock.today()) > certificate.expires_on:
        return EXPIRED
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
    """Those rows that stand in a state, as the database finds them (the same answer as `state_of`)."""
    on = on or clock.today()
    if state in CHALLENGED:
        worse = WORST_FIRST[:WORST_FIRST.index(state)]
        return rows.filter(pk__in=_standing(state)).exclude(pk__in=_standing(*worse))
    # Not by the index of that date: a page wants the newest, and would sort all that the index gives for it.
    until = Coalesce("expires_on", "issued_on")
    runs, is_over = GreaterThanOrEqual(until, on), LessThan(until, on)
    rows = rows.exclude(pk__in=_standing(*WORST_FIRST))
    issued = Q(source=Certificate.ISSUED)
    if state == ISSUED:
        return rows.filter(issued, runs)
    if state == EXPIRED:
        return _marked(rows.filter(is_over)).filter(issued | ~_used_up())
    rows = _marked(rows.exclude(issued))
    if state == USED:
        return rows.filter(_used_up())
    rows = rows.filter(~_used_up(), runs)
    if state == CONFIRMED:
        return rows.filter(_confirmed())
    return rows.filter(~_confirmed(), _checked() if state == CHECKED else ~_checked())


def _standing(*sorts: str) -> QuerySet[Challenge, Any]:
    return Challenge.objects.filter(sort__in=sorts, lifted=None).order_by().values("certificate")


def _marked(rows: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """With what is licensed of each, and what it covers."""
    carried = CertificateUse.objects.filter(certificate=OuterRef("certificate"), application=OuterRef("application")).exclude(licence="")
    uses = CertificateUse.objects.filter(Exists(carried), certificate=OuterRef("pk")).order_by().values("certificate")
    return rows.annotate(licensed=Subquery(uses.annotate(n=Sum("taken")).values("n")),
                         covers=Case(When(single_use=True, then=Value(1)), default=F("quantity"), output_field=IntegerField()))


def _used_up() -> Q:
    return Q(licensed__isnull=False, licensed__gte=F("covers"))


def _confirmed() -> Q:
    last = InquiryAnswer.objects.filter(inquiry__certificate=OuterRef("inquiry__certificate")).order_by("-pk").values("pk")[:1]
    confirmed = InquiryAnswer.objects.filter(inquiry__certificate=OuterRef("pk"), outcome=InquiryAnswer.CONFIRMED, pk=Subquery(last))
    return Q(Exists(SignedFile.objects.filter(certificate=OuterRef("pk"), says="issued"))) | Q(Exists(confirmed))


def _checked() -> Q:
    last = CertificateCheck.objects.filter(certificate=OuterRef("certificate")).order_by("-pk").values("pk")[:1]
    return Q(Exists(CertificateCheck.objects.filter(certificate=OuterRef("pk"), pk=Subquery(last), lacks=[])))
