"""Words that find rows of a large table by index: how a text is cut into them, and the rows in which every word of a search stands."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.db.models.lookups import In

M = TypeVar("M", bound=Model)
WORD = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")
JOINT = re.compile(r"[-/.]")
LONGEST, MOST_WORDS = 40, 6
LAST_LETTER = "\U0010ffff"
# A word of few rows is gathered whole and leads to them; a common one is looked up in those, or gathered where none is rare, unless
# it stands in too many rows. What is left is looked up for each row that the list passes.
FEW, SOME, MANY = 500, 2_000, 20_000


def words_in(texts: Iterable[str]) -> list[str]:
    """The words of texts as they are searched for: lower case, without accents; a reference whole and from each of its parts on."""
    found: dict[str, None] = {}
    for text in texts:
        for match in WORD.finditer(plain_letters(text)):
            word = match.group()
            for start in (0, *(joint.end() for joint in JOINT.finditer(word))):
                if len(word) - start > 1:
                    found[word[start:start + LONGEST]] = None
    return list(found)


def plain_letters(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))


def begins_with(word: str) -> Q:
    """Words that begin so, in the form for which each database uses its index."""
    if connection.vendor == "postgresql":
        return Q(word__startswith=word)
    return Q(word__gte=word, word__lt=word + LAST_LETTER)


def asked_words(text: str) -> list[str]:
    """The words of a search, as they were typed."""
    return [match.group() for match in WORD.finditer(text)][:MOST_WORDS]


def standing_in(rows: QuerySet[M], kept: QuerySet[Any], *, of: str, row: str, asked: Sequence[str], means: Callable[[str], Q]) -> QuerySet[M]:
    """The rows in which every word stands. `kept`: the words that are looked in, each by its field `of` tied to a row's field `row`.

    `means`: which kept words an asked one stands for. How the database is asked follows from how often each word stands:
    looking up a rare word for every row, or gathering the rows of a common one, would each take a second.
    """
    return looked_up(kept, of=of, asked=asked, means=means).narrow(rows, row)


@dataclass(frozen=True)
class LookedUp:
    """What the words of a search lead to, so that lists of several nouns are narrowed by one look-up."""

    keys: frozenset[int] | None  # in each of these stand the words that were gathered; None: none was
    common: tuple[QuerySet[Any], ...]  # of each other word, where it stands
    of: str

    def narrow(self, rows: QuerySet[M], row: str) -> QuerySet[M]:
        """The rows whose field `row` names one in which every word stands."""
        if self.keys is not None and len(self.keys) <= SOME:
            rows = rows.filter(**{f"{row}__in": one_of(self.keys)})
        elif self.keys is not None:  # not by the index of that field: a page wants the first, and would sort all that the index gives for it
            rows = rows.filter(In(Coalesce(F(row), Value(0)), one_of(self.keys)))
        for stands in self.common:
            rows = rows.filter(Exists(stands.filter(**{self.of: OuterRef(row)})))
        return rows


def looked_up(kept: QuerySet[Any], *, of: str, asked: Sequence[str], means: Callable[[str], Q]) -> LookedUp:
    """Where every word stands: see `standing_in`."""
    keys: frozenset[int] | None = None
    common: dict[str, QuerySet[Any]] = {}
    for word in dict.fromkeys(asked):
        stands = kept.filter(means(word)).order_by()
        found = _plainly(stands.values_list(of, flat=True)[:FEW + 1])
        if len(found) <= FEW:
            keys = frozenset(found) if keys is None else keys & frozenset(found)
        else:
            common[word] = stands
    # A long word tends to stand in fewer rows than a short one.
    for word in sorted(common, key=len, reverse=True):
        if keys is not None and len(keys) <= SOME:
            keys = frozenset(_plainly(common.pop(word).filter(**{f"{of}__in": one_of(keys)}).values_list(of, flat=True)))
            continue
        found = _plainly(common[word].values_list(of, flat=True)[:MANY + 1])
        if len(found) <= MANY:
            keys = frozenset(found) if keys is None else keys & frozenset(found)
            del common[word]
    return LookedUp(keys, tuple(common.values()), of)


def _plainly(keys: QuerySet[Any, Any]) -> list[int]:
    """Keys as the database gives them: twenty thousand times what a queryset does for each row would be felt."""
    try:
        sql, told = keys.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        return [key for (key,) in cursor.fetchall()]


def one_of(keys: Iterable[int]) -> Any:
    """Many keys as one parameter, for `__in`."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(keys))])
