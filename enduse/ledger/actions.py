"""Writing to the log: a fact with its leaf, checkpoints, and forgetting a content by order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, models, transaction

from enduse import clock
from enduse.engines import translog
from enduse.ledger.keys import signer
from enduse.ledger.models import Checkpoint, Fact, Leaf, Node, plain

F = TypeVar("F", bound=Fact)
LOG_LOCK = 0x656E_6475  # any constant of our own: PostgreSQL's advisory lock that one appender holds at a time
CHECKPOINT_EVERY = timedelta(seconds=1)
ROWS_PER_INSERT = 2_000
# Rows of numbers, texts and references need no conversion on either database; below some ten the ORM is as quick.
PLAIN = {"BigIntegerField", "IntegerField", "PositiveIntegerField", "CharField", "BooleanField", "ForeignKey", "OneToOneField"}
PLAIN_FROM = 10


def record(fact: F, *, by: Any, rows: Sequence[models.Model] = (), row_field: str = "") -> F:
    """Save the fact, its rows and its leaf in one transaction; its id is then its place in the log.

    `by`: the user who says so (None: the system itself). `rows`: unsaved rows the fact is over, in order, each with
    `as_item()`; `row_field` is their foreign key to the fact.
    """
    with transaction.atomic():
        index = next_index()
        fact.pk = index
        fact.recorded_at = clock.now()
        fact.recorded_by = by
        for row in rows:
            setattr(row, row_field, fact)
        salt = translog.new_salt()
        commitment = commitment_of(fact, salt, (row.as_item() for row in rows) if rows else None)  # type: ignore[attr-defined]
        leaf_hash = translog.leaf_hash(commitment)
        Leaf(index=index, leaf_hash=leaf_hash, commitment=commitment, salt=salt, kind=fact.kind,
             recorded_at=fact.recorded_at).save(force_insert=True)
        fact.save(force_insert=True)
        if rows:
            insert(rows)
        _keep_full_subtrees(index, leaf_hash)
        fact.keep()
        _sign_when_saved()
    return fact


def _sign_when_saved() -> None:
    """Look once after a transaction, of however many facts. Saved is saved: whether that fails or not, a checkpoint is signed later too."""
    here = set(connection.savepoint_ids)
    # What was asked for within a savepoint goes with it, so only what stands as long as this fact does counts.
    if not any(entry[1] is sign_if_due and entry[0] <= here for entry in connection.run_on_commit):
        transaction.on_commit(sign_if_due, robust=True)


def insert(rows: Sequence[models.Model]) -> None:
    """Save many new rows of one model in order. A manifest of thousands goes to the database as plain tuples."""
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    if len(rows) < PLAIN_FROM or any(field.get_internal_type() not in PLAIN for field in fields):
        model._default_manager.bulk_create(rows, batch_size=ROWS_PER_INSERT)
        return
    names = [field.attname for field in fields]
    insert_values(model, names, (tuple([getattr(row, name) for name in names]) for row in rows))


def insert_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Save many new rows of fields that need no conversion, given as tuples: `names` says which column each value is of."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(model._meta.get_field(name).column)) for name in names)  # type: ignore[union-attr]
    places = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.executemany(  # the names are the model's own; values go as parameters
            f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})", list(rows))  # type: ignore[arg-type]  # noqa: S608


def envelope(fact: Fact, items: Sequence[bytes]) -> dict[str, Any]:
    """The JSON that a leaf commits to: what the fact says, who recorded it and when, and the root over its items' commitments."""
    said = {
        "v": 1,
        "kind": fact.kind,
        "recorded_at": plain(fact.recorded_at),
        "recorded_by": fact.recorded_by.get_username() if fact.recorded_by else None,
        "content": plain(fact.content()),
    }
    if items:
        said["items"] = {"count": len(items), "root": translog.items_root(items).hex()}
    return said


def commitment_of(fact: Fact, salt: bytes, items: Iterable[dict[str, Any]] | None) -> bytes:
    """What the log holds of a fact: a salted commitment to its envelope (32 bytes)."""
    over = [] if items is None else translog.item_commitments(salt, (translog.canonical(item) for item in items))
    return translog.commitment(translog.content_salt(salt), translog.canonical(envelope(fact, over)))


def next_index() -> int:
    """The next free place. One appender at a time: SQLite's write lock is held already; PostgreSQL is asked for one."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOG_LOCK])
        cursor.execute(f'SELECT MAX("index") FROM {Leaf._meta.db_table}')  # noqa: S608 - each fact asks this, and to build the query takes longer than to run it
        last = cursor.fetchone()[0]
    return 0 if last is None else last + 1


def _keep_full_subtrees(index: int, leaf_hash: bytes) -> None:
    if (index + 1) % translog.TILE_WIDTH:
        return
    appender = translog.Appender(index, read_tile)
    Node.objects.bulk_create(Node(level=level, index=at, hash=value) for level, at, value in appender.append(leaf_hash))


def read_tile(level: int, index: int, width: int) -> bytes:
    """The hashes of one tile, `width` of them, from the database: what proofs are computed from."""
    first = index * translog.TILE_WIDTH
    if level == 0:
        hashes: Iterable[Any] = Leaf.objects.filter(index__gte=first, index__lt=first + width).order_by("index").values_list("leaf_hash", flat=True)
    else:
        hashes = Node.objects.filter(level=level, index__gte=first, index__lt=first + width).order_by("index").values_list("hash", flat=True)
    return b"".join(bytes(value) for value in hashes)


def size() -> int:
    last = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def sign_if_due() -> None:
    """Sign a checkpoint when the last one is a second old; whoever asks for the checkpoint signs the rest."""
    last = Checkpoint.objects.order_by("-size").first()
    if last is None or clock.now() - last.signed_at >= CHECKPOINT_EVERY or clock.now() < last.signed_at:
        sign()


def sign() -> Checkpoint:
    """The checkpoint of the tree as it is now, made unless there is one of this size."""
    # Whoever only looks must not queue for the write lock, so what is signed already is read outside a transaction.
    known = Checkpoint.objects.filter(size=size()).first()
    if known is not None:
        return known
    with transaction.atomic():
        now = size()
        root = translog.tree_head(now, read_tile)
        note = translog.make_checkpoint(settings.ENDUSE_LOG_ORIGIN, now, root, signer(now))
        checkpoint, _made = Checkpoint.objects.get_or_create(size=now, defaults={"root": root, "note": note, "signed_at": clock.now()})
    return checkpoint
