"""After a list changed: every party that was screened is compared with what is new or changed in it, and with nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.parties.models import Party
from enduse.screening import lists
from enduse.screening.actions.comparing import HITS_A_PARTY, THRESHOLD, lists_to_compare, record_all
from enduse.screening.compared import as_found, as_listed
from enduse.screening.models import ListVersion, Rescreened, Rescreening, Screening
from enduse.screening.queries import Standing, standings

if TYPE_CHECKING:
    from enduse.engines import names

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Compared:
    """What a rescreening came to: how many parties were compared again, and the new screenings of those whose hits changed."""

    parties: int
    screenings: tuple[Screening, ...] = ()


def rescreen(*, by: User, progress: Progress | None = None) -> Compared:
    """Compare every party that was ever screened with what changed since in the lists, or in full where the party changed.

    A party whose hits stay as they are keeps its screening, and the log says that it was compared again; any other gets a
    new screening. Refused when no list is loaded.
    """
    permit(by, "screening.screen")
    versions = lists_to_compare()
    current = sorted(version.pk for version in versions)
    due = [standing for standing in standings(Party.objects.filter(screenings__isnull=False).distinct()) if standing.is_stale(current)]
    if not due:
        return Compared(0)
    index = lists.index(versions)
    changed, same = _compare(due, versions, index, progress)
    with transaction.atomic():
        screenings = record_all(*changed, versions, index, by)
        if same:
            record(Rescreening(list_versions=current, parties=len(same)), by=by, rows=[Rescreened(screening_id=pk) for pk in same],
                   row_field="rescreening")
    return Compared(len(due), tuple(screenings))


Found = tuple[list["names.Party"], dict[str, list["names.Hit"]]]


def _compare(due: list[Standing], versions: list[ListVersion], index: names.Index, progress: Progress | None) -> tuple[Found, list[int]]:
    """The parties whose hits are others now, with their hits; and the screenings that still say what is so."""
    parties: list[names.Party] = []
    hits: dict[str, list[names.Hit]] = {}
    same: list[int] = []
    by_lists: dict[tuple[int, ...], list[Standing]] = defaultdict(list)
    for standing in due:
        by_lists[tuple(standing.covered) if standing.says_what_is_so else ()].append(standing)
    for covered, group in by_lists.items():
        differences = lists.differences(list(covered), versions)
        asked = [as_listed(standing.party, standing.other_addresses) for standing in group]
        previous = {str(each.party.pk): [as_found(hit) for hit in each.screening.hits.all()] for each in group} if differences is not None else {}
        found = index.rescreen(asked, previous, differences or [], progress, threshold=THRESHOLD, limit=HITS_A_PARTY)
        renewed = {(each.source, entity.id) for each in differences or [] for entity in (*each.added, *each.changed)}
        for party, standing in zip(asked, group, strict=True):
            now = {(hit.list_source, hit.entity_id) for hit in found[party.id]}
            before = {(hit.list_source, hit.entity_id) for hit in previous.get(party.id, [])}
            if differences is not None and now == before and not now & renewed:
                same.append(standing.screening.pk)
            else:
                parties.append(party)
                hits[party.id] = found[party.id]
    return (parties, hits), sorted(same)
