"""What the API says and takes of custody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from ninja import Field, Schema

from enduse.custody.codes import code_of
from enduse.custody.counting import Read
from enduse.custody.lives import LifeSeen, Moment
from enduse.custody.models import CustodyEvent, Firearm, Stocktake, StocktakeLine
from enduse.custody.queries import Account


class FirearmOut(Schema):
    firearm: int = Field(description="Its number in the register")
    make: str
    model: str
    firearm_type: str
    calibre: str
    serial: str
    year: int | None
    country: str
    state: str = Field(description="held, in_transit, lost, recovered, destroyed, or passed_on when it has left what you see")
    holder: int | None = Field(description="Number of the party that answers for it")


class FirearmPage(Schema):
    total: int
    firearms: list[FirearmOut]


class MomentOut(Schema):
    words: str
    on: date
    until: date | None
    who: str
    place: str
    note: str
    recorded_at: datetime | None
    leaf: int | None = Field(description="Its place in the log")


class LifeOut(Schema):
    firearm: FirearmOut
    moments: list[MomentOut]
    licence: str = Field(description="The licence it was sold under")
    consignment: str
    holders: int
    days_to_recovery: int | None = Field(description="From its first delivery to its recovery")
    left_by: str = Field(description="How it left lawful hands: sort of the event, or recovered when no loss was reported")
    left_from: int | None = Field(description="Number of the last lawful holder")


class EventOut(Schema):
    event: int = Field(description="Its place in the log")
    sort: str
    words: str
    occurred_on: date
    occurred_until: date | None
    recorded_at: datetime
    recorded_by: str
    from_party: int | None
    to_party: int | None
    place: str
    reference: str
    note: str
    corrects: int | None
    firearms: int = Field(description="How many firearms it is over")


class AccountOut(Schema):
    firearm_type: str = Field(description="Empty: all types together")
    entered: int
    passed_on: int
    held: int
    lost: int
    recovered: int
    destroyed: int
    explained: int = Field(description="entered - passed on - lost - recovered - destroyed")
    balances: bool


class UnitOut(Schema):
    unit: int
    name: str
    total: AccountOut
    by_type: list[AccountOut]


class StocktakeOut(Schema):
    stocktake: int = Field(description="Its place in the log")
    unit: int
    taken_on: date
    self_reported: bool
    expected: int
    sighted: int
    missing: int
    unexpected: int
    delivered_to_date: int = Field(description="Every firearm that ever entered the unit and was not passed on")
    note: str


class CountLineOut(Schema):
    firearm: int | None
    serial_read: str
    result: str


class StocktakeFull(StocktakeOut):
    differences: list[CountLineOut] = Field(description="What was missing or unexpected")


class SerialIn(Schema):
    serial: str = Field(description="As marked; separators and case do not matter")
    make: str = Field("", description="Needed only where two firearms bear the serial")


class GunsIn(Schema):
    serials: list[SerialIn] = Field(description="The firearms, by serial")
    occurred_on: date = Field(description="The day it happened, or the first day it may have")
    reference: str = Field("", description="The order, receipt or case that it belongs to")
    note: str = Field("", description="Anything that should be known of it")


class MoveIn(GunsIn):
    from_unit: int = Field(description="Number of the unit that gives")
    to_unit: int = Field(description="Number of the party that receives")


class LossIn(GunsIn):
    unit: int = Field(description="Number of the unit that held them")
    sort: str = Field(description="lost, stolen, deserted_with or not_sighted")
    occurred_until: date | None = Field(None, description="The last day it may have happened")
    place: str = Field("", description="Where it happened")


class FoundIn(GunsIn):
    unit: int = Field(description="Number of the unit that found them")


class DestroyedIn(Schema):
    serials: list[SerialIn] = Field(description="The firearms, by serial")
    unit: int = Field(description="Number of the unit that held them")
    occurred_on: date = Field(description="The day they were destroyed")
    method: str = Field(description="How: cut, melted, crushed")
    witnesses: str = Field(description="Two witnesses by function, with a comma between")


class CountIn(Schema):
    unit: int = Field(description="Number of the unit that counts")
    serials: list[SerialIn] = Field(description="Every serial that was read")
    taken_on: date = Field(description="The day of the count")
    self_reported: bool = Field(True, description="false: an outside body counted")
    note: str = Field("", description="Anything that should be known of it")


class CorrectIn(Schema):
    reason: str = Field(description="What was wrong")


def reads_of(serials: Sequence[SerialIn]) -> list[Read]:
    return [Read(each.serial, code_of("makes", each.make) or each.make.lower(), row) for row, each in enumerate(serials, start=1)]


def firearm_out(gun: Firearm) -> FirearmOut:
    seen: Any = gun  # with state_seen and holder_seen of `queries.firearms`
    return FirearmOut(firearm=gun.pk, make=gun.make, model=gun.model, firearm_type=gun.firearm_type, calibre=gun.calibre, serial=gun.serial,
                      year=gun.year, country=gun.country, state=seen.state_seen, holder=seen.holder_seen)


def life_out(life: LifeSeen, firearm: FirearmOut) -> LifeOut:
    left = life.left
    return LifeOut(firearm=firearm, moments=[_moment_out(moment) for moment in life.moments], licence=life.licence.reference if life.licence else "",
                   consignment=life.consignment, holders=life.holders, days_to_recovery=life.days, left_by=left.sort if left else "",
                   left_from=left.from_party_id if left else None)


def _moment_out(moment: Moment) -> MomentOut:
    return MomentOut(words=moment.words, on=moment.on, until=moment.until, who=moment.who, place=moment.place, note=moment.note,
                     recorded_at=moment.recorded_at, leaf=moment.leaf)


def event_out(event: CustodyEvent) -> EventOut:
    return EventOut(
        event=event.pk, sort=event.sort, words=event.words, occurred_on=event.occurred_on, occurred_until=event.occurred_until,
        recorded_at=event.recorded_at, recorded_by=str(event.recorded_by or ""), from_party=event.from_party_id, to_party=event.to_party_id,
        place=event.place, reference=event.reference, note=event.note, corrects=event.corrects_id, firearms=event.firearms)


def account_out(account: Account) -> AccountOut:
    return AccountOut(
        firearm_type=account.firearm_type, entered=account.entered, passed_on=account.passed_on, held=account.held, lost=account.lost,
        recovered=account.recovered, destroyed=account.destroyed, explained=account.explained, balances=account.balances)


def stocktake_fields(count: Stocktake) -> dict[str, Any]:
    names = ("taken_on", "self_reported", "expected", "sighted", "missing", "unexpected", "delivered_to_date", "note")
    return {"stocktake": count.pk, "unit": count.unit_id} | {name: getattr(count, name) for name in names}


def stocktake_full(count: Stocktake) -> StocktakeFull:
    lines = count.lines.exclude(result=StocktakeLine.SIGHTED).order_by("pk")
    return StocktakeFull(**stocktake_fields(count), differences=[
        CountLineOut(firearm=line.firearm_id, serial_read=line.serial_read, result=line.result) for line in lines])
