"""What people write for a make, a type or a calibre, brought to the code of the reference list."""

from __future__ import annotations

from functools import lru_cache

from enduse import reference


def code_of(list_name: str, written: str) -> str | None:
    """The code for what was written: a code, a text in either language or an alias, in any case; None when the list has no such thing."""
    return _by_word(list_name).get(_word(written))


@lru_cache(maxsize=8)
def _by_word(list_name: str) -> dict[str, str]:
    words: dict[str, str] = {}
    entries = list(reference.table(list_name).values())
    # A code or a full text always means its own entry; an alias only what no entry is called.
    for entry in entries:
        for said in (entry.code, entry.text_en, entry.text_es):
            words.setdefault(_word(said), entry.code)
    for entry in entries:
        for said in (entry.more.get("aliases") or "").split("|"):
            if said.strip():
                words.setdefault(_word(said), entry.code)
    return words


def _word(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())
