"""Make, model, type, calibre and year as read against those of a gun: a chance each, never a filter."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from enduse.engines.serials import catalogue

ATTRIBUTES = ("make", "model", "type", "calibre", "year")
LEAST_SHARE = 0.004
"""A value as rare as can be is still read by chance this often, so that no single attribute decides alone."""
STOP_WORDS = re.compile(r"\b(inc|ltd|co|corp|company|corporation|arms|firearms|cal|calibre|caliber|nato|mm)\b")


def key_of(text: str) -> str:
    """Text as names are compared: no accents, case, spaces or signs."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if c.isalnum())


@dataclass(frozen=True)
class Catalogue:
    """What each name of a make, calibre or type stands for: key -> codes."""

    make: Mapping[str, frozenset[str]]
    calibre: Mapping[str, frozenset[str]]
    type: Mapping[str, frozenset[str]]
    classes: Mapping[str, str] = field(default_factory=dict)

    def codes(self, attribute: str, text: str) -> frozenset[str]:
        """The codes a text stands for; its own key when it is in no table."""
        return _codes(self, attribute, text)

    def __hash__(self) -> int:
        return id(self)


@lru_cache(maxsize=65_536)
def _codes(names: Catalogue, attribute: str, text: str) -> frozenset[str]:
    key = key_of(text)
    table: Mapping[str, frozenset[str]] = getattr(names, attribute, {})
    shorter = key_of(STOP_WORDS.sub(" ", unicodedata.normalize("NFKD", text).casefold()))
    for form in (key, shorter):
        if form and form in table:
            return table[form]
    return frozenset({"=" + (shorter or key)})


def _entries(block: str) -> list[tuple[str, list[str]]]:
    lines = [line.split(":", 1) for line in block.strip().splitlines()]
    return [(code.strip(), [n.strip() for n in names.split("|")]) for code, names in lines]


def _add(table: dict[str, set[str]], names: Sequence[str], code: str) -> None:
    for name in names:
        for form in (key_of(name), key_of(STOP_WORDS.sub(" ", name.casefold()))):
            if form:
                table.setdefault(form, set()).add(code)


@cache
def standard() -> Catalogue:
    """The built-in table."""
    makes: dict[str, set[str]] = {}
    calibres: dict[str, set[str]] = {}
    types: dict[str, set[str]] = {}
    classes: dict[str, str] = {}
    for code, names in _entries(catalogue.MAKES):
        _add(makes, [*names, code], code)
    for code, names in _entries(catalogue.CALIBRES):
        _add(calibres, [*names, code], code)
    for number, groups in (line.split(":") for line in catalogue.CALIBRE_CODES.strip().splitlines()):
        calibres.setdefault(number.strip(), set()).update(groups.split())
    for head, names in _entries(catalogue.TYPES):
        code, kind = head.rstrip(")").split(" (")
        classes[code] = kind
        _add(types, [*names, code], code)
        words = re.findall(r"[^\W_]+", " ".join([*names, code, kind]).casefold())
        _add(types, [w for w in words if len(w) > 2] + [kind], code)
    return Catalogue(_frozen(makes), _frozen(calibres), _frozen(types), classes)


def _frozen(table: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(codes) for key, codes in table.items()}


def load(folder: Path) -> Catalogue:
    """The built-in table and, from `folder`, makes.csv (code, name, aliases, ncic_code) and ncic_make_codes.csv
    (ncic_code, name, related_to), each where present."""
    base = standard()
    makes = {key: set(codes) for key, codes in base.make.items()}
    if (folder / "makes.csv").exists():
        with (folder / "makes.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                _add(makes, [row["name"], row["code"], row["ncic_code"], *row["aliases"].split("|")], row["code"])
    if (folder / "ncic_make_codes.csv").exists():
        with (folder / "ncic_make_codes.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                known = makes.get(key_of(row["related_to"]) or key_of(row["ncic_code"])) or {"ncic:" + row["ncic_code"]}
                for code in list(known):
                    _add(makes, [row["ncic_code"], row["name"]], code)
    return Catalogue(_frozen(makes), base.calibre, base.type, base.classes)


def agreement(names: Catalogue, attribute: str, read: str, held: str) -> float:
    """How far what was read agrees with what a register holds: 1 the same, 0 nothing in common."""
    if not held:
        return 0.0
    one, other = names.codes(attribute, read), names.codes(attribute, held)
    if one & other:
        return 1.0
    if attribute == "type":
        alike = {names.classes.get(c) for c in one} & {names.classes.get(c) for c in other} - {None}
        return 0.25 if alike else 0.0
    first, second = key_of(read), key_of(held)
    if attribute != "calibre" and min(len(first), len(second)) >= 3 and (first in second or second in first):
        return 0.7
    return 0.0


def year_agreement(read: int, held: int) -> float:
    """A year may be that of the mark or the sale: one off is near."""
    return {0: 1.0, 1: 0.12, 2: 0.03}.get(abs(read - held), 0.0)


def chances(
    names: Catalogue, wrong: float, attribute: str, read: str, counts: Mapping[str, int]
) -> tuple[dict[str, float], float]:
    """P(attribute as read | gun with this value) by value held, and P(as read | any gun of the register).

    `wrong`: the chance that it was misread. `counts`: how many guns hold each value ('' where not recorded; years as text).
    """
    if attribute == "year":
        agree = {v: year_agreement(int(read), int(v)) if v else 0.0 for v in counts}
    else:
        agree = {v: agreement(names, attribute, read, v) for v in counts}
    total = sum(counts.values()) or 1
    share = max(sum(n * agree[v] for v, n in counts.items()) / total, LEAST_SHARE)
    return {v: (1 - wrong) * a + wrong * share if v else share for v, a in agree.items()}, share
