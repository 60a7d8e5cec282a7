"""Pages of applications and casework. Licences, lists and the public check stand in `licence_views.py`."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enduse.accounts.access import needs, sees_noun
from enduse.documents.actions import attach
from enduse.documents.models import Document
from enduse.licensing import actions, chain, queries, states
from enduse.licensing.actions.filing import as_its_type
from enduse.licensing.advice import consolidated
from enduse.licensing.assess_form import recommended_first
from enduse.licensing.beside import Beside
from enduse.licensing.conditions import as_sentence
from enduse.licensing.forms import (
    ApplicationForm,
    DecideForm,
    HoldForm,
    LineForms,
    ReasonForm,
    RecommendForm,
)
from enduse.licensing.models import Application, Decision, Hold
from enduse.licensing.pages import application_page
from enduse.licensing.readiness import before_recommending_approval
from enduse.licensing.whole import found_whole
from enduse.pages import attempt, say, visible_or_404
from enduse.parties.record import in_words
from enduse.refusals import Invalid, Problem
from enduse.screening.actions import screen_all


def find(request: HttpRequest, reference: str) -> Application:
    return found_whole(Application.objects.visible_to(request.user), reference=reference)


@sees_noun("application")
@require_GET
def application(request: HttpRequest, reference: str) -> HttpResponse:
    return render(request, "licensing/application.html", application_page(request.user, find(request, reference)))


@needs("licensing.draft")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _written(request, None)


@needs("licensing.draft")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    return _written(request, find(request, reference))


def _written(request: HttpRequest, known: Application | None) -> HttpResponse:
    form = ApplicationForm(request.POST or None, request.FILES or None, user=request.user, initial=_initial(known))
    lines = LineForms(request.POST or None, prefix="lines", initial=_initial_lines(known))
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        done = attempt(request, form, lambda: _save(request, known, form, lines))
        if done is not None:
            say(request, _("The draft %s was saved.") % done.reference)
            return redirect("licensing:application", done.reference)
    return render(request, "licensing/write.html", {"form": form, "lines": lines, "application": known})


def _save(request: HttpRequest, known: Application | None, form: ApplicationForm, lines: BaseFormSet[Any]) -> Application:
    asked = [line.line() for line in lines if line.cleaned_data]
    file = form.cleaned_data["file"]
    with transaction.atomic():
        # The file is named by the application, so it is attached after the draft has its reference.
        before = getattr(known, "certificate", None) if known is not None else None
        words = form.asked(asked, before.file_sha256 if before is not None else "")
        done = actions.draft(by=request.user, **words) if known is None else actions.revise_draft(known, by=request.user, **words)
        if file is None:
            return done
        kept = attach(file, name=file.name, subject=done.reference, sort=Document.EUC, by=request.user)
        return actions.revise_draft(done, by=request.user, **form.asked(asked, kept.sha256))


def _initial(known: Application | None) -> dict[str, Any]:
    if known is None:
        return {}
    given = getattr(known, "certificate", None)
    words: dict[str, Any] = {name: getattr(known, name) for name in ("capacity", "kind", "country", "purpose", "return_by", "origin_country", "consent")}
    words |= {"seller": known.seller_id if known.capacity == Application.BUYING_GOVERNMENT or known.seller_id != known.applicant_id else None}
    words |= {"payer": known.payer_id, "transit_countries": ", ".join(known.transit_countries), "end_user": known.end_user_id, "consignee": known.consignee_id, "intermediaries": list(known.intermediaries.all()),
              **{f"{role}s": [each.party for each in known.named.all() if each.role == role] for role in chain.ROLES},
              "recipients": list(known.recipients.all()), "destinations": ", ".join(known.destinations)}
    if given is not None:
        words |= {name: getattr(given, name) for name in (
            "number", "issuer", "signatory", "issued_on", "expires_on", "no_reexport", "consents_to_checks", "verifies_delivery", "single_use",
            "quantity")}
        words |= {"barred_regions": ", ".join(given.barred_regions), "barred_parties": list(given.barred_parties.all())}
    return words


def _initial_lines(known: Application | None) -> list[dict[str, Any]]:
    return [
        {"firearm_type": line.firearm_type, "make": line.make, "model": line.model, "calibre": line.calibre, "quantity": line.quantity,
         "control_entry": line.control_entry,
         "automatic": "" if line.automatic == as_its_type(line.firearm_type) else "yes" if line.automatic else "no", "unit_value": line.unit_value_cents / 100}
        for line in known.lines.all()
    ] if known is not None else []


@needs("licensing.submit")
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    if request.method == "POST":
        actions.submit(known, by=request.user)
        say(request, _("%s was filed. Officers of the authority see it now.") % reference)
        return redirect("licensing:application", reference)
    return render(request, "licensing/submit.html", {"application": known, "lines": known.lines.all()})


@needs("screening.screen")
@require_http_methods(["GET", "POST"])
def screen(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    if request.method == "POST":
        done = screen_all([party for _role, party in known.parties()], by=request.user)
        say(request, _("%d parties were compared with the current lists.") % len(done))
        return redirect("licensing:application", reference)
    return render(request, "licensing/screen.html", {"application": known, "parties": known.parties()})


@needs("licensing.recommend")
@require_http_methods(["GET", "POST"])
def recommend(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    known_advice = {"note": consolidated(known).text}
    form = RecommendForm(request.POST or None, initial={**recommended_first(states.latest_assessment(known)), **known_advice})
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.recommend(known, by=request.user, **form.recommended()))
        form.point_at_values()
        if done is not None:
            say(request, _("The recommendation was saved. A countersigner decides."))
            return redirect("licensing:application", reference)
    return render(request, "licensing/recommend.html", {"form": form, "application": known, "assessment": states.latest_assessment(known),
                                                        "missing": before_recommending_approval(known)})


@needs("licensing.decide")
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    live, beside = states.live_recommendation(known), Beside(request.user, known)
    form = DecideForm(request.POST or None, initial={"recommendation": live.pk if live else None})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = attempt(request, form, lambda: actions.decide(known, note=given["note"], recommendation=given["recommendation"], by=request.user))
        if done is not None:
            say(request, _("Decided: %s.") % done.get_outcome_display() if isinstance(done, Decision)
                else _("Countersigned. A second countersigner decides."))
            return redirect("licensing:application", reference)
    return render(request, "licensing/decide.html", {
        "form": form, "application": known, "recommendation": live, "missing": beside.missing(),
        "countersigning": queries.countersigning(known, live) if live else None,
        "conditions": [as_sentence(condition) for condition in live.conditions] if live else [], "record": in_words(beside.record), "other_records": beside.other_records,
        "sub": f"{known.end_user} · {known.country} · {known.get_capacity_display()}"})


def _reasoned(request: HttpRequest, known: Application, run: Any, *, title: str, submit: str, done: str) -> HttpResponse:
    """A page that asks for a reason and then does one thing with an application."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and attempt(request, form, lambda: run(form.cleaned_data["reason"])) is not None:
        say(request, done)
        return redirect("licensing:application", known.reference)
    return render(request, "licensing/reason.html", {"form": form, "application": known, "title": title, "submit": submit})


@needs("licensing.send_back")
@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    return _reasoned(
        request, known, lambda reason: actions.send_back(known, reason=reason, by=request.user), title=_("Send %s back") % reference,
        submit=_("Send back"), done=_("The recommendation no longer counts; the officer reads why."))


@needs("licensing.withdraw")
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    return _reasoned(
        request, known, lambda reason: actions.withdraw(known, reason=reason, by=request.user), title=_("Withdraw %s") % reference,
        submit=_("Withdraw"), done=_("%s was withdrawn.") % reference)


@needs("licensing.hold")
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.hold(known, by=request.user, **form.cleaned_data))
        if done is not None:
            say(request, _("%s is on hold.") % reference)
            return redirect("licensing:application", reference)
    return render(request, "licensing/reason.html", {
        "form": form, "application": known, "title": _("Put %s on hold") % reference, "submit": _("Hold")})


@needs("licensing.release_hold")
@require_http_methods(["GET", "POST"])
def release_hold(request: HttpRequest, reference: str, hold_id: int) -> HttpResponse:
    known = find(request, reference)
    found = visible_or_404(Hold.objects.filter(application=known), pk=hold_id)
    return _reasoned(
        request, known, lambda reason: actions.release_hold(found, reason=reason, by=request.user), title=_("Release the hold on %s") % reference,
        submit=_("Release"), done=_("The hold was released."))


@needs("documents.attach")
@require_POST
def attach_document(request: HttpRequest, reference: str) -> HttpResponse:
    known = find(request, reference)
    file = request.FILES.get("file")
    if file is None:
        raise Invalid(Problem(_("No file was chosen."), _("Go back, choose a file and attach it again."), field="file"))
    attach(file, name=file.name or "", subject=known.reference, sort=request.POST.get("sort", Document.OTHER), owner=known.applicant,
           by=request.user)
    say(request, _("The document was attached."))
    return redirect("licensing:application", reference)
