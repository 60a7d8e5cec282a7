"""A proof file of one event: what a court's expert checks without this server (`tools/verify_proof.py`)."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext as _

from enduse.engines import translog
from enduse.ledger.actions import envelope, read_tile, sign
from enduse.ledger.models import Fact, KeyRotation, Leaf, fact_models
from enduse.ledger.witnesses import newest_cosigned, note_of
from enduse.refusals import NotPermitted, Refused


def refuse_items_unless(all_of_it: bool, item: int | None) -> None:
    """Rule 10: an event that others' firearms share is proved whole; each of its items only to those who see all of them."""
    if item is not None and not all_of_it:
        raise NotPermitted(
            _("Your role does not see each item of this entry."), _("Take the proof of the whole entry, or ask the authority."), rule=10)


def fact_at(index: int) -> Fact | None:
    """The fact whose place in the log this is."""
    leaf = Leaf.objects.filter(pk=index).first()
    model = fact_models().get(leaf.kind) if leaf else None
    return model._default_manager.select_related("recorded_by", "leaf").filter(pk=index).first() if model else None


def proof_of(fact: Fact, *, item: int | None = None) -> str:
    """The proof file of a fact, with one of its items when asked (counted from 0 in the order in which they were logged).

    Refused: the content was forgotten by order; there is no such item.
    """
    leaf = fact.leaf
    if leaf.salt is None:
        raise Refused(_("The content of this entry was forgotten by order; only its place in the log can be shown."))
    salt = bytes(leaf.salt)
    contents = [] if (items := fact.items()) is None else [translog.canonical(each) for each in items]
    commitments = translog.item_commitments(salt, contents)
    # Best under a checkpoint that a witness saw too and that the present key signed; else under the log's own.
    changed = KeyRotation.objects.aggregate(size=Max("size"))["size"]
    checkpoint = newest_cosigned(at_least=max(leaf.index, -1 if changed is None else changed) + 1) or sign()
    path = translog.prove_inclusion(leaf.index, checkpoint.size, read_tile)
    return translog.make_event_proof(translog.EventProof(
        content=translog.canonical(envelope(fact, commitments)).decode(),
        content_salt=translog.content_salt(salt),
        item=None if item is None else _item_proof(salt, contents, item),
        leaf=translog.make_tlog_proof(leaf.index, path, note_of(checkpoint)),
    ))


def _item_proof(salt: bytes, contents: list[bytes], index: int) -> translog.Item:
    if not 0 <= index < len(contents):
        raise Refused(_("This entry has %(count)d items; there is no number %(index)d."), _("Count from 0."), count=len(contents), index=index)
    return translog.make_item(salt, contents, index)
