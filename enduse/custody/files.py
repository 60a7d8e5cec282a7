"""Reading lists of firearms: a maker's manifest, and what was read at a count. Every fault with its row, field, reason and remedy."""

from __future__ import annotations

import hashlib
from typing import IO

from django.utils.translation import gettext as _

from enduse import clock, reference
from enduse.custody.actions import Marked, note_repeated
from enduse.custody.codes import code_of
from enduse.custody.counting import Read
from enduse.custody.serials import serial_key
from enduse.refusals import Problems
from enduse.rows import read_rows

REQUIRED = ("make", "model", "type", "calibre", "serial")
OPTIONAL = ("year", "country")
MANIFEST_COLUMNS = f"CSV with the columns {', '.join(REQUIRED)}; if known {', '.join(OPTIONAL)}"
SERIAL_COLUMNS = "CSV with the column serial, and make where two firearms bear the same one"
FIRST_YEAR = 1800
LONGEST = {"model": 60, "serial": 40}


def sha256_of(file: IO[bytes]) -> str:
    """The digest by which the same manifest is known again; the file is left at its beginning."""
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(1_000_000):
        digest.update(part)
    file.seek(0)
    return digest.hexdigest()


def read_manifest(file: IO[bytes], *, name: str = "manifest") -> list[Marked]:
    """The firearms of a manifest, in its order. Columns: make, model, type, calibre, serial; year and country if known.

    Makes, types and calibres may be written as code, name or alias; they come back as codes. Invalid: see `enduse.rows`,
    and every row with an unknown value, an empty or unreadable serial, or a serial that an earlier row has.
    """
    problems = Problems()
    guns = [gun_of(row, cells, problems) for row, cells in read_rows(file, required=REQUIRED, optional=OPTIONAL, name=name)]
    note_repeated([gun for gun in guns if gun.serial], problems)
    problems.found.sort(key=lambda problem: problem.row or 0)
    problems.raise_if_any()
    return guns


def read_serials(file: IO[bytes], *, name: str = "serials") -> list[Read]:
    """What was read at a count: the column `serial`, and `make` where two firearms bear the same one."""
    rows = read_rows(file, required=("serial",), optional=("make",), name=name)
    return [Read(cells["serial"], code_of("makes", cells.get("make", "")) or cells.get("make", ""), row) for row, cells in rows]


def gun_of(row: int, cells: dict[str, str], problems: Problems) -> Marked:
    """One row of a manifest; what cannot stand is added to `problems`."""
    return Marked(
        make=_coded("makes", "make", row, cells["make"], problems),
        model=_text("model", row, cells["model"], problems),
        firearm_type=_coded("firearm_types", "type", row, cells["type"], problems),
        calibre=_coded("calibres", "calibre", row, cells["calibre"], problems),
        serial=_serial(row, cells["serial"], problems),
        year=_year(row, cells.get("year", ""), problems),
        country=_country(row, cells.get("country", ""), problems),
        row=row,
    )


def _coded(list_name: str, field: str, row: int, written: str, problems: Problems) -> str:
    code = code_of(list_name, written)
    if code is None:
        some = ", ".join(list(reference.table(list_name))[:12])
        problems.add(_("The list of this column does not know it.") if written else _("It is empty."),
                     _("Use a code, such as: %s.") % some, row=row, field=field, found=written)
    return code or ""


def _text(field: str, row: int, written: str, problems: Problems) -> str:
    if len(written) > LONGEST[field] or not written.isprintable():
        problems.add(_("It is longer than %d characters, or has characters that cannot be printed.") % LONGEST[field],
                     _("Write it as it stands on the firearm."), row=row, field=field, found=written)
    return written


def _serial(row: int, written: str, problems: Problems) -> str:
    if not serial_key(written):
        problems.add(_("The serial is empty."), _("Write it as it stands on the firearm."), row=row, field="serial", found=written)
        return ""
    return _text("serial", row, written, problems)


def _year(row: int, written: str, problems: Problems) -> int | None:
    if not written:
        return None
    last = clock.today().year
    if not (written.isascii() and written.isdigit() and FIRST_YEAR <= int(written) <= last):
        problems.add(_("This is not a year from %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": last},
                     _("Write the year of manufacture with four digits, or leave it empty."), row=row, field="year", found=written)
        return None
    return int(written)


def _country(row: int, written: str, problems: Problems) -> str:
    if written and not (len(written) == 2 and written.isascii() and written.isalpha()):
        problems.add(
            _("A country is two letters."), _("Use its ISO 3166 code, such as US, or leave it empty."), row=row, field="country", found=written
        )
    return written.upper()
