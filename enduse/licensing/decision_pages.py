"""What the page of an application shows of its decision: countersignatures, appeal, notice to the legislature."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from enduse import clock, formats, reference
from enduse.accounts.models import User
from enduse.accounts.permissions import may
from enduse.ledger.models import Fact
from enduse.licensing import dated, queries, states
from enduse.licensing.actions.appealing import last_day_to_appeal
from enduse.licensing.models import Application, Recommendation
from enduse.licensing.questions import LEVEL_NAMES


def entry(fact: Fact, words: str, note: str = "", tone: str = "", url: str = "") -> dict[str, Any]:
    """One line of a timeline: what was said, when, by whom, and its place in the log."""
    return {"words": words, "note": note, "at": fact.recorded_at, "who": str(fact.recorded_by or _("the system")), "leaf": fact.pk, "tone": tone,
            "url": url}


def decision_context(user: User, application: Application, *, is_officer: bool, is_own: bool) -> dict[str, Any]:
    """What stands of the decision for this viewer: the reasons by criterion, the appeal, the notice, what may follow."""
    decision = application.decision
    live = states.live_recommendation(application) if is_officer and application.state in states.OPEN else None
    context: dict[str, Any] = {
        "decision": decision, "decisions": sorted(application.decisions.all(), key=lambda each: each.pk),
        "is_open": application.state in states.OPEN, "appeal": states.appeal_against(decision) if decision else None,
        "countersigning": queries.countersigning(application, live) if live is not None else None,
    }
    if decision is None:
        return context
    context["decision_title"] = _("Denied") if decision.outcome == Recommendation.DENY else _("Returned without action")
    context["decision_reasons"] = list(reasons(decision.recommendation))
    context["notice_rule"] = next((rule for rule in dated.rules(dated.THRESHOLDS) if rule.code == decision.notice_rule), None)
    context["legislature_notice"] = getattr(decision, "legislature_notice", None)
    can_appeal = is_own and may(user, "licensing.appeal") and decision.outcome == Recommendation.DENY
    if can_appeal and context["appeal"] is None and decision.previous_id is None and clock.today() <= last_day_to_appeal(decision):
        context["appeal_until"] = last_day_to_appeal(decision)
    return context


def reasons(recommendation: Recommendation) -> Iterator[dict[str, str]]:
    """Each reason with the criterion that it rests on, and what the assessment answered there."""
    answers = recommendation.assessment.criteria
    for code in recommendation.reason_codes:
        row = reference.table("denial_reasons").get(code)
        criterion = row.more.get("criterion", "") if row else ""
        yield {"code": code, "text": reference.text_of("denial_reasons", code), "criterion": criterion,
               "answer": (level := answers.get(criterion, {}).get("level", "")), "answer_name": str(LEVEL_NAMES.get(level, level)), "why": answers.get(criterion, {}).get("reason", "")}


def decision_timeline(application: Application, is_officer: bool) -> Iterator[dict[str, Any]]:
    """Decisions, appeals, notices and objections; countersignatures for officers, those that are void said to be so."""
    for decision in application.decisions.all():
        words = _("Decided on appeal: %s") if decision.previous_id else _("Decided: %s")
        yield entry(decision, words % decision.get_outcome_display(), decision.note if is_officer else "",
                    "good" if decision.outcome == Recommendation.APPROVE else "bad")
        appeal = states.appeal_against(decision)
        if appeal is not None:
            yield entry(appeal, _("Appealed against"), appeal.grounds, "warn")
        notice = getattr(decision, "legislature_notice", None)
        if notice is not None:
            yield entry(notice, _("The legislature was told"), notice.letter)
            objection = getattr(notice, "objection", None)
            if objection is not None:
                yield entry(objection, _("The legislature objected"), f"{objection.resolution}: {objection.reason}", "bad")
    if is_officer:
        yield from _countersignatures(application)


def _countersignatures(application: Application) -> Iterator[dict[str, Any]]:
    live = states.live_recommendation(application)
    decided = {decision.recommendation_id for decision in application.decisions.all()}
    for recommendation in application.recommendations.all():
        for each in recommendation.countersignatures.all():
            counts = recommendation.pk in decided or (live is not None and recommendation.pk == live.pk)
            yield entry(each, _("Countersigned") if counts else _("Countersigned, void since the recommendation changed"), each.note,
                        "" if counts else "quiet")


def decision_steps(user: User, application: Application, context: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What this viewer can do next about a decision."""
    def at(name: str) -> str:
        return reverse(f"licensing:{name}", args=[application.reference])

    if context.get("appeal_until") is not None:
        yield {"text": _("Appeal against the refusal"), "url": at("appeal"), "why": _("until %s") % formats.day(context["appeal_until"])}
    if context["state"] == states.TO_NOTIFY and may(user, "licensing.notify"):
        yield {"text": _("Tell the legislature"), "url": at("notify"), "why": context["notice_rule"].text if context["notice_rule"] else ""}
    if context["state"] == states.NOTIFIED and may(user, "licensing.issue"):
        notice = context["legislature_notice"]
        if notice.is_over(clock.today()):
            yield {"text": _("Issue the licence"), "url": at("issue"), "why": _("The waiting days have passed and nobody objected.")}
        else:
            yield {"text": _("Wait for the legislature"), "url": at("object_to"), "why": _("The licence is issued from %s on; record an objection.")
                   % formats.day(notice.waits_until)}
