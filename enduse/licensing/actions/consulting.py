"""Recording that the state that denied was consulted, and that it was told why a licence was granted all the same."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.documents.models import Document
from enduse.ledger.actions import record
from enduse.licensing.actions.casework import lock_open
from enduse.licensing.consultations import DenialConsultation, DenialExplained, touching, unexplained
from enduse.licensing.denials import NotifiedDenial
from enduse.licensing.models import Application
from enduse.refusals import Invalid, Problem, Problems, Refused

LONGEST_NAME, LONGEST_TEXT = 200, 4_000


def consult_denier(
    application: Application, denial: NotifiedDenial, *, asked_on: date, asked_whom: str, position: str, answered_on: date | None = None,
    answer: str = "", paper: Document | None = None, by: User,
) -> DenialConsultation:
    """The state that denied was asked about an application, and what it answered.

    Invalid: each fault of what was typed. Refused: the application is decided, or the denial does not touch it.
    """
    permit(by, "licensing.consult_denier")
    asked_whom, answer = " ".join(asked_whom.split()), answer.strip()
    _refuse_unclear(denial, asked_on, asked_whom, position, answered_on, answer)
    with transaction.atomic():
        application = lock_open(application)
        if denial.pk not in {each.pk for each in touching(application)}:
            raise Refused(_("%(denial)s does not count for %(application)s: another end user, country or firearm, or it counts no longer."),
                          _("Choose a denial that the page of the application names."), denial=str(denial), application=application.reference)
        return record(DenialConsultation(
            application=application, denial=denial, asked_on=asked_on, asked_whom=asked_whom, answered_on=answered_on, position=position,
            answer=answer, paper=paper), by=by)


def _refuse_unclear(denial: NotifiedDenial, asked_on: date, asked_whom: str, position: str, answered_on: date | None, answer: str) -> None:
    problems, today = Problems(), clock.today()
    if not 0 < len(asked_whom) <= LONGEST_NAME:
        problems.add(_("It says whom you asked, in at most %(most)d characters.") % {"most": LONGEST_NAME}, _("Write the office."), field="asked_whom")
    if not denial.denied_on <= asked_on <= today:
        problems.add(_("It was asked after its denial, and not in the future."), _("Correct the date."), field="asked_on", found=asked_on.isoformat())
    if position not in dict(DenialConsultation.POSITIONS):
        problems.add(_("There is no such answer."), _("Choose one of: %s.") % ", ".join(dict(DenialConsultation.POSITIONS)), field="position",
                     found=position)
    elif position == DenialConsultation.SILENT and answered_on is not None:
        problems.add(_("Who did not answer has no day of answer."), _("Leave it empty, or say what was answered."), field="answered_on")
    elif position != DenialConsultation.SILENT and (answered_on is None or not asked_on <= answered_on <= today):
        problems.add(_("An answer has its day, after the question and not in the future."), _("Give the day of the answer."), field="answered_on",
                     found=answered_on.isoformat() if answered_on else "")
    if position == DenialConsultation.MAINTAINS and not answer:
        problems.add(_("A denial that is maintained has its reasons."), _("Write what was answered."), field="answer")
    if len(answer) > LONGEST_TEXT:
        problems.add(_("This is longer than %(most)d characters.") % {"most": LONGEST_TEXT}, _("Shorten it."), field="answer")
    problems.raise_if_any()


def explain_to_denier(consultation: DenialConsultation, *, reasons: str, told_on: date | None = None, by: User) -> DenialExplained:
    """The state that denied was told why the licence was granted all the same. Refused: nothing was granted, or it was told already."""
    permit(by, "licensing.consult_denier")
    told_on = told_on or clock.today()
    if not 0 < len(reasons.strip()) <= LONGEST_TEXT:
        raise Invalid(Problem(_("What it is told has its reasons, in at most %(most)d characters.") % {"most": LONGEST_TEXT}, _("Write them."), field="reasons"))
    if told_on > clock.today() or told_on < consultation.asked_on:
        raise Invalid(Problem(_("It was told after it was asked, and not in the future."), _("Correct the date."), field="told_on", found=told_on.isoformat()))
    with transaction.atomic():
        locked = DenialConsultation.objects.select_for_update().get(pk=consultation.pk)
        if not unexplained().filter(pk=locked.pk).exists():
            raise Refused(_("There is nothing to explain: no licence was issued on it, or the state was told already."),
                          _("Read it on the page of the application."))
        return record(DenialExplained(consultation=locked, told_on=told_on, reasons=reasons.strip()), by=by)


def tell_of_unexplained() -> list[Alert]:
    """Every licence of whose reasons the state that denied was not told is an alert, once. A step of `enduse daily`."""
    told = []
    with transaction.atomic():
        known = set(Alert.objects.filter(kind=Alert.OVERDUE, link__contains="#consultation-").values_list("link", flat=True))
        for each in unexplained().order_by("pk"):
            link = f"/licensing/applications/{each.application.reference}/#consultation-{each.pk}"
            if link not in known:
                told.append(raise_alert(
                    Alert.OVERDUE, role=Role.LICENSING_OFFICER, party=each.application.end_user, link=link,
                    because=_("%(application)s was licensed; %(state)s denied the like (%(denial)s) and is still to be told why.") % {
                        "application": each.application.reference, "state": each.denial.state, "denial": str(each.denial)}))
    return told
