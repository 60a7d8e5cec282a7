"""The papers of licences and decisions as files, in the language asked for or the reader's own."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from enduse.accounts.access import needs, sees_noun
from enduse.licensing import letters, queries
from enduse.licensing.licence_views import find as find_licence
from enduse.licensing.models import Application, Licence
from enduse.licensing.views import find
from enduse.refusals import NotPermitted, Refused


def language_of(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in letters.LANGUAGES else (get_language() or "en")[:2]


def check_address(request: HttpRequest, licence: Licence) -> str:
    """Where anybody checks a licence: the public page, filled in."""
    asked = urlencode({"reference": licence.reference, "code": queries.verification_code(licence)})
    return request.build_absolute_uri(f"{reverse('licensing:verify')}?{asked}")


def as_file(paper: bytes, name: str) -> HttpResponse:
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def letter_of(request: HttpRequest, application: Application) -> HttpResponse:
    """The letter of the decision that stands. Refused: nothing is decided."""
    decision = application.decision
    if decision is None:
        raise Refused(_("%(application)s is not decided."), _("Wait for the decision."), application=application.reference)
    language = language_of(request)
    return as_file(letters.decision_letter(decision, language=language), f"{application.reference}-decision-{language}")


def paper_of(request: HttpRequest, licence: Licence) -> HttpResponse:
    """The licence itself."""
    language = language_of(request)
    return as_file(letters.licence_paper(licence, language=language, check_at=check_address(request, licence)), f"{licence.reference}-{language}")


def notice_of(request: HttpRequest, application: Application) -> HttpResponse:
    """The letter to the legislature. Refused: the approval is below every threshold, or there is none."""
    decision = application.decision
    if decision is None or not decision.notice_rule:
        raise Refused(_("The legislature is not told of %(application)s."), _("Only approvals above a threshold are told."),
                      application=application.reference)
    language = language_of(request)
    return as_file(letters.notice_letter(application, decision, language=language), f"{application.reference}-notice-{language}")


def or_told(request: HttpRequest, back: HttpResponse, make: Callable[[], HttpResponse]) -> HttpResponse:
    """The file; or, where it cannot be made, the page it belongs to with the reason on it."""
    try:
        return make()
    except NotPermitted:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal))
        return back


@sees_noun("licence")
@require_GET
def licence_paper(request: HttpRequest, reference: str) -> HttpResponse:
    found = find_licence(request, reference)
    return or_told(request, redirect("licensing:licence", reference), lambda: paper_of(request, found))


@sees_noun("application")
@require_GET
def decision_letter(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    return or_told(request, redirect("licensing:application", reference), lambda: letter_of(request, known))


@needs("licensing.notify")
@require_GET
def notice_letter(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    return or_told(request, redirect("licensing:application", reference), lambda: notice_of(request, known))
