"""What the page of one application shows of its casework: clock, officer, queue, flags, questions, advice, notes; and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enduse import formats, reference
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, may
from enduse.licensing import casefile, states
from enduse.licensing.advice import consolidated
from enduse.licensing.models import Application
from enduse.parties.models import party_of


def case_context(user: User, application: Application, *, is_officer: bool, is_own: bool) -> dict[str, Any]:
    """The context of the case's own parts. The applicant sees the clock and its questions; an adviser what its body was asked."""
    context: dict[str, Any] = {
        "is_open": application.state in states.OPEN, "version": casefile.version_of(application), "questions": [], "case_clock": None,
        "officer": None, "queue_name": "", "case_flags": [], "notes": [], "advice": None, "asked_of_us": []}
    if is_officer or is_own:
        context |= {"questions": casefile.questions(application), "case_clock": casefile.clock_of(application) if context["is_open"] else None}
    if is_officer:
        queue, advice = casefile.queue_of(application), consolidated(application)
        context |= {
            "officer": casefile.officer_of(application), "queue_name": reference.text_of("queues", queue) if queue else "",
            "case_flags": [(reference.text_of("case_flags", code), event) for code, event in casefile.flags_of(application).items()],
            "notes": casefile.notes_of(application), "advice": advice if advice.given or advice.waiting or advice.earlier else None}
    if user.role == Role.ADVISER:
        own = party_of(user)
        context["asked_of_us"] = [each for each in casefile.advice(application) if each.asked.body == own]
    return context


def clock_in_words(clock: Any) -> str:
    """The clock of a review as a person reads it."""
    if clock.stopped_since is not None:
        return _("clock stopped since %(day)s, %(used)d of %(allowed)d working days used") % {
            "day": formats.day(clock.stopped_since), "used": clock.used, "allowed": clock.allowed}
    if clock.is_overdue:
        return ngettext("overdue by %d working day", "overdue by %d working days", clock.late) % clock.late
    if clock.left == 0:
        return _("due today")
    return ngettext("due in %d working day", "due in %d working days", clock.left) % clock.left


def case_steps(user: User, application: Application, context: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What waits for this viewer in the case itself."""
    waiting = [each for each in context["questions"] if each.is_open]
    if context["is_own"] and may(user, "licensing.answer_question"):
        for each in waiting:
            yield {"text": _("Answer the authority's question"), "url": reverse("licensing:answer_question", args=[each.asked.pk]),
                   "why": _limit(each), "tone": "warn"}
    for each in context["asked_of_us"]:
        if each.is_open and context["is_open"] and may(user, "licensing.advise"):
            yield {"text": _("Give your advice"), "url": reverse("licensing:advise", args=[each.asked.pk]), "why": each.asked.text}
    if not context["is_officer"] or not context["is_open"]:
        return
    if may(user, "licensing.take") and context["officer"] is None:
        yield {"text": _("Take this case"), "url": reverse("licensing:take", args=[application.reference]), "post": True, "why": _("Nobody has it.")}
    if waiting and may(user, "licensing.withdraw_question"):
        yield {"text": _("Waits for the applicant's answer"), "url": "#questions", "count": len(waiting), "why": _limit(waiting[0])}
    open_advice = context["advice"].waiting if context["advice"] else ()
    if open_advice and may(user, "licensing.close_advice"):
        yield {"text": _("Waits for the advice of other bodies"), "url": "#advice", "count": len(open_advice), "why": _limit(open_advice[0])}


def _limit(asked: casefile.Asked) -> str:
    if asked.asked.due_on is None:
        return ""
    if asked.days_late:
        return ngettext("The limit passed %d working day ago.", "The limit passed %d working days ago.", asked.days_late) % asked.days_late
    return ngettext("%d working day left.", "%d working days left.", asked.days_left) % asked.days_left
