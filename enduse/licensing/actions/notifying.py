"""Notice to the legislature of an approval above a threshold; the licence follows when the days have passed and nobody objected."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.licensing import dated, states
from enduse.licensing.actions.deciding import issue_licence, refuse_approval
from enduse.licensing.models import Application, Decision, Licence, Notice, Objection
from enduse.licensing.readiness import refuse_unless_screened
from enduse.refusals import Invalid, Problem, Refused


def notify(application: Application, *, letter: str, sent_on: date | None = None, by: User) -> Notice:
    """The legislature was told by letter: from its day on the days of the threshold run."""
    permit(by, "licensing.notify")
    today = clock.today()
    sent_on = sent_on or today
    if not letter.strip():
        raise Invalid(Problem(_("A notice names its letter."), _("Write the letter's reference."), field="letter"))
    with transaction.atomic():
        application, decision = _lock_in(application, states.TO_NOTIFY)
        if not decision.recorded_at.date() <= sent_on <= today:
            raise Invalid(Problem(_("The letter was sent between the decision and today."), _("Correct the day."), field="sent_on",
                                  found=sent_on.isoformat()))
        rule = next((rule for rule in dated.rules(dated.THRESHOLDS) if rule.code == decision.notice_rule), None)
        days = rule.number("days") or 0 if rule is not None else 0
        return record(
            Notice(decision=decision, rule=decision.notice_rule, value_usd=dated.value_cents(application.lines.all()) // 100, sent_on=sent_on,
                   waits_until=sent_on + timedelta(days=days), letter=letter.strip()[:60]), by=by)


def object_to(application: Application, *, resolution: str, reason: str, by: User) -> Objection:
    """The legislature objects: no licence follows from this approval."""
    permit(by, "licensing.object_to")
    if not resolution.strip() or not reason.strip():
        raise Invalid(Problem(_("An objection names its resolution and says why."), _("Copy both from the resolution."), field="resolution"))
    with transaction.atomic():
        _application, decision = _lock_in(application, states.NOTIFIED)
        return record(Objection(notice=decision.legislature_notice, resolution=resolution.strip()[:120], reason=reason.strip()), by=by)


def issue(application: Application, *, by: User) -> Licence:
    """Issue the licence when the waiting days have passed. What was true at the decision is asked again: lists, holds, measures."""
    permit(by, "licensing.issue")
    with transaction.atomic():
        application, decision = _lock_in(application, states.NOTIFIED)
        notice = decision.legislature_notice
        if not notice.is_over(clock.today()):
            raise Refused(_("The legislature was told of %(application)s on %(sent)s; the licence is issued from %(day)s on."),
                          _("Wait for that day."), application=application.reference, sent=notice.sent_on.isoformat(),
                          day=notice.waits_until.isoformat())
        refuse_unless_screened(application, clear=True)
        refuse_approval(application)
        return issue_licence(application, decision.recommendation, by)


def _lock_in(application: Application, state: str) -> tuple[Application, Decision]:
    """The application, held against others, and its decision. Refused unless it stands in the state."""
    locked = Application.objects.select_for_update().get(pk=application.pk)
    decision = locked.decision
    if decision is None or locked.state != state:
        raise Refused(_("%(application)s is %(state)s; this is done when it is: %(needed)s."), _("Read where it stands."),
                      application=locked.reference, state=str(states.NAMES[locked.state]), needed=str(states.NAMES[state]))
    return locked, decision
