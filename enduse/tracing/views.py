"""The pages of a trace: search, recoveries, candidates, confirmation, answers."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.accounts.permissions import may
from enduse.custody.models import Firearm, Holding
from enduse.pages import attempt, csv_download, page_of, say, visible_or_404
from enduse.refusals import Invalid
from enduse.tracing import actions, queries, wording
from enduse.tracing.asking import Asking, posted
from enduse.tracing.files import OPTIONAL, REQUIRED, read_recoveries
from enduse.tracing.forms import AnswerForm, ConfirmForm, MarksForm, ProposeForm, RecoveriesFileForm, RecoveriesFilter, RecoveryForm
from enduse.tracing.models import Confirmation, Recovery, TraceAnswer
from enduse.tracing.reading import FIELDS, field_of, others_by_place, that_say_enough

COMPARED = 3
MARKS = ("marks", "make", "model", "firearm_type", "calibre", "year")


@needs("tracing.search")
@require_GET
def search(request: Asking) -> HttpResponse:
    """Whose firearm is this? Answers as one types; `recovery` names the recovery whose marks are read anew."""
    form = MarksForm(request.GET or None)
    shown: dict[str, Any] = {"form": form, "recovery": None}
    if request.GET.get("recovery"):
        shown["recovery"] = visible_or_404(queries.recoveries(request.user), reference=request.GET["recovery"])
    if request.GET.get("marks", "").strip() and form.is_valid():
        shown |= _found(request, shown["recovery"], form.told())
    live = request.headers.get("HX-Request") == "true"
    return render(request, "tracing/_candidates.html" if live else "tracing/search.html", shown)


def _found(request: Asking, recovery: Recovery | None, typed: dict[str, Any]) -> dict[str, Any]:
    note_read(request.user, "search", typed["marks"])
    last_day = (recovery.recovered_until or recovery.recovered_on) if recovery else None
    # A second mark that is still being typed must not take the answer to the first away.
    others, left = that_say_enough(typed["other_marks"])
    left_out = [wording.read_at(each.place, each.marks) for each in left]
    try:
        ranking = queries.search(queries.read(**(typed | {"other_marks": others})), on=last_day)
    except Invalid as invalid:
        return {"invalid": invalid, "left_out": left_out}
    return _shown(ranking) | {"left_out": left_out}


def _shown(ranking: queries.Ranking) -> dict[str, Any]:
    rows = wording.rows_of(ranking)
    return {"ranking": ranking, "rows": rows, "led": wording.led_in_words(ranking), "minor": [row for row in rows if row.minor], "first": rows[0] if rows else None,
            "none": wording.chance_of(ranking.none_probability),
            "other": wording.chance_of(ranking.other_probability) if ranking.other_probability >= 0.005 else ""}  # fmt: skip


@sees_noun("recovery")
@require_GET
def recoveries(request: Asking) -> HttpResponse:
    """Recoveries, newest first; those still to be traced on top as the next thing to do."""
    form = RecoveriesFilter(request.GET)
    asked = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    rows = queries.recoveries(request.user, **asked)
    if request.GET.get("format") == "csv":
        note_read(request.user, "export", "recoveries")
        header = ["reference", "state", "recovered_on", "recovered_until", "recorded_at", "place", "region", "country", "agency",
                  "case_reference", "marks", "make", "model", "type", "calibre", "year", *FIELDS, "doubtful", "result_code"]  # fmt: skip
        return csv_download("recoveries", header, (_line(row) for row in rows.iterator(chunk_size=2000)))  # type: ignore[return-value]
    page = page_of(request, rows)
    for row in page:
        row.words, row.tone = queries.STATES[queries.state_of(row)]
    open_now = queries.recoveries(request.user, state=queries.OPEN)
    steps: list[dict[str, Any]] = []
    if may(request.user, "tracing.confirm") and (waiting := open_now.count()):
        steps = [{"text": _("Trace what was recorded"), "count": waiting, "tone": "warn", "url": f"{request.path}?state={queries.OPEN}",
                  "why": _("Nobody has confirmed a candidate, or that there is none.")}]  # fmt: skip
    return render(request, "tracing/recoveries.html", {"page": page, "filter_form": form, "export": True, "steps": steps})


def _line(row: Any) -> list[Any]:
    return [row.reference, queries.state_of(row), row.recovered_on, row.recovered_until or "", row.recorded_at.isoformat(), row.place, row.region,
            row.country, row.agency.name, row.case_reference, row.marks, row.make, row.model, row.firearm_type, row.calibre, row.year or "",
            *(text for _place, text in others_by_place(row)), " ".join(row.doubtful), row.said_result or ""]  # fmt: skip


@needs("tracing.record_recovery")
@require_http_methods(["GET", "POST"])
def new(request: Asking) -> HttpResponse:
    """Record a recovery; its candidates appear while the marks are typed."""
    initial: dict[str, Any] = {name: request.GET[name] for name in (*MARKS, *FIELDS) if request.GET.get(name)}
    initial["doubtful"] = request.GET.getlist("doubtful")
    form = RecoveryForm(posted(request), user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = attempt(request, form, lambda: actions.record_recovery(by=request.user, **form.told()))
        if made is not None:
            say(request, _("Recorded as %s. These are its candidates.") % made.reference)
            return redirect("tracing:recovery", made.reference)
    return render(request, "tracing/new.html", {"form": form, "recovery": None})


@needs("tracing.record_recovery")
@require_http_methods(["GET", "POST"])
def file(request: Asking) -> HttpResponse:
    """Record a CSV of recoveries, all or none."""
    form = RecoveriesFileForm(posted(request), request.FILES)
    if request.method == "POST" and form.is_valid():
        made = attempt(request, form, lambda: actions.record_recoveries(read_recoveries(form.cleaned_data["recoveries"]), by=request.user))
        if made is not None:
            say(request, _("%(count)d recoveries recorded, from %(first)s on.") % {"count": len(made), "first": made[0].reference})
            return redirect("tracing:recoveries")
    return render(request, "tracing/file.html", {"form": form, "required": REQUIRED, "optional": OPTIONAL})


@sees_noun("recovery")
@require_GET
def recovery(request: Asking, reference: str) -> HttpResponse:
    """A trace: marks as read, candidates with a probability each, what confirming does; once confirmed, the chain."""
    found: Any = visible_or_404(queries.recoveries(request.user), reference=reference)
    note_read(request.user, "recovery", reference)
    confirmations = list(found.confirmations.select_related("firearm", "watched__watch__operation", "recorded_by", "agreed_by").order_by("pk"))
    proposals = list(found.proposals.select_related("firearm", "watched", "recorded_by").order_by("pk"))
    answers = list(queries.answers_of(found))
    said = confirmations[-1] if confirmations else None
    shown: dict[str, Any] = {
        "recovery": found, "said": said, "answers": answers, "state": queries.state_of(found), "life": None,
        "waiting": [each for each in proposals if said is None or each.pk > said.pk],
        "entries": wording.said_entries(found, proposals, confirmations, answers),
    }  # fmt: skip
    shown["words"], shown["tone"] = queries.STATES[shown["state"]]
    if said is not None and said.firearm is not None:
        shown |= _history(request, found, said.firearm, said, answers[-1] if answers else None)
    shown["seen"] = wording.ranking_seen(said) if said is not None else []
    searching = may(request.user, "tracing.search") and (said is None or (said.firearm is None and said.watched is None) or "again" in request.GET)
    if searching:
        shown |= _shown(queries.trace(found))
    shown |= {"searching": searching, "steps": _steps(request, shown), "form": MarksForm(initial=_marks_of(found))}
    return render(request, "tracing/recovery.html", shown)


def _marks_of(found: Recovery) -> dict[str, Any]:
    named = {name: getattr(found, name) for name in MARKS}
    return named | {"doubtful": found.doubtful} | {field_of(place): text for place, text in others_by_place(found)}


def _history(request: Asking, found: Recovery, firearm: Firearm, said: Confirmation, answered: TraceAnswer | None) -> dict[str, Any]:
    life = queries.life_of(firearm)
    channel = queries.channel_said(said, answered, {life.firearm.pk: life})
    return {"life": life, "life_entries": wording.life_entries(life), "channel": channel, "days": life.days_to(found.recovered_on),
            "gun": wording.name_of(life.firearm), "siblings": queries.siblings_of(found, life, request.user), "holding_states": Holding.STATES}  # fmt: skip


def _steps(request: Asking, shown: dict[str, Any]) -> list[dict[str, Any]]:
    """The next thing to do, on top of the page."""
    found, steps = shown["recovery"], []
    for each in shown["waiting"]:
        if may(request.user, "tracing.confirm") and each.recorded_by_id != request.user.pk:
            steps.append({"text": _("Agree to what %(who)s proposes, or let it lie") % {"who": each.recorded_by}, "why": each.note, "tone": "warn",
                          "url": reverse("tracing:agree", args=[found.reference, each.pk])})  # fmt: skip
    first = shown.get("first")
    if shown["state"] == queries.OPEN and first is not None and may(request.user, "tracing.confirm"):
        if first.item.is_likely:
            steps.append({"text": _("Confirm %(name)s %(serial)s") % {"name": first.name, "serial": first.item.gun.serial},
                          "why": _("It is the likeliest candidate: %s.") % first.chance,
                          "url": reverse("tracing:confirm", args=[found.reference, first.item.key])})  # fmt: skip
        elif shown["ranking"].none_probability < 0.5:
            steps.append({"text": _("Compare the likeliest candidates"), "why": _("None is likelier than even: what else does the gun show?"),
                          "url": reverse("tracing:compare", args=[found.reference])})  # fmt: skip
    if shown["state"] == queries.OPEN and may(request.user, "tracing.confirm") and (first is None or shown["ranking"].none_probability >= 0.5):
        steps.append({"text": _("Say that the register does not hold it"), "why": _("Then ask the maker, or abroad."),
                      "url": reverse("tracing:confirm", args=[found.reference, "none"])})  # fmt: skip
    if shown["state"] in {queries.NONE_HERE, queries.WAITING} and may(request.user, "tracing.answer"):
        steps.append({"text": _("Record what the maker, the dealer or the other state answers"), "why": _("The register does not hold it."),
                      "url": reverse("tracing:answer", args=[found.reference])})  # fmt: skip
    return steps


@needs("tracing.confirm")
@require_GET
def compare(request: Asking, reference: str) -> HttpResponse:
    """Candidates side by side: ?with=f1&with=f2, else the likeliest three."""
    found = visible_or_404(queries.recoveries(request.user), reference=reference)
    rows = wording.rows_of(queries.trace(found))
    asked = request.GET.getlist("with")
    chosen = [row for row in rows if row.item.key in asked] if asked else rows[:COMPARED]
    note_read(request.user, "recovery", reference)
    firearms = [row.item.firearm for row in chosen if row.item.firearm is not None]
    lives = queries.lives_of(firearms) if firearms else {}
    told = [(row, lives.get(row.item.firearm.pk) if row.item.firearm else None) for row in chosen]
    return render(request, "tracing/compare.html", {"recovery": found, "told": told, "rows": rows})


@needs("tracing.confirm")
@require_http_methods(["GET", "POST"])
def confirm(request: Asking, reference: str, key: str) -> HttpResponse:
    """The step before it is said: the serial under the marks, the history, what confirming does. `key` 'none': none of these."""
    found: Any = visible_or_404(queries.recoveries(request.user), reference=reference)
    firearm, watched = _named(key)
    ranking = queries.trace(found)
    row = next((row for row in wording.rows_of(ranking) if row.item.key == key), None)
    alone = (firearm is None and watched is None) or (row is not None and row.item.is_likely)
    form = (ConfirmForm if alone else ProposeForm)(posted(request))
    if request.method == "POST" and form.is_valid():
        say_it = actions.confirm if alone else actions.propose
        note = form.cleaned_data["note"]
        made = attempt(request, form, lambda: say_it(found, firearm=firearm, watched=watched, note=note, by=request.user))
        if made is not None:
            say(request, _("Confirmed.") if alone else _("Proposed: a second tracing officer is told."))
            return redirect("tracing:recovery", reference)
    gun: Any = firearm or watched
    return render(request, "tracing/confirm.html", {
        "recovery": found, "row": row, "gun": gun, "name": wording.name_of(gun) if gun else "", "alone": alone, "form": form,
        "none": wording.chance_of(ranking.none_probability), "does": row.does if row else None, "corrects": found.said is not None,
        "life_entries": wording.life_entries(queries.life_of(firearm)) if firearm else [],
    })  # fmt: skip


def _named(key: str) -> tuple[Any, Any]:
    try:
        return queries.named("" if key == "none" else key)
    except Invalid as invalid:
        raise Http404 from invalid


@needs("tracing.confirm")
@require_http_methods(["GET", "POST"])
def agree(request: Asking, reference: str, proposal: int) -> HttpResponse:
    """The second officer reads what the first proposes, and agrees."""
    found = visible_or_404(queries.recoveries(request.user), reference=reference)
    proposed = visible_or_404(found.proposals.select_related("firearm", "watched", "recorded_by"), pk=proposal)
    form = ConfirmForm(posted(request))
    if request.method == "POST" and form.is_valid():
        made = attempt(request, form, lambda: actions.agree(proposed, by=request.user))
        if made is not None:
            say(request, _("Agreed: the trace is confirmed."))
            return redirect("tracing:recovery", reference)
    rows = wording.rows_of(queries.trace(found))
    row = next((row for row in rows if row.item.firearm == proposed.firearm and row.item.watched == proposed.watched), None)
    return render(request, "tracing/agree.html", {"recovery": found, "proposal": proposed, "named": wording.named(proposed), "row": row, "form": form,
                                                  "does": row.does if row else None})  # fmt: skip


@needs("tracing.answer")
@require_http_methods(["GET", "POST"])
def answer(request: Asking, reference: str) -> HttpResponse:
    """What a maker, a dealer or another state answered."""
    found = visible_or_404(queries.recoveries(request.user), reference=reference)
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        made = attempt(request, form, lambda: actions.answer(found, by=request.user, **form.cleaned_data))
        if made is not None:
            say(request, _("The answer is recorded."))
            return redirect("tracing:recovery", reference)
    return render(request, "tracing/answer.html", {"recovery": found, "form": form})
