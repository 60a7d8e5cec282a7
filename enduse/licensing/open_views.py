"""Pages of an open licence: registering the first use for an end user, filing its undertaking."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enduse.accounts.access import needs
from enduse.licensing import actions
from enduse.licensing.licence_views import find
from enduse.licensing.open_forms import FirstUseForm, UndertakingForm
from enduse.pages import attempt, say


@needs("licensing.register_first_use")
@require_http_methods(["GET", "POST"])
def first_use(request: HttpRequest, reference: str) -> HttpResponse:
    found = find(request, reference)
    form = FirstUseForm(request.POST or None, licence=found)
    sent = request.method == "POST" and form.is_valid()
    if sent and attempt(request, form, lambda: actions.register_first_use(found, by=request.user, **form.cleaned_data)) is not None:
        say(request, _("The first use for %s was registered. An officer screens it if it is not clear.") % form.cleaned_data["end_user"])
        return redirect("licensing:licence", reference)
    return render(request, "licensing/licence_step.html", {
        "form": form, "licence": found, "title": _("Register a first use"), "tone": "",
        "text": _("Before the first consignment to an end user. Nothing is declared for it until it is registered and clear against the lists.")})


@needs("licensing.file_undertaking")
@require_http_methods(["GET", "POST"])
def undertaking(request: HttpRequest, reference: str) -> HttpResponse:
    found = find(request, reference)
    form = UndertakingForm(request.POST or None, licence=found)
    sent = request.method == "POST" and form.is_valid()
    if sent and attempt(request, form, lambda: actions.file_undertaking(
            found, end_user=form.cleaned_data["end_user"], words=form.words(), by=request.user)) is not None:
        say(request, _("The undertaking was filed. It carries a consignment once its issuer has confirmed it."))
        return redirect("licensing:licence", reference)
    return render(request, "licensing/licence_step.html", {
        "form": form, "licence": found, "title": _("File an undertaking"), "tone": "",
        "text": _("The end user's certificate for one consignment, or for a quantity over several. Copy it as it stands on paper.")})
