"""Reads of monitoring: checks, their samples, and how they went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.licensing.models import Licence
from enduse.monitoring.models import Check, CheckOutcome, CheckSample
from enduse.parties.models import Party


def checks(user: User | None, *, state: str = "", selection: str = "", words: str = "", unit: Party | None = None) -> QuerySet[Check]:
    """The checks a viewer may see, latest first. `state`: planned, overdue, or an outcome. `unit`: of it and all below."""
    rows = Check.objects.visible_to(user).select_related("unit", "licence", "outcome__recorded_by", "recorded_by").annotate(sampled=Count("sample")).order_by("-pk")
    if state in {Check.PLANNED, Check.OVERDUE}:
        rows = rows.filter(outcome=None)
        if state == Check.OVERDUE:
            rows = rows.filter(planned_for__lt=clock.today())
    elif state:
        rows = rows.filter(outcome__outcome=state)
    if selection:
        rows = rows.filter(selection=selection)
    if words:
        rows = rows.filter(Q(reference__icontains=words) | Q(unit__name__icontains=words))
    return rows.filter(unit__path__startswith=unit.path) if unit is not None else rows


def sample_of(check: Check) -> QuerySet[CheckSample]:
    """The firearms to look for, in the order in which they were drawn."""
    return check.sample.select_related("firearm__holding__party").order_by("pk")


@dataclass(frozen=True)
class Rate:
    """How checks of one way of selection went: outcomes of how many, sighted of how many looked for."""

    selection: str
    checks: int
    favourable: int
    unfavourable: int
    inconclusive: int
    sampled: int
    sighted: int


def rates(user: User | None) -> list[Rate]:
    """Random and chosen checks apart: only the random ones say anything of all units. For those who see at least figures."""
    if scope_of(user, "check") is Scope.NONE:
        return []
    rows = CheckOutcome.objects.values_list("check_of__selection", "outcome", "sampled", "sighted")
    counts: dict[str, Counter[str]] = {}
    for selection, outcome, sampled, sighted in rows:
        counts.setdefault(selection, Counter()).update({"checks": 1, outcome: 1, "sampled": sampled, "sighted": sighted})
    columns = ("checks", *(name for name, _words in CheckOutcome.OUTCOMES), "sampled", "sighted")
    return [Rate(selection, **{name: found[name] for name in columns}) for selection, found in sorted(counts.items())]


def units_to_check() -> QuerySet[Party]:
    """Every body and unit that may hold firearms of a licence, in the order of their trees."""
    return Party.objects.filter(in_directory=True, kind__in=[Party.ARMED_FORCE, Party.POLICE, Party.STATE_BODY]).order_by("path")


def licences_to_check(user: User | None) -> QuerySet[Licence]:
    return Licence.objects.visible_to(user).order_by("-reference")
