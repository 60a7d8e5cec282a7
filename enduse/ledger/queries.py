"""Reads of the log: what anyone may see of it, and what a leaf says to those who see its noun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from enduse.accounts.permissions import Scope, scope_of
from enduse.engines import translog
from enduse.ledger.actions import read_tile, size
from enduse.ledger.models import Checkpoint, Fact, Leaf
from enduse.ledger.proofs import fact_at

# The noun whose scope decides who reads an entry's content; the longest matching beginning counts.
NOUN_OF = {
    "accounts": "user", "parties": "party", "documents": "document", "screening": "screening", "measures": "measure",
    "licensing": "application", "licensing.licence": "licence", "custody": "firearm", "custody.stocktake": "stocktake",
    "deliveries": "consignment", "monitoring": "check", "tracing": "recovery", "tracing.operation": "operation", "tracing.watch": "operation",
    "diversion": "estimate", "reports": "report",
}
SOME = {Scope.OWN_PARTY, Scope.OWN_END_USER, Scope.CONFIRMED}


@dataclass(frozen=True)
class Entry:
    """A leaf with its way to the root; `fact` only for those who may read it, `all_of_it` when that is each of its items too."""

    leaf: Leaf
    path: tuple[bytes, ...]
    checkpoint: Checkpoint
    fact: Fact | None
    all_of_it: bool


def may_read(user: Any, kind: str) -> bool:
    """Whether this user reads the content of every entry of this kind: its role sees all of the noun."""
    return _scope(user, kind) is Scope.ALL


def readable(user: Any, leaf: Leaf) -> Fact | None:
    """The fact of a leaf for who may read it: it is public, or its role sees all of the noun or this one of it; None for anybody else."""
    fact = fact_at(leaf.index)
    if fact is None or fact.is_public or may_read(user, leaf.kind):
        return fact
    rows = type(fact)._default_manager
    sees_this = _scope(user, leaf.kind) in SOME and hasattr(rows, "visible_to") and rows.visible_to(user).filter(pk=leaf.index).exists()
    return fact if sees_this else None


def _scope(user: Any, kind: str) -> Scope:
    noun = NOUN_OF.get(kind) or NOUN_OF.get(kind.split(".", 1)[0])
    return scope_of(user, noun) if noun else Scope.NONE


def entry(user: Any, index: int, checkpoint: Checkpoint) -> Entry | None:
    """The leaf at a place, with its inclusion proof under the checkpoint; None when the log has no such place."""
    leaf = Leaf.objects.filter(pk=index).first()
    if leaf is None or index >= checkpoint.size:
        return None
    path = tuple(translog.prove_inclusion(index, checkpoint.size, read_tile))
    return Entry(leaf, path, checkpoint, readable(user, leaf), all_of_it=may_read(user, leaf.kind))


def tile(path: str) -> bytes | None:
    """A tile or an entry bundle by its C2SP path; None when the log does not have it (yet)."""
    try:
        level, index, width = translog.parse_tile_path(path)
    except translog.TileError:
        return None
    height = 0 if level == translog.ENTRIES else int(level)
    if width > translog.tile_width(height, index, size()):
        return None
    if level == translog.ENTRIES:
        first = index * translog.TILE_WIDTH
        leaves = Leaf.objects.filter(pk__gte=first, pk__lt=first + width).order_by("pk").values_list("commitment", flat=True)
        return translog.entry_bundle([bytes(each) for each in leaves])
    return read_tile(height, index, width)
