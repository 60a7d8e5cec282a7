"""Reading a file of recoveries, as an agency sends it: every fault with its row, field, reason and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import IO, Any

from django.utils.translation import gettext as _

from enduse.parties.models import Party
from enduse.refusals import Problems
from enduse.rows import read_rows
from enduse.tracing.actions import Seized
from enduse.tracing.reading import FIELDS, doubtful_in, others_in

REQUIRED = ("recovered_on", "place", "country", "agency", "case_reference", "marks")
OPTIONAL = ("recovered_until", "region", "make", "model", "type", "calibre", "year", *FIELDS, "doubtful", "note")
MAX_ROWS = 20_000


def read_recoveries(file: IO[bytes], *, name: str = "recoveries") -> list[Seized]:
    """The recoveries of a CSV, in its order. Columns: recovered_on, place, country, agency, case_reference, marks; if known also
    recovered_until, region, make, model, type, calibre, year, note; other marks by place in slide_marks, barrel_marks, importer_marks and
    other_marks, several of one place apart by semicolons; and in doubtful which of make, model, type, calibre, year were read with doubt.

    Days as 2009-05-14; `agency` by its name or its number here; `marks` as read, with ? for an unreadable character and * for a
    serial that was removed. Invalid: see `enduse.rows`, and every cell that is not a day, a year or a known agency.
    """
    problems = Problems()
    rows = list(read_rows(file, required=REQUIRED, optional=OPTIONAL, name=name, max_rows=MAX_ROWS))
    agencies = _agencies({cells["agency"] for _row, cells in rows})
    seized = [_seized(row, cells, agencies, problems) for row, cells in rows]
    problems.raise_if_any()
    return [each for each in seized if each is not None]


def _agencies(named: set[str]) -> dict[str, Party]:
    """Each agency as it is written in the file; two of one name are told apart by their number."""
    numbers = {int(text) for text in named if text.isdecimal() and len(text) < 12}
    found = {str(party.pk): party for party in Party.objects.filter(pk__in=numbers)}
    by_name: dict[str, list[Party]] = {}
    wanted = {text.casefold() for text in named}
    for party in Party.objects.filter(in_directory=True).exclude(kind=Party.PERSON).order_by("pk").iterator():
        if party.name.casefold() in wanted:
            by_name.setdefault(party.name.casefold(), []).append(party)
    for text in named - set(found):
        alike = by_name.get(text.casefold(), [])
        tops = [party for party in alike if not party.is_unit] or alike
        if len(tops) == 1:
            found[text] = tops[0]
    return found


def _seized(row: int, cells: dict[str, str], agencies: dict[str, Party], problems: Problems) -> Seized | None:
    agency = agencies.get(cells["agency"])
    if agency is None:
        problems.add(_("No party, or more than one, has this name or number."), _("Use the number that its page shows, or have it registered first."),
                     row=row, field="agency", found=cells["agency"])  # fmt: skip
    on = _read(date.fromisoformat, cells["recovered_on"], row, "recovered_on", _("Write it as 2009-05-14."), problems)
    until = cells.get("recovered_until", "")
    last = _read(date.fromisoformat, until, row, "recovered_until", _("Write it as 2009-05-14, or leave it empty."), problems) if until else None
    made = cells.get("year", "")
    year = _read(int, made, row, "year", _("Write four digits, or leave it empty."), problems) if made else None
    if agency is None or on is None:
        return None
    return Seized(
        recovered_on=on, recovered_until=last, place=cells["place"], region=cells.get("region", ""), country=cells["country"], agency=agency,
        case_reference=cells["case_reference"], marks=cells["marks"], make=cells.get("make", ""), model=cells.get("model", ""),
        firearm_type=cells.get("type", ""), calibre=cells.get("calibre", ""), year=year, note=cells.get("note", ""), row=row,
        other_marks=others_in(cells), doubtful=doubtful_in(re.split(r"[\s;,]+", cells.get("doubtful", ""))),
    )  # fmt: skip


def _read(convert: Callable[[str], Any], text: str, row: int, field: str, remedy: str, problems: Problems) -> Any:
    try:
        return convert(text)
    except ValueError:
        problems.add(_("This cannot be read."), remedy, row=row, field=field, found=text)
        return None
