"""What somebody wrote, held against the lists: every code that stands in none is a problem with its row and field."""

from __future__ import annotations

from functools import cache

from babel import Locale
from django.utils.translation import gettext as _

from enduse import reference
from enduse.refusals import Problems

# Codes that babel names beside countries: unions, islands of a country, and the one for nowhere.
NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "ZZ"})
LISTS = {"firearm_type": "firearm_types", "calibre": "calibres", "make": "makes"}
"""The list in which the code of each field stands."""


def note_unlisted(problems: Problems, row: int, **codes: str) -> None:
    """Adds a problem for each code, given by its field, that its list does not hold. A make may be left open."""
    for field, code in codes.items():
        if code not in reference.table(LISTS[field]) and not (field == "make" and not code):
            problems.add(_("This code is not in the list."), _("Choose one of the list '%s'.") % LISTS[field], row=row, field=field, found=code)


def is_country(code: str) -> bool:
    """Two letters that ISO 3166 gave to a country, or left free for one's own use (XA to XZ: what has no code, such as Kosovo's XK)."""
    code = code.strip().upper()
    return len(code) == 2 and code.isascii() and code.isalpha() and (code[0] == "X" or code in _countries())


def note_country(problems: Problems, code: str, field: str) -> None:
    """Adds a problem where the code is no country's: also one that only looks like it, such as MX in Cyrillic letters, or UK for GB."""
    code = code.strip()
    if len(code) != 2 or not code.isascii() or not code.isalpha():
        problems.add(_("A country is two letters."), _("Use its ISO 3166 code, such as MX."), field=field, found=code)
    elif not is_country(code):
        problems.add(_("No country has this code."), _("Use its ISO 3166 code, such as MX; the United Kingdom is GB."), field=field, found=code)


@cache
def _countries() -> frozenset[str]:
    return frozenset(Locale("en").territories) - NO_COUNTRIES
