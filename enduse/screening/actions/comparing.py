"""Parties are compared with every current list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.parties.models import Party
from enduse.parties.queries import behind, other_addresses
from enduse.refusals import Refused
from enduse.screening import lists
from enduse.screening.compared import as_listed, plainly
from enduse.screening.models import Hit, HitResolution, ListVersion, Screening

if TYPE_CHECKING:
    from enduse.engines import names

THRESHOLD = 0.7
HITS_A_PARTY = 25
Pair = tuple[int, str, str]  # party, list source, entity


def screen(party: Party, *, by: User) -> Screening:
    """Compare one party, and whoever owns or runs it, with every current list; the party's own screening."""
    return next(each for each in screen_all([party], by=by) if each.party_id == party.pk)


def screen_all(parties: Iterable[Party], *, by: User) -> list[Screening]:
    """Compare parties, and whoever owns or runs them, with every current list, each once.

    What was said of an unchanged pair is remembered.

    Refused when no list is loaded: a comparison with nothing would clear everybody.
    """
    permit(by, "screening.screen")
    return _screen(parties, lists_to_compare(), by)


def screen_on_asking(parties: Iterable[Party]) -> list[Screening]:
    """The same comparison, by the system itself, of parties that somebody asks about. None where no list is loaded yet.

    Called by other actions, never by a person: what it finds is for the officer who answers.
    """
    versions = lists.current()
    return _screen(parties, versions, None) if versions else []


def _screen(parties: Iterable[Party], versions: list[ListVersion], by: User | None) -> list[Screening]:
    todo = {party.pk: party for party in parties}
    owners = {pk: link.holder for links in behind(todo.values()).values() for pk, link in links.items()}
    everybody = {**todo, **owners}
    others = other_addresses(everybody)
    asked = [as_listed(party, others.get(pk, ())) for pk, party in everybody.items()]
    index = lists.index(versions)
    found = index.screen_many(asked, threshold=THRESHOLD, limit=HITS_A_PARTY)
    with transaction.atomic():
        return record_all(asked, found, versions, index, by)


def lists_to_compare() -> list[ListVersion]:
    """The current lists. Refused when there is none (rule 2)."""
    versions = lists.current()
    if not versions:
        raise Refused(_("No denied-party list is loaded."), _("Load one first: nobody is clear of a list that is not there."), rule=2)
    return versions


def record_all(
    asked: Iterable[names.Party], found: Mapping[str, list[names.Hit]], versions: list[ListVersion], index: names.Index, by: User | None,
) -> list[Screening]:
    """One screening a party, with its hits; what an officer said of an unchanged pair before is remembered."""
    todo = list(asked)
    said = _said_before([int(each.id) for each in todo])
    return [_record(each, found[each.id], versions, index, said, by) for each in todo]


def _said_before(party_ids: list[int]) -> dict[Pair, HitResolution]:
    """The last thing that was said of each pair of a party and an entry."""
    resolutions = HitResolution.objects.filter(hit__screening__party__in=party_ids).select_related(
        "hit__screening", "hit__list_version").order_by("pk")
    return {(each.hit.screening.party_id, each.hit.list_version.source, each.hit.entity_id): each for each in resolutions}


def _record(
    asked: names.Party, found: list[names.Hit], versions: list[ListVersion], index: names.Index, said: Mapping[Pair, HitResolution], by: User | None,
) -> Screening:
    by_source = {version.source: version for version in versions}
    party_id, digest = int(asked.id), asked.digest
    hits = []
    for each in found:
        entity = index.entity(each.list_source, each.entity_id)
        if entity is None:  # a hit always names an entry of the index that found it
            raise LookupError(each.entity_id)
        hits.append(Hit(
            list_version=by_source[each.list_source], entity_id=each.entity_id[:80], entity_name=each.entity_name[:300], schema=each.schema[:30],
            score=round(float(each.score), 4), reasons=[_as_said(reason) for reason in each.reasons], entity_digest=entity.digest,
            entry=entity.as_dict(), remembered=_still_holds(said.get((party_id, each.list_source, each.entity_id)), digest, entity.digest),
        ))
    pks = sorted(version.pk for version in versions)
    screening = record(
        Screening(party_id=party_id, name=asked.name, compared=plainly(asked), party_digest=digest, threshold=THRESHOLD, list_versions=pks),
        by=by, rows=hits, row_field="screening")
    screening.lists.add(*pks)
    return screening


def _as_said(reason: names.Reason) -> dict[str, Any]:
    return {"feature": reason.feature, "score": round(float(reason.score), 4), "weight": round(float(reason.weight), 4), "detail": reason.detail,
            "party_value": reason.party_value, "listed_value": reason.listed_value}


def _still_holds(said: HitResolution | None, party_digest: str, entity_digest: str) -> HitResolution | None:
    """What was said of a pair holds until the party or the entry changes."""
    if said is None or said.hit.entity_digest != entity_digest or said.hit.screening.party_digest != party_digest:
        return None
    return said
