"""An officer says of a hit whether it is the same party."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.refusals import Invalid, Problem, Refused
from enduse.screening.models import Hit, HitResolution


def resolve_hit(hit: Hit, *, outcome: str, reason: str, by: User) -> HitResolution:
    """An officer says whether the party is the one listed. Said once of a hit; a new screening may be answered anew."""
    permit(by, "screening.resolve_hit")
    if outcome not in dict(HitResolution.OUTCOMES):
        raise Invalid(Problem(
            _("There is no such outcome."), _("Choose one of: %s.") % ", ".join(dict(HitResolution.OUTCOMES)), field="outcome", found=outcome))
    if not reason.strip():
        raise Invalid(Problem(
            _("A resolution says why."), _("Write what differs or agrees: birth date, address, number, country."), field="reason"))
    with transaction.atomic():
        hit = Hit.objects.select_for_update().get(pk=hit.pk)
        before = HitResolution.objects.filter(hit=hit).select_related("recorded_by").first()
        if before is not None:
            raise Refused(
                _("%(who)s resolved this hit already: %(outcome)s."), _("Screen the party again if something changed, and answer the new hit."),
                who=str(before.recorded_by), outcome=before.get_outcome_display())
        return record(HitResolution(hit=hit, outcome=outcome, reason=reason.strip()), by=by)
