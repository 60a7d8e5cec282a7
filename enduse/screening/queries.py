"""Reads of screening: which lists are current, where each party stands against them, which hits wait for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enduse.accounts.models import User
from enduse.parties.models import Link, Party
from enduse.parties.queries import behind, other_addresses
from enduse.screening import lists
from enduse.screening.compared import as_listed
from enduse.screening.models import ADDRESS, Hit, HitResolution, ListChange, ListVersion, Rescreened, Screening

NAME = "name"
NOT_SCREENED, STALE, OPEN_HITS, TRUE_MATCH, CLEAR = "not_screened", "stale", "open_hits", "true_match", "clear"
TO_SCREEN = frozenset({NOT_SCREENED, STALE})
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


@dataclass(frozen=True)
class Standing:
    """A party's newest screening and the lists (by id) that it covers: those it was made with, or those it was kept against since."""

    party: Party
    screening: Screening
    covered: list[int]
    other_addresses: tuple[str, ...] = ()

    @property
    def says_what_is_so(self) -> bool:
        """Whether the party is still as it was compared."""
        return as_listed(self.party, self.other_addresses).digest == self.screening.party_digest

    def is_stale(self, current: list[int]) -> bool:
        return self.covered != current or not self.says_what_is_so


def standings(parties: Iterable[Party]) -> list[Standing]:
    """The newest screening of each party that has one, in a fixed number of queries."""
    todo = {party.pk: party for party in parties}
    newest = Screening.objects.filter(party__in=list(todo)).order_by().values("party").annotate(last=Max("pk")).values("last")
    kept = Rescreened.objects.filter(screening=OuterRef("pk")).order_by("-rescreening").values("rescreening__list_versions")[:1]
    screenings = Screening.objects.filter(pk__in=newest).select_related("recorded_by").annotate(kept_against=Subquery(kept)).prefetch_related(
        Prefetch("hits", Hit.objects.select_related("resolution__recorded_by", "remembered__recorded_by", "list_version")))
    others = other_addresses(todo)
    return [Standing(todo[each.party_id], each, sorted(each.list_versions if each.kept_against is None else each.kept_against),
                     others.get(each.party_id, ())) for each in screenings]


def states_of(parties: Iterable[Party], *, versions: Iterable[ListVersion] | None = None) -> dict[int, PartyState]:
    """Where each party stands, by its id, in a fixed number of queries. `versions`: of all lists, where they were read already."""
    todo = {party.pk: party for party in parties}
    current = sorted(version.pk for version in (current_lists() if versions is None else lists.newest(versions)))
    owners = behind(todo.values())
    everybody = {**{pk: link.holder for links in owners.values() for pk, link in links.items()}, **todo}
    found = {standing.party.pk: standing for standing in standings(everybody.values())}
    alone = {pk: _state(party, found.get(pk), current) for pk, party in everybody.items()}
    return {pk: _with_owners(alone[pk], [alone[owner] for owner in owners[pk]]) for pk in todo}


def _with_owners(state: PartyState, owners: list[PartyState]) -> PartyState:
    """A party stands no better than whoever owns or runs it: the first that is wrong, in the order in which it must be mended."""
    if state.state in {NOT_SCREENED, STALE}:
        return state
    for wrong in (NOT_SCREENED, STALE, OPEN_HITS, TRUE_MATCH):
        behind_it = [owner for owner in owners if owner.state == wrong]
        if state.state == wrong and not behind_it:
            return state
        if behind_it:
            why = str(_("%(owner)s, who owns or runs it: %(why)s") % {"owner": behind_it[0].party, "why": behind_it[0].why})
            return replace(
                state, state=STALE if wrong == NOT_SCREENED else wrong, why=" ".join(filter(None, (state.why, why))),
                open_hits=(*state.open_hits, *(hit for owner in owners for hit in owner.open_hits)),
                matches=(*state.matches, *(hit for owner in owners for hit in owner.matches)))
    return state


def owners_of(party: Party) -> list[tuple[Link, PartyState]]:
    """Whoever owns or runs a party, directly or through others, with where each stands alone."""
    links = behind([party])[party.pk]
    current = sorted(version.pk for version in current_lists())
    found = {standing.party.pk: standing for standing in standings(link.holder for link in links.values())}
    return [(link, _state(link.holder, found.get(pk), current)) for pk, link in links.items()]


def _state(party: Party, standing: Standing | None, current: list[int]) -> PartyState:
    if standing is None:
        return PartyState(party, NOT_SCREENED, str(_("It was never compared with the lists.")), None)
    screening = standing.screening
    hits = list(screening.hits.all())
    open_hits = tuple(hit for hit in hits if hit.said() is None)
    matches = tuple(hit for hit in hits if (said := hit.said()) is not None and said.outcome == HitResolution.TRUE_MATCH)
    if not standing.says_what_is_so:
        return PartyState(party, STALE, str(_("It was changed after its screening.")), screening, open_hits, matches)
    if standing.covered != current:
        return PartyState(party, STALE, str(_("A list was loaded after its screening.")), screening, open_hits, matches)
    if open_hits:
        why = ngettext("%(count)d possible match waits for an answer.", "%(count)d possible matches wait for an answer.", len(open_hits)) % {"count": len(open_hits)}
        return PartyState(party, OPEN_HITS, why, screening, open_hits, matches)
    if matches:
        why = str(_("It is the one listed: %(name)s on %(list)s.") % {"name": matches[0].entity_name, "list": matches[0].list_version})
        return PartyState(party, TRUE_MATCH, why, screening, (), matches)
    return PartyState(party, CLEAR, "", screening)


def list_versions(user: User | None) -> QuerySet[ListVersion]:
    """Every list version that was loaded, newest first."""
    return ListVersion.objects.visible_to(user).select_related("recorded_by").order_by("-pk")


def change_counts(version: ListVersion) -> dict[str, int]:
    """How many entries a version added, removed and changed."""
    counted = dict(version.changes.order_by().values("kind").annotate(n=Count("pk")).values_list("kind", "n"))
    return {kind: counted.get(kind, 0) for kind, _name in ListChange.KINDS}


def screenings(user: User | None, *, party: Party | None = None) -> QuerySet[Screening]:
    """Screenings with how many hits each had and how many of them are open, newest first."""
    rows = Screening.objects.visible_to(user).select_related("party", "recorded_by").annotate(
        hit_count=Count("hits"), open_count=Count("hits", filter=Q(hits__resolution=None, hits__remembered=None))).order_by("-pk")
    return rows.filter(party=party) if party is not None else rows


def open_hits(user: User | None, *, source: str = "", search: str = "", raised_by: str = "") -> QuerySet[Hit]:
    """Hits of each party's newest screening that nobody has answered. `raised_by`: `address` (alone) or `name`."""
    newest = Screening.objects.values("party").annotate(last=Max("pk")).values("last")
    rows = Hit.objects.visible_to(user).filter(screening__in=newest, resolution=None, remembered=None).select_related(
        "screening__party", "list_version").order_by("-score", "pk")
    if source:
        rows = rows.filter(list_version__source=source)
    if raised_by in {NAME, ADDRESS}:
        alone = Q(reasons__0__feature=ADDRESS)
        rows = rows.filter(alone if raised_by == ADDRESS else ~alone)
    if search.strip():
        rows = rows.filter(Q(screening__party__name__icontains=search.strip()) | Q(entity_name__icontains=search.strip()))
    return rows
