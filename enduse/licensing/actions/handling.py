"""Who has a case and how it is marked: taken, assigned, released, moved to a queue, flagged, noted."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import reference
from enduse.accounts.models import User
from enduse.accounts.permissions import ROLE_NAMES, Role, permit
from enduse.ledger.actions import record
from enduse.licensing import casefile
from enduse.licensing.actions.questions import lock_case, told
from enduse.licensing.cases import CaseEvent
from enduse.licensing.models import Application
from enduse.refusals import Invalid, Problem, Refused


def take(application: Application, *, by: User) -> CaseEvent:
    """The officer takes a case that nobody has. Of two at once one has it, and the other is told who."""
    permit(by, "licensing.take")
    with transaction.atomic():
        application = lock_case(application)
        held = casefile.assignment_of(application)
        if held is not None:
            mine = held.officer_id == by.pk
            raise Refused(
                _("You have %(application)s already.") if mine else _("%(officer)s has %(application)s since %(day)s."),
                _("Go on with it.") if mine else _("Ask that officer to release it, or a countersigner to assign it to you."),
                application=application.reference, officer=str(held.officer), day=held.recorded_at.date().isoformat())
        return record(CaseEvent(application=application, sort=CaseEvent.ASSIGNED, officer=by), by=by)


def assign(application: Application, *, officer: User, by: User) -> CaseEvent:
    """Give a case to a licensing officer, whoever has it now."""
    permit(by, "licensing.assign")
    if officer.role != Role.LICENSING_OFFICER or not officer.is_active:
        raise Invalid(Problem(_("A case is assigned to a licensing officer."), _("Choose one who is active."), field="officer", found=str(officer)))
    with transaction.atomic():
        application = lock_case(application)
        held = casefile.assignment_of(application)
        if held is not None and held.officer_id == officer.pk:
            raise Refused(_("%(officer)s has %(application)s already."), _("Nothing is left to do."), officer=str(officer),
                          application=application.reference)
        return record(CaseEvent(application=application, sort=CaseEvent.ASSIGNED, officer=officer), by=by)


def release(application: Application, *, reason: str = "", by: User) -> CaseEvent:
    """Give a case back to its queue: the officer who has it, or a countersigner."""
    permit(by, "licensing.release")
    with transaction.atomic():
        application = lock_case(application)
        held = casefile.assignment_of(application)
        if held is None:
            raise Refused(_("Nobody has %(application)s."), _("Take it, or leave it in its queue."), application=application.reference)
        if held.officer_id != by.pk and by.role != Role.COUNTERSIGNER:
            raise Refused(_("%(officer)s has %(application)s: you cannot release it."), _("Ask that officer, or a %(role)s."),
                          officer=str(held.officer), application=application.reference, role=str(ROLE_NAMES[Role.COUNTERSIGNER]).lower())
        return record(CaseEvent(application=application, sort=CaseEvent.RELEASED, text=reason.strip()), by=by)


def move(application: Application, *, queue: str, reason: str, by: User) -> CaseEvent:
    """Put a case into another queue."""
    permit(by, "licensing.move")
    refuse_unknown("queues", queue, "queue")
    reason = told(reason, "reason", _("Moving a case says why."), _("Write a sentence."))
    with transaction.atomic():
        application = lock_case(application)
        if casefile.queue_of(application) == queue:
            raise Refused(_("%(application)s is in this queue already."), _("Nothing is left to do."), application=application.reference)
        return record(CaseEvent(application=application, sort=CaseEvent.ROUTED, code=queue, text=reason), by=by)


def flag(application: Application, *, code: str, raised: bool = True, reason: str, by: User) -> CaseEvent:
    """Set a flag on a case, or take it off (`raised` False)."""
    permit(by, "licensing.flag")
    refuse_unknown("case_flags", code, "code")
    reason = told(reason, "reason", _("A flag says why it is set or taken off."), _("Write a sentence."))
    with transaction.atomic():
        application = lock_case(application)
        if (code in casefile.flags_of(application)) == raised:
            raise Refused(_("The flag is set already.") if raised else _("The flag is not set."), _("Nothing is left to do."))
        return record(CaseEvent(application=application, sort=CaseEvent.FLAGGED if raised else CaseEvent.UNFLAGGED, code=code, text=reason), by=by)


def note(application: Application, *, text: str, by: User) -> CaseEvent:
    """Write a note for colleagues. The applicant and other bodies never see it. A decided case may still be noted."""
    permit(by, "licensing.note")
    text = told(text, "text", _("A note is empty."), _("Write what colleagues should know."))
    with transaction.atomic():
        application = Application.objects.select_for_update().get(pk=application.pk)
        return record(CaseEvent(application=application, sort=CaseEvent.NOTED, text=text), by=by)


def refuse_unknown(table: str, code: str, field: str) -> None:
    if code not in reference.table(table):
        raise Invalid(Problem(_("This code is not in the list."), _("Choose one of: %s.") % ", ".join(reference.table(table)), field=field, found=code))
