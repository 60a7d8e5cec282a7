"""Questions to the applicant: asked by an officer, answered with documents or withdrawn; the clock stops meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.documents.actions import attach
from enduse.ledger.actions import record
from enduse.licensing import casefile, states, workdays
from enduse.licensing.actions.filing import lock_own
from enduse.licensing.cases import CaseEvent
from enduse.licensing.models import Application
from enduse.refusals import Invalid, Problem, Refused

MOST_DAYS = 120
MOST_FILES = 20
Upload = tuple[IO[bytes], str]  # the file and its name


def lock_case(application: Application) -> Application:
    """The application, held against others. Refused unless it is filed and neither decided nor withdrawn."""
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if locked.state not in states.OPEN:
        raise Refused(_("%(application)s is %(state)s."), _("Only what is filed and not yet decided is worked on."),
                      application=locked.reference, state=str(states.NAMES[locked.state]))
    return locked


def told(text: str, field: str, reason: str, remedy: str) -> str:
    """The text without outer space. Invalid: nothing was written."""
    if not text.strip():
        raise Invalid(Problem(reason, remedy, field=field))
    return text.strip()


def ask(application: Application, *, text: str, days: int | None = None, by: User) -> CaseEvent:
    """Ask the applicant something. The clock stops until it is answered or withdrawn.

    `days`: working days to answer; None: what the table of clocks says. Refused while a recommendation counts.
    """
    permit(by, "licensing.ask")
    text = told(text, "text", _("A question is empty."), _("Write what the applicant should say or send."))
    days = days if days is not None else workdays.length_of(workdays.QUESTION, clock.today())
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(Problem(_("A question gives 1 to %(most)d working days.") % {"most": MOST_DAYS}, _("Correct the number."), field="days",
                              found=str(days)))
    with transaction.atomic():
        application = lock_case(application)
        if states.live_recommendation(application) is not None:
            raise Refused(
                _("%(application)s is recommended already: a question now would come too late."),
                _("The countersigner sends the recommendation back first."), application=application.reference)
        due = workdays.after_working_days(clock.today(), days)
        return record(CaseEvent(application=application, sort=CaseEvent.ASKED, text=text, due_on=due), by=by)


def answer_question(question: CaseEvent, *, text: str, files: Sequence[Upload] = (), by: User) -> CaseEvent:
    """The applicant answers, with documents where there are any. What was asked and answered is never changed."""
    permit(by, "licensing.answer_question")
    text = told(text, "text", _("An answer is empty."), _("Write it, or say which document holds it."))
    if len(files) > MOST_FILES:
        raise Invalid(Problem(_("There are more than %(most)d files.") % {"most": MOST_FILES}, _("Put them together."), field="files"))
    with transaction.atomic():
        application = lock_own(question.application, by)
        _refuse_ended(question)
        lock_case(application)
        kept = [attach(file, name=name, subject=application.reference, owner=application.applicant, by=by) for file, name in files]
        documents = [{"document": each.pk, "name": each.name, "sha256": each.sha256} for each in kept]
        return record(CaseEvent(application=application, sort=CaseEvent.ANSWERED, about=question, text=text, more={"documents": documents}), by=by)


def withdraw_question(question: CaseEvent, *, reason: str, by: User) -> CaseEvent:
    """The officer no longer needs the answer: the clock runs again."""
    permit(by, "licensing.withdraw_question")
    reason = told(reason, "reason", _("Withdrawing a question says why."), _("Write a sentence."))
    with transaction.atomic():
        application = lock_case(question.application)
        _refuse_ended(question)
        return record(CaseEvent(application=application, sort=CaseEvent.UNASKED, about=question, text=reason), by=by)


def _refuse_ended(question: CaseEvent) -> None:
    ended = CaseEvent.objects.filter(about=question, sort__in=CaseEvent.ENDS).first()
    if ended is not None:
        raise Refused(_("This question ended on %(day)s: %(how)s."), _("Read it in the case."), day=ended.recorded_at.date().isoformat(),
                      how=str(ended.get_sort_display()))


def remind(today: date | None = None) -> tuple[int, int]:
    """Remind applicants whose limit comes near, and tell officers of limits that passed; how many of each. Done once each."""
    today = today or clock.today()
    ahead = workdays.length_of(workdays.REMINDER, today)
    waiting = CaseEvent.objects.filter(
        sort=CaseEvent.ASKED, application__decision=None, application__withdrawal=None, due_on__lte=workdays.after_working_days(today, ahead),
    ).exclude(ended_by__sort__in=CaseEvent.ENDS).order_by("pk")
    reminded = late = 0
    for question in waiting:
        with transaction.atomic():
            application = Application.objects.select_for_update().get(pk=question.application_id)
            asked = next(each for each in casefile.questions(application) if each.asked.pk == question.pk)
            if not asked.is_open:
                continue
            if asked.reminded is None:
                record(CaseEvent(application=application, sort=CaseEvent.REMINDED, about=question, due_on=question.due_on), by=None)
                reminded += 1
            late += _tell_officers(asked, today)
    return reminded, late


def _tell_officers(asked: casefile.Asked, today: date) -> bool:
    application, limit = asked.asked.application, asked.asked.due_on
    link = f"/licensing/applications/{application.reference}/#question-{asked.asked.pk}"
    if limit is None or limit >= today or Alert.objects.filter(kind=Alert.OVERDUE, link=link).exists():
        return False
    raise_alert(
        Alert.OVERDUE, role=Role.LICENSING_OFFICER, party=application.applicant, link=link,
        because=_("%(applicant)s has not answered a question on %(application)s; the limit was %(limit)s.") % {
            "applicant": application.applicant, "application": application.reference, "limit": limit.isoformat()})
    return True
