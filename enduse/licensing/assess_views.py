"""The page on which an officer assesses an application."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse import clock
from enduse.accounts.access import needs, sees_noun
from enduse.licensing import actions, risk_summary, states
from enduse.licensing.assess_form import AssessForm, with_the_rest
from enduse.licensing.beside import Beside
from enduse.licensing.flags import raised
from enduse.licensing.models import Application
from enduse.licensing.readiness import refuse_part_in_appealed, unscreened
from enduse.licensing.whole import found_whole
from enduse.pages import attempt, say
from enduse.parties.gaps import gaps_of
from enduse.parties.record import in_words
from enduse.screening.queries import TO_SCREEN


@needs("licensing.assess")
@require_http_methods(["GET", "POST"])
def assess(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer the questions; `rest` answers what is left at its best level, to be read before it is saved."""
    application: Application = found_whole(Application.objects.visible_to(request.user), reference=reference)
    refuse_part_in_appealed(application, request.user)  # before anybody answers for nothing
    beside = Beside(request.user, application)
    record, known = beside.record, beside.known()
    found = raised(known)
    last, incomplete = states.latest_assessment(application), unscreened(application, clear=False, screened=beside.screened)
    if request.method == "POST" and "rest" in request.POST:
        form = AssessForm(raised=found, last=last, initial=with_the_rest(request.POST, found))
    else:
        form = AssessForm(request.POST or None, raised=found, last=last)
        if request.method == "POST" and form.is_valid():
            done = attempt(request, form, lambda: actions.assess(application, by=request.user, **form.answers()))
            if done is not None:
                say(request, _("The assessment was saved."))
                return redirect("licensing:recommend" if "then" in request.POST else "licensing:application", reference)
    return render(request, "licensing/assess.html", {
        "form": form, "application": application, "record": in_words(record), "gaps": gaps_of(record, clock.today()),
        "statements": risk_summary.draft(known, found, measures=beside.measures), "together": form.together_codes(), "unanswered": form.unanswered(),
        "unscreened": incomplete, "other_records": beside.other_records, "to_screen": [each for each in incomplete if each.state in TO_SCREEN]})


@sees_noun("screening")
@require_GET
def risk(request: HttpRequest, reference: str) -> HttpResponse:
    """The draft summary of the risk as the records tell it today, beside what the last assessment was made on."""
    application: Application = found_whole(Application.objects.visible_to(request.user), reference=reference)
    last, beside = states.latest_assessment(application), Beside(request.user, application)
    return render(request, "licensing/risk.html", {
        "application": application, "statements": risk_summary.draft(beside.known(), measures=beside.measures), "assessment": last,
        "kept": risk_summary.read_again(last.drafted) if last is not None else []})
