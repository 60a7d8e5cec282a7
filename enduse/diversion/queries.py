"""Reads of estimates: the list, one with its units named for those who see names, the bounds and how they moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.diversion.models import Estimate
from enduse.engines import evidence
from enduse.parties.models import Party

CHANNELS = {
    "desertion": gettext_lazy("carried off by deserters"), "theft": gettext_lazy("stolen"),
    "unauthorised_sale": gettext_lazy("sold without authority"), "unaccounted": gettext_lazy("unaccounted for"),
}
# What the field quotes, in the reader's words: (what is divided by what, why it misleads).
RATIOS = {
    "checks_unfavourable": (gettext_lazy("end-use checks closed unfavourable, of those closed with an outcome"),
                            gettext_lazy("Checks go where risk is, and an unfavourable check is not a diverted firearm: usually far too high.")),
    "reported_of_delivered": (gettext_lazy("firearms reported lost, of firearms delivered"),
                              gettext_lazy("What nobody reports is not in it, unauthorised sales above all: too low.")),
    "lots_of_traced": (gettext_lazy("firearms traced to these licences, of firearms traced"),
                       gettext_lazy("A share of the traced is no share of the delivered: it depends on what else is seized and submitted.")),
}
# Published figures of one year, as known on two days (data of April 2009 and of April 2012): how a bound moves.
PUBLISHED_BOUNDS = (("2009-04", 30_000, 4_000, 3_480), ("2012-04", 32_111, 21_035, 21_035))


@dataclass(frozen=True)
class Row:
    """One line of a chart with intervals."""

    label: str
    value: float
    low: float
    high: float
    note: str = ""
    url: str = ""


def estimates(user: User) -> QuerySet[Estimate]:
    return Estimate.objects.visible_to(user).select_related("end_user", "recorded_by")


def latest(user: User | None) -> Estimate | None:
    """The newest estimate of everything that this user sees."""
    return Estimate.objects.visible_to(user).filter(end_user=None).order_by("-pk").first()


def by_channel(estimate: Estimate) -> list[Row]:
    return [Row(str(CHANNELS[name]), found["q50"], found["q025"], found["q975"]) for name, found in estimate.result["by_channel"].items()]


def by_month(estimate: Estimate) -> list[dict[str, Any]]:
    """Points of the fan: the diverted by the end of each month with its 95 % interval."""
    return [{"x": date.fromisoformat(f"{row['month']}-01"), "y": found["q50"], "low": found["q025"], "high": found["q975"]}
            for row in estimate.result["by_month"] if (found := row["diverted"])]


def by_end_user(estimate: Estimate, user: User) -> list[Row]:
    """Shares by end user; numbered instead of named for those who see figures only."""
    found = estimate.result["by_end_user"]
    names = _names(found, user)
    rows = [Row(names[pk], each["share"]["q50"], each["share"]["q025"], each["share"]["q975"], _("of %d delivered") % each["delivered"])
            for pk, each in found.items()]
    return sorted(rows, key=lambda row: -row.value)


def narrowing(estimate: Estimate, user: User, *, most: int = 5) -> list[Row]:
    """Which random check would narrow the estimate most: the share of the interval's width it saves."""
    found = estimate.result["narrow"][:most]
    names = _names([each["unit_id"] for each in found], user)
    return [Row(_("%(count)d serials at random in %(unit)s") % {"count": each["serials"], "unit": names[each["unit_id"]]}, each["shrink"], 0, 0)
            for each in found]


def _names(ids: Any, user: User) -> dict[str, str]:
    if scope_of(user, "party") is Scope.FIGURES:
        return {pk: _("body %s") % pk for pk in ids}
    named = {str(party.pk): party.name for party in Party.objects.filter(pk__in=[int(pk) for pk in ids])}
    return {pk: named.get(pk, pk) for pk in ids}


def ratios(estimate: Estimate) -> list[dict[str, Any]]:
    """What the field quotes, beside the estimate, each with its denominator and its bias in words."""
    return [{**each, "words": str(RATIOS[each["code"]][0]), "bias": str(RATIOS[each["code"]][1])} for each in estimate.result["naive"]]


def published_bounds() -> list[dict[str, Any]]:
    """The bounds of the published figures for fiscal 2008, as known on two days."""
    return [{"as_of_words": as_of, **evidence.bounds(seized, traced, source).as_dict()} for as_of, seized, traced, source in PUBLISHED_BOUNDS]
