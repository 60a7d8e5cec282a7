"""Reading what a visit wrote down: one row for each serial of the sample."""

from __future__ import annotations

from typing import IO

from django.utils.translation import gettext as _

from enduse.custody.codes import code_of
from enduse.custody.serials import serial_key
from enduse.monitoring.models import Check
from enduse.refusals import Problems
from enduse.rows import read_rows

YES = {"yes", "y", "sí", "si", "s", "1", "true", "x", "sighted", "vista", "visto"}
NO = {"no", "n", "0", "false", "", "missing", "not sighted", "no vista", "no visto"}


def read_sightings(check: Check, file: IO[bytes], *, name: str = "sightings") -> dict[int, bool]:
    """{firearm id: whether it was sighted} from the columns serial, sighted (yes or no) and, where needed, make.

    Invalid: a serial that is not of the sample or stands twice, a word that is neither yes nor no, each with its row.
    """
    sample: dict[str, list[tuple[int, str]]] = {}
    for row in check.sample.select_related("firearm"):
        sample.setdefault(row.firearm.serial_key, []).append((row.firearm_id, row.firearm.make))
    problems = Problems()
    rows_of: dict[int, int] = {}
    found: dict[int, bool] = {}
    for number, cells in read_rows(file, required=("serial", "sighted"), optional=("make",), name=name):
        firearm = _firearm(sample, number, cells, problems)
        said = cells["sighted"].casefold()
        if said not in YES | NO:
            problems.add(_("This is neither yes nor no."), _("Write yes or no."), row=number, field="sighted", found=cells["sighted"])
        if firearm is None:
            continue
        if firearm in rows_of:
            problems.add(_("This serial stands in the file already, in row %d.") % rows_of[firearm], _("Take one of the two out."),
                         row=number, field="serial", found=cells["serial"])
        rows_of.setdefault(firearm, number)
        found[firearm] = said in YES
    problems.raise_if_any()
    return found


def _firearm(sample: dict[str, list[tuple[int, str]]], number: int, cells: dict[str, str], problems: Problems) -> int | None:
    make = cells.get("make", "")
    code = code_of("makes", make) or make.lower()
    bearing = [firearm for firearm, of in sample.get(serial_key(cells["serial"]), []) if not make or of == code]
    if len(bearing) == 1:
        return bearing[0]
    if bearing:
        problems.add(_("Two firearms of the sample bear this serial."), _("Say the make beside it."), row=number, field="make", found=cells["serial"])
    else:
        problems.add(
            _("This serial is not of the sample."),
            _("Take it out; say in the note what else was seen."),
            row=number,
            field="serial",
            found=cells["serial"],
        )
    return None
