"""What a receiver read, set against the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from enduse.custody.counting import Read
from enduse.custody.models import Firearm
from enduse.custody.serials import serial_key
from enduse.refusals import Invalid, Problem, Problems


@dataclass(frozen=True)
class CountedIn:
    """The firearms seen and not seen, in the manifest's order, and the serials read that it does not have."""

    seen: list[Firearm]
    missing: list[Firearm]
    unexpected: list[str]

    @property
    def balances(self) -> bool:
        return not self.missing and not self.unexpected


def set_against_manifest(firearms: Sequence[Firearm], reads: Sequence[str | Read] | None, *, note: str = "") -> CountedIn:
    """None: all were seen. Invalid: a serial read twice, or one that two firearms of the manifest share without its make."""
    if reads is None:
        return CountedIn(list(firearms), [], [])
    if not reads and not note.strip():
        raise Invalid(Problem(_("No serial was read."), _("If nothing arrived, say so in the note."), field="serials_received"))
    by_key: dict[str, list[Firearm]] = {}
    for gun in firearms:
        by_key.setdefault(gun.serial_key, []).append(gun)
    problems = Problems()
    seen: dict[int, int | None] = {}
    unexpected: dict[str, int | None] = {}
    for number, each in enumerate(reads, start=1):
        read = each if isinstance(each, Read) else Read(each, row=number)
        _place(read, by_key.get(serial_key(read.serial), []), seen, unexpected, problems)
    problems.raise_if_any()
    return CountedIn([gun for gun in firearms if gun.pk in seen], [gun for gun in firearms if gun.pk not in seen], list(unexpected))


def _place(read: Read, bearing: Sequence[Firearm], seen: dict[int, int | None], unexpected: dict[str, int | None], problems: Problems) -> None:
    matching = [gun for gun in bearing if not read.make or gun.make.lower() == read.make.lower()]
    written = read.serial.strip()[:40]
    if not serial_key(read.serial):
        problems.add(_("The serial is empty."), _("Write it, or take the row out."), row=read.row, field="serial")
    elif len(matching) > 1:
        problems.add(_("Two firearms of the manifest bear this serial."), _("Say the make beside it."), row=read.row, field="make", found=read.serial)
    elif (matching and matching[0].pk in seen) or (not matching and written in unexpected):
        first = seen[matching[0].pk] if matching else unexpected[written]
        problems.add(
            _("This serial was counted already, in row %s.") % first, _("Take one of the two out."), row=read.row, field="serial", found=read.serial
        )
    elif matching:
        seen[matching[0].pk] = read.row
    else:
        unexpected[written] = read.row
