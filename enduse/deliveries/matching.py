"""Which line of a licence permits each firearm of a manifest, and what is known of the firearms already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from enduse.custody.actions import Marked
from enduse.licensing.models import Licence, LicenceLine
from enduse.refusals import Problems


def lines_for(licence: Licence, guns: Sequence[Marked]) -> list[LicenceLine]:
    """The licence line of each firearm, in their order: the line that says most, while it has room; then the next that fits.

    Invalid: each firearm that no line permits, with its row and the field that differs. What exceeds every line that
    fits stays on the last of them, for rule 1 to refuse.
    """
    lines = list(licence.lines.all())
    left = {line.pk: licence.remaining(line) for line in lines}
    fitting: dict[tuple[str, str, str, str], list[LicenceLine]] = {}
    problems = Problems()
    chosen: list[LicenceLine] = []
    for gun in guns:
        identity = (gun.make, gun.model.casefold(), gun.firearm_type, gun.calibre)
        if identity not in fitting:
            fitting[identity] = sorted((line for line in lines if _fits(line, gun)), key=_says_most)
        candidates = fitting[identity]
        if not candidates:
            _note_unfit(lines, gun, problems)
            continue
        line = next((line for line in candidates if left[line.pk] > 0), candidates[-1])
        left[line.pk] -= 1
        chosen.append(line)
    problems.raise_if_any()
    return chosen


def by_line(chosen: Sequence[LicenceLine]) -> dict[LicenceLine, int]:
    """How many firearms each line is to permit."""
    return dict(Counter(chosen))


def _fits(line: LicenceLine, gun: Marked) -> bool:
    return not _differing(line, gun)


def _differing(line: LicenceLine, gun: Marked) -> list[str]:
    """The manifest's fields in which the firearm is not what the line permits; an empty make or model permits any."""
    return [field for field, differs in (
        ("type", line.firearm_type != gun.firearm_type),
        ("calibre", line.calibre != gun.calibre),
        ("make", bool(line.make) and line.make != gun.make),
        ("model", bool(line.model) and line.model.casefold() != gun.model.casefold()),
    ) if differs]


def _says_most(line: LicenceLine) -> tuple[bool, bool, int]:
    return (not line.make, not line.model, line.number)


def _note_unfit(lines: Sequence[LicenceLine], gun: Marked, problems: Problems) -> None:
    nearest = min((_differing(line, gun) for line in lines), key=len)
    found = {"type": gun.firearm_type, "calibre": gun.calibre, "make": gun.make, "model": gun.model}
    permitted = "; ".join(f"{line.number}: {line}" for line in lines)
    problems.add(
        _("No line of the licence permits this firearm."),
        _("It permits: %s. Take the firearm off, or ask for a licence for it.") % permitted,
        row=gun.row,
        field=", ".join(nearest),
        found=", ".join(found[field] for field in nearest),
    )
