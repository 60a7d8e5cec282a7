"""Reads of the log: what anyone may see of it, and what a leaf says to those who see its noun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from enduse.accounts.permissions import Scope, scope_of
from enduse.engines import translog
from enduse.ledger.actions import read_tile, size
from enduse.ledger.models import Checkpoint, Cosignature, Fact, Forgetting, ForgettingProposal, Fork, Leaf, WitnessAnswer, fact_models
from enduse.ledger.proofs import fact_at
from enduse.ledger.witnesses import configured
from enduse.refusals import Invalid

# The noun whose scope decides who reads an entry's content; the longest matching beginning counts.
NOUN_OF = {
    "accounts": "user", "parties": "party", "documents": "document", "certificates": "certificate", "screening": "screening", "measures": "measure",
    "licensing": "application", "licensing.licence": "licence", "licensing.advisory": "advisory",
    "licensing.advisory_answer": "advisory", "licensing.advisory_withdrawal": "advisory", "custody": "firearm", "custody.stocktake": "stocktake",
    "deliveries": "consignment", "deliveries.import_notification": "import", "deliveries.import_withdrawal": "import", "monitoring": "check",
    "tracing": "recovery", "tracing.operation": "operation", "tracing.watch": "operation",
    "diversion": "estimate", "reports": "report", "ledger": "order",
}
FIELD_WORDS = {
    "note": _("note"), "reason": _("reason"), "because": _("reason"), "summary": _("summary"), "place": _("place"), "name": _("name"),
    "subject": _("subject"), "subjects": _("subjects"), "answered_by": _("who answered"), "approved_by": _("who approved"),
    "prosecutor": _("prosecutor"), "grounds": _("grounds"), "said": _("what was said"), "obtained": _("how it was obtained"), "text": _("text"),
    "purpose": _("purpose"), "signatory": _("who signed"), "asked_whom": _("who was asked"), "criteria": _("reasons and evidence"),
    "flags": _("reasons on flags"), "address": _("address"), "contact": _("whom to reach there"), "business": _("nature of the business"),
    "reasons": _("reasons"), "birth_date": _("date of birth"), "key": _("name as it is compared"), "exporter": _("exporter"),
    "use": _("use"), "answer": _("answer"), "answers": _("notes on each answer"), "records_at": _("where records are kept"),
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


@dataclass(frozen=True)
class Watched:
    """What a witness last cosigned, and by how many entries that is behind; how it answered when it was last asked."""

    name: str
    key: str
    cosignature: Cosignature | None
    behind: int
    answer: WitnessAnswer | None


@dataclass(frozen=True)
class Monitor:
    """The witnesses of the log and every fork that was found. `fault`: the list of witnesses cannot be read."""

    entries: int
    witnesses: tuple[Watched, ...]
    forks: tuple[Fork, ...]
    fault: str


def monitor() -> Monitor:
    """Who watches the log, up to where, and what contradicts it."""
    entries, fault = size(), ""
    try:
        keys = [witness.key for witness in configured()]
    except Invalid as invalid:
        keys, fault = [], str(invalid)
    answers = {answer.witness: answer for answer in WitnessAnswer.objects.all()}
    rows = []
    for key in keys:
        last = Cosignature.objects.filter(witness=str(key)).select_related("checkpoint").order_by("-checkpoint__size").first()
        rows.append(Watched(key.name, str(key), last, entries - (last.checkpoint.size if last else 0), answers.get(str(key))))
    return Monitor(entries, tuple(rows), tuple(Fork.objects.order_by("-pk")), fault)


def forgettings() -> QuerySet[ForgettingProposal]:
    """What was proposed to be forgotten, with its answer, newest first."""
    return ForgettingProposal.objects.select_related("recorded_by", "entry", "answer", "answer__recorded_by").order_by("-pk")


def order_for(index: int) -> Forgetting | None:
    """The order by which the content of an entry was forgotten."""
    named = models.Q(proposal__entry=index) | models.Q(also__entry=index)
    return Forgetting.objects.filter(named, ordered=True).select_related("proposal").order_by("-pk").first()


def forgotten_fields(kind: str) -> list[str]:
    """What an order to forget blanks of a record of this kind, in words."""
    model = fact_models().get(kind)
    return [str(FIELD_WORDS.get(name, name.replace("_", " "))) for name in model.forgotten_fields()] if model else []
