"""The firearms of a manifest that the register has from before: those the maker still holds may be declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from enduse.custody.actions import Marked
from enduse.custody.models import Firearm, Holding
from enduse.custody.serials import serial_key
from enduse.deliveries.models import Consignment, ManifestLine
from enduse.parties.models import Party
from enduse.refusals import Problems

Identity = tuple[str, str, str]
AT_ONCE = 5_000


def identity(gun: Marked) -> Identity:
    return (serial_key(gun.serial), gun.make, gun.model)


def held_by_maker(manifest: Sequence[Marked], maker: Party) -> dict[Identity, Firearm]:
    """Those the register has and this maker holds, on no other open consignment; their holdings stay locked.

    Invalid: each firearm that is elsewhere, on another open consignment, or of another type or calibre in the register.
    """
    rows = {identity(gun): gun for gun in reversed(manifest)}
    found = [gun for gun in _registered(sorted({key for key, _make, _model in rows})) if (gun.serial_key, gun.make, gun.model) in rows]
    problems = Problems()
    free = _held(found, maker)
    promised = _on_open_consignments(found)
    for firearm in found:
        asked = rows[(firearm.serial_key, firearm.make, firearm.model)]
        if firearm.pk not in free:
            problems.add(
                _("This firearm is in the register already: it was sold and delivered, or declared, before."),
                _("Check the serial. If it is right, look up the firearm and its holder."),
                row=asked.row,
                field="serial",
                found=asked.serial,
            )
        elif firearm.pk in promised:
            problems.add(_("This firearm is on consignment %s already.") % promised[firearm.pk], _("Take it off, or cancel that consignment first."),
                         row=asked.row, field="serial", found=asked.serial)
        elif (firearm.firearm_type, firearm.calibre) != (asked.firearm_type, asked.calibre):
            problems.add(_("The register has this firearm as %(type)s, %(calibre)s.") % {"type": firearm.firearm_type, "calibre": firearm.calibre},
                         _("Write it as it is in the register."), row=asked.row, field="type", found=f"{asked.firearm_type}, {asked.calibre}")
    problems.found.sort(key=lambda problem: problem.row or 0)
    problems.raise_if_any()
    return {(gun.serial_key, gun.make, gun.model): gun for gun in found}


def _registered(keys: Sequence[str]) -> Iterator[Firearm]:
    for first in range(0, len(keys), AT_ONCE):
        yield from Firearm.objects.filter(serial_key__in=keys[first:first + AT_ONCE])


def _held(firearms: Sequence[Firearm], maker: Party) -> set[int]:
    held: set[int] = set()
    for first in range(0, len(firearms), AT_ONCE):
        held.update(Holding.objects.select_for_update().filter(
            firearm__in=firearms[first:first + AT_ONCE], party=maker, state=Holding.HELD).values_list("firearm_id", flat=True))
    return held


def _on_open_consignments(firearms: Sequence[Firearm]) -> dict[int, str]:
    """The open consignment of each firearm that is on one. One that the maker holds can only be on a declared or a cancelled one."""
    promised: dict[int, str] = {}
    for first in range(0, len(firearms), AT_ONCE):
        lines = ManifestLine.objects.filter(firearm__in=firearms[first:first + AT_ONCE]).exclude(consignment__steps__step=Consignment.CANCELLED)
        promised.update(lines.values_list("firearm_id", "consignment__reference"))
    return promised
