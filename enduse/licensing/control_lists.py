"""The entry of a control list under which a line's firearms are licensed: a table with dates, since entries change with the law.

A line may say its entry; where it says none the first row of the table that fits on the day is its entry. What a row fits:
its types (none: any) and whether they fire automatically (empty: either).
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from enduse.licensing.dated import Dated, in_force, rules
from enduse.refusals import Problems

TABLE = "control_entries"


def fitting(firearm_type: str, automatic: bool, on: date) -> list[Dated]:
    """The rows that such firearms fall under on a day, in the table's order: the national list stands first."""
    wanted = "yes" if automatic else "no"
    return [row for row in in_force(TABLE, on)
            if (not row.each("firearm_types") or firearm_type in row.each("firearm_types")) and row.says("automatic") in {"", wanted}]


def entry_of(firearm_type: str, automatic: bool, on: date, said: str = "") -> str:
    """The entry that the line says, or the one that the tables of the day give; empty: they give none."""
    return said or next((row.says("entry") for row in fitting(firearm_type, automatic, on)), "")


def row_of(entry: str, on: date) -> Dated | None:
    """The row of an entry as it stood on a day, or of another day where that day has none; None: no table holds it."""
    rows = [row for row in rules(TABLE) if row.says("entry") == entry]
    return next((row for row in rows if row.applies_on(on)), rows[-1] if rows else None)


def choices(on: date) -> list[tuple[str, str]]:
    """The entries of a day, each once, as the choices of a form."""
    return list({row.says("entry"): (row.says("entry"), f"{row.says('entry')} {row.text}") for row in in_force(TABLE, on)}.values())


def note_unfitting(problems: Problems, number: int, entry: str, firearm_type: str, automatic: bool, on: date) -> None:
    """Adds a problem where the entry that a line says is none of the day, or not of such firearms."""
    if not entry:
        return
    fits = [row.says("entry") for row in fitting(firearm_type, automatic, on)]
    if entry in fits:
        return
    known = any(row.says("entry") == entry for row in in_force(TABLE, on))
    reason = _("Such firearms do not fall under this entry of a control list.") if known else _("No control list has this entry today.")
    problems.add(reason, _("Leave it empty, or use one of: %s.") % (", ".join(dict.fromkeys(fits)) or "–"), row=number, field="control_entry", found=entry)
