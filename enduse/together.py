"""Several reads in one: rows of unlike kinds are asked for one after another and fetched by a single query when the first is needed.

A page that shows a case reads twenty small tables. Asked for together they cost one round trip: each part of the query gives
its place and its row as a JSON array, and the rows become what they would have been.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar, overload

from django.db import connection, models
from django.db.models import F, Func, IntegerField, JSONField, QuerySet, Subquery, Value

T = TypeVar("T")
M = TypeVar("M", bound=models.Model)
# Keys that stand in for those to come, below any that a row has; how many are asked for at once, where not one; a key of no row.
MARK, ROUND, NOBODY = -7_000_001, 12, -1
# What JSON would blur: binary has no place in it, SQLite rounds floats, decimals would come back as floats.
NOT_IN_JSON = frozenset({"BinaryField", "FloatField", "DecimalField", "DurationField"})


class Together:
    """A batch of reads. Everything that was asked for before the first row is looked at comes with one query."""

    def __init__(self) -> None:
        self._waiting: list[Asked[Any]] = []

    def rows(self, wanted: QuerySet[M]) -> Asked[M]:
        """The rows of a queryset, in its order; what it would fetch with them is not fetched: see `tie` and `link`."""
        return self._ask(_Rows(wanted))

    def picked(self, wanted: QuerySet[Any], *, distinct: bool = False, **said: Any) -> Asked[dict[str, Any]]:
        """Of each row of a queryset what `said` names: fields, also of what it points to, or expressions. In no order."""
        return self._ask(_Picked(wanted, said, distinct))

    def _ask(self, asked: Asked[T]) -> Asked[T]:
        asked.batch = self
        self._waiting.append(asked)
        return asked

    def fetch(self) -> None:
        """Read what waits."""
        waiting, self._waiting = self._waiting, []
        found = by_place(_in_one(waiting)) if waiting else {}
        for place, asked in enumerate(waiting):
            asked.take(found.get(place, []))


def _in_one(waiting: Sequence[Asked[Any]]) -> QuerySet[Any]:
    parts = [asked.part(place) for place, asked in enumerate(waiting)]
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


class _Row(Func):
    """The values of a row as one JSON array: an expression each, where an object would take two."""

    function, output_field = "JSON_ARRAY", JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_BUILD_ARRAY", **more)


def by_place(rows: Iterable[tuple[int, Any]]) -> dict[int, list[list[Any]]]:
    found: dict[int, list[list[Any]]] = {}
    for place, row in rows:
        found.setdefault(place, []).append(json.loads(row) if isinstance(row, str) else row)
    return found


class Prepared:
    """The same reads for other keys each time: put into SQL once for so many keys, which takes longer than to ask them.

    `parts` gives the querysets for lists of keys; the keys may be written nowhere else in them.
    """

    def __init__(self, parts: Callable[..., Sequence[QuerySet[Any]]]) -> None:
        self._parts = parts
        self._written: dict[tuple[Any, ...], tuple[str, tuple[Any, ...], list[_Rows[Any]]]] = {}

    def rows(self, *keys: Sequence[int]) -> list[list[Any]]:
        """The rows of each part. So many keys of each list as the next multiple of ROUND are asked: the last stands again."""
        padded = [[*some, *[some[-1] if some else NOBODY] * (-len(some) % ROUND)] if len(some) != 1 else list(some) for some in keys]
        shape = (connection.vendor, *map(len, padded))
        if shape not in self._written:
            self._written[shape] = self._write([len(some) for some in padded])
        sql, told, asked = self._written[shape]
        real = [key for some in padded for key in some]
        with connection.cursor() as cursor:
            cursor.execute(sql, [real[MARK - each] if isinstance(each, int) and MARK - len(real) < each <= MARK else each for each in told])
            found = by_place(cursor.fetchall())
        return [one.made(found.get(place, [])) for place, one in enumerate(asked)]

    def _write(self, lengths: Sequence[int]) -> tuple[str, tuple[Any, ...], list[_Rows[Any]]]:
        marks = iter(range(MARK, MARK - sum(lengths), -1))
        asked: list[_Rows[Any]] = [_Rows(rows) for rows in self._parts(*[[next(marks) for _ in range(length)] for length in lengths])]
        sql, told = _in_one(asked).query.get_compiler(connection=connection).as_sql()
        return sql, tuple(told), asked


class Asked(Sequence[T], Generic[T]):
    """What was asked for: a sequence that is read with its batch when it is first looked at."""

    batch: Together

    def __init__(self, wanted: QuerySet[Any]) -> None:
        self.wanted = wanted
        self._found: list[T] | None = None

    def part(self, place: int) -> QuerySet[Any]:
        """Its part of the query: (place, row as JSON)."""
        rows = self.wanted
        if rows.query.is_sliced:  # a part of a union has no limit of its own
            rows = rows.model._default_manager.filter(pk__in=rows.values("pk"))
        return rows.select_related(None).prefetch_related(None).order_by().annotate(
            together_part=Value(place, IntegerField()), together_row=_Row(*self.fields().values())).values_list("together_part", "together_row")

    def fields(self) -> dict[str, Any]:
        raise NotImplementedError

    def made(self, found: list[list[Any]]) -> list[T]:
        """The rows as they are handed out, from their values in the order of the fields."""
        raise NotImplementedError

    def take(self, found: list[list[Any]]) -> None:
        self._found = self.made(found)

    def _all(self) -> list[T]:
        if self._found is None:
            self.batch.fetch()
        assert self._found is not None
        return self._found

    def __iter__(self) -> Iterator[T]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> list[T]: ...
    def __getitem__(self, place: int | slice) -> T | list[T]:
        return self._all()[place]


class _Rows(Asked[M]):
    def fields(self) -> dict[str, Any]:
        blurred = [field.name for field in self.wanted.model._meta.concrete_fields if _kind(field) in NOT_IN_JSON]
        if blurred:
            raise TypeError(f"{self.wanted.model.__name__}.{blurred[0]} does not go through JSON: read it with a query of its own.")
        return {field.attname: F(field.attname) for field in self.wanted.model._meta.concrete_fields}

    def made(self, found: list[list[Any]]) -> list[M]:
        if not found:
            return []
        model, query = self.wanted.model, self.wanted.query
        fields = model._meta.concrete_fields
        names, readers = [field.attname for field in fields], [_reader(field) for field in fields]
        rows = [model.from_db(self.wanted.db, names, [None if value is None else read(value) for read, value in zip(readers, row, strict=True)])
                for row in found]
        order = query.order_by or (model._meta.ordering if query.default_ordering else ())
        for name in map(str, reversed(order)):  # by fields alone: an expression cannot be told from here
            rows.sort(key=attrgetter(name.removeprefix("-")), reverse=name.startswith("-"))
        return rows


class _Picked(Asked[dict[str, Any]]):
    def __init__(self, wanted: QuerySet[Any], said: Mapping[str, Any], distinct: bool) -> None:
        super().__init__(wanted)
        self._said, self._distinct = {name: F(each) if isinstance(each, str) else each for name, each in said.items()}, distinct
        self._kinds: dict[str, Any] = {}

    def fields(self) -> dict[str, Any]:
        return self._said

    def part(self, place: int) -> QuerySet[Any]:
        part = super().part(place)
        told = part.query.annotations["together_row"].get_source_expressions()
        self._kinds = {name: each.output_field for name, each in zip(self._said, told, strict=True)}
        return part.distinct() if self._distinct else part

    def made(self, found: list[list[Any]]) -> list[dict[str, Any]]:
        readers = [(name, _reader(kind)) for name, kind in self._kinds.items()]
        return [{name: None if value is None else read(value) for (name, read), value in zip(readers, row, strict=True)} for row in found]


def _kind(field: Any) -> str:
    return str(field.target_field.get_internal_type() if field.is_relation else field.get_internal_type())


def _reader(field: Any) -> Callable[[Any], Any]:
    """What makes a value of the field from JSON: SQLite keeps times without a zone and JSON as text."""
    kind = _kind(field)
    if kind == "JSONField":
        return lambda said: json.loads(said) if isinstance(said, str) else said
    if kind == "DateTimeField":
        return _moment
    return field.to_python  # type: ignore[no-any-return]


def _moment(said: str) -> datetime:
    value = datetime.fromisoformat(said)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def counted(rows: QuerySet[Any]) -> Subquery:
    """How many rows there are, as an expression for `Together.picked`."""
    return Subquery(rows.order_by().annotate(together_count=Func(F("pk"), function="COUNT", output_field=IntegerField())).values("together_count"))


def tie(owners: Iterable[models.Model], rows: Sequence[models.Model], by: str, model: type[models.Model]) -> None:
    """Hang rows on the owners that their field `by` names, so that neither side asks the database for the other.

    The rows are all that there are of `model` for these owners; an owner without any is known to have none.
    """
    field: Any = model._meta.get_field(by)
    back = field.remote_field
    of: dict[Any, list[models.Model]] = {owner.pk: [] for owner in owners}
    by_key = {owner.pk: owner for owner in owners}
    for row in rows:
        owner = by_key.get(getattr(row, field.attname))
        if owner is not None:
            field.set_cached_value(row, owner)
            of[owner.pk].append(row)
    if back.hidden:
        return
    for owner in by_key.values():
        if back.one_to_one:
            back.set_cached_value(owner, of[owner.pk][0] if of[owner.pk] else None)
        else:
            keep(owner, back.get_accessor_name(), of[owner.pk])


def keep(owner: models.Model, name: str, rows: Sequence[models.Model]) -> None:
    """What `owner.<name>.all()` gives from here on."""
    all_of_it = getattr(owner, name).get_queryset()
    all_of_it._result_cache = list(rows)
    all_of_it._prefetch_done = True
    if not hasattr(owner, "_prefetched_objects_cache"):
        owner._prefetched_objects_cache = {}  # type: ignore[attr-defined]
    owner._prefetched_objects_cache[name] = all_of_it  # type: ignore[attr-defined]


def pointed_to(rows: Iterable[models.Model], model: type[models.Model]) -> set[Any]:
    """The keys of every row of `model` that these rows point to."""
    return {key for row in rows for field in row._meta.concrete_fields
            if field.related_model is model and (key := getattr(row, field.attname)) is not None}


def link(rows: Iterable[models.Model], known: Iterable[models.Model]) -> None:
    """Let every row that points to one of `known` have it at hand."""
    by_model: dict[Any, dict[Any, models.Model]] = {}
    for each in known:
        by_model.setdefault(type(each), {})[each.pk] = each
    for row in rows:
        fields: Sequence[Any] = row._meta.concrete_fields
        for field in fields:
            found = by_model.get(field.related_model, {}).get(getattr(row, field.attname)) if field.is_relation else None
            if found is not None:
                field.set_cached_value(row, found)
