"""What the pages of licensing show of certificates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import may
from enduse.certificates import states as certificate_states
from enduse.certificates.models import Certificate, Challenge
from enduse.certificates.queries import read_by_program
from enduse.licensing.matching import compared
from enduse.licensing.models import Application, EndUseCertificate, Licence

STILL_LIVE = frozenset({Licence.ACTIVE, Licence.EXHAUSTED, Licence.SUSPENDED})


def certificate_page(given: EndUseCertificate | None) -> dict[str, Any]:
    """Of the certificate that an application stands on: where it is in its own life."""
    registered = given.registered if given is not None else None
    if registered is None:
        return {"registered": None}
    state = certificate_states.state_of(registered)
    return {
        "registered": registered, "certificate_state": state, "certificate_state_name": certificate_states.NAMES[state],
        "certificate_state_tone": certificate_states.TONES[state], "certificate_checked": certificate_states.latest_check(registered),
        "certificate_confirmed": certificate_states.is_vouched_for(registered),
    }


def against_licence(licence: Licence, state: str) -> list[Challenge]:
    """What stands against the certificate of a licence that has not ended."""
    given = EndUseCertificate.objects.filter(application=licence.application_id).select_related("registered").first()
    if state not in STILL_LIVE or given is None or given.registered is None:
        return []
    return certificate_states.standing(given.registered)


def read_with_applications(certificate: Certificate) -> dict[str, bool | None]:
    """The checklist as the program reads it, with what the applications on this certificate tell."""
    found = read_by_program(certificate)
    asked = Application.objects.filter(certificate__registered=certificate).exclude(submission=None).prefetch_related("lines")
    quantities = [sum(line.quantity for line in each.lines.all()) for each in asked if getattr(each, "withdrawal", None) is None]
    if certificate.quantity is not None and quantities:
        total = max(quantities) if certificate.single_use else sum(quantities)
        found["E11"] = total <= certificate.quantity
    matches = [compared(each) for each in asked]
    if matches and not any(match.missing for match in matches):
        found["E28"] = not any(match.unanswered for match in matches)
    return found


def certificate_steps(user: User, application: Application, context: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What an officer does next with the certificate of an open application: ask its issuer, record what it answered."""
    registered = context["registered"]
    if registered is None or context["certificate_confirmed"] or context["certificate_state"] in certificate_states.CHALLENGED:
        return
    back = "?" + urlencode({"next": reverse("licensing:application", args=[application.reference])})
    waiting = [each for each in registered.inquiries.all() if getattr(each, "answer", None) is None]
    if waiting and may(user, "certificates.answer_inquiry"):
        yield {"text": _("Record the issuer's answer"), "url": reverse("licensing:answer_inquiry", args=[waiting[0].pk]) + back,
               "why": _("Asked on %s.") % waiting[0].asked_on}
    elif may(user, "certificates.inquire"):
        yield {"text": _("Ask the issuer of the certificate"), "url": reverse("certificates:inquire", args=[registered.pk]) + back,
               "why": _("Its issuer has not confirmed it.")}
