"""`enduse log verify`: everything recomputed from the database, every difference named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from enduse.engines import translog
from enduse.ledger.actions import commitment_of
from enduse.ledger.keys import first_key, rotations, signer
from enduse.ledger.models import AlsoForgotten, Checkpoint, Cosignature, Fact, Forgetting, KeyChange, KeyRotation, Leaf, Node, fact_models
from enduse.ledger.reading import ItemReader
from enduse.refusals import Refused

LEAVES_AT_ONCE = 512


@dataclass(frozen=True)
class Difference:
    """Something that is not as it was logged: which leaf (None: the tree itself), what kind, and what is wrong."""

    index: int | None
    kind: str
    what: str

    def __str__(self) -> str:
        return f"leaf {self.index} ({self.kind}): {self.what}" if self.index is not None else f"the tree: {self.what}"


@dataclass(frozen=True)
class Forgotten:
    """An entry whose content was forgotten by order: which, by which entry of the log, on whose authority."""

    index: int
    order: int
    authority: str

    def __str__(self) -> str:
        return f"leaf {self.index}: forgotten by order {self.order} ({self.authority})"


@dataclass(frozen=True)
class Verification:
    """What a verification read and what it found. `differences` empty: nobody changed anything that was logged."""

    leaves: int
    root: bytes
    checkpoints: int
    forgotten: tuple[Forgotten, ...]
    differences: tuple[Difference, ...]


def verify(progress: Callable[[int, int], None] | None = None, *, trusted: translog.Verifier | None = None) -> Verification:
    """Recompute every commitment from its fact, every hash above, and compare with every signed checkpoint.

    `trusted`: a public key of the log that the reader kept; its changes must lead from it to the key that signs now.
    """
    differences: list[Difference] = []
    hashes: list[bytes] = []
    orders = _orders()
    forgotten: list[Forgotten] = []
    total = Leaf.objects.count()
    reader = ItemReader()
    for leaves in _in_batches():
        facts = _facts_of(leaves)
        as_logged = _as_logged(leaves, facts, reader)
        for leaf in leaves:
            if leaf.index != len(hashes):
                differences.append(Difference(len(hashes), "missing", "the leaf at this place is gone"))
            order = orders.get(leaf.index)
            if order is not None and leaf.salt is None:
                forgotten.append(Forgotten(leaf.index, order.pk, order.proposal.authority))
            elif order is not None:
                differences.append(Difference(leaf.index, leaf.kind, f"order {order.pk} says that it is forgotten, and it is still here"))
            elif leaf.salt is None:
                differences.append(Difference(leaf.index, leaf.kind, "its salt is gone, and no order says that it be forgotten"))
            differences += _differences_of(leaf, facts.get(leaf.index), known_good=leaf.index in as_logged)
            hashes.append(bytes(leaf.leaf_hash))
        if progress:
            progress(len(hashes), total)
    differences += _facts_without_leaf()
    differences += _tree_differences(hashes)
    differences += _rotation_differences(hashes, trusted)
    checkpoints = list(Checkpoint.objects.order_by("size"))
    differences += _checkpoint_differences(checkpoints, hashes)
    differences += _cosignature_differences()
    return Verification(len(hashes), translog.root_of_hashes(hashes), len(checkpoints), tuple(forgotten), tuple(differences))


def _orders() -> dict[int, Forgetting]:
    """Which order forgot an entry, by the entry's place."""
    by_entry = {order.proposal.entry_id: order for order in Forgetting.objects.filter(ordered=True).select_related("proposal")}
    return by_entry | {also.entry_id: also.order for also in AlsoForgotten.objects.select_related("order__proposal")}


def _in_batches() -> Iterator[list[Leaf]]:
    after = -1
    while leaves := list(Leaf.objects.filter(index__gt=after).order_by("index")[:LEAVES_AT_ONCE]):
        yield leaves
        after = leaves[-1].index


def _facts_of(leaves: list[Leaf]) -> dict[int, Fact]:
    known = fact_models()
    by_kind: dict[str, list[int]] = {}
    for leaf in leaves:
        by_kind.setdefault(leaf.kind, []).append(leaf.index)
    facts: dict[int, Fact] = {}
    for kind, indexes in by_kind.items():
        if kind in known:
            facts |= known[kind]._default_manager.select_related("recorded_by").in_bulk(indexes)
    return facts


def _as_logged(leaves: list[Leaf], facts: dict[int, Fact], reader: ItemReader) -> set[int]:
    """The places whose facts, read in bulk, give the commitment that was logged. Any other is read again by itself before it is blamed."""
    salted = {leaf.index: leaf for leaf in leaves if leaf.salt is not None and leaf.index in facts}
    by_kind: dict[str, list[Fact]] = {}
    for index, leaf in salted.items():
        by_kind.setdefault(leaf.kind, []).append(facts[index])
    good: set[int] = set()
    for of_one_kind in by_kind.values():
        try:
            for index, items in reader.items(of_one_kind):
                leaf = salted[index]
                if commitment_of(facts[index], bytes(leaf.salt or b""), items) == bytes(leaf.commitment):
                    good.add(index)
        except AttributeError:
            continue
    return good


def _differences_of(leaf: Leaf, fact: Fact | None, *, known_good: bool) -> Iterator[Difference]:
    if translog.leaf_hash(bytes(leaf.commitment)) != bytes(leaf.leaf_hash):
        yield Difference(leaf.index, leaf.kind, "its hash does not belong to its commitment")
    if leaf.salt is None:
        return
    if fact is None:
        yield Difference(leaf.index, leaf.kind, "the fact is gone, its leaf is still here")
    elif fact.recorded_at != leaf.recorded_at:
        yield Difference(leaf.index, leaf.kind, "its leaf says another moment of recording than the fact")
    elif not known_good and commitment_of(fact, bytes(leaf.salt), fact.items()) != bytes(leaf.commitment):
        yield Difference(leaf.index, leaf.kind, "the fact in the database is not the one that was logged")


def _facts_without_leaf() -> Iterator[Difference]:
    for kind, model in fact_models().items():
        for index in model._default_manager.exclude(leaf__kind=kind).values_list("pk", flat=True):
            yield Difference(index, kind, "a fact stands here whose leaf says another kind or is gone")


def _tree_differences(hashes: list[bytes]) -> Iterator[Difference]:
    """The kept hashes above the leaves, against those that the leaves give."""
    tree = translog.Appender()
    right = {(level, place): value for level, place, value in tree.append(hashes)}
    for node in Node.objects.order_by("level", "index").iterator():
        if right.pop((node.level, node.index), None) != bytes(node.hash):
            yield Difference(None, "", f"the kept hash at level {node.level}, place {node.index} is not that of its leaves")
    for level, place in right:
        yield Difference(None, "", f"the hash at level {level}, place {place} is not kept")


def _rotation_differences(hashes: list[bytes], trusted: translog.Verifier | None) -> Iterator[Difference]:
    """The changes of the key, from the first (or the one that the reader trusts) to the one that signs now."""
    rows = list(KeyRotation.objects.order_by("size").select_related("change"))
    try:
        keys = translog.follow_rotations(first_key(), [row.note for row in rows])
        present = signer().verifier
    except (translog.TranslogError, Refused) as error:
        yield Difference(None, "", f"the log's keys do not lead from one to the next: {error}")
        return
    if keys[-1] != present:
        yield Difference(None, "", f"the last change of the key leads to {keys[-1]}; the log is signed with {present}")
    if trusted is not None and trusted not in keys:
        yield Difference(None, "", f"no change of the key leads from the key that you trust, {trusted}, to {present}")
    for row, old in zip(rows, keys, strict=False):
        said = translog.open_rotation(row.note, old)
        tree = translog.root_of_hashes(hashes[:said.size])
        if (said.size, said.root, str(old), str(said.new), row.change_id + 1) != (row.size, tree, row.change.old_key, row.change.new_key, row.size):
            yield Difference(row.change_id, KeyChange.kind, "the note of this change of the key is not of this place in the log")
    for change in KeyChange.objects.filter(rotation=None).values_list("pk", flat=True):
        yield Difference(change, KeyChange.kind, "the note of this change of the key is gone")


def _checkpoint_differences(checkpoints: list[Checkpoint], hashes: list[bytes]) -> Iterator[Difference]:
    try:
        first, changes = first_key(), rotations()
    except Refused:  # named already: the key is not here
        return
    tree = translog.Appender()
    for checkpoint in checkpoints:
        if checkpoint.size > len(hashes):
            yield Difference(None, "", f"a checkpoint of {checkpoint.size} leaves is signed, but only {len(hashes)} are here")
            continue
        tree.append(hashes[tree.size:checkpoint.size])
        try:
            said = translog.open_checkpoint(checkpoint.note, translog.keys_for(checkpoint.size, first, changes)).checkpoint
        except translog.TranslogError as error:
            yield Difference(None, "", f"the checkpoint of {checkpoint.size} leaves does not verify: {error}")
            continue
        if said.size != checkpoint.size or said.root != tree.root:
            yield Difference(None, "", f"the signed root of {checkpoint.size} leaves is not the root of the leaves that are here")
        elif said.root != bytes(checkpoint.root):
            yield Difference(None, "", f"the root kept beside the checkpoint of {checkpoint.size} leaves is not the one that was signed")


def _cosignature_differences() -> Iterator[Difference]:
    for each in Cosignature.objects.select_related("checkpoint").order_by("pk").iterator():
        try:
            text = translog.split_note(each.checkpoint.note)[0]
            translog.open_note(f"{text}\n{each.line}", [each.witness])
        except translog.TranslogError as error:
            yield Difference(None, "", f"a cosignature of the checkpoint of {each.checkpoint_id} leaves does not verify: {error}")
