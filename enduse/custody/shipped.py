"""Under which licences firearms were shipped, with what each says of who may hold them: read together, asked by several rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from enduse.certificates.models import Certificate
from enduse.custody import holdings
from enduse.custody.models import CustodyEvent, CustodyItem, Firearm
from enduse.licensing.models import Application, EndUseCertificate, Licence, Undertaking
from enduse.parties.models import Party
from enduse.together import Prepared, keep, link, tie

_BARS = EndUseCertificate.barred_parties.through


def licences_of(firearms: Sequence[Firearm]) -> list[Licence]:
    """The licences, each with its application, its end-use certificate, its undertakings and the bodies that they bar at hand."""
    keys: set[int] = set()
    for part in holdings.chunks(firearms):
        shipped = CustodyItem.objects.filter(firearm__in=part, event__sort=CustodyEvent.SHIPPED)
        keys |= set(shipped.order_by().values_list("event__licence", flat=True).distinct()) - {None}
    if not keys:
        return []
    licences, applications, certificates, undertakings, registered, bars, barred = _SAID.rows(sorted(keys))
    link([*licences, *undertakings, *bars], [*applications, *registered, *barred])
    tie(applications, certificates, "application", EndUseCertificate)
    tie(licences, undertakings, "licence", Undertaking)
    for certificate in certificates:
        keep(certificate, "barred_parties", [row.party for row in bars if row.endusecertificate_id == certificate.pk])
    return sorted(licences, key=lambda licence: licence.pk)


def _said(licences: Sequence[int]) -> list[QuerySet[Any]]:
    """What the licences with these keys say, and what they rest on."""
    bars = _BARS._default_manager.filter(endusecertificate__application__licence__in=licences)
    return [
        Licence.objects.filter(pk__in=licences), Application.objects.filter(licence__in=licences),
        EndUseCertificate.objects.filter(application__licence__in=licences), Undertaking.objects.filter(licence__in=licences),
        Certificate.objects.filter(undertakings__licence__in=licences).distinct(), bars, Party.objects.filter(pk__in=bars.values("party"))]


# A thousand issues and transfers a month ask the same: put into SQL once.
_SAID = Prepared(_said)
