"""Keeping the row of where each certificate stands: in the transaction that changed it, and again from the facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, Q

from enduse import kept
from enduse.certificates import states
from enduse.certificates.models import Certificate, CertificateText, Challenge, Inquiry, text_of
from enduse.certificates.standing import CertificateStanding

AT_ONCE = 500  # certificates that are read and kept together where all of them are


def keep_standing(certificate: Certificate) -> None:
    """Bring the row of one certificate up to date. Call inside the transaction that changed it, under the certificate's lock."""
    kept.write(CertificateStanding, {each.pk: row_of(each) for each in _read([certificate.pk])})


def rebuild() -> int:
    """Make every row again from the facts; how many rows differed."""
    return kept.in_parts(list(Certificate.objects.order_by("pk").values_list("pk", flat=True)), AT_ONCE, _keep)


def keep_missing() -> int:
    """The rows and words of certificates that have none: those of an installation that is older than the rows."""
    wanting = Certificate.objects.filter(Q(kept=None) | Q(text=None))
    return kept.in_parts(list(wanting.order_by("pk").values_list("pk", flat=True)), AT_ONCE, _keep)


def _read(keys: Sequence[int]) -> list[Certificate]:
    """Certificates with what their state follows from."""
    return list(Certificate.objects.filter(pk__in=keys).prefetch_related(
        "checks", Prefetch("inquiries", Inquiry.objects.select_related("answer")), Prefetch("challenges", Challenge.objects.select_related("lifted")),
        "uses", "signed_files"))


def _keep(keys: Sequence[int]) -> int:
    certificates = _read(keys)
    kept.write(CertificateText, {each.pk: text_of(each) for each in certificates})
    return kept.write(CertificateStanding, {each.pk: row_of(each) for each in certificates})


def row_of(certificate: Certificate) -> dict[str, Any]:
    """What the row of a certificate says."""
    return {"state": states.standing_of(certificate), "expires_on": certificate.expires_on, "used": certificate.used()}
