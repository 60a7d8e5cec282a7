"""The conditions of live licences as they stand, and telling those who must know when one is overdue or broken."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.deliveries.watching import Standing, standings_of
from enduse.licensing.actions import hold_applications_of, suspend_on_alert
from enduse.licensing.models import Licence
from enduse.licensing.queries import licences_live_on


def standings(user: User | None, *, state: str = "", search: str = "") -> list[tuple[Licence, Standing]]:
    """Each condition of each live licence that the viewer sees, what is wrong first."""
    seen = Licence.objects.visible_to(user).values("pk")
    rows = licences_live_on(clock.today()).filter(pk__in=seen).exclude(conditions=[])
    if search.strip():
        rows = rows.filter(reference__icontains=search.strip()) | rows.filter(application__end_user__name__icontains=search.strip())
    found = [(licence, standing) for licence in rows.order_by("reference") for standing in standings_of(licence, clock.today())]
    chosen = [each for each in found if not state or each[1].state == state or (state == "wrong" and each[1].is_wrong)]
    return sorted(chosen, key=lambda each: (not each[1].is_wrong, each[1].due_on or clock.today().replace(year=9999), each[0].reference))


def tell_of_wrong(*, by: User | None) -> list[Alert]:
    """Every condition of a live licence that is overdue or broken is an alert, once until it is answered.

    Where its table says so, the open applications of every end user of the licence are held for review. An officer asks for it; `enduse daily` runs it by itself
    (`by` None).
    """
    if by is not None:
        permit(by, "deliveries.watch")
    with transaction.atomic():
        return list(_told(by))


def _told(by: User | None) -> Iterator[Alert]:
    rows = licences_live_on(clock.today()).exclude(conditions=[]).order_by("pk")
    known = set(Alert.objects.open().filter(kind=Alert.OVERDUE).values_list("link", flat=True))
    for licence in rows:
        for standing in standings_of(licence, clock.today()):
            link = f"/deliveries/duties/?search={licence.reference}&code={standing.code}"
            if not standing.is_wrong or link in known:
                continue
            because = _("%(licence)s: %(sentence)s. %(why)s") % {"licence": licence.reference, "sentence": standing.sentence, "why": standing.why}
            if "hold" in reference.table("licence_conditions")[standing.code].more["on_breach"]:
                for end_user in licence.who_may_hold():
                    hold_applications_of(end_user, because=because, source=f"{licence.reference} {standing.code}", by=by)
            if standing.code == "SUNSET":
                # Stopped by the system; only a person lets it live again.
                suspend_on_alert(licence, reason=because)
            yield raise_alert(Alert.OVERDUE, role=Role.LICENSING_OFFICER, party=licence.end_user.end_user, link=link, because=because)
