"""Custody over the API: the register, events, what a unit holds, counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from enduse.accounts.actions import note_read
from enduse.accounts.permissions import permit, sees
from enduse.custody import actions, queries
from enduse.custody.asking import Asking
from enduse.custody.counting import stocktake
from enduse.custody.files import MANIFEST_COLUMNS, SERIAL_COLUMNS, read_manifest, read_serials
from enduse.custody.lives import life_seen
from enduse.custody.models import CustodyEvent, Firearm, Holding
from enduse.custody.naming import firearms_named
from enduse.custody.schemas import (
    CorrectIn,
    CountIn,
    DestroyedIn,
    EventOut,
    FirearmOut,
    FirearmPage,
    FoundIn,
    LifeOut,
    LossIn,
    MoveIn,
    SerialIn,
    StocktakeFull,
    StocktakeOut,
    UnitOut,
    account_out,
    event_out,
    firearm_out,
    life_out,
    reads_of,
    stocktake_fields,
    stocktake_full,
)
from enduse.pages import visible_or_404
from enduse.parties.models import Party, party_of
from enduse.refusals import Invalid, NotPermitted, Problem

router = Router(tags=["custody"])


@router.get("/firearms", response=FirearmPage, operation_id="custody.list_firearms", summary="The register, as far as you see it")
def list_firearms(
    request: Asking,
    serial: Annotated[str, Query(description="Part of a serial")] = "",
    make: Annotated[str, Query(description="Code of a make")] = "",
    model: Annotated[str, Query(description="Part of a model")] = "",
    firearm_type: Annotated[str, Query(description="Code of a type")] = "",
    state: Annotated[str, Query(description="held, in_transit, lost, recovered, destroyed, passed_on")] = "",
    holder: Annotated[int | None, Query(description="Number of the party that answers for it")] = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> FirearmPage:
    _must_see(request, "firearm")
    party = visible_or_404(Party.objects.visible_to(request.user), pk=holder) if holder is not None else None
    rows = queries.firearms(request.user, serial=serial, make=make, model=model, firearm_type=firearm_type, state=state, holder=party)
    note_read(request.user, "export", "firearms")
    return FirearmPage(total=rows.count(), firearms=[firearm_out(gun) for gun in rows[offset:offset + limit]])


@router.get("/firearms/{firearm}", response=FirearmOut, operation_id="custody.get_firearm", summary="One firearm")
def get_firearm(request: Asking, firearm: int) -> FirearmOut:
    return firearm_out(_firearm(request, firearm))


@router.get(
    "/firearms/{firearm}/history",
    response=LifeOut,
    operation_id="custody.get_history",
    summary="Its whole life, each event with its place in the log",
)
def get_history(request: Asking, firearm: int) -> LifeOut:
    gun = _firearm(request, firearm)
    return life_out(life_seen(gun, request.user), firearm_out(gun))


@router.post("/register", response={201: list[int]}, operation_id="custody.register", summary="Enter made firearms, all or none")
def register(
    request: Asking,
    manifest: Annotated[UploadedFile, File(description=MANIFEST_COLUMNS)],
    made_on: Annotated[date, Form(description="The day they were made and marked")],
    reference: Annotated[str, Form(description="The order or batch")] = "",
) -> tuple[int, list[int]]:
    permit(request.user, "custody.register")
    maker = party_of(request.user)
    if maker is None:
        raise Invalid(Problem(_("You act for no maker."), _("Ask the administrator."), field="maker"))
    guns = read_manifest(manifest)
    return 201, [gun.pk for gun in actions.register_made(guns, maker=maker, occurred_on=made_on, reference=reference, by=request.user)]


@router.post("/move", response={201: EventOut}, operation_id="custody.move", summary="Issue within an end user, or transfer to another")
def move(request: Asking, body: MoveIn) -> tuple[int, EventOut]:
    permit(request.user, "custody.move")
    giver = _unit(request, body.from_unit, "from_unit")
    taker = _party(queries.receivers_for(request.user), body.to_unit, "to_unit")
    event = actions.move(
        _held(body.serials, giver),
        from_unit=giver,
        to_unit=taker,
        occurred_on=body.occurred_on,
        by=request.user,
        reference=body.reference,
        note=body.note,
    )
    return 201, _said(request, event)


@router.post("/move/file", response={201: EventOut}, operation_id="custody.move_file", summary="Issue or transfer the firearms of a list")
def move_file(
    request: Asking,
    serials: Annotated[UploadedFile, File(description=SERIAL_COLUMNS)],
    from_unit: Annotated[int, Form(description="Number of the unit that gives")],
    to_unit: Annotated[int, Form(description="Number of the party that receives")],
    occurred_on: Annotated[date, Form(description="The day it happened")],
    reference: Annotated[str, Form(description="The order or receipt")] = "",
    note: Annotated[str, Form(description="Anything that should be known of it")] = "",
) -> tuple[int, EventOut]:
    permit(request.user, "custody.move")
    giver = _unit(request, from_unit, "from_unit")
    taker = _party(queries.receivers_for(request.user), to_unit, "to_unit")
    guns = firearms_named(read_serials(serials), at=giver)
    return 201, _said(request, actions.move(
        guns, from_unit=giver, to_unit=taker, occurred_on=occurred_on, by=request.user, reference=reference, note=note))


@router.post(
    "/losses", response={201: EventOut}, operation_id="custody.report_loss", summary="Report firearms lost, stolen, deserted with or not found"
)
def report_loss(request: Asking, body: LossIn) -> tuple[int, EventOut]:
    permit(request.user, "custody.report_loss")
    unit = _unit(request, body.unit)
    event = actions.report_loss(
        _held(body.serials, unit), sort=body.sort, unit=unit, occurred_on=body.occurred_on, occurred_until=body.occurred_until, place=body.place,
        reference=body.reference, note=body.note, by=request.user)
    return 201, _said(request, event)


@router.post("/found", response={201: EventOut}, operation_id="custody.record_found", summary="Firearms that were reported lost are found again")
def record_found(request: Asking, body: FoundIn) -> tuple[int, EventOut]:
    permit(request.user, "custody.move")
    unit = _unit(request, body.unit)
    event = actions.record_found(
        _held(body.serials, unit, Holding.LOST), unit=unit, occurred_on=body.occurred_on, reference=body.reference, note=body.note, by=request.user)
    return 201, _said(request, event)


@router.post("/destroyed", response={201: EventOut}, operation_id="custody.record_destroyed", summary="Firearms were destroyed before two witnesses")
def record_destroyed(request: Asking, body: DestroyedIn) -> tuple[int, EventOut]:
    permit(request.user, "custody.move")
    unit = _unit(request, body.unit)
    event = actions.record_destroyed(
        _held(body.serials, unit), unit=unit, occurred_on=body.occurred_on, method=body.method, witnesses=body.witnesses, by=request.user)
    return 201, _said(request, event)


@router.get("/events", response=list[EventOut], operation_id="custody.list_events", summary="What happened, latest first")
def list_events(
    request: Asking,
    sort: Annotated[str, Query(description="Sort of event, such as received or stolen")] = "",
    unit: Annotated[int | None, Query(description="Number of a party that gave or received")] = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[EventOut]:
    _must_see(request, "firearm")
    rows = queries.events(request.user)
    if sort:
        rows = rows.filter(sort=sort)
    if unit is not None:
        rows = rows.filter(from_party=unit) | rows.filter(to_party=unit)
    return [event_out(event) for event in rows[offset:offset + limit]]


@router.get("/events/{event}", response=EventOut, operation_id="custody.get_event", summary="One event")
def get_event(request: Asking, event: int) -> EventOut:
    _must_see(request, "firearm")
    return event_out(visible_or_404(queries.events(request.user), pk=event))


@router.post("/events/{event}/correct", response={201: EventOut}, operation_id="custody.correct", summary="An event was wrong: a later one says so")
def correct(request: Asking, event: int, body: CorrectIn) -> tuple[int, EventOut]:
    permit(request.user, "custody.correct")
    wrong: CustodyEvent = visible_or_404(CustodyEvent.objects.visible_to(request.user), pk=event)
    return 201, _said(request, actions.correct(wrong, reason=body.reason, by=request.user))


@router.get("/units/{unit}", response=UnitOut, operation_id="custody.get_unit", summary="What a unit holds now and how that is explained")
def get_unit(request: Asking, unit: int) -> UnitOut:
    _must_see(request, "firearm")
    party: Party = visible_or_404(queries.units_seen(request.user), pk=unit)
    rows, total = queries.account_of(party)
    return UnitOut(unit=party.pk, name=party.name, total=account_out(total), by_type=[account_out(row) for row in rows])


@router.get("/stocktakes", response=list[StocktakeOut], operation_id="custody.list_stocktakes", summary="Counts, latest first")
def list_stocktakes(
    request: Asking,
    unit: Annotated[int | None, Query(description="Number of a unit: it and everything below it")] = None,
    unbalanced: Annotated[bool, Query(description="Only those that do not balance")] = False,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[StocktakeOut]:
    _must_see(request, "stocktake")
    party = visible_or_404(Party.objects.visible_to(request.user), pk=unit) if unit is not None else None
    rows = queries.stocktakes(request.user, unit=party, unbalanced=unbalanced)
    return [StocktakeOut(**stocktake_fields(count)) for count in rows[offset:offset + limit]]


@router.post("/stocktakes", response={201: StocktakeFull}, operation_id="custody.stocktake", summary="Count a unit by serial")
def take_stock(request: Asking, body: CountIn) -> tuple[int, StocktakeFull]:
    permit(request.user, "custody.stocktake")
    count = stocktake(
        _unit(request, body.unit), reads_of(body.serials), taken_on=body.taken_on, by=request.user, self_reported=body.self_reported, note=body.note
    )
    return 201, stocktake_full(count)


@router.post(
    "/stocktakes/file", response={201: StocktakeFull}, operation_id="custody.stocktake_file", summary="Count a unit from a scanner's list")
def take_stock_file(
    request: Asking,
    serials: Annotated[UploadedFile, File(description=SERIAL_COLUMNS)],
    unit: Annotated[int, Form(description="Number of the unit that counts")],
    taken_on: Annotated[date, Form(description="The day of the count")],
    note: Annotated[str, Form(description="Anything that should be known of it")] = "",
) -> tuple[int, StocktakeFull]:
    permit(request.user, "custody.stocktake")
    return 201, stocktake_full(stocktake(_unit(request, unit), read_serials(serials), taken_on=taken_on, by=request.user, note=note))


@router.get("/stocktakes/{stocktake}", response=StocktakeFull, operation_id="custody.get_stocktake", summary="One count with its differences")
def get_stocktake(request: Asking, stocktake: int) -> StocktakeFull:
    _must_see(request, "stocktake")
    note_read(request.user, "stocktake", str(stocktake))
    return stocktake_full(visible_or_404(queries.stocktakes(request.user), pk=stocktake))


def _must_see(request: Asking, noun: str) -> None:
    if not sees(request.user, noun):
        raise NotPermitted(_("Your role does not see this."), _("Ask an officer whose role does."), rule=10)


def _firearm(request: Asking, firearm: int) -> Firearm:
    _must_see(request, "firearm")
    gun: Firearm = visible_or_404(queries.firearms(request.user), pk=firearm)
    note_read(request.user, "firearm", str(firearm))
    return gun


def _party(rows: Any, key: int, field: str) -> Party:
    found: Party | None = rows.filter(pk=key).first()
    if found is None:
        raise Invalid(
            Problem(_("There is no such party for you."), _("Give the number of one that you act for or may give to."), field=field, found=str(key))
        )
    return found


def _unit(request: Asking, key: int, field: str = "unit") -> Party:
    return _party(queries.units_of(request.user), key, field)


def _held(serials: Sequence[SerialIn], unit: Party, state: str = Holding.HELD) -> list[Firearm]:
    return firearms_named(reads_of(serials), at=unit, state=state)


def _said(request: Asking, event: CustodyEvent) -> EventOut:
    return event_out(visible_or_404(queries.events(request.user), pk=event.pk))
