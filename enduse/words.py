"""Words that find rows of a large table by index: how a text is cut into them, and the rows in which every word of a search stands.

The words of a row stand in a table beside it (`Text`). The database's own full-text index is put over that table: FTS5 in SQLite,
a `tsvector` in PostgreSQL. Both are told the words as they are cut here, so that the same search finds the same rows in either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import F, Model, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.db.models.lookups import In
from django.db.models.signals import post_migrate, pre_migrate

M = TypeVar("M", bound=Model)
WORD = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")
JOINT = re.compile(r"[-/.]")
LONGEST, MOST_WORDS = 40, 6
BEGINNING, SHORT = "~", 2
FEW, OFTEN = 200, 0.2


class Text(models.Model):
    """Derived: the words that find one row, each once, with a space between. `unseen`: by these only some readers find it."""

    seen = models.TextField(blank=True)
    unseen = models.TextField(blank=True)

    class Meta:
        abstract = True


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


def with_beginnings(words: Iterable[str]) -> list[str]:
    """The words, and of each its first two letters behind a tilde: thousands of words begin so, and to gather those would be felt."""
    return list(dict.fromkeys([*words, *(BEGINNING + word[:SHORT] for word in words)]))


def plain_letters(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))


def asked_words(text: str) -> list[str]:
    """The words of a search, as they are kept; a short one as the beginning that it is."""
    words = dict.fromkeys(match.group()[:LONGEST] for match in WORD.finditer(plain_letters(text)))
    return [word if len(word) > SHORT else BEGINNING + word for word in words][:MOST_WORDS]


@dataclass(frozen=True)
class LookedUp:
    """Where every word of a search stands, for lists of each noun that has it."""

    keys: RawSQL | Sequence[int]

    def narrow(self, rows: QuerySet[M], row: str) -> QuerySet[M]:
        """The rows whose field `row` names one in which every word stands."""
        if connection.vendor == "postgresql":
            return rows.filter(**{f"{row}__in": self.keys})
        # Not by the index of that field: a page wants the first, and would sort all that the index gives for it.
        return rows.filter(In(Coalesce(F(row), Value(0)), self.keys))


def looked_up(kept: type[Text], asked: Sequence[Sequence[str]], *, unseen: bool) -> LookedUp:
    """Where all that is asked stands: of each the beginning of a word, or another word whole. `unseen`: also among those words.

    Words as `asked_words` gives them hold letters, digits and - / . ~ alone: nothing that a query language reads otherwise.
    """
    quote, sets = ('"', " OR ") if connection.vendor == "sqlite" else ("'", " | ")
    each = [f"({sets.join([_begins(first, quote), *(f'{quote}{other}{quote}' for other in others)])})" for first, *others in asked]
    if connection.vendor == "sqlite":
        index, words = _index(kept), " AND ".join(each)
        return LookedUp(RawSQL(f"SELECT rowid FROM {index} WHERE {index} MATCH %s", [words if unseen else f"{{seen}} : ({words})"]))  # noqa: S608, S611
    return LookedUp(_gathered(kept, "all_words" if unseen else "seen_words", " & ".join(each)))


def _gathered(kept: type[Text], column: str, words: str) -> RawSQL | Sequence[int]:
    """The keys of the rows in which words stand, as PostgreSQL finds them sooner.

    It would guess how often the words stand, and look for the first of them in every row. So it is told what stands in few rows, and
    gathers what stands in a part of them; what stands in many of the newest is soon met on the way.
    """
    table, key = kept._meta.db_table, _key(kept)
    found = f"SELECT {key} FROM {table} WHERE {column} @@ %s::tsquery"  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.execute(f"{found} LIMIT {FEW + 1}", [words])
        first = [row for (row,) in cursor.fetchall()]
        if len(first) <= FEW:
            return first
        newest = f"SELECT {column} AS said FROM {table} ORDER BY {key} DESC LIMIT {FEW}"  # noqa: S608 - our own names
        cursor.execute(f"SELECT count(*) FROM ({newest}) newest WHERE said @@ %s::tsquery", [words])  # noqa: S608 - our own names
        (often,) = cursor.fetchone()
    return RawSQL(found if often > OFTEN * FEW else f"{found} OFFSET 0", [words])  # noqa: S611


def _begins(word: str, quote: str) -> str:
    """A word's beginning; what is kept as a beginning is asked whole, which both databases find sooner."""
    if word.startswith(BEGINNING) and len(word) == SHORT + 1:
        return f"{quote}{word}{quote}"
    return f"{quote}{word}{quote}" + (":*" if quote == "'" else " *")


def _index(kept: type[Text]) -> str:
    return f"{kept._meta.db_table}_fts"


def _key(kept: type[Text]) -> str:
    return str(kept._meta.pk.column)


def index_words(sender: Any, *kept: type[Text]) -> None:
    """Keep the full-text indexes of an app's tables up: called once when the app is ready.

    As guards are: put up after every migration and taken down before one, since a database that makes a table anew loses its triggers,
    and with them what the migration does to the words.
    """
    post_migrate.connect(lambda using=DEFAULT_DB_ALIAS, **_more: _each(_put_up, kept, using), sender=sender, weak=False, dispatch_uid=f"words_up_{sender.label}")
    pre_migrate.connect(lambda using=DEFAULT_DB_ALIAS, plan=(), **_more: _each(_take_down, kept, using) if plan else None,
                        sender=sender, weak=False, dispatch_uid=f"words_down_{sender.label}")


def scrub_words(table: str) -> list[str]:
    """The statements that take what is no longer said out of an index of words, where the table has one."""
    kept = next((model for model in Text.__subclasses__() if model._meta.db_table == table), None)
    if kept is None:
        return []
    if connection.vendor == "sqlite":
        return [f"INSERT INTO {_index(kept)} ({_index(kept)}) VALUES ('optimize')"]  # noqa: S608 - our own names
    return [f"REINDEX TABLE {table}"]


def _each(build: Any, kept: Iterable[type[Text]], using: str) -> None:
    there = set(connections[using].introspection.table_names())
    with connections[using].cursor() as cursor:
        for model in kept:
            if model._meta.db_table in there:
                for statement in build(model, connections[using].vendor, _index(model) in there):
                    cursor.execute(statement)


def _put_up(kept: type[Text], vendor: str, is_up: bool) -> list[str]:
    table, key, index = kept._meta.db_table, _key(kept), _index(kept)
    if vendor != "sqlite":
        of = {"seen_words": "seen", "all_words": "trim(seen || ' ' || unseen)"}
        return [statement for column, text in of.items() for statement in (
            f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array({text}, ' '))) STORED",
            # Without the list of what waits to be indexed, which every search would read through.
            f"CREATE INDEX IF NOT EXISTS {table}_{column} ON {table} USING gin ({column}) WITH (fastupdate = off)")]
    take = f"INSERT INTO {index} ({index}, rowid, seen, unseen) VALUES ('delete', OLD.{key}, OLD.seen, OLD.unseen);"  # noqa: S608 - our own names
    put = f"INSERT INTO {index} (rowid, seen, unseen) VALUES (NEW.{key}, NEW.seen, NEW.unseen);"  # noqa: S608 - our own names
    return [] if is_up else [
        f"CREATE VIRTUAL TABLE {index} USING fts5(seen, unseen, content='{table}', content_rowid='{key}', "
        "tokenize=\"unicode61 remove_diacritics 0 tokenchars '-/.#~'\")",
        f"INSERT INTO {index} ({index}) VALUES ('rebuild')",  # noqa: S608 - our own names
        *(f"CREATE TRIGGER {index}_{event.lower()} AFTER {event} ON {table} BEGIN {does} END"
          for event, does in (("INSERT", put), ("DELETE", take), ("UPDATE", f"{take} {put}")))]


def _take_down(kept: type[Text], vendor: str, _is_up: bool) -> list[str]:
    if vendor != "sqlite":
        return []  # its columns follow by themselves
    index = _index(kept)
    return [*(f"DROP TRIGGER IF EXISTS {index}_{event}" for event in ("insert", "delete", "update")), f"DROP TABLE IF EXISTS {index}"]
