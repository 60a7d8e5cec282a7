"""An appeal against a refusal: within 28 days, by the applicant; decided again by officers who had no part in the first decision."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.ledger.actions import record
from enduse.licensing.actions.filing import lock_own
from enduse.licensing.models import Appeal, Application, Decision, Recommendation
from enduse.licensing.states import appeal_against
from enduse.refusals import Invalid, Problem, Refused

APPEAL_WITHIN = timedelta(days=28)


def appeal(application: Application, *, grounds: str, by: User) -> Appeal:
    """Ask that a refusal is decided again. The first decision stays, and the second names it."""
    permit(by, "licensing.appeal")
    if not grounds.strip():
        raise Invalid(Problem(_("An appeal states its grounds."), _("Write what the decision got wrong, and what is new."), field="grounds"))
    with transaction.atomic():
        application = lock_own(application, by)
        decision = refuse_unless_appealable(application)
        said = record(Appeal(decision=decision, grounds=grounds.strip()), by=by)
        raise_alert(Alert.APPEAL, role=Role.LICENSING_OFFICER, party=application.end_user, link=f"/licensing/applications/{application.reference}/",
                    because=_("%(application)s was appealed against: officers who had no part in the refusal decide it again.") % {
                        "application": application.reference})
    return said


def refuse_unless_appealable(application: Application) -> Decision:
    """Only a refusal is appealed against, once, and within 28 days of its day."""
    decision = application.decision
    if decision is None or decision.outcome != Recommendation.DENY:
        raise Refused(_("%(application)s was not refused: there is nothing to appeal against."), _("Follow it in your list of applications."),
                      application=application.reference)
    if appeal_against(decision) is not None or decision.previous_id is not None:
        raise Refused(_("%(application)s was appealed against already."), _("The decision on an appeal is final here; a court may look at it."),
                      application=application.reference)
    if clock.today() > last_day_to_appeal(decision):
        raise Refused(_("The refusal of %(application)s could be appealed against until %(day)s."), _("File a new application."),
                      application=application.reference, day=last_day_to_appeal(decision).isoformat())
    return decision


def last_day_to_appeal(decision: Decision) -> date:
    return decision.recorded_at.date() + APPEAL_WITHIN
