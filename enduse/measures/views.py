"""Pages of measures: the list that anyone may see, one measure, drafting, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from enduse import clock, formats, reference
from enduse.accounts.access import needs, sees_noun
from enduse.accounts.permissions import may
from enduse.measures import actions, queries
from enduse.measures.conditions import as_sentence
from enduse.measures.forms import LiftForm, MeasureForm, MeasuresFilter, NoteForm
from enduse.measures.models import Measure
from enduse.pages import attempt, page_of, say, visible_or_404


def find(request: HttpRequest, reference: str) -> Measure:
    return visible_or_404(queries.measures(request.user), reference=reference)


@sees_noun("measure", public=True)
@require_GET
def measures(request: HttpRequest) -> HttpResponse:
    rows = queries.measures(request.user)
    if request.GET.get("in_force"):
        rows = rows.in_force(clock.today())
    page = page_of(request, rows)
    return render(request, "measures/measures.html", {
        "page": page, "filter_form": MeasuresFilter(request.GET or None), "listed": [(measure, queries.state_of(measure)) for measure in page]})


@sees_noun("measure", public=True)
@require_GET
def measure(request: HttpRequest, reference: str) -> HttpResponse:
    found = find(request, reference)
    state = queries.state_of(found)
    steps = [
        {"words": step.get_step_display().capitalize(), "note": step.note, "at": step.recorded_at, "leaf": step.pk,
         "who": str(step.recorded_by) if request.user.is_authenticated else "", "tone": "warn" if step.step == "enacted" else ""}
        for step in sorted(found.steps.all(), key=lambda step: step.pk)
    ]
    return render(request, "measures/measure.html", {
        "measure": found, "state": state, "steps": steps, "scope": _scope(found), "is_draft": state == queries.DRAFT,
        "can_do": [name for name, when in _WHEN.items() if state in when and may(request.user, f"measures.{name}")],
        "shows_touched": request.user.is_authenticated,
    })


_WHEN = {"propose": {queries.DRAFT}, "enact": {queries.PROPOSED}, "lift": {queries.IN_FORCE, queries.ENACTED}}


NUMBER_NAMES = {
    "quantity": gettext_lazy("At most, firearms"), "months": gettext_lazy("Within months"), "share": gettext_lazy("Share"),
    "every_months": gettext_lazy("Every months"), "retention": gettext_lazy("Of the weapons kept, what deserters would carry off"),
    "selection": gettext_lazy("Chosen"),
}


def _as_written(name: str, value: Any) -> str:
    if name in {"share", "retention"}:
        return formats.share(float(value))
    if name == "selection":
        return {"random": _("at random")}.get(str(value), str(value))
    return formats.number(int(value))


def _scope(found: Measure) -> list[tuple[str, Any]]:
    """Whom and what it covers, in words; an empty field of its scope is 'any'."""
    any_one = _("any")
    automatic = {True: _("automatic only"), False: _("not automatic only"), None: any_one}[found.automatic]
    return [
        (_("End user"), found.end_user or any_one), (_("Destination"), found.country or any_one),
        (_("Type"), reference.text_of("firearm_types", found.firearm_type) if found.firearm_type else any_one), (_("Calibre"), reference.text_of("calibres", found.calibre) if found.calibre else any_one),
        (_("Automatic fire"), automatic),
        *([(_("Condition"), as_sentence(found.parameters))] if found.kind == Measure.CONDITION else [
            (NUMBER_NAMES[name], _as_written(name, value)) for name, value in sorted(found.parameters.items()) if name in NUMBER_NAMES]),
    ]


@needs("measures.draft")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = MeasureForm(request.POST or None, user=request.user, initial={"starts_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        made = attempt(request, form, lambda: actions.draft(by=request.user, **form.drafted()))
        if made is not None:
            say(request, _("The draft %s was saved. It binds nobody until a second officer enacts it.") % made.reference)
            return redirect("measures:measure", made.reference)
    return render(request, "measures/write.html", {"form": form, "measure": None})


@needs("measures.draft")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    found = find(request, reference)
    initial = {name: getattr(found, name) for name in MeasureForm.base_fields if hasattr(found, name)} | _numbers(found)
    initial["automatic"] = {True: "yes", False: "no", None: ""}[found.automatic]
    form = MeasureForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.revise(found, by=request.user, **form.drafted()))
        if done is not None:
            say(request, _("The draft was saved."))
            return redirect("measures:measure", reference)
    return render(request, "measures/write.html", {"form": form, "measure": found})


def _numbers(found: Measure) -> dict[str, Any]:
    if found.kind != Measure.CONDITION:
        return found.parameters
    return {"condition": found.parameters["code"], "values": ", ".join(f"{name}={value}" for name, value in found.parameters["parameters"].items())}


def _step(
    request: HttpRequest, reference: str, asks: type[forms.Form], run: Callable[..., Measure], *, title: str, text: str, done: str,
) -> HttpResponse:
    found = find(request, reference)
    form = asks(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and attempt(request, form, lambda: run(found, by=request.user, **form.cleaned_data)) is not None:
        say(request, done)
        return redirect("measures:measure", reference)
    return render(request, "measures/step.html", {"form": form, "measure": found, "title": title, "text": text})


@needs("measures.propose")
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    return _step(request, reference, NoteForm, actions.propose, title=_("Propose"),
                 text=_("From here on its words stand, and another policy officer may enact it."), done=_("%s was proposed.") % reference)


@needs("measures.enact")
@require_http_methods(["GET", "POST"])
def enact(request: HttpRequest, reference: str) -> HttpResponse:
    return _step(request, reference, NoteForm, actions.enact, title=_("Enact"),
                 text=_("From its first day on it blocks every decision and shipment in its scope."), done=_("%s was enacted.") % reference)


@needs("measures.lift")
@require_http_methods(["GET", "POST"])
def lift(request: HttpRequest, reference: str) -> HttpResponse:
    return _step(request, reference, LiftForm, actions.lift, title=_("Lift"),
                 text=_("From that day on it blocks nothing more. What it says stays on record."), done=_("%s was lifted.") % reference)
