"""Reads of parties: the directory, a tree, the measured record as known on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, may, scope_of
from enduse.parties.models import Link, LinkEnd, Party, PartyAddress, PersonnelReport, RecordLine, party_of


def below(path: str) -> QuerySet[Party, Any]:
    """The keys of the party of this path and of everything under it, found by the paths' index in whichever database."""
    if connection.vendor == "postgresql":
        return Party.objects.filter(path__startswith=path).order_by().values("pk")
    return Party.objects.filter(path__gte=path, path__lt=path.removesuffix("/") + "0").order_by().values("pk")  # '0' follows '/'


def record_of(party: Party, *, known_at: datetime | None = None) -> dict[str, RecordLine]:
    """The end user's measured record: the latest line of each kind as known at a moment (default: now)."""
    return by_kind(record_rows(party, known_at=known_at))


def by_kind(lines: Iterable[RecordLine]) -> dict[str, RecordLine]:
    return {line.kind: line for line in lines}


def record_rows(party: Party, *, known_at: datetime | None = None) -> QuerySet[RecordLine]:
    """The lines that `record_of` gives, to be read with other things."""
    lines = RecordLine.objects.filter(party_id=party.end_user_id)
    if known_at is not None:
        lines = lines.filter(posted_at__lte=known_at)
    # Lines are posted in the order of their ids, so the last id of a kind is its latest line.
    latest = lines.order_by().values("kind").annotate(last=Max("pk")).values("last")
    return RecordLine.objects.filter(pk__in=latest)


def latest_line(party: Party, kind: str) -> RecordLine | None:
    """The line of one kind that counts now. An end user of many years has thousands, so it is found by its index."""
    return RecordLine.objects.filter(party_id=party.end_user_id, kind=kind).order_by("-posted_at", "-pk").first()



def sees_record(user: User | None, party: Party) -> bool:
    """Whether the viewer sees what was measured of a party: the authority, and the end user itself; not who sells to it."""
    if scope_of(user, "party") is Scope.ALL:
        return True
    own = party_of(user)
    return own is not None and own.end_user_id == party.end_user_id


def parties(user: User | None, *, kind: str = "", country: str = "", search: str = "", with_units: bool = False) -> QuerySet[Party]:
    """The directory: bodies at the top of their trees (`with_units`: and the units below), with how many units each has."""
    rows = Party.objects.visible_to(user)
    if not with_units and not search.strip():
        rows = rows.filter(parent=None) if rows.filter(parent=None).exists() else rows
    if kind in dict(Party.KINDS):
        rows = rows.filter(kind=kind)
    if country.strip():
        rows = rows.filter(country=country.strip().upper())
    if search.strip():
        rows = rows.filter(Q(name__icontains=search.strip()) | Q(region__icontains=search.strip()))
    return rows.select_related("parent").annotate(unit_count=Count("units", distinct=True)).order_by("name", "pk")


@dataclass(frozen=True)
class Place:
    """A party in its tree: how deep it stands and whether it is the one that the page is about."""

    party: Party
    depth: int
    is_current: bool

    @property
    def level(self) -> int:
        """How deep it stands as far as a page indents it."""
        return min(self.depth, 4)


def tree_around(user: User | None, party: Party) -> list[Place]:
    """The party, what it stands below and everything below it, in the order of the tree; only what the viewer sees."""
    above = [int(step) for step in party.path.split("/") if step]
    rows = Party.objects.visible_to(user).filter(Q(pk__in=above) | Q(path__startswith=party.path))
    by_parent: dict[int | None, list[Party]] = {}
    seen = list(rows.order_by("name", "pk"))
    keys = {each.pk for each in seen}
    for each in seen:
        by_parent.setdefault(each.parent_id if each.parent_id in keys else None, []).append(each)
    found: list[Place] = []
    waiting = [(each, 0) for each in reversed(by_parent.get(None, []))]
    while waiting:
        each, depth = waiting.pop()
        found.append(Place(each, depth, each.pk == party.pk))
        waiting.extend((below, depth + 1) for below in reversed(by_parent.get(each.pk, [])))
    return found


def members_of(user: User | None, party: Party) -> list[User]:
    """Who acts for a party, for whoever manages users."""
    if not may(user, "accounts.manage_users"):
        return []
    return [each.user for each in party.members.select_related("user").order_by("user__username")]


def personnel_reports(party: Party, *, limit: int = 24) -> list[PersonnelReport]:
    """The end user's last months: how many served and how many deserted, newest first."""
    return list(PersonnelReport.objects.filter(end_user_id=party.end_user_id).annotate(
        personnel=Sum("lines__personnel"), desertions=Sum("lines__desertions")).select_related("recorded_by").order_by("-month")[:limit])


def addresses_of(user: User | None, party: Party, *, ended: bool = False) -> QuerySet[PartyAddress]:
    """Where else a party is; with `ended`: where it was. The authority's to see."""
    rows = PartyAddress.objects.filter(party=party) if scope_of(user, "party") is Scope.ALL else PartyAddress.objects.none()
    return rows.filter(end__isnull=not ended).select_related("end", "recorded_by").order_by("pk")


def other_addresses(parties: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """For each party by its id: where else it is now, in the order of recording; those of one address are left out."""
    found: dict[int, list[str]] = {}
    for party, text in PartyAddress.objects.filter(party__in=list(parties), end=None).order_by("pk").values_list("party", "text"):
        found.setdefault(party, []).append(text)
    return {party: tuple(texts) for party, texts in found.items()}


FARTHEST_OWNER = 6


def links_of(user: User | None, party: Party, *, ended: bool = False) -> QuerySet[Link]:
    """Who owns and runs a party; with `ended`: who did. The authority's to see."""
    rows = Link.objects.filter(party=party) if scope_of(user, "party") is Scope.ALL else Link.objects.none()
    return rows.filter(end__isnull=not ended).select_related("holder", "end", "recorded_by").order_by("role", "-share", "pk")


def behind(parties: Iterable[Party]) -> dict[int, dict[int, Link]]:
    """For each party by its id: everybody who owns or runs it now, directly or through others, by the link that leads there.

    One query, however far away they stand; farther than FARTHEST_OWNER steps nobody is looked for.
    """
    roots = {party.pk for party in parties}
    by_party: dict[int, list[Link]] = {}
    for each in Link.objects.filter(pk__in=_links_behind(roots)).select_related("holder", "party").order_by("pk") if roots else ():
        by_party.setdefault(each.party_id, []).append(each)
    found: dict[int, dict[int, Link]] = {root: {} for root in roots}
    edge: dict[int, set[int]] = {root: {root} for root in roots}  # a party last reached -> the roots that it stands behind
    for _step in range(FARTHEST_OWNER):
        reached: dict[int, set[int]] = {}
        for each in sorted((link for party in edge for link in by_party.get(party, ())), key=lambda link: link.pk):
            for root in edge[each.party_id]:
                if each.holder_id != root and each.holder_id not in found[root]:
                    found[root][each.holder_id] = each
                    reached.setdefault(each.holder_id, set()).add(root)
        edge = reached
        if not edge:
            break
    return found


def _links_behind(roots: Iterable[int]) -> RawSQL:
    """The ids of every link that stands and leads from these parties to somebody behind them."""
    first = list(roots)
    link, end = connection.ops.quote_name(Link._meta.db_table), connection.ops.quote_name(LinkEnd._meta.db_table)
    return RawSQL(  # noqa: S611 (the names are the models' own; values go as parameters)
        f"""
        WITH RECURSIVE reached(link, holder, steps) AS (
            SELECT link.leaf_id, link.holder_id, 1 FROM {link} link
            WHERE link.party_id IN ({", ".join(["%s"] * len(first))}) AND NOT EXISTS (SELECT 1 FROM {end} ended WHERE ended.link_id = link.leaf_id)
            UNION
            SELECT link.leaf_id, link.holder_id, reached.steps + 1 FROM reached JOIN {link} link ON link.party_id = reached.holder
            WHERE reached.steps < %s AND NOT EXISTS (SELECT 1 FROM {end} ended WHERE ended.link_id = link.leaf_id)
        ) SELECT link FROM reached""",  # noqa: S608
        [*first, FARTHEST_OWNER])
