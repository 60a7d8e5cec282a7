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
        kept = None if earlier is None else still_standing(earlier, differences)
        lost_from_full = earlier is not None and kept is not None and len(kept) < len(earlier) == limit
        if kept is None or lost_from_full:
            hits[party.id] = index.screen(party, threshold=threshold, limit=limit)
        else:
            fresh = gained.screen(party, threshold=threshold, limit=limit) if new else []
            hits[party.id] = best_first([*kept, *fresh])[:limit]
        if progress:
            progress(done, len(parties))
    return hits


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
