"""An application waits for review because something was learnt, until a countersigner releases it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.licensing import states
from enduse.licensing.models import Application, Hold, HoldRelease
from enduse.licensing.open_licences import applications_reaching
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem, Refused


def hold(application: Application, *, because: str, source: str = "", by: User) -> Hold:
    """Put an open application on hold: it cannot be approved until the hold is released."""
    permit(by, "licensing.hold")
    if not because.strip():
        raise Invalid(Problem(_("A hold says why."), _("Write what was learnt."), field="because"))
    with transaction.atomic():
        application = Application.objects.select_for_update().get(pk=application.pk)
        if application.state not in states.OPEN:
            raise Refused(_("%(application)s is %(state)s: there is nothing to hold."), _("A licence is suspended instead."),
                          application=application.reference, state=str(states.NAMES[application.state]))
        return record(Hold(application=application, because=because.strip(), source=(source or application.reference)[:40]), by=by)


def hold_applications_of(end_user: Party, *, because: str, source: str, by: User | None) -> list[Hold]:
    """Rule 6: every open application of an end user is held for review, what names it as ultimate end user or, of an open export, as recipient too. A step of other floors' actions, which check the
    permission. What was held for the same source already is not held again, so the call may be repeated.
    """
    with transaction.atomic():
        rows = states.open_only(Application.objects.filter(pk__in=applications_reaching(end_user.end_user)))
        # Locked by key: the rows are found through outer joins, which PostgreSQL does not lock.
        keys = list(rows.values_list("pk", flat=True))
        locked = Application.objects.select_for_update().filter(pk__in=keys).order_by("pk")
        still_open = [each for each in locked if each.state in states.OPEN]
        known = set(Hold.objects.filter(application__in=still_open, source=source[:40]).values_list("application_id", flat=True))
        return [record(Hold(application=each, because=because, source=source[:40]), by=by) for each in still_open if each.pk not in known]


def release_hold(hold: Hold, *, reason: str, by: User) -> HoldRelease:
    """The countersigner has reviewed what was learnt. Another person than the one who placed the hold."""
    permit(by, "licensing.release_hold")
    if not reason.strip():
        raise Invalid(Problem(_("A release says why."), _("Write what the review found."), field="reason"))
    with transaction.atomic():
        Application.objects.select_for_update().get(pk=hold.application_id)
        if HoldRelease.objects.filter(hold=hold).exists():
            raise Refused(_("This hold was released already."), _("Nothing is left to do."))
        if hold.recorded_by_id == by.pk:
            raise Refused(_("You placed this hold: another countersigner releases it."), _("Ask a second countersigner."), rule=2)
        return record(HoldRelease(hold=hold, reason=reason.strip()), by=by)
