"""What a replacement may not exceed: what was not shipped under the licence that it replaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from enduse.licensing.models import Application, Licence
from enduse.licensing.queries import used_by_line
from enduse.refusals import Refused

Kind = tuple[str, str, str, str]


def refuse_unless_replaceable(licence: Licence) -> None:
    """A licence that was revoked, surrendered or replaced, or that has nothing left, is not replaced; a suspended one not while it is."""
    state = licence.state()
    if state not in {Licence.ACTIVE, Licence.EXPIRED}:
        raise Refused(_("%(licence)s is %(state)s: it cannot be replaced."), _("File a new application."), licence=licence.reference,
                      state=str(dict(Licence.STATES)[state]))
    if licence.remaining() == 0:
        raise Refused(_("Everything was shipped under %(licence)s: nothing is left to replace."), _("File a new application."),
                      licence=licence.reference)


def refuse_beyond_balance(application: Application) -> None:
    """Rule 1: a replacement asks for at most what was not shipped of each kind. Locks the licence that it replaces."""
    if application.replaces_id is None:
        return
    old = Licence.objects.lock(application.replaces_id)
    refuse_unless_replaceable(old)
    used = used_by_line(old)
    left: Counter[Kind] = Counter()
    for line in old.lines.all():
        left[_kind(line)] += line.quantity - used.get(line.pk, 0)
    asked = quantity_by_kind(application.lines.all())
    for kind, (quantity, line) in asked.items():
        if quantity > left[kind]:
            raise Refused(
                _("%(application)s replaces %(licence)s, under which %(left)d of %(what)s were not shipped; it asks for %(here)d."),
                _("Ask for no more than is left, or file a new application."), rule=1, application=application.reference, licence=old.reference,
                left=left[kind], what=str(line), here=quantity)


def quantity_by_kind(lines: Iterable[Any]) -> dict[Kind, tuple[int, Any]]:
    counted: dict[Kind, tuple[int, Any]] = {}
    for line in lines:
        counted[_kind(line)] = (counted.get(_kind(line), (0, line))[0] + line.quantity, line)
    return counted


def _kind(line: Any) -> Kind:
    return (line.firearm_type, line.make, line.model, line.calibre)
