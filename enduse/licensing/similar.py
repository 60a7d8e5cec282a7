"""Cases decided before that are like this one, each with what they have in common."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from enduse import reference
from enduse.accounts.models import User
from enduse.licensing import states
from enduse.licensing.models import Application, ApplicationLine

DECIDED = (states.APPROVED, states.DENIED, states.RETURNED)
LOOKED_AT, SHOWN = 20, 5
ABOUT_AS_MANY = 2


@dataclass(frozen=True)
class Similar:
    """One earlier case: how it ended, and why it is shown."""

    application: Application
    state: str
    reasons: tuple[str, ...]
    weight: int


def similar(user: User | None, application: Application, *, shown: int = SHOWN) -> list[Similar]:
    """Decided cases of the same end user, and of the same destination and type; the most alike first, then the newest."""
    types = {line.firearm_type for line in application.lines.all()}
    decided = Application.objects.visible_to(user).exclude(pk=application.pk).filter(case__state__in=DECIDED)
    own = decided.filter(end_user=application.end_user).order_by("-pk").values("pk")[:LOOKED_AT]
    alike = decided.filter(country=application.country).filter(
        Exists(ApplicationLine.objects.filter(application=OuterRef("pk"), firearm_type__in=types))).order_by("-pk").values("pk")[:LOOKED_AT]
    rows = Application.objects.filter(Q(pk__in=own) | Q(pk__in=alike)).select_related("case", "end_user").prefetch_related("lines")
    found = [_compared(each, application) for each in rows]
    return sorted(found, key=lambda each: (-each.weight, -each.application.pk))[:shown]


def _compared(earlier: Application, this: Application) -> Similar:
    ours, theirs = list(this.lines.all()), list(earlier.lines.all())
    reasons: list[tuple[int, str]] = []
    if earlier.end_user_id == this.end_user_id:
        reasons.append((4, _("same end user")))
    elif earlier.country == this.country:
        reasons.append((1, _("same destination")))
    if earlier.seller_id is not None and earlier.seller_id == this.seller_id:
        reasons.append((1, _("same seller")))
    types = sorted({line.firearm_type for line in ours} & {line.firearm_type for line in theirs})
    if types:
        reasons.append((2, _("same type: %s") % ", ".join(reference.text_of("firearm_types", code) for code in types)))
    models = sorted({(line.make, line.model) for line in ours if line.model} & {(line.make, line.model) for line in theirs})
    if models:
        reasons.append((2, _("same model: %s") % ", ".join(f"{reference.text_of('makes', make)} {model}".strip() for make, model in models)))
    asked, before = sum(line.quantity for line in ours), sum(line.quantity for line in theirs)
    if asked and before and asked <= before * ABOUT_AS_MANY and before <= asked * ABOUT_AS_MANY:
        reasons.append((1, _("about as many: %s") % f"{before:,}"))
    return Similar(earlier, earlier.case.state, tuple(text for _weight, text in reasons), sum(weight for weight, _text in reasons))
