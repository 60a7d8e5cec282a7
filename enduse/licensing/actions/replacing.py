"""A replacement: a new licence for at most what was not shipped under an old one, which it closes.

No amendment adds quantity or changes the firearms, the end user, the consignee, the country, the use or the duration
(22 CFR 123.25): a replacement is applied for, assessed and decided like any other licence.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.licensing.actions.balances import refuse_unless_replaceable
from enduse.licensing.actions.filing import LineAsked, draft, entry_that_fits, own_party
from enduse.licensing.models import Application, Licence, LicenceChange
from enduse.licensing.queries import used_by_line
from enduse.refusals import Refused


def draft_replacement(licence: Licence, *, by: User) -> Application:
    """A draft for what was not shipped under a licence of the user's own party, its words copied. A new certificate is added to it."""
    permit(by, "licensing.draft")
    if licence.application.applicant_id != own_party(by).pk:
        raise Refused(_("Your party has no such licence."), _("Look in your list of licences."), rule=10)
    with transaction.atomic():
        licence = Licence.objects.lock(licence.pk)
        refuse_unless_replaceable(licence)
        before = licence.application
        asked = {line.number: line for line in before.lines.all()}
        used = used_by_line(licence)
        lines = [
            LineAsked(firearm_type=line.firearm_type, calibre=line.calibre, quantity=line.quantity - used.get(line.pk, 0), make=line.make,
                      model=line.model, automatic=line.automatic, unit_value_cents=asked[line.number].unit_value_cents,
                      control_entry=entry_that_fits(asked[line.number].control_entry, line.firearm_type, line.automatic))
            for line in licence.lines.all() if line.quantity > used.get(line.pk, 0)
        ]
        return draft(by=by, capacity=before.capacity, seller=before.seller, end_user=before.end_user, consignee=before.consignee,
                     country=before.country, purpose=before.purpose, intermediaries=before.intermediaries.all(),
                     payer=before.payer, transit_countries=before.transit_countries, kind=before.kind_asked, others=before.chain_asked, lines=lines,
                     replaces=licence)


def close_replaced(application: Application, licence: Licence, by: User) -> LicenceChange | None:
    """The old licence ends in the moment in which the new one is issued. A step of issuing."""
    if application.replaces_id is None:
        return None
    old = Licence.objects.lock(application.replaces_id)
    return record(LicenceChange(licence=old, change=Licence.REPLACED, effective_on=clock.today(), replaced_by=licence,
                                reason=_("Replaced by %s for what was not shipped.") % licence.reference), by=by)
