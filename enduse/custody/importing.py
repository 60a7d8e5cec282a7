"""Entering a register of any size from a file: checked whole before anything is entered, then part by part in bounded memory.

A part is one event of the log. An import that was interrupted is run again with the same file and goes on after its last part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from django.db import IntegrityError
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.custody.actions import Marked, already_registered, register_made
from enduse.custody.files import OPTIONAL, REQUIRED, gun_of, sha256_of
from enduse.custody.models import CustodyEvent
from enduse.custody.serials import serial_key
from enduse.parties.models import party_of
from enduse.refusals import Invalid, Problem, Problems, Refused
from enduse.rows import stream_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")
AT_ONCE = 20_000
LONGEST_REFERENCE = 30
Tell = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Entered:
    """What an import came to: firearms of the file, and how many of them an earlier, interrupted run had entered."""

    firearms: int
    before: int


def import_made(path: Path, *, made_on: date, by: User, reference: str = "", tell: Tell | None = None) -> Entered:
    """The maker enters the firearms of a file, however many. Columns as a manifest's; `tell` hears (done, all, what is done).

    Invalid: every fault of the file with its row, and nothing is entered. Refused: the file was entered before.
    """
    permit(by, "custody.register")
    maker = party_of(by)
    if maker is None:
        raise Invalid(Problem(_("You act for no maker."), _("Ask the administrator."), field="maker"))
    if made_on > clock.today():
        raise Invalid(Problem(_("This day is still to come."), _("Give the day on which they were made."), field="made_on", found=made_on.isoformat()))
    if len(reference) > LONGEST_REFERENCE:
        raise Invalid(Problem(_("This is longer than %d characters.") % LONGEST_REFERENCE, _("Shorten it."), field="reference", found=reference))
    tell = tell or (lambda _done, _all, _what: None)
    with path.open("rb") as file:
        label = f"{reference} {sha256_of(file)[:16]}".strip()
    parts_before = CustodyEvent.objects.filter(sort=CustodyEvent.MANUFACTURED, to_party=maker, reference__startswith=f"{label} part ").count()
    total = _check(path, parts_before, tell)
    before = min(parts_before * AT_ONCE, total)
    if before == total:
        raise Refused(_("This file was entered already: %(count)d firearms."), _("Nothing is left to do."), rule=5, count=total)
    done = before
    for number, part in enumerate(_parts(path)):
        if number < parts_before:
            continue
        try:
            register_made(part, maker=maker, occurred_on=made_on, reference=f"{label} part {number + 1}", by=by)
        except (IntegrityError, Invalid) as error:
            raise Refused(
                _("Since the file was checked, somebody else entered firearms of it: %(done)d of %(all)d are entered."),
                _("Run the import again: it checks the rest and goes on."), rule=9, done=done, all=total,
            ) from error  # fmt: skip
        done += len(part)
        tell(done, total, _("entering"))
    return Entered(total, before)


def _parts(path: Path) -> Iterator[list[Marked]]:
    """The firearms of a file that was checked, a part at a time."""
    problems = Problems()
    guns = (gun_of(row, cells, problems) for row, cells in stream_rows(path, required=REQUIRED, optional=OPTIONAL, name="register"))
    yield from _in_parts(guns)
    problems.raise_if_any()


def _check(path: Path, parts_before: int, tell: Tell) -> int:
    """Rule 9: every fault of the file, with its row, before anything is entered. How many firearms it holds."""
    import numpy as np

    problems, hashes, count, size = Problems(), [], 0, path.stat().st_size
    rows = ((row, gun_of(row, cells, problems)) for row, cells in stream_rows(path, required=REQUIRED, optional=OPTIONAL, name="register"))
    for number, part in enumerate(_in_parts(rows)):
        identities = {_identity(gun): row for row, gun in reversed(part) if gun.serial}
        hashes.append(np.fromiter((_hashed(_identity(gun)) for _row, gun in part), np.uint64, len(part)))
        for identity in already_registered(identities) if number >= parts_before else ():
            problems.add(_("This firearm is in the register already: it was sold and delivered, or declared, before."),
                         _("Check the serial. If it is right, look up the firearm and its holder."), row=identities[identity], field="serial",
                         found=identity[0])  # fmt: skip
        count += len(part)
        tell(count, max(count, size // 40), _("checking"))
    _note_repeated(path, np.concatenate(hashes), problems)
    problems.found.sort(key=lambda problem: problem.row or 0)
    problems.raise_if_any()
    return count


def _note_repeated(path: Path, hashes: NDArray[np.uint64], problems: Problems) -> None:
    """A firearm that stands twice in the file: eight bytes of each are kept, and only where two are equal the file is read again."""
    import numpy as np

    ordered = np.sort(hashes)
    twice = set(ordered[1:][ordered[1:] == ordered[:-1]].tolist())
    if not twice:
        return
    first: dict[tuple[str, str, str], int] = {}
    unread = Problems()
    for row, cells in stream_rows(path, required=REQUIRED, optional=OPTIONAL, name="register"):
        identity = _identity(gun_of(row, cells, unread))
        if not identity[0] or _hashed(identity) not in twice:
            continue
        if identity in first:
            problems.add(_("This serial stands in the file already, in row %s.") % first[identity], _("Take one of the two out."),
                         row=row, field="serial", found=cells["serial"])  # fmt: skip
        first.setdefault(identity, row)


def _in_parts(each: Iterable[T]) -> Iterator[list[T]]:
    source = iter(each)
    while part := list(islice(source, AT_ONCE)):
        yield part


def _identity(gun: Marked) -> tuple[str, str, str]:
    return serial_key(gun.serial), gun.make, gun.model


def _hashed(identity: tuple[str, str, str]) -> int:
    return int.from_bytes(hashlib.blake2b("\0".join(identity).encode(), digest_size=8).digest(), "big")
