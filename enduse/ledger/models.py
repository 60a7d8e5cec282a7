"""Leaves, the hashes above them, signed checkpoints, and `Fact`: what every logged noun inherits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

ITEMS_PER_READ = 5_000


class Leaf(models.Model):
    """One entry of the log: a salted commitment. Without its salt and its fact it tells nothing but its time."""

    index = models.BigIntegerField(primary_key=True)
    leaf_hash = models.BinaryField(max_length=32)
    commitment = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=32, null=True)  # null: the content was forgotten by order
    kind = models.CharField(max_length=40)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} @ {self.index}"


class Node(models.Model):
    """The hash of a complete subtree of 256**level leaves: what proofs are made of without reading every leaf."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_hash_a_place")]


class Checkpoint(models.Model):
    """A signed note of the tree's size and root (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    signed_at = models.DateTimeField()


class Cosignature(models.Model):
    """A witness's statement that it saw this checkpoint, as the continuation of every one that it saw before (C2SP tlog-cosignature)."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=200)  # the witness's public key, as verifiers take it
    line = models.TextField()
    cosigned_at = models.DateTimeField()  # by the witness's own clock

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkpoint", "witness"], name="one_cosignature_of_a_witness")]


class WitnessAnswer(models.Model):
    """How a witness answered when it was last asked; its cosignatures are kept apart."""

    OK, SILENT, REFUSED = "ok", "silent", "refused"

    witness = models.CharField(max_length=200, unique=True)
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=[(OK, _("cosigned")), (SILENT, _("no answer")), (REFUSED, _("refused"))])
    detail = models.TextField(blank=True)


class Fork(models.Model):
    """Something that this log's own key signed, or a witness cosigned, and that the entries here contradict. Never removed."""

    SECOND_ROOT, ROLLED_BACK, NO_CONTINUATION = "second_root", "rolled_back", "no_continuation"
    KINDS = [
        (SECOND_ROOT, _("another root was signed for this number of entries")),
        (ROLLED_BACK, _("more entries were signed for than are here")),
        (NO_CONTINUATION, _("a witness finds that the log does not continue what it cosigned before")),
    ]

    found_at = models.DateTimeField()
    found_by = models.CharField(max_length=200, blank=True)  # a witness's name; empty: a checkpoint that somebody kept
    kind = models.CharField(max_length=16, choices=KINDS)
    size = models.BigIntegerField()  # of the tree that contradicts the entries here
    entries_here = models.BigIntegerField()
    evidence = models.TextField()
    identity = models.CharField(max_length=64, unique=True)  # SHA-256 of what makes two findings one


class Fact(models.Model):
    """Something that was decided or happened: written once, never edited, in the log from the moment it is saved.

    A subclass names its `kind`, gives its `content` (plain values, in words that stay stable) and, when it is over many
    things, its `item_rows`: rows in a fixed order, each with `as_item()`.
    """

    kind: ClassVar[str]
    # What an order to forget blanks besides the free texts: places, names of people.
    also_forgotten: ClassVar[tuple[str, ...]] = ()
    # Other tables (as "app.Model") in which its `forget` blanks words.
    words_elsewhere: ClassVar[tuple[str, ...]] = ()

    leaf = models.OneToOneField(Leaf, primary_key=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_index=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def content(self) -> dict[str, Any]:
        raise NotImplementedError(f"{type(self).__name__} does not say what it logs")

    @property
    def is_public(self) -> bool:
        """Whether anybody reads what it says: an enacted measure, a published report."""
        return False

    def item_rows(self) -> models.QuerySet[Any] | None:
        """The rows that the fact is over, in the order in which they are committed to; None when there are none."""
        return None

    def items(self) -> Iterator[dict[str, Any]] | None:
        rows = self.item_rows()
        return None if rows is None else (row.as_item() for row in rows.iterator(chunk_size=ITEMS_PER_READ))

    @classmethod
    def forgotten_fields(cls) -> tuple[str, ...]:
        """The fields that an order to forget blanks."""
        return (*(field.name for field in cls._meta.concrete_fields if field.get_internal_type() == "TextField"), *cls.also_forgotten)

    def blanked(self) -> dict[str, Any]:
        """What an order to forget leaves in each of its columns that holds words."""
        words = self.forgotten_fields()
        return {field.name: field.get_default() for field in self._meta.concrete_fields if field.name in words}

    def forgettable(self) -> set[str]:
        """The texts that an order to forget takes out, wherever it keeps them."""
        after = self.blanked()
        return {text for name in after for text in texts_in(getattr(self, name))} - set(texts_in(list(after.values())))

    def shares_words_with(self) -> Iterable[Fact]:
        """Other facts that the software wrote with words of this one, or this one with theirs."""
        return ()

    @classmethod
    def sharing_words_with(cls, fact: Fact) -> Iterable[Fact]:
        """The same from the other side: facts of this kind that have words of one of another kind, which need not know this kind."""
        return ()

    def forget(self) -> None:
        """Blank its words, for `ledger.forgetting` alone: it is called where the entry's salt is destroyed."""
        if blank := self.blanked():
            type(self)._base_manager.filter(pk=self.pk).update(**blank)

    def keep(self) -> None:
        """Bring up to date what is kept of this fact for speed; called inside the transaction that records it."""

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not kwargs.get("force_insert"):
            raise TypeError(f"A {self.kind} is never edited: record a later fact that names it.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"A {self.kind} is never deleted: record a later fact that names it.")


def fact_models() -> dict[str, type[Fact]]:
    """Every logged noun by its kind."""
    found: dict[str, type[Fact]] = {}
    waiting = list(Fact.__subclasses__())
    while waiting:
        model = waiting.pop()
        waiting.extend(model.__subclasses__())
        if not model._meta.abstract:
            found[model.kind] = model
    return found


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a plain value; not the names of its fields."""
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)


def plain(value: Any) -> Any:
    """A value as it stands in the log's JSON: dates in ISO 8601, decimals as text, the rest as it is."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float):
        # RFC 8785 writes floats in ECMAScript form; text avoids two programs that round differently.
        return repr(value)
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


from enduse.ledger.orders import (  # noqa: E402 (they are facts themselves)
    AlsoForgotten,
    Forgetting,
    ForgettingProposal,
    KeyChange,
    KeyDeclined,
    KeyProposal,
    KeyRotation,
)

__all__ = [
    "ITEMS_PER_READ",
    "AlsoForgotten",
    "Checkpoint",
    "Cosignature",
    "Fact",
    "Forgetting",
    "ForgettingProposal",
    "Fork",
    "KeyChange",
    "KeyDeclined",
    "KeyProposal",
    "KeyRotation",
    "Leaf",
    "Node",
    "WitnessAnswer",
    "fact_models",
    "plain",
    "texts_in",
]
