"""What is missing from an end user's measured record, said in sentences: never counted, not counted for so long, no estimate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from enduse.parties.models import RecordLine

MONTH_DAYS = 30.44
# How old each kind of line may be before its age itself is worth saying, in months. Losses and deliveries have no due date.
OLD_AFTER_MONTHS = {RecordLine.COUNTED: 12, RecordLine.CHECKED: 36, RecordLine.ESTIMATED: 12}


@dataclass(frozen=True)
class Gap:
    """One thing that the record does not tell: the kind of its line, the sentence, and since when (None: never measured)."""

    kind: str
    text: str
    since: date | None


def gaps_of(record: Mapping[str, RecordLine], today: date) -> list[Gap]:
    """What nobody measured, or not for long. Nothing is asked of an end user that never received a firearm."""
    return list(_gaps(record, today))


def _gaps(record: Mapping[str, RecordLine], today: date) -> Iterator[Gap]:
    delivered = record.get(RecordLine.DELIVERED)
    if delivered is None or not delivered.figures.get("delivered"):
        yield Gap(RecordLine.DELIVERED, _("Nothing was delivered to it under this register: there is no record to go by."), None)
        return
    for kind, oldest in OLD_AFTER_MONTHS.items():
        line = record.get(kind)
        if line is None:
            yield Gap(kind, _never(kind), None)
            continue
        months = int((today - line.as_of).days / MONTH_DAYS)
        if months >= oldest:
            yield Gap(kind, _not_for(kind, months), line.as_of)
    if RecordLine.LOST not in record:
        yield Gap(RecordLine.LOST, _("It never reported a loss: that none happened is not known."), None)
    checked = record.get(RecordLine.CHECKED)
    if checked is not None and not checked.figures.get("last_sampled"):
        yield Gap(RecordLine.CHECKED, _("The last check sampled no serial."), checked.as_of)


def _never(kind: str) -> str:
    return {
        RecordLine.COUNTED: _("No stocktake ever, though firearms were delivered."),
        RecordLine.CHECKED: _("No end-use check ever."),
        RecordLine.ESTIMATED: _("No estimate of what was diverted."),
    }[kind]


def _not_for(kind: str, months: int) -> str:
    return {
        RecordLine.COUNTED: _("No stocktake in %(months)d months."),
        RecordLine.CHECKED: _("No end-use check in %(months)d months."),
        RecordLine.ESTIMATED: _("No estimate in %(months)d months."),
    }[kind] % {"months": months}
