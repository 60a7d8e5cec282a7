"""Reads of screening: which lists are current, where each party stands against them, which hits wait for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.parties.models import Party
from enduse.screening import lists
from enduse.screening.models import Hit, HitResolution, ListVersion, Screening

NOT_SCREENED, STALE, OPEN_HITS, TRUE_MATCH, CLEAR = "not_screened", "stale", "open_hits", "true_match", "clear"
STATE_NAMES = {
    NOT_SCREENED: _("not screened"), STALE: _("to be screened again"), OPEN_HITS: _("hits to resolve"), TRUE_MATCH: _("on a list"), CLEAR: _("clear"),
}


@dataclass(frozen=True)
class PartyState:
    """Where a party stands against the current lists. `why`: what is missing or wrong, a sentence; empty when clear."""

    party: Party
    state: str
    why: str
    screening: Screening | None
    open_hits: tuple[Hit, ...] = ()
    matches: tuple[Hit, ...] = ()

    @property
    def name(self) -> str:
        return str(STATE_NAMES[self.state])

    @property
    def is_complete(self) -> bool:
        """Compared with the current lists as it is now, and every hit answered."""
        return self.state in {CLEAR, TRUE_MATCH}


def current_lists() -> list[ListVersion]:
    """The newest version of each list."""
    return lists.current()


def state_of(party: Party) -> PartyState:
    """Where one party stands."""
    return states_of([party])[party.pk]


def states_of(parties: Iterable[Party]) -> dict[int, PartyState]:
    """Where each party stands, by its id, in a fixed number of queries."""
    todo = {party.pk: party for party in parties}
    current = [version.pk for version in current_lists()]
    newest = Screening.objects.filter(party__in=todo).values("party").annotate(last=Max("pk")).values_list("last", flat=True)
    screenings = {
        each.party_id: each
        for each in Screening.objects.filter(pk__in=list(newest)).select_related("recorded_by").prefetch_related(
            "hits__resolution__recorded_by", "hits__remembered__recorded_by", "hits__list_version")
    }
    return {pk: _state(party, screenings.get(pk), sorted(current)) for pk, party in todo.items()}


def _state(party: Party, screening: Screening | None, current: list[int]) -> PartyState:
    if screening is None:
        return PartyState(party, NOT_SCREENED, str(_("It was never compared with the lists.")), None)
    hits = list(screening.hits.all())
    open_hits = tuple(hit for hit in hits if hit.said() is None)
    matches = tuple(hit for hit in hits if (said := hit.said()) is not None and said.outcome == HitResolution.TRUE_MATCH)
    if party.changed_at > screening.recorded_at:
        return PartyState(party, STALE, str(_("It was changed after its screening.")), screening, open_hits, matches)
    if sorted(screening.list_versions) != current:
        return PartyState(party, STALE, str(_("A list was loaded after its screening.")), screening, open_hits, matches)
    if open_hits:
        why = str(_("%(count)d possible matches wait for an answer.") % {"count": len(open_hits)})
        return PartyState(party, OPEN_HITS, why, screening, open_hits, matches)
    if matches:
        why = str(_("It is the one listed: %(name)s on %(list)s.") % {"name": matches[0].entity_name, "list": matches[0].list_version})
        return PartyState(party, TRUE_MATCH, why, screening, (), matches)
    return PartyState(party, CLEAR, "", screening)


def list_versions(user: User | None) -> QuerySet[ListVersion]:
    """Every list version that was loaded, newest first."""
    return ListVersion.objects.visible_to(user).select_related("recorded_by").order_by("-pk")


def screenings(user: User | None, *, party: Party | None = None) -> QuerySet[Screening]:
    """Screenings with how many hits each had and how many of them are open, newest first."""
    rows = Screening.objects.visible_to(user).select_related("party", "recorded_by").annotate(
        hit_count=Count("hits"), open_count=Count("hits", filter=Q(hits__resolution=None, hits__remembered=None))).order_by("-pk")
    return rows.filter(party=party) if party is not None else rows


def open_hits(user: User | None) -> QuerySet[Hit]:
    """Hits of each party's newest screening that nobody has answered."""
    newest = Screening.objects.values("party").annotate(last=Max("pk")).values("last")
    return Hit.objects.visible_to(user).filter(screening__in=newest, resolution=None, remembered=None).select_related(
        "screening__party", "list_version").order_by("-score", "pk")
