"""What changed between two versions of a list, and screening only that again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from enduse.engines.names.entities import Entity, Hit, Party, ScreenedList, best_first

if TYPE_CHECKING:
    from enduse.engines.names.index import Index


@dataclass(frozen=True)
class ListDiff:
    """What one list gained, lost and changed. `added` and `changed` are as the new version has them, `before` are the
    changed ones as the old version had them."""

    source: str
    old_version: str
    new_version: str
    new_sha256: str
    added: tuple[Entity, ...]
    removed: tuple[Entity, ...]
    changed: tuple[Entity, ...]
    before: tuple[Entity, ...] = ()

    @property
    def stale(self) -> frozenset[str]:
        """Ids whose earlier hits no longer stand."""
        return frozenset(entity.id for entity in (*self.removed, *self.changed))


def diff(old: ScreenedList, new: ScreenedList) -> ListDiff:
    """Compare two versions of one list by entity id and content. Raises ValueError for two different lists."""
    if old.source != new.source:
        raise ValueError(f"{old.source!r} and {new.source!r} are two lists, not two versions of one.")
    before, after = old.by_id, new.by_id
    changed = tuple(entity for entity in new.entities if entity.id in before and before[entity.id] != entity)
    return ListDiff(
        source=new.source,
        old_version=old.version,
        new_version=new.version,
        new_sha256=new.sha256,
        added=tuple(entity for entity in new.entities if entity.id not in before),
        removed=tuple(entity for entity in old.entities if entity.id not in after),
        changed=changed,
        before=tuple(before[entity.id] for entity in changed),
    )


def rescreen(
    index: Index,
    parties: Sequence[Party],
    previous: Mapping[str, Sequence[Hit]],
    differences: Sequence[ListDiff],
    progress: Callable[[int, int], None] | None,
    *,
    threshold: float,
    limit: int | None,
) -> dict[str, list[Hit]]:
    """See Index.rescreen. A party whose list of hits was full and lost one is screened in full: others may move up."""
    from enduse.engines.names.index import Index as Built

    for difference in differences:
        held = [found for found in index.lists if found.source == difference.source]
        if not held or held[0].sha256 != difference.new_sha256:
            raise ValueError(f"The index does not hold {difference.source!r} at version {difference.new_version!r}.")
    new = [
        ScreenedList(each.source, each.new_version, each.new_sha256, (*each.added, *each.changed))
        for each in differences
        if each.added or each.changed
    ]
    gained = Built.build(new)
    hits: dict[str, list[Hit]] = {}
    for done, party in enumerate(parties, start=1):
        earlier = previous.get(party.id)
        again = None
        if earlier is not None:
            fresh = gained.screen(party, threshold=threshold, limit=limit) if new else []
            again = brought_up(earlier, still_standing(earlier, differences), fresh, limit)
        hits[party.id] = index.screen(party, threshold=threshold, limit=limit) if again is None else again
        if progress:
            progress(done, len(parties))
    return hits


def brought_up(earlier: Sequence[Hit], kept: Sequence[Hit], fresh: Sequence[Hit], limit: int | None) -> list[Hit] | None:
    """The hits that a screening in full would give, from those that stand and those that are new; None where that cannot be told.

    It cannot where a full list of hits lost one, or where a name gives way to a better one and may yet be raised by its address.
    """
    from enduse.engines.names.search import most_by_address

    found: list[Hit] = []
    for alone, most in ((False, limit), (True, most_by_address(limit))):
        held, stand, came = ([hit for hit in group if hit.by_address is alone] for group in (earlier, kept, fresh))
        if len(stand) < len(held) == most:
            return None
        best = best_first([*stand, *came])
        if not alone and most is not None and len(best) > most:
            return None
        found.extend(best[:most])
    return found


def still_standing(hits: Sequence[Hit], differences: Sequence[ListDiff]) -> list[Hit]:
    """Earlier hits that the changes left alone, at their lists' new versions."""
    by_source = {difference.source: difference for difference in differences}
    kept = []
    for hit in hits:
        difference = by_source.get(hit.list_source)
        if difference is None:
            kept.append(hit)
        elif hit.entity_id not in difference.stale:
            kept.append(replace(hit, list_version=difference.new_version))
    return kept
