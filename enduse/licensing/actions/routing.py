"""Putting a filed application into its queue, and saving the rules that do so."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.licensing import casefile, routing
from enduse.licensing.cases import CaseEvent, RoutingRules
from enduse.licensing.models import Application
from enduse.licensing.routing import Rule
from enduse.refusals import Invalid, Problem, Refused


def route(application: Application) -> routing.Outcome:
    """Put an application into the queue of the rules that count. A step of filing and amending; the system says so in the case."""
    rules = routing.current_rules()
    said = routing.outcome(rules.rules if rules is not None else [], application)
    if casefile.queue_of(application) != said.queue:
        record(CaseEvent(application=application, sort=CaseEvent.ROUTED, code=said.queue, text=", ".join(said.matched),
                         more={"rules": rules.pk if rules is not None else None, "matched": list(said.matched)}), by=None)
    standing = casefile.flags_of(application)
    for code, name in said.flags.items():
        if code not in standing:
            record(CaseEvent(application=application, sort=CaseEvent.FLAGGED, code=code, text=_("Rule: %s") % name), by=None)
    return said


def edit_routing(rules: list[Rule], *, reason: str, read: int | None = None, by: User) -> RoutingRules:
    """Save the whole set of rules as its next version. Applications filed from now on follow it; those filed before stay where they are.

    `read`: the version that was edited; refused when another was saved since.
    """
    permit(by, "licensing.edit_routing")
    kept = routing.checked(rules)
    if not reason.strip():
        raise Invalid(Problem(_("A change of the rules says why."), _("Write a sentence."), field="reason"))
    with transaction.atomic():
        last = RoutingRules.objects.select_for_update().order_by("-pk").first()
        if read is not None and last is not None and last.pk != read:
            raise Refused(_("%(who)s saved other rules since you read them."), _("Read the new ones, then change them."), who=str(last.recorded_by))
        return record(RoutingRules(rules=kept, reason=reason.strip()), by=by)
