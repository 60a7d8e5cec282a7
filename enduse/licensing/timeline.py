"""Everything that happened in a case in one list, as its viewer may read it; each entry with its place in the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enduse import reference
from enduse.ledger.models import Fact
from enduse.licensing.casefile import events_of, version_since
from enduse.licensing.cases import CaseEvent
from enduse.licensing.decision_pages import decision_timeline
from enduse.licensing.models import Application
from enduse.screening.models import HitResolution
from enduse.screening.queries import PartyState

GOOD, WARN, BAD = "good", "warn", "bad"


def timeline(application: Application, *, is_officer: bool, is_own: bool, screened: Iterable[PartyState] = ()) -> list[dict[str, Any]]:
    """The entries in the order of the log; shipments, which have a ledger of their own, by their time."""
    entries = [*_filing(application, is_officer)]
    if is_officer or is_own:
        entries += _events(application, is_officer)
    if is_officer:
        entries += _casework(application)
        entries += _screening(application, screened)
    entries += _licence(application)
    return sorted(entries, key=lambda entry: (entry["at"], entry["leaf"] if entry["leaf"] != "" else -1))


def _entry(fact: Fact, words: str, note: str = "", tone: str = "", url: str = "") -> dict[str, Any]:
    return {"words": words, "note": note, "at": fact.recorded_at, "who": str(fact.recorded_by or _("the system")), "leaf": fact.pk, "tone": tone,
            "url": url}


def _filing(application: Application, is_officer: bool) -> Iterator[dict[str, Any]]:
    for name, words in (("submission", _("Filed")), ("withdrawal", _("Withdrawn"))):
        fact = getattr(application, name, None)
        if fact is not None:
            yield _entry(fact, words, getattr(fact, "reason", ""))
    yield from decision_timeline(application, is_officer)


def _events(application: Application, is_officer: bool) -> Iterator[dict[str, Any]]:
    for event in events_of(application):
        if is_officer or event.sort in CaseEvent.TO_APPLICANT:
            words, note, tone = told(event)
            url = reverse("licensing:versions", args=[application.reference]) if event.sort == CaseEvent.AMENDED else ""
            entry = _entry(event, words, note, tone, url)
            # Which officer of the authority asked is the authority's own matter.
            yield entry if is_officer or event.sort in {CaseEvent.ANSWERED, CaseEvent.AMENDED} else {**entry, "who": _("the authority")}


def told(event: CaseEvent) -> tuple[str, str, str]:
    """(what happened, what was said, tone) of one event."""
    name = str(event.get_sort_display())
    if event.sort == CaseEvent.ASSIGNED:
        own = event.officer_id == event.recorded_by_id
        return (_("Taken by %s") if own else _("Assigned to %s")) % event.officer, event.text, ""
    if event.sort == CaseEvent.ROUTED:
        return f"{name}: {reference.text_of('queues', event.code)}", event.text, ""
    if event.sort in {CaseEvent.FLAGGED, CaseEvent.UNFLAGGED}:
        return f"{name}: {reference.text_of('case_flags', event.code)}", event.text, WARN if event.sort == CaseEvent.FLAGGED else ""
    if event.sort in {CaseEvent.ADVICE_ASKED, CaseEvent.ADVICE_CLOSED}:
        return f"{name}: {event.body}", event.text, ""
    if event.sort == CaseEvent.ADVISED:
        position = dict(CaseEvent.POSITIONS)[event.code]
        return f"{name}: {event.body}, {position}", event.text, {CaseEvent.REFUSE: BAD, CaseEvent.PROVISO: WARN}.get(event.code, GOOD)
    if event.sort == CaseEvent.AMENDED:
        return _("Amended: version %s") % event.code, event.text, WARN
    files = ", ".join(each["name"] for each in event.more.get("documents", []))
    note = f"{event.text} ({files})" if files else event.text
    return name, note, WARN if event.sort == CaseEvent.ASKED else ""


def _casework(application: Application) -> Iterator[dict[str, Any]]:
    since = version_since(application)
    for assessment in application.assessments.all():
        yield _entry(assessment, _("Assessed"), _void(assessment.pk < since) + assessment.summary)
    for recommendation in application.recommendations.all():
        yield _entry(recommendation, _("Recommended: %s") % recommendation.get_outcome_display(),
                     _void(recommendation.pk < since) + recommendation.note)
        back = getattr(recommendation, "sent_back", None)
        if back is not None:
            yield _entry(back, _("Sent back"), back.reason, WARN)
    for hold in application.holds.all():
        yield _entry(hold, _("Put on hold"), hold.because, WARN)
        release = getattr(hold, "release", None)
        if release is not None:
            yield _entry(release, _("Hold released"), release.reason)


def _void(is_void: bool) -> str:
    return _("(Void: the application was amended.)") + " " if is_void else ""


def _screening(application: Application, screened: Iterable[PartyState]) -> Iterator[dict[str, Any]]:
    submission = getattr(application, "submission", None)
    if submission is None:
        return
    for state in screened:
        screening = state.screening
        if screening is None or screening.pk < submission.pk:
            continue
        hits = list(screening.hits.all())
        url = reverse("screening:party", args=[state.party.pk])
        note = ngettext("%d possible match", "%d possible matches", len(hits)) % len(hits) if hits else ""
        yield _entry(screening, _("Screened: %s") % state.party, note, WARN if hits else "", url)
        for hit in hits:
            said = getattr(hit, "resolution", None)
            if said is not None and said.pk > submission.pk:
                words = f"{hit.entity_name}: {said.get_outcome_display()}"
                yield _entry(said, words, said.reason, BAD if said.outcome == HitResolution.TRUE_MATCH else "", url)


def _licence(application: Application) -> Iterator[dict[str, Any]]:
    licence = getattr(application, "licence", None)
    if licence is None:
        return
    url = reverse("licensing:licence", args=[licence.reference])
    yield _entry(licence, _("Licence %s issued") % licence.reference, url=url, tone=GOOD)
    for change in sorted(licence.changes.all(), key=lambda change: change.pk):
        yield _entry(change, _("Licence: %s") % change.get_change_display(), change.reason, WARN, url)
    for use in sorted((use for line in licence.lines.all() for use in line.uses.all()), key=lambda use: use.pk):
        words = _("Consignment %(reference)s: %(count)d of line %(line)d") if use.quantity > 0 else _(
            "Consignment %(reference)s gave back %(count)d of line %(line)d")
        yield {"words": words % {"reference": use.consignment, "count": abs(use.quantity), "line": use.line.number}, "note": "", "at": use.at,
               "who": "", "leaf": "", "tone": "", "url": ""}
