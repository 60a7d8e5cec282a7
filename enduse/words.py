"""Words that find rows of a large table by index: how a text is cut into them, and the rows in which every word of a search stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

M = TypeVar("M", bound=Model)
WORD = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")
JOINT = re.compile(r"[-/.]")
LONGEST, MOST_WORDS = 40, 6
LAST_LETTER = "\U0010ffff"
# A word of few rows leads to them; a word of many is looked up for each row that the list passes.
FEW, MANY = 500, 20_000


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
    common = []
    for word in asked:
        stands = kept.filter(means(word))
        first = list(stands.order_by().values_list(of, flat=True)[:FEW + 1])
        if len(first) <= FEW:
            rows = rows.filter(**{f"{row}__in": set(first)})
        else:
            common.append(stands)
    for stands in common:
        if stands.order_by().values(of)[:MANY].count() < MANY:
            rows = rows.filter(**{f"{row}__in": stands.order_by().values(of)})
        else:
            rows = rows.filter(Exists(stands.filter(**{of: OuterRef(row)})))
    return rows
