"""What happens to firearms: registered, moved, lost, found, counted, corrected. Each is an event in the log.

`record_shipment`, `record_receipt` and `record_recovered` are steps of other floors' actions, which check the permission.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.custody import holdings
from enduse.custody.barring import refuse_barred
from enduse.custody.conditions import refuse_against_conditions, refuse_unless_going_back
from enduse.custody.models import CustodyEvent, CustodyItem, Firearm, Holding
from enduse.custody.serials import serial_key
from enduse.custody.shipped import licences_of
from enduse.ledger.actions import ROWS_PER_INSERT, insert_values, record
from enduse.licensing.models import Licence
from enduse.measures.models import Measure
from enduse.measures.queries import in_force
from enduse.parties.actions import post_record_line
from enduse.parties.models import Party, RecordLine, party_of
from enduse.parties.queries import latest_line
from enduse.refusals import Invalid, Problem, Problems, Refused


@dataclass(frozen=True)
class Marked:
    """A firearm as its maker lists it. `row`: where it stands in the file, for messages."""

    make: str
    model: str
    firearm_type: str
    calibre: str
    serial: str
    year: int | None = None
    country: str = ""
    row: int | None = None


def register_made(guns: Sequence[Marked], *, maker: Party, occurred_on: date, reference: str, by: User | None) -> list[Firearm]:
    """The maker enters firearms into the register, all or none. In the order given.

    Invalid: a serial repeated in the list or already in the register for that make and model, each with its row.
    """
    if by is not None:
        permit(by, "custody.register")
    with transaction.atomic():
        _refuse_repeated(guns)
        firearms = [
            Firearm(make=gun.make, model=gun.model, firearm_type=gun.firearm_type, calibre=gun.calibre, serial=gun.serial,
                    serial_key=serial_key(gun.serial), year=gun.year, country=gun.country, maker=maker)
            for gun in guns
        ]
        Firearm.objects.bulk_create(firearms, batch_size=ROWS_PER_INSERT)
        event = _event(CustodyEvent.MANUFACTURED, firearms, by=by, occurred_on=occurred_on, to_party=maker, reference=reference)
        insert_values(Holding, ["firearm_id", "party_id", "state", "event_id"], ((gun.pk, maker.pk, Holding.HELD, event.pk) for gun in firearms))
    return firearms


def record_shipment(
    firearms: Sequence[Firearm], *, seller: Party, carrier: Party, licence: Licence, occurred_on: date, reference: str, by: User
) -> CustodyEvent:
    """The seller hands firearms to the carrier under a licence."""
    with transaction.atomic():
        holdings.refuse_unless(firearms, state=Holding.HELD, party=seller)
        event = _event(
            CustodyEvent.SHIPPED, firearms, by=by, occurred_on=occurred_on, from_party=seller, to_party=carrier, licence=licence, reference=reference
        )
        holdings.set_all(firearms, event, state=Holding.IN_TRANSIT, party=carrier)
    return event


def record_receipt(firearms: Sequence[Firearm], *, carrier: Party, receiver: Party, occurred_on: date, reference: str, by: User) -> CustodyEvent:
    """The receiver counts firearms in from the carrier; the end user's record grows by them."""
    with transaction.atomic():
        holdings.refuse_unless(firearms, state=Holding.IN_TRANSIT, party=carrier)
        event = _event(CustodyEvent.RECEIVED, firearms, by=by, occurred_on=occurred_on, from_party=carrier, to_party=receiver, reference=reference)
        holdings.set_all(firearms, event, state=Holding.HELD, party=receiver)
        _add_to_record(receiver, RecordLine.DELIVERED, event, delivered=len(firearms))
    return event


def record_lost_in_transit(firearms: Sequence[Firearm], *, carrier: Party, occurred_on: date, reference: str, by: User) -> CustodyEvent:
    """What the receiver did not find in a consignment: the carrier answered for it last."""
    with transaction.atomic():
        holdings.refuse_unless(firearms, state=Holding.IN_TRANSIT, party=carrier)
        event = _event(CustodyEvent.LOST_IN_TRANSIT, firearms, by=by, occurred_on=occurred_on, from_party=carrier, reference=reference)
        holdings.set_all(firearms, event, state=Holding.LOST, party=carrier)
    return event


def move(
    firearms: Sequence[Firearm], *, from_unit: Party, to_unit: Party, occurred_on: date, by: User, reference: str = "", note: str = ""
) -> CustodyEvent:
    """The custodian passes firearms on: issued within its own end user, transferred to another (an importer's resale).

    Refused: firearms not held there, a unit that is not the custodian's, a receiver that a certificate or a condition bars.
    """
    permit(by, "custody.move")
    _refuse_other_units(by, from_unit)
    _refuse_future(occurred_on)
    if from_unit == to_unit:
        raise Invalid(Problem(_("The firearms are there already."), _("Choose another unit."), field="to_unit", found=to_unit.name))
    licences = licences_of(firearms)
    refuse_barred(firearms, to_unit, licences)
    _refuse_banned(firearms, to_unit)
    refuse_unless_going_back(firearms, to_unit)
    refuse_against_conditions(licences, to_unit)
    within = from_unit.end_user_id == to_unit.end_user_id
    with transaction.atomic():
        holdings.refuse_unless(firearms, state=Holding.HELD, party=from_unit)
        event = _event(CustodyEvent.ISSUED if within else CustodyEvent.TRANSFERRED, firearms, by=by, occurred_on=occurred_on,
                       from_party=from_unit, to_party=to_unit, reference=reference, note=note)
        holdings.set_all(firearms, event, state=Holding.HELD, party=to_unit)
        if not within:
            if to_unit.kind != Party.COMPANY:  # a seller that takes its own back was delivered nothing
                _add_to_record(to_unit, RecordLine.DELIVERED, event, delivered=len(firearms))
            _add_to_record(from_unit, RecordLine.DELIVERED, event, resold=len(firearms))
    return event


def report_loss(
    firearms: Sequence[Firearm], *, sort: str, unit: Party, occurred_on: date, by: User, occurred_until: date | None = None,
    place: str = "", reference: str = "", note: str = "",
) -> CustodyEvent:
    """The custodian reports firearms lost, stolen, carried off by a deserter or not found. The authority is alerted."""
    permit(by, "custody.report_loss")
    if sort not in CustodyEvent.LOSSES or sort == CustodyEvent.LOST_IN_TRANSIT:
        raise Invalid(
            Problem(_("This is not a way to lose a firearm."), _("Choose lost, stolen, deserted with or not found."), field="sort", found=sort)
        )
    _refuse_other_units(by, unit)
    _refuse_future(occurred_until or occurred_on)
    if occurred_until is not None and occurred_until < occurred_on:
        raise Invalid(Problem(_("The last day is before the first."), _("Change one of them."), field="occurred_until", found=str(occurred_until)))
    with transaction.atomic():
        holdings.refuse_unless(firearms, state=Holding.HELD, party=unit)
        event = _event(sort, firearms, by=by, occurred_on=occurred_on, occurred_until=occurred_until, from_party=unit, place=place,
                       reference=reference, note=note)
        holdings.set_all(firearms, event, state=Holding.LOST, party=unit)
        _add_to_record(unit, RecordLine.LOST, event, **_as_lost(sort, len(firearms)))
        raise_alert(
            Alert.LOSS, role=Role.LICENSING_OFFICER, party=unit.end_user, link=f"/custody/events/{event.pk}/",
            because=ngettext("%(unit)s reported %(count)d firearm: %(sort)s.", "%(unit)s reported %(count)d firearms: %(sort)s.", len(firearms))
            % {"unit": unit, "count": len(firearms), "sort": event.get_sort_display()})
    return event


def record_found(firearms: Sequence[Firearm], *, unit: Party, occurred_on: date, by: User, reference: str = "", note: str = "") -> CustodyEvent:
    """A unit finds firearms again that it had reported lost."""
    permit(by, "custody.move")
    _refuse_other_units(by, unit)
    _refuse_future(occurred_on)
    with transaction.atomic():
        holdings.refuse_unless(firearms, state=Holding.LOST, party=unit)
        event = _event(CustodyEvent.FOUND, firearms, by=by, occurred_on=occurred_on, to_party=unit, reference=reference, note=note)
        holdings.set_all(firearms, event, state=Holding.HELD, party=unit)
        _add_to_record(unit, RecordLine.LOST, event, lost=-len(firearms), found=len(firearms))
    return event


def record_recovered(firearm: Firearm, *, agency: Party, occurred_on: date, reference: str, by: User) -> CustodyEvent:
    """A confirmed trace: the agency holds the firearm. It may come from 'held': then its loss was never reported."""
    with transaction.atomic():
        holding = Holding.objects.select_for_update().select_related("party").get(firearm=firearm)
        if holding.state in {Holding.RECOVERED, Holding.DESTROYED}:
            raise Refused(
                _("The record says that %(gun)s is %(state)s already."), _("Look at its history: one of the two is another firearm."),
                rule=4, gun=str(firearm), state=holding.get_state_display())
        event = _event(
            CustodyEvent.RECOVERED, [firearm], by=by, occurred_on=occurred_on, from_party=holding.party, to_party=agency, reference=reference
        )
        holdings.set_all([firearm], event, state=Holding.RECOVERED, party=agency)
    return event


def record_destroyed(firearms: Sequence[Firearm], *, unit: Party, occurred_on: date, method: str, witnesses: str, by: User) -> CustodyEvent:
    """Destroyed before two witnesses, who are named by function."""
    permit(by, "custody.move")
    _refuse_other_units(by, unit)
    _refuse_future(occurred_on)
    if len([name for name in witnesses.split(",") if name.strip()]) < 2:
        raise Invalid(Problem(_("Two witnesses are needed."), _("Name both by function, with a comma between."), field="witnesses", found=witnesses))
    with transaction.atomic():
        holdings.refuse_unless(firearms, state=Holding.HELD, party=unit)
        event = _event(CustodyEvent.DESTROYED, firearms, by=by, occurred_on=occurred_on, from_party=unit, note=f"{method}; {witnesses}")
        holdings.set_all(firearms, event, state=Holding.DESTROYED, party=unit)
    return event


def correct(event: CustodyEvent, *, reason: str, by: User) -> CustodyEvent:
    """An event was wrong: a later one names it, and its firearms stand again where they stood before (rule 5)."""
    permit(by, "custody.correct")
    concerned = event.from_party or event.to_party
    if concerned is None or not event.is_correctable:
        raise Refused(_("An event of this sort belongs to a delivery or a trace."), _("Correct it there."), rule=5)
    _refuse_other_units(by, concerned)
    if not reason.strip():
        raise Invalid(Problem(_("A correction says what was wrong."), _("Write a sentence."), field="reason"))
    with transaction.atomic():
        firearms = list(Firearm.objects.filter(history__event=event).order_by("history__pk"))
        moved_on = Holding.objects.select_for_update().filter(firearm__in=firearms).exclude(event=event).select_related("firearm").first()
        if moved_on is not None:
            raise Refused(_("%(gun)s has a later event, number %(later)d."), _("Correct that one first."), rule=5,
                          gun=str(moved_on.firearm), later=moved_on.event_id)
        correction = _event(CustodyEvent.CORRECTED, firearms, by=by, occurred_on=clock.today(), from_party=event.from_party,
                            to_party=event.to_party, note=reason.strip(), corrects=event)
        holdings.replay(firearms)
        _undo_in_record(event, correction, len(firearms))
    return correction


def correct_recovered(firearm: Firearm, *, reference: str, reason: str, by: User) -> CustodyEvent:
    """A step of correcting a trace: the recovery was another firearm, and this one stands again where it stood (rule 5)."""
    with transaction.atomic():
        event = CustodyEvent.objects.get(sort=CustodyEvent.RECOVERED, reference=reference, lines__firearm=firearm, corrections=None)
        holding = Holding.objects.select_for_update().get(firearm=firearm)
        if holding.event_id != event.pk:
            raise Refused(
                _("%(gun)s has a later event, number %(later)d."), _("Correct that one first."), rule=5, gun=str(firearm), later=holding.event_id
            )
        correction = _event(CustodyEvent.CORRECTED, [firearm], by=by, occurred_on=clock.today(), from_party=event.from_party,
                            to_party=event.to_party, reference=reference, note=reason, corrects=event)
        holdings.replay([firearm])
    return correction


def _event(
    sort: str, firearms: Sequence[Firearm], *, by: User | None, occurred_on: date, occurred_until: date | None = None,
    from_party: Party | None = None, to_party: Party | None = None, licence: Licence | None = None, place: str = "",
    reference: str = "", note: str = "", corrects: CustodyEvent | None = None,
) -> CustodyEvent:
    if not firearms:
        raise Invalid(Problem(_("No firearm is named."), _("Choose at least one."), field="firearms"))
    event = CustodyEvent(
        sort=sort, occurred_on=occurred_on, occurred_until=occurred_until, from_party=from_party, to_party=to_party,
        licence=licence, place=place, reference=reference, note=note, corrects=corrects, by_type=dict(Counter(gun.firearm_type for gun in firearms)))
    return record(event, by=by, rows=[CustodyItem(firearm=gun) for gun in firearms], row_field="event")


def note_repeated(guns: Sequence[Marked], problems: Problems) -> None:
    """Rule 9: each firearm stands once in a list. Every repeat is added to `problems` with its row."""
    seen: dict[tuple[str, str, str], int | None] = {}
    for gun in guns:
        identity = (serial_key(gun.serial), gun.make, gun.model)
        if identity in seen:
            problems.add(_("This serial stands in the file already, in row %s.") % seen[identity], _("Take one of the two out."),
                         row=gun.row, field="serial", found=gun.serial)
        seen.setdefault(identity, gun.row)


def _refuse_repeated(guns: Sequence[Marked]) -> None:
    """Rule 9: each firearm once in the list, and none that the register holds already."""
    problems = Problems()
    note_repeated(guns, problems)
    rows = {(serial_key(gun.serial), gun.make, gun.model): gun.row for gun in reversed(guns)}
    for identity in already_registered(rows):
        problems.add(
            _("This firearm is in the register already: it was sold and delivered, or declared, before."),
            _("Check the serial. If it is right, look up the firearm and its holder."),
            row=rows[identity],
            field="serial",
            found=identity[0],
        )
    problems.found.sort(key=lambda problem: problem.row or 0)
    problems.raise_if_any()


def already_registered(identities: Iterable[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """Those of these (key of the serial, make, model) that the register has."""
    wanted = set(identities)
    keys = sorted({key for key, _make, _model in wanted})
    found: set[tuple[str, str, str]] = set()
    for first in range(0, len(keys), 5_000):
        rows = Firearm.objects.filter(serial_key__in=keys[first:first + 5_000]).values_list("serial_key", "make", "model")
        found |= wanted.intersection(rows)
    return found


def _refuse_other_units(by: User, unit: Party) -> None:
    """Rule 10: a custodian acts for the units below its own."""
    own = party_of(by)
    if own is None or not unit.is_below(own):
        raise Refused(_("You act for your own units only."), _("Ask the custodian of that unit."), rule=10)


def _refuse_future(day: date) -> None:
    if day > clock.today():
        raise Invalid(Problem(_("This day is still to come."), _("Give the day on which it happened."), field="occurred_on", found=str(day)))


def _refuse_banned(firearms: Sequence[Firearm], to_unit: Party) -> None:
    """Rule 3: nothing is passed on to a unit under a ban in force today."""
    if not Measure.objects.filter(kind=Measure.BAN_ON_UNIT).exists():
        return  # most authorities never banned a unit, and firearms are passed on a thousand times a month
    bans = [measure for measure in in_force(clock.today(), end_user=to_unit, country=to_unit.country) if measure.kind == Measure.BAN_ON_UNIT]
    for ban in bans:
        if any(ban.firearm_type in {"", gun.firearm_type} and ban.calibre in {"", gun.calibre} and ban.automatic in {None, _is_automatic(gun)}
               for gun in firearms):
            raise Refused(
                _("%(measure)s bars %(unit)s from receiving firearms: %(title)s (%(authority)s %(number)s)."),
                _("Choose another unit, or wait until the measure ends or is lifted."), rule=3, measure=ban.reference, unit=to_unit.name,
                title=ban.title, authority=str(ban.get_authority_display()), number=ban.authority_reference)


def _is_automatic(gun: Firearm) -> bool:
    kind = reference.table("firearm_types").get(gun.firearm_type)
    return kind is not None and kind.more.get("automatic") == "yes"


def _add_to_record(party: Party, kind: str, event: CustodyEvent, **changes: int) -> None:
    """The end user's record line grows by what the event says."""
    last = latest_line(party, kind)
    figures = dict(last.figures) if last else {}
    for name, change in changes.items():
        figures[name] = figures.get(name, 0) + change
    post_record_line(party, kind, figures, rests_on=f"custody event {event.pk}", as_of=clock.today())


def _as_lost(sort: str, count: int) -> dict[str, int]:
    """All losses together, and those of a sort of their own beside them."""
    return {"lost": count} if sort == CustodyEvent.LOST else {"lost": count, sort: count}


def _undo_in_record(event: CustodyEvent, correction: CustodyEvent, count: int) -> None:
    if event.sort in CustodyEvent.LOSSES and event.from_party is not None:
        _add_to_record(event.from_party, RecordLine.LOST, correction, **_as_lost(event.sort, -count))
    elif event.sort == CustodyEvent.FOUND and event.to_party is not None:
        _add_to_record(event.to_party, RecordLine.LOST, correction, lost=count, found=-count)
    elif event.sort == CustodyEvent.TRANSFERRED and event.from_party is not None and event.to_party is not None:
        if event.to_party.kind != Party.COMPANY:
            _add_to_record(event.to_party, RecordLine.DELIVERED, correction, delivered=-count)
        _add_to_record(event.from_party, RecordLine.DELIVERED, correction, resold=-count)
