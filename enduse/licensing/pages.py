"""What the page of one application shows, put together for its viewer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.accounts.permissions import may, sees
from enduse.documents.forms import size_hint
from enduse.licensing import flags, risk_summary, states
from enduse.licensing.beside import Beside
from enduse.licensing.casepage import case_context, case_steps, clock_in_words
from enduse.licensing.certificate_pages import certificate_page, certificate_steps
from enduse.licensing.conditions import as_sentence
from enduse.licensing.consultations import touching
from enduse.licensing.control_lists import row_of
from enduse.licensing.decision_pages import decision_context, decision_steps
from enduse.licensing.models import Application
from enduse.licensing.questions import LEVEL_NAMES
from enduse.licensing.readiness import conditions_by_measures, had_part_in_appealed, unscreened
from enduse.licensing.similar import similar
from enduse.licensing.timeline import timeline
from enduse.parties.gaps import gaps_of
from enduse.parties.models import Party, party_of
from enduse.parties.record import in_words
from enduse.screening.queries import TO_SCREEN


def application_page(user: User, application: Application) -> dict[str, Any]:
    """The context of the page: for officers what is weighed, for the applicant what was asked and where it stands."""
    beside = Beside(user, application)
    lines, day = list(application.lines.all()), application.filed_on or clock.today()
    certificate = getattr(application, "certificate", None)
    context: dict[str, Any] = {
        "application": application, "lines": [(line, row_of(line.entry_on(day), day)) for line in lines], "certificate": certificate, "quantity": sum(line.quantity for line in lines),
        "value_cents": sum(line.quantity * line.unit_value_cents for line in lines) if sees(user, "value") else None,
        "documents": list(beside.documents), "state": application.state,
        "state_name": states.NAMES[application.state], "state_tone": states.TONES[application.state],
        "licence": getattr(application, "licence", None),
        "is_officer": sees(user, "screening"), "is_own": application.applicant == party_of(user), **certificate_page(certificate),
        "advised": beside.advised, "match": beside.match, "size_hint": size_hint(), "is_open": application.state in states.OPEN,
    }
    context |= decision_context(user, application, is_officer=context["is_officer"], is_own=context["is_own"])
    context |= _for_officers(user, application, beside) if context["is_officer"] else {
        "parties": [(states.PARTY_ROLES[role], party, None) for role, party in application.parties()]}
    named = [party.pk for _role, party, *_state in context["parties"]]
    context["reads_party"] = set(Party.objects.visible_to(user).filter(pk__in=named).values_list("pk", flat=True)) if sees(user, "party") else set()
    context["had_part"] = context["is_officer"] and had_part_in_appealed(application, user)
    context |= case_context(user, application, is_officer=context["is_officer"], is_own=context["is_own"])
    context["clock_words"] = clock_in_words(context["case_clock"]) if context["case_clock"] else ""
    context["timeline"] = timeline(application, is_officer=context["is_officer"], is_own=context["is_own"], screened=context.get("screened", ()))
    context["steps"] = [*case_steps(user, application, context), *_steps(user, application, context)]
    return context


def _consulted(application: Application, beside: Beside, *, is_open: bool) -> dict[str, Any]:
    """Denials of other states that touch it, and what those states answered."""
    asked = {each.denial_id for each in beside.consulted}
    return {
        "denials_like": [{"denial": each, "is_consulted": each.pk in asked} for each in touching(application, beside.denials)] if is_open else [],
        "consulted": list(application.consultations.select_related("denial", "explained", "recorded_by")) if asked else []}


def _for_officers(user: User, application: Application, beside: Beside) -> dict[str, Any]:
    parties = application.parties()
    screened, record, measures = beside.screened, beside.record, list(beside.measures)
    is_open = application.state in states.OPEN
    raised = flags.raised(beside.known()) if is_open else {}
    assessment, recommendation = states.latest_assessment(application), states.live_recommendation(application)
    last_screened = [state.screening.recorded_at for state in screened.values() if state.screening]
    return {
        "parties": [(states.PARTY_ROLES[role], party, screened[party.pk]) for role, party in parties], "screened": list(screened.values()),
        "to_screen": [state.party for state in screened.values() if state.state in TO_SCREEN],
        "unscreened": unscreened(application, clear=False, screened=screened) if is_open else [],
        "screened_at": min(last_screened, default=None), "missing": beside.missing(),
        "holds": states.open_holds(application), "record": in_words(record), "gaps": gaps_of(record, clock.today()),
        "other_records": beside.other_records,
        "assessment": assessment, "kept": risk_summary.read_again(assessment.drafted) if assessment else [], "criteria": list(_answered("criteria", assessment.criteria)) if assessment else [],
        "flags_answered": list(_answered("warning_flags", assessment.flags)) if assessment else [],
        "raised": [(code, reference.text_of("warning_flags", code), evidence) for code, evidence in raised.items()],
        "recommendation": recommendation,
        "recommended_conditions": [as_sentence(condition) for condition in recommendation.conditions] if recommendation else [],
        "measure_conditions": [
            (condition["measure"], as_sentence(condition)) for condition in conditions_by_measures(application, clock.today(), measures)] if is_open else [],
        "similar": similar(user, application), **_consulted(application, beside, is_open=is_open),
    }


def _answered(table: str, answers: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for code, answer in answers.items():
        yield {"code": code, "text": reference.text_of(table, code), **answer, "level_name": LEVEL_NAMES.get(answer["level"], answer["level"]),
               "mitigation": [as_sentence(condition) for condition in answer.get("mitigation", [])]}


def _steps(user: User, application: Application, context: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What this viewer can do next, the first thing first."""
    def at(name: str) -> str:
        return reverse(f"licensing:{name}", args=[application.reference])

    state = context["state"]
    if context["is_own"] and may(user, "licensing.submit") and state == states.DRAFT:
        if context["certificate"] is None:
            yield {"text": _("Add the end-use certificate"), "url": at("edit"), "why": _("Without it the draft cannot be submitted.")}
        else:
            yield {"text": _("Submit this draft"), "url": at("submit"), "why": _("From then on its words stand and officers see it.")}
    yield from decision_steps(user, application, context)
    for each in context.get("consulted", ()):
        if context["licence"] is not None and getattr(each, "explained", None) is None and may(user, "licensing.consult_denier"):
            yield {"text": _("Tell %(state)s why it was granted") % {"state": each.denial.state}, "url": reverse("licensing:explain_to_denier", args=[each.pk]), "tone": "warn",
                   "why": _("It denied the like and was consulted.")}
    if state not in states.OPEN or not context["is_officer"]:
        return
    open_hits = [hit for screened in {party.pk: screened for _role, party, screened in context["parties"]}.values() for hit in screened.open_hits]
    if may(user, "screening.screen") and context["to_screen"]:
        yield {"text": _("Screen the parties"), "url": at("screen"), "post": True, "count": len(context["to_screen"]),
               "why": _("Not compared with the current lists.")}
    if may(user, "screening.resolve_hit") and open_hits:
        url = reverse("screening:hit", args=[open_hits[0].pk]) + "?" + urlencode({"next": reverse("licensing:application", args=[application.reference])})
        yield {"text": _("Resolve the possible matches"), "url": url, "count": len(open_hits), "tone": "warn",
               "why": _("First: %(entity)s, beside %(party)s.") % {"entity": open_hits[0].entity_name, "party": open_hits[0].screening.party}}
    yield from certificate_steps(user, application, context)
    if context["had_part"]:
        yield {"text": _("Leave it to a colleague"), "why": _("You had a part in the first decision: other officers decide the appeal."), "tone": "warn"}
    elif may(user, "licensing.assess") and context["assessment"] is None and not context["unscreened"]:
        yield {"text": _("Assess"), "url": at("assess"), "count": len(context["raised"]), "why": _("flags raised by the program wait for an answer")}
    if may(user, "licensing.recommend") and context["assessment"] is not None and context["recommendation"] is None and not context["had_part"]:
        yield {"text": _("Recommend"), "url": at("recommend"), "why": _("The assessment is there; a countersigner waits for your recommendation.")}
    if may(user, "licensing.release_hold") and context["holds"]:
        yield {"text": _("Review what put it on hold"), "url": "#holds", "count": len(context["holds"]), "tone": "warn"}
    if may(user, "licensing.decide") and context["recommendation"] is not None and not context["had_part"]:
        yield {"text": _("Read the recommendation and decide"), "url": at("decide")}
