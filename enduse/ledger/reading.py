"""Reading what facts are over, many facts at once and without a model object for each row: for verification."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

from django.db import models

from enduse.ledger.models import ITEMS_PER_READ, Fact

RELATED_KEPT = 250_000


@dataclass(frozen=True)
class Shape:
    """How the rows of a kind are read: their model, its fields, which of those names the fact, their order, what they refer to."""

    model: type[models.Model]
    fields: tuple[str, ...]
    fact: str
    order: tuple[str, ...]
    related: dict[str, tuple[int, type[models.Model]]]  # attribute -> (place of its key in a row, model)


@dataclass
class ItemReader:
    """Gives `as_item()` of every row of many facts. What rows refer to (a firearm in each of its events) is read once and kept."""

    kept: dict[type[models.Model], dict[Any, SimpleNamespace]] = field(default_factory=dict)

    def items(self, facts: Sequence[Fact]) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """(the fact's place, its items in order) of those facts of one kind that have any.

        AttributeError: `as_item()` asks for more than its row and what `item_rows()` selects with it.
        """
        shape = shape_of(facts[0])
        if shape is None:
            return
        rows = (shape.model._default_manager.filter(**{f"{shape.fact}__in": [fact.pk for fact in facts]})
                .order_by(shape.fact, *shape.order).values_list(*shape.fields))
        place = shape.fields.index(shape.fact)
        for index, group in groupby(self._stood_in(shape, rows.iterator(chunk_size=ITEMS_PER_READ), place), key=itemgetter(0)):
            yield index, [item for _index, item in group]

    def _stood_in(self, shape: Shape, rows: Iterator[tuple[Any, ...]], place: int) -> Iterator[tuple[int, dict[str, Any]]]:
        as_item = shape.model.as_item  # type: ignore[attr-defined]
        while chunk := list(islice(rows, ITEMS_PER_READ)):
            related = [(name, at, self._related(model, {row[at] for row in chunk})) for name, (at, model) in shape.related.items()]
            for row in chunk:
                stand_in = SimpleNamespace(**dict(zip(shape.fields, row, strict=True)))
                for name, at, known in related:
                    setattr(stand_in, name, known.get(row[at]))
                yield row[place], as_item(stand_in)

    def _related(self, model: type[models.Model], keys: Iterable[Any]) -> dict[Any, SimpleNamespace]:
        known = self.kept.setdefault(model, {})
        if len(known) > RELATED_KEPT:
            known.clear()
        names = [each.attname for each in model._meta.concrete_fields]
        at = names.index(model._meta.pk.attname)
        missing = [key for key in keys if key is not None and key not in known]
        for first in range(0, len(missing), ITEMS_PER_READ):
            for row in model._default_manager.filter(pk__in=missing[first:first + ITEMS_PER_READ]).values_list(*names):
                known[row[at]] = SimpleNamespace(**dict(zip(names, row, strict=True)))
        return known


def shape_of(fact: Fact) -> Shape | None:
    """The shape of the rows of this fact's kind; None: it has none, or not such as can be read in bulk."""
    rows = fact.item_rows()
    if rows is None:
        return None
    model, fields = rows.model, rows.model._meta.concrete_fields
    to_fact = [each.attname for each in fields if each.is_relation and each.related_model is type(fact)]
    selected = rows.query.select_related
    if len(to_fact) != 1 or selected is True or (selected and any(selected.values())):
        return None
    names = tuple(each.attname for each in fields)
    related = {name: (names.index(model._meta.get_field(name).attname), model._meta.get_field(name).related_model) for name in selected or {}}
    return Shape(model, names, to_fact[0], tuple(str(each) for each in rows.query.order_by), related)
