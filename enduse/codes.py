"""What somebody wrote, held against the lists: every code that stands in none is a problem with its row and field."""

from __future__ import annotations

from django.utils.translation import gettext as _

from enduse import reference
from enduse.refusals import Problems

LISTS = {"firearm_type": "firearm_types", "calibre": "calibres", "make": "makes"}
"""The list in which the code of each field stands."""


def note_unlisted(problems: Problems, row: int, **codes: str) -> None:
    """Adds a problem for each code, given by its field, that its list does not hold. A make may be left open."""
    for field, code in codes.items():
        if code not in reference.table(LISTS[field]) and not (field == "make" and not code):
            problems.add(_("This code is not in the list."), _("Choose one of the list '%s'.") % LISTS[field], row=row, field=field, found=code)
