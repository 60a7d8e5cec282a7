"""Reference lists as data: codes with their text in each language. An installation may bring larger ones.

`ENDUSE_HOME/reference/<name>.csv` takes the place of the packaged file of that name; columns beyond `code`, `text_en`
and `text_es` are kept as they are.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

PACKAGED = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Entry:
    """One row of a reference list."""

    code: str
    text_en: str
    text_es: str
    more: Mapping[str, str]

    @property
    def text(self) -> str:
        return self.text_es if (get_language() or "en").startswith("es") and self.text_es else self.text_en

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=32)
def table(name: str) -> dict[str, Entry]:
    """A list by its name (`firearm_types`, `calibres`, `makes`, ...), in its own order."""
    own = settings.ENDUSE_HOME / "reference" / f"{name}.csv"
    path = own if own.exists() else PACKAGED / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        entries = {}
        for row in csv.DictReader(file):
            code = row.pop("code")
            name_en = row.pop("text_en", None) or row.get("name") or code
            entries[code] = Entry(code, name_en, row.pop("text_es", None) or name_en, row)
    return entries


def text_of(name: str, code: str) -> str:
    """The text of a code in the reader's language; the code itself when the list does not hold it."""
    entry = table(name).get(code)
    return entry.text if entry else code


def choices(name: str) -> list[tuple[str, str]]:
    """A list as the choices of a form."""
    return [(entry.code, entry.text) for entry in table(name).values()]
