"""Stocktakes: a holder counts by serial, and the count is set against the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.custody.barring import tell_of_barred
from enduse.custody.models import CustodyEvent, CustodyItem, Firearm, Holding, Stocktake, StocktakeLine
from enduse.custody.serials import serial_key
from enduse.ledger.actions import record
from enduse.licensing.actions import post_sign
from enduse.parties.actions import post_record_line
from enduse.parties.models import Party, RecordLine, party_of
from enduse.refusals import Invalid, Problem, Problems, Refused


@dataclass(frozen=True)
class Read:
    """One serial as read at a count; the make only where a serial is held twice. `row`: for messages."""

    serial: str
    make: str = ""
    row: int | None = None


_IN = [CustodyEvent.RECEIVED, CustodyEvent.ISSUED, CustodyEvent.TRANSFERRED]
_OUT = [CustodyEvent.ISSUED, CustodyEvent.TRANSFERRED, CustodyEvent.DESTROYED]


def ever_delivered(unit: Party, *, until: date) -> int:
    """Firearms that ever entered the unit by a day and were not passed on by it: nothing lost is written off."""
    return len(ever_delivered_ids(unit, until=until))


def ever_delivered_ids(unit: Party, *, until: date) -> list[int]:
    """The same firearms by id, ascending: the population that a check draws its sample from."""
    standing = CustodyItem.objects.filter(event__occurred_on__lte=until, event__corrections=None)
    balance: Counter[int] = Counter(standing.filter(event__to_party=unit, event__sort__in=_IN).values_list("firearm_id", flat=True))
    balance.subtract(standing.filter(event__from_party=unit, event__sort__in=_OUT).values_list("firearm_id", flat=True))
    return sorted(firearm for firearm, times in balance.items() if times > 0)


def stocktake(unit: Party, reads: Sequence[Read], *, taken_on: date, by: User, self_reported: bool = True, note: str = "") -> Stocktake:
    """Count a unit: what was read against what the record says it holds. Missing ones stay held until they are reported.

    Invalid: a serial read twice, or one that two held firearms share without its make. Refused: not the custodian's unit.
    """
    permit(by, "custody.stocktake")
    own = party_of(by)
    if own is None or not unit.is_below(own):
        raise Refused(_("You count your own units only."), _("Ask the custodian of that unit."), rule=10)
    if taken_on > clock.today():
        raise Invalid(Problem(_("This day is still to come."), _("Give the day of the count."), field="taken_on", found=str(taken_on)))
    with transaction.atomic():
        held = [_Held(*row) for row in Firearm.objects.filter(holding__party=unit, holding__state=Holding.HELD).order_by("pk")
                .values_list("pk", "serial_key", "make", "serial")]
        lines = _set_against(held, reads)
        sighted = sum(line.result == StocktakeLine.SIGHTED for line in lines)
        missing = len(held) - sighted
        unexpected = len(lines) - len(held)
        count = record(
            Stocktake(unit=unit, taken_on=taken_on, self_reported=self_reported, expected=len(held), sighted=sighted, missing=missing,
                      unexpected=unexpected, delivered_to_date=ever_delivered(unit, until=taken_on), note=note),
            by=by, rows=lines, row_field="stocktake")
        _post(count)
    return count


class _Held(NamedTuple):
    """A firearm of the unit's books, as far as a count needs it: a count of thousands makes no model of each."""

    pk: int
    serial_key: str
    make: str
    serial: str


def _set_against(held: Sequence[_Held], reads: Sequence[Read]) -> list[StocktakeLine]:
    problems = Problems()
    by_key: dict[str, list[_Held]] = {}
    for gun in held:
        by_key.setdefault(gun.serial_key, []).append(gun)
    seen: dict[tuple[str, str], int | None] = {}
    lines: list[StocktakeLine] = []
    sighted: set[int] = set()
    for read in reads:
        identity = (serial_key(read.serial), read.make.lower())
        if not identity[0]:
            problems.add(_("The serial is empty."), _("Write it, or take the row out."), row=read.row, field="serial")
            continue
        if identity in seen:
            problems.add(_("This serial was counted already, in row %s.") % seen[identity], _("Take one of the two out."),
                         row=read.row, field="serial", found=read.serial)
            continue
        seen[identity] = read.row
        matching = [gun for gun in by_key.get(identity[0], []) if not read.make or gun.make.lower() == identity[1]]
        if len(matching) > 1:
            problems.add(_("Two firearms held here bear this serial."), _("Say the make beside it."), row=read.row, field="make", found=read.serial)
            continue
        found = matching[0] if matching else None
        if found is not None and found.pk in sighted:
            problems.add(_("This firearm was counted already."), _("Take one of the two rows out."), row=read.row, field="serial", found=read.serial)
            continue
        if found is not None:
            sighted.add(found.pk)
        lines.append(
            StocktakeLine(
                firearm_id=found.pk if found else None,
                serial_read=read.serial[:40],
                result=StocktakeLine.SIGHTED if found else StocktakeLine.UNEXPECTED,
            )
        )
    problems.raise_if_any()
    lines += [StocktakeLine(firearm_id=gun.pk, serial_read=gun.serial, result=StocktakeLine.MISSING) for gun in held if gun.pk not in sighted]
    return lines


def _post(count: Stocktake) -> None:
    """The end user's record learns of the count; one that does not balance is an alert."""
    end_user = count.unit.end_user
    year_ago = count.taken_on.replace(day=1, year=count.taken_on.year - 1)
    recent = {row.unit_id: row for row in Stocktake.objects.filter(
        unit__path__startswith=end_user.path, taken_on__gt=year_ago, taken_on__lte=count.taken_on).order_by("taken_on", "pk")}
    post_record_line(
        end_user, RecordLine.COUNTED,
        {"expected": sum(row.expected for row in recent.values()), "sighted": sum(row.sighted for row in recent.values()),
         "missing": sum(row.missing for row in recent.values()), "units": len(recent)},
        rests_on=f"stocktake {count.pk}", as_of=count.taken_on)
    if count.unexpected:
        _post_outsiders(count)
    if count.missing or count.unexpected:
        raise_alert(
            Alert.COUNT, role=Role.MONITOR, party=end_user, link=f"/custody/stocktakes/{count.pk}/",
            because=_("The count of %(unit)s does not balance: %(missing)d missing, %(unexpected)d unexpected of %(expected)d.")
            % {"unit": count.unit, "missing": count.missing, "unexpected": count.unexpected, "expected": count.expected})


def _post_outsiders(count: Stocktake) -> None:
    """What was counted here and stands in another end user's books is a sign for that one; only where the serial is one firearm's alone."""
    keys = {serial_key(serial) for serial in count.lines.filter(result=StocktakeLine.UNEXPECTED).values_list("serial_read", flat=True)}
    _tell_of_barred(count, keys)
    found: dict[str, list[int]] = {}
    for key, path, state in Firearm.objects.filter(serial_key__in=keys).values_list("serial_key", "holding__party__path", "holding__state"):
        found.setdefault(key, []).append(int(path.split("/")[1]) if state == Holding.HELD else 0)
    alone = [holders[0] for holders in found.values() if len(holders) == 1 and holders[0] not in {0, count.unit.end_user_id}]
    for end_user in Party.objects.filter(pk__in=alone):
        post_sign("S03", end_user=end_user, source=f"stocktake {count.pk}", seen_on=count.taken_on,
                  facts={"unit": count.unit.name, "count": alone.count(end_user.pk)})


def _tell_of_barred(count: Stocktake, keys: set[str]) -> None:
    """Of what was counted and is not of the books, what a certificate keeps from this unit; only where the serial is one firearm's alone."""
    found: dict[str, list[Firearm]] = {}
    for gun in Firearm.objects.filter(serial_key__in=keys).order_by("pk"):
        found.setdefault(gun.serial_key, []).append(gun)
    tell_of_barred([guns[0] for guns in found.values() if len(guns) == 1], count.unit, link=f"/custody/stocktakes/{count.pk}/")
