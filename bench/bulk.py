"""Facts and rows by the hundred thousand, as `ledger.actions.record` writes them one by one: the same leaves, the same hashes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models, transaction

from enduse.engines import translog
from enduse.ledger.actions import PLAIN, next_index, read_tile, sign
from enduse.ledger.models import Fact, Leaf, Node, plain

FLUSH_AT = 20_000


class Writer:
    """Keeps what is said until there is enough of it, then writes it in the order of its tables."""

    def __init__(self, order: Sequence[type[models.Model]]) -> None:
        self._order = [Node, *order]
        self._leaves: list[tuple[Any, ...]] = []
        self._waiting: dict[type[models.Model], list[models.Model]] = {model: [] for model in self._order}
        self._next_key: dict[type[models.Model], int] = {}
        self.size = next_index()
        self._tree = translog.Appender(self.size, read_tile if self.size else None)
        self._kept = 0

    def key(self, model: type[models.Model]) -> int:
        """The next free key of a table that nobody else writes to meanwhile."""
        last = self._next_key.get(model)
        if last is None:
            last = model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
        self._next_key[model] = last + 1
        return last + 1

    def row(self, row: models.Model) -> None:
        if row.pk is None:
            row.pk = self.key(type(row))
        self._waiting[type(row)].append(row)
        self._kept += 1

    def fact(self, fact: Fact, *, by: Any, at: datetime, content: dict[str, Any] | None = None, rows: Sequence[Any] = (), row_field: str = "") -> Any:
        """As `record`. `content`: what the fact says, where asking it would read the database."""
        fact.pk, fact.recorded_at, fact.recorded_by = self.size, at, by
        for each in rows:
            setattr(each, row_field, fact)
        salt = translog.new_salt()
        commitment = _commitment(fact, salt, at, by, fact.content() if content is None else content, [each.as_item() for each in rows])
        leaf_hash = translog.leaf_hash(commitment)
        self._leaves.append((self.size, leaf_hash, commitment, salt, fact.kind, at if connection.vendor == "postgresql" else _without_zone(at)))
        for level, place, value in self._tree.append(leaf_hash):
            self.row(Node(level=level, index=place, hash=value))
        self.size += 1
        self.row(fact)
        for each in rows:
            self.row(each)
        return fact

    def flush(self, *, at_least: int = 1) -> None:
        if self._kept < at_least:
            return
        with transaction.atomic():
            put(Leaf, self._leaves)
            self._leaves = []
            for model in self._order:
                write(self._waiting[model])
                self._waiting[model] = []
        self._kept = 0

    def finish(self) -> None:
        """Write the rest, let the database number on from here, sign the tree."""
        self.flush()
        from django.core.management.color import no_style

        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [model for model in self._order if not issubclass(model, Fact)]):
                cursor.execute(statement)
        sign()


def _commitment(fact: Fact, salt: bytes, at: datetime, by: Any, content: dict[str, Any], items: Sequence[dict[str, Any]]) -> bytes:
    """As `ledger.actions.commitment_of`. What cases say is texts and whole numbers, of which the canonical JSON is plain sorted JSON."""
    said: dict[str, Any] = {"v": 1, "kind": fact.kind, "recorded_at": at, "recorded_by": by.username if by else None, "content": content}
    if items:
        over = translog.item_commitments(salt, [_canonical(each) for each in items])
        said["items"] = {"count": len(items), "root": translog.items_root(over).hex()}
    return translog.commitment(translog.content_salt(salt), _canonical(said))


def _canonical(said: dict[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=plain).encode()


def _without_zone(at: datetime) -> str:
    return str(at.astimezone(UTC).replace(tzinfo=None))


def write(rows: Sequence[models.Model]) -> None:
    """New rows of one model with their keys."""
    if rows:
        readers = [_reader(field) for field in rows[0]._meta.concrete_fields]
        put(type(rows[0]), ([read(row) for read in readers] for row in rows))


def put(model: type[models.Model], values: Iterable[Sequence[Any]]) -> None:
    """Rows as their columns' values, the quickest way that the database takes them."""
    table, quote = model._meta.db_table, connection.ops.quote_name
    columns = [quote(str(field.column)) for field in model._meta.concrete_fields]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quote(table)} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {quote(table)} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})", values)


def _reader(field: Any) -> Callable[[Any], Any]:
    name = field.attname
    kind = field.target_field.get_internal_type() if field.is_relation else field.get_internal_type()
    if kind in PLAIN | {"BigAutoField", "PositiveSmallIntegerField", "PositiveBigIntegerField", "TextField", "BinaryField", "FloatField"}:
        return lambda row: getattr(row, name)
    if kind == "DateTimeField" and connection.vendor == "sqlite":
        return lambda row: _without_zone(value) if (value := getattr(row, name)) is not None else None
    if kind == "DateField" and connection.vendor == "sqlite":
        return lambda row: str(value) if (value := getattr(row, name)) is not None else None
    if kind == "JSONField" and connection.vendor == "sqlite":
        return lambda row: json.dumps(getattr(row, name))
    return lambda row: field.get_db_prep_save(getattr(row, name), connection)
