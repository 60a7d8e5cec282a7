"""Pages of casework: the list of cases, questions, who has a case, flags and notes, amendments, advice, routing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from enduse import clock, reference
from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.accounts.permissions import sees
from enduse.documents.actions import attach
from enduse.documents.models import Document
from enduse.licensing import actions, casefile, caselists, states, workdays
from enduse.licensing.case_api import application_of, event_of, which_versions
from enduse.licensing.case_forms import (
    AdviseForm,
    AmendForm,
    AnswerQuestionForm,
    AskAdviceForm,
    AskForm,
    AssignForm,
    CasesFilter,
    FlagForm,
    MoveForm,
    NoteForm,
)
from enduse.licensing.cases import CaseEvent
from enduse.licensing.forms import LineForms, ReasonForm
from enduse.licensing.models import Application
from enduse.licensing.versions import compared
from enduse.licensing.views import _initial, _initial_lines
from enduse.pages import COUNTED, attempt, csv_download, page_of, say

FILTERS = ("state", "queue", "officer", "due", "flag", "search", "sort")


@sees_noun("application")
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """The list of cases, with the filters that the address says; `?format=csv` is the same list as a file."""
    rows = caselists.cases(request.user, **{name: request.GET.get(name, "") for name in FILTERS})
    officer_sees = sees(request.user, "casework")
    if request.GET.get("format") == "csv":
        note_read(request.user, "application", "export of the list")
        return csv_download("applications", caselists.CSV_HEADER,
                            caselists.csv_rows(rows, officer_sees=officer_sees, value_seen=sees(request.user, "value")))
    page = page_of(request, rows, most=COUNTED if request.GET.get("search") else 0)
    for row in page.object_list:
        row.days_left = caselists.days_until(row.due_on)
        row.flag_names = [reference.text_of("case_flags", code) for code in row.flags.split()]
        row.queue_name = reference.text_of("queues", row.queue) if row.queue else ""
    return render(request, "licensing/applications.html", {
        "page": page, "filter_form": CasesFilter(request.GET or None, user=request.user), "names": states.NAMES, "tones": states.TONES,
        "export": True, "officer_sees": officer_sees})


def _ask(request: HttpRequest, reference: str, form: forms.Form, run: Callable[[], Any], *, title: str, submit: str, done: str,
         at: str = "", template: str = "licensing/reason.html", **more: Any) -> HttpResponse:
    """A page that asks for something and then does one thing with a case."""
    if request.method == "POST" and form.is_valid() and attempt(request, form, run) is not None:
        say(request, done)
        return redirect(f"/licensing/applications/{reference}/{at}")
    return render(request, template, {"form": form, "application": more.pop("application"), "title": title, "submit": submit, **more})


@needs("licensing.ask")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    known = application_of(request.user, reference)
    form = AskForm(request.POST or None, initial={"days": workdays.length_of(workdays.QUESTION, clock.today())})
    return _ask(request, reference, form, lambda: actions.ask(known, by=request.user, **form.cleaned_data), application=known,
                title=_("Ask the applicant of %s") % reference, submit=_("Ask"), done=_("The question was sent. The clock stands until it is answered."),
                at="#questions")


@needs("licensing.answer_question")
@require_http_methods(["GET", "POST"])
def answer_question(request: HttpRequest, question_id: int) -> HttpResponse:
    question = event_of(request.user, question_id, CaseEvent.ASKED)
    form = AnswerQuestionForm(request.POST or None, request.FILES or None)
    return _ask(request, question.application.reference, form,
                lambda: actions.answer_question(question, text=form.cleaned_data["text"], files=form.uploads(), by=request.user),
                application=question.application, title=_("Answer the authority"), submit=_("Answer"), done=_("Your answer was sent."), at="#questions",
                template="licensing/answer_question.html", question=question)


@needs("licensing.withdraw_question")
@require_http_methods(["GET", "POST"])
def withdraw_question(request: HttpRequest, question_id: int) -> HttpResponse:
    question = event_of(request.user, question_id, CaseEvent.ASKED)
    form = ReasonForm(request.POST or None)
    return _ask(request, question.application.reference, form,
                lambda: actions.withdraw_question(question, reason=form.cleaned_data["reason"], by=request.user), application=question.application,
                title=_("Withdraw the question"), submit=_("Withdraw"), done=_("The question was withdrawn. The clock runs again."), at="#questions")


@needs("licensing.take")
@require_POST
def take(request: HttpRequest, reference: str) -> HttpResponse:
    """Taking needs no page of its own: who comes second is told so on the page of refusals."""
    actions.take(application_of(request.user, reference), by=request.user)
    say(request, _("%s is yours.") % reference)
    return redirect("licensing:application", reference)


@needs("licensing.assign")
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    known = application_of(request.user, reference)
    form = AssignForm(request.POST or None)
    return _ask(request, reference, form, lambda: actions.assign(known, officer=form.cleaned_data["officer"], by=request.user), application=known,
                title=_("Assign %s") % reference, submit=_("Assign"), done=_("The case was assigned."))


@needs("licensing.release")
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, reference: str) -> HttpResponse:
    known = application_of(request.user, reference)
    form = ReasonForm(request.POST or None)
    return _ask(request, reference, form, lambda: actions.release(known, reason=form.cleaned_data["reason"], by=request.user), application=known,
                title=_("Release %s") % reference, submit=_("Release"), done=_("The case is back in its queue."))


@needs("licensing.move")
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, reference: str) -> HttpResponse:
    known = application_of(request.user, reference)
    form = MoveForm(request.POST or None, initial={"queue": casefile.queue_of(known)})
    return _ask(request, reference, form, lambda: actions.move(known, by=request.user, **form.cleaned_data), application=known,
                title=_("Move %s to another queue") % reference, submit=_("Move"), done=_("The case was moved."))


@needs("licensing.flag")
@require_http_methods(["GET", "POST"])
def flag(request: HttpRequest, reference: str) -> HttpResponse:
    """Set a flag; `?off=1` takes one off."""
    known = application_of(request.user, reference)
    off, standing = request.GET.get("off") == "1", casefile.flags_of(known)
    form = FlagForm(request.POST or None, codes=sorted(standing) if off else [code for code in _all_flags() if code not in standing])
    return _ask(request, reference, form, lambda: actions.flag(known, raised=not off, by=request.user, **form.cleaned_data), application=known,
                title=_("Take a flag off %s") % reference if off else _("Flag %s") % reference, submit=_("Take off") if off else _("Set the flag"),
                done=_("The flag was taken off.") if off else _("The flag was set."))


def _all_flags() -> list[str]:
    return list(reference.table("case_flags"))


@needs("licensing.note")
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, reference: str) -> HttpResponse:
    known = application_of(request.user, reference)
    form = NoteForm(request.POST or None)
    return _ask(request, reference, form, lambda: actions.note(known, text=form.cleaned_data["text"], by=request.user), application=known,
                title=_("Note on %s") % reference, submit=_("Save the note"), done=_("The note was saved."), at="#notes")


@needs("licensing.ask_advice")
@require_http_methods(["GET", "POST"])
def ask_advice(request: HttpRequest, reference: str) -> HttpResponse:
    known = application_of(request.user, reference)
    form = AskAdviceForm(request.POST or None, initial={"days": workdays.length_of(workdays.ADVICE, clock.today())})
    return _ask(request, reference, form, lambda: actions.ask_advice(known, by=request.user, **form.cleaned_data), application=known,
                title=_("Ask for advice on %s") % reference, submit=_("Ask"), done=_("The body was asked."), at="#advice")


@needs("licensing.advise")
@require_http_methods(["GET", "POST"])
def advise(request: HttpRequest, advice_id: int) -> HttpResponse:
    asked = event_of(request.user, advice_id, CaseEvent.ADVICE_ASKED)
    form = AdviseForm(request.POST or None)
    return _ask(request, asked.application.reference, form, lambda: actions.advise(asked, by=request.user, **form.cleaned_data),
                application=asked.application, title=_("Advice on %s") % asked.application.reference, submit=_("Give this advice"),
                done=_("Your advice was sent."), template="licensing/answer_question.html", question=asked)


@needs("licensing.close_advice")
@require_http_methods(["GET", "POST"])
def close_advice(request: HttpRequest, advice_id: int) -> HttpResponse:
    asked = event_of(request.user, advice_id, CaseEvent.ADVICE_ASKED)
    form = ReasonForm(request.POST or None)
    return _ask(request, asked.application.reference, form,
                lambda: actions.close_advice(asked, reason=form.cleaned_data["reason"], by=request.user), application=asked.application,
                title=_("Go on without the advice of %s") % asked.body, submit=_("Go on without it"), done=_("The request was closed."), at="#advice")


@needs("licensing.amend")
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, reference: str) -> HttpResponse:
    known = application_of(request.user, reference)
    initial = {**_initial(known), "version": casefile.version_of(known)}
    form = AmendForm(request.POST or None, request.FILES or None, user=request.user, initial=initial)
    lines = LineForms(request.POST or None, prefix="lines", initial=_initial_lines(known))
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        done = attempt(request, form, lambda: _amended(request, known, form, [line.line() for line in lines if line.cleaned_data]))
        if done is not None:
            say(request, _("Version %s was filed. What you filed before is kept beside it.") % done.code)
            return redirect("licensing:versions", reference)
    return render(request, "licensing/write.html", {"form": form, "lines": lines, "application": known, "amending": True})


def _amended(request: HttpRequest, known: Application, form: AmendForm, asked: list[Any]) -> CaseEvent:
    before, file = getattr(known, "certificate", None), form.cleaned_data["file"]
    with transaction.atomic():
        sha256 = before.file_sha256 if before is not None else ""
        if file is not None:
            sha256 = attach(file, name=file.name, subject=known.reference, sort=Document.EUC, by=request.user).sha256
        words = form.asked(asked, sha256)
        return actions.amend(known, reason=form.cleaned_data["why"], version=form.cleaned_data["version"], by=request.user, **words)


@needs("licensing.copy")
@require_POST
def copy(request: HttpRequest, reference: str) -> HttpResponse:
    made = actions.copy(application_of(request.user, reference), by=request.user)
    say(request, _("%(new)s is a draft that asks for the same as %(old)s. Its certificate is still missing.") % {"new": made.reference, "old": reference})
    return redirect("licensing:edit", made.reference)


@sees_noun("application")
@require_GET
def versions(request: HttpRequest, reference: str) -> HttpResponse:
    """Two versions side by side: ?earlier=1&later=3; as it stands the last two. `?all=1` shows what is the same too."""
    known = application_of(request.user, reference)
    earlier, later = which_versions(known, *(_number(request.GET.get(name, "")) for name in ("earlier", "later")))
    rows = compared(request.user, known, earlier, later)
    fields = [row for row in rows if row.line is None]
    by_line: dict[int, list[Any]] = {}
    for row in rows:
        if row.line is not None:
            by_line.setdefault(row.line, []).append(row)
    return render(request, "licensing/versions.html", {
        "application": known, "earlier": earlier, "later": later, "fields": fields, "lines": list(by_line.items()),
        "show_all": request.GET.get("all") == "1", "numbers": range(1, casefile.version_of(known) + 1), "amendments": casefile.amendments(known),
        "changed": sum(row.changed for row in rows)})


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) < 6 else None
