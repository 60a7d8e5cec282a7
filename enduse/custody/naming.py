"""From serials as a person writes them to the firearms that a unit holds."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from enduse.custody.codes import code_of
from enduse.custody.counting import Read
from enduse.custody.models import Firearm, Holding
from enduse.custody.serials import serial_key
from enduse.parties.models import Party
from enduse.refusals import Problems

AT_ONCE = 5_000


def typed(text: str) -> list[Read]:
    """One firearm a line: its serial and, where two bear the same one, a comma and its make."""
    reads = []
    for row, line in enumerate(text.splitlines(), start=1):
        serial, _comma, make = line.partition(",")
        if line.strip():
            reads.append(Read(serial.strip(), code_of("makes", make) or make.strip().lower(), row))
    return reads


def firearms_named(reads: Sequence[Read], *, at: Party, state: str = Holding.HELD) -> list[Firearm]:
    """The firearms with these serials that stand with a party, in the order named.

    Invalid: each serial that is not there, is named twice, or is borne by two firearms there, with its row.
    """
    bearing = _bearing({serial_key(read.serial) for read in reads}, at, state)
    problems = Problems()
    rows: dict[int, int | None] = {}
    found: list[Firearm] = []
    for read in reads:
        matching = [gun for gun in bearing.get(serial_key(read.serial), []) if not read.make or gun.make == read.make]
        if not matching:
            # What it is instead is not said: it may be outside what this person sees (rule 10).
            problems.add(_("The record has no firearm with this serial here."), _("Check the serial, or take it off the list."),
                         row=read.row, field="serial", found=read.serial)
        elif len(matching) > 1:
            problems.add(
                _("Two firearms here bear this serial."), _("Write a comma and the make after it."), row=read.row, field="make", found=read.serial
            )
        elif matching[0].pk in rows:
            problems.add(_("This serial was named already, in row %s.") % rows[matching[0].pk], _("Take one of the two out."),
                         row=read.row, field="serial", found=read.serial)
        else:
            rows[matching[0].pk] = read.row
            found.append(matching[0])
    problems.raise_if_any()
    return found


def all_held(at: Party, *, firearm_type: str = "", make: str = "", model: str = "", quantity: int | None = None) -> list[Firearm]:
    """Every firearm that a party holds of a type, make and model (empty: any), in the register's order; at most `quantity`."""
    rows = Firearm.objects.filter(holding__party=at, holding__state=Holding.HELD)
    asked = {"firearm_type": firearm_type, "make": make, "model__iexact": model}
    return list(rows.filter(**{name: value for name, value in asked.items() if value}).order_by("pk")[:quantity])


def _bearing(keys: set[str], at: Party, state: str) -> dict[str, list[Firearm]]:
    wanted = sorted(keys)
    bearing: dict[str, list[Firearm]] = {}
    for first in range(0, len(wanted), AT_ONCE):
        for gun in Firearm.objects.filter(serial_key__in=wanted[first:first + AT_ONCE], holding__party=at, holding__state=state).order_by("pk"):
            bearing.setdefault(gun.serial_key, []).append(gun)
    return bearing
