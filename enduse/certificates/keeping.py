"""Keeping the row of where each certificate stands: in the transaction that changed it, and again from the facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Prefetch

from enduse.certificates import states
from enduse.certificates.models import Certificate, Challenge, Inquiry
from enduse.certificates.standing import CertificateStanding

AT_ONCE = 500  # certificates that are read and kept together where all of them are


def keep_standing(certificate: Certificate) -> None:
    """Bring the row of one certificate up to date. Call inside the transaction that changed it, under the certificate's lock."""
    _keep_rows(_read([certificate.pk]))


def rebuild() -> int:
    """Make every row again from the facts; how many rows differed."""
    return _kept_again(list(Certificate.objects.order_by("pk").values_list("pk", flat=True)))


def keep_missing() -> int:
    """The rows of certificates that have none: those of an installation that is older than the rows."""
    return _kept_again(list(Certificate.objects.filter(kept=None).order_by("pk").values_list("pk", flat=True)))


def _kept_again(keys: Sequence[int]) -> int:
    differed = 0
    for first in range(0, len(keys), AT_ONCE):
        with transaction.atomic():
            differed += _keep_rows(_read(keys[first:first + AT_ONCE]))
    return differed


def _read(keys: Sequence[int]) -> list[Certificate]:
    """Certificates with what their state follows from."""
    return list(Certificate.objects.filter(pk__in=keys).prefetch_related(
        "checks", Prefetch("inquiries", Inquiry.objects.select_related("answer")), Prefetch("challenges", Challenge.objects.select_related("lifted")),
        "uses", "signed_files"))


def _keep_rows(certificates: Sequence[Certificate]) -> int:
    rows = {each.pk: row_of(each) for each in certificates}
    kept = CertificateStanding.objects.in_bulk(list(rows))
    CertificateStanding.objects.bulk_create(CertificateStanding(certificate_id=pk, **row) for pk, row in rows.items() if pk not in kept)
    changed = [pk for pk, known in kept.items() if any(getattr(known, name) != value for name, value in rows[pk].items())]
    for pk in changed:
        CertificateStanding.objects.filter(pk=pk).update(**rows[pk])
    return len(rows) - len(kept) + len(changed)


def row_of(certificate: Certificate) -> dict[str, Any]:
    """What the row of a certificate says."""
    return {"state": states.standing_of(certificate), "expires_on": certificate.expires_on, "used": certificate.used()}
