"""Advice of other bodies: asked by an officer, given by a user of the body, closed without an answer only with a reason."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.documents.actions import open_to
from enduse.ledger.actions import record
from enduse.licensing import casefile, workdays
from enduse.licensing.actions.filing import own_party
from enduse.licensing.actions.questions import MOST_DAYS, lock_case, told
from enduse.licensing.advice import adviser_bodies
from enduse.licensing.cases import CaseEvent
from enduse.licensing.models import Application
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem, Refused


def ask_advice(application: Application, *, body: Party, text: str, days: int | None = None, by: User) -> CaseEvent:
    """Ask another body what it thinks of a case. From now on its advisers see what was asked for and the documents; not what officers say."""
    permit(by, "licensing.ask_advice")
    text = told(text, "text", _("A request for advice is empty."), _("Write what the body should look at."))
    if not adviser_bodies().filter(pk=body.pk).exists():
        raise Invalid(Problem(_("This body has no adviser here."), _("An administrator makes a user with the role of adviser and adds it to the body."),
                              field="body", found=str(body)))
    days = days if days is not None else workdays.length_of(workdays.ADVICE, clock.today())
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(Problem(_("A request gives 1 to %(most)d working days.") % {"most": MOST_DAYS}, _("Correct the number."), field="days",
                              found=str(days)))
    with transaction.atomic():
        application = lock_case(application)
        if any(each.asked.body_id == body.pk for each in casefile.open_advice(application)):
            raise Refused(_("%(body)s was asked about %(application)s and has not answered."), _("Wait for it, or close that request."),
                          body=body, application=application.reference)
        open_to(application.reference, body)
        due = workdays.after_working_days(clock.today(), days)
        return record(CaseEvent(application=application, sort=CaseEvent.ADVICE_ASKED, body=body, text=text, due_on=due), by=by)


def advise(request: CaseEvent, *, position: str, text: str = "", by: User) -> CaseEvent:
    """A user of the body that was asked gives its advice. A proviso and a refusal say why."""
    permit(by, "licensing.advise")
    if position not in dict(CaseEvent.POSITIONS):
        raise Invalid(Problem(_("There is no such position."), _("Choose one of: %s.") % ", ".join(dict(CaseEvent.POSITIONS)), field="position",
                              found=position))
    if position in {CaseEvent.PROVISO, CaseEvent.REFUSE} and not text.strip():
        raise Invalid(Problem(_("A proviso and a refusal say why."), _("Write the proviso, or the reason."), field="text"))
    with transaction.atomic():
        application = lock_case(request.application)
        if request.body_id != own_party(by).pk:
            raise Refused(_("Your body was not asked for this advice."), _("Look in your list of requests."), rule=10)
        _refuse_ended(request)
        return record(CaseEvent(application=application, sort=CaseEvent.ADVISED, about=request, body=request.body, code=position, text=text.strip()),
                      by=by)


def close_advice(request: CaseEvent, *, reason: str, by: User) -> CaseEvent:
    """Go on without the advice: the reason stands in the case."""
    permit(by, "licensing.close_advice")
    reason = told(reason, "reason", _("Going on without an advice says why."), _("Write a sentence."))
    with transaction.atomic():
        application = lock_case(request.application)
        _refuse_ended(request)
        return record(CaseEvent(application=application, sort=CaseEvent.ADVICE_CLOSED, about=request, body=request.body, text=reason), by=by)


def _refuse_ended(request: CaseEvent) -> None:
    ended = CaseEvent.objects.filter(about=request, sort__in=CaseEvent.ENDS).first()
    if ended is not None:
        raise Refused(_("This request ended on %(day)s: %(how)s."), _("Read it in the case."), day=ended.recorded_at.date().isoformat(),
                      how=str(ended.get_sort_display()))
