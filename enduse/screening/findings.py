"""What the comparison found in a pair, in words that an officer reads: which words agree, sound or mean alike, or stand on one side alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

# ['a'≈'b' fuzzyMatch: 0.91, weight 1.00]: as names are explained, one bracket for each word or pair of words.
WORD = r"""(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")"""
PAIR = re.compile(rf"\[{WORD}(?:≈{WORD})?,? (symbolMatch|literalMatch|fuzzyMatch|extraQueryPart|extraResultPart)\b")
GROUPS: list[tuple[str, Callable[[], str]]] = [
    ("literalMatch", lambda: _("the same: %s")), ("symbolMatch", lambda: _("alike in meaning: %s")), ("fuzzyMatch", lambda: _("alike in spelling: %s")),
    ("extraQueryPart", lambda: _("only the party: %s")), ("extraResultPart", lambda: _("only the entry: %s"))]


def in_words(reason: dict[str, Any]) -> str:
    """The finding of one reason; what is in neither form stands as the comparison wrote it."""
    detail = str(reason.get("detail") or "")
    if reason["feature"] in {"address", "address_prop_match"}:
        return _of_addresses(detail)
    found: dict[str, list[str]] = {}
    for match in PAIR.finditer(detail):
        one, other = match[1] or match[2] or "", match[3] or match[4] or ""
        found.setdefault("literalMatch" if one == other else match[5], []).append(f"{one} ≈ {other}" if other and other != one else one)
    return _joined(found) or detail


def _of_addresses(detail: str) -> str:
    """Shared words as they are, `a~b` alike, `-` only the party's, `+` only the entry's; a sign holds on until the next."""
    found: dict[str, list[str]] = {}
    for part in re.split(r" (?=[-+])", detail):
        sign, rest = ("", part) if part[:1] not in {"-", "+"} else (part[0], part[1:])
        if sign:
            found.setdefault("extraQueryPart" if sign == "-" else "extraResultPart", []).append(rest)
            continue
        for word in rest.split():
            found.setdefault("fuzzyMatch" if "~" in word else "literalMatch", []).append(word.replace("~", " ≈ "))
    return _joined(found)


def _joined(found: dict[str, list[str]]) -> str:
    return "; ".join(words() % ", ".join(found[group]) for group, words in GROUPS if group in found)
