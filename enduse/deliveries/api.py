"""Deliveries over the API: consignments declared with a manifest, shipped, received, verified."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from enduse.accounts.actions import note_read
from enduse.accounts.permissions import must_see, permit, sees
from enduse.custody.asking import Asking
from enduse.custody.files import MANIFEST_COLUMNS, SERIAL_COLUMNS, read_manifest, read_serials, sha256_of
from enduse.custody.schemas import SerialIn, reads_of
from enduse.deliveries import actions, duties, queries
from enduse.deliveries.customs_api import router as customs
from enduse.deliveries.imports.api import router as imports
from enduse.deliveries.models import Consignment
from enduse.deliveries.return_api import router as returns
from enduse.licensing.models import Licence
from enduse.pages import visible_or_404
from enduse.parties.models import Party
from enduse.refusals import Invalid, NotPermitted, Problem

router = Router(tags=["deliveries"])
router.add_router("", customs)
router.add_router("", imports)
router.add_router("", returns)


class ConsignmentStepOut(Schema):
    step: str
    on: date
    received: int | None
    missing: int | None
    unexpected: list[str]
    note: str
    leaf: int = Field(description="Its place in the log")


class ConsignmentOut(Schema):
    reference: str
    licence: str
    seller: int
    carrier: int
    consignee: int
    undertaking: int | None = Field(description="Of a consignment under an open licence: the undertaking that it stands on")
    declared_on: date
    manifest_sha256: str
    state: str = Field(description="declared, shipped, delivered, discrepant, verified or cancelled")
    firearms: int
    leaf: int = Field(description="Its place in the log")
    steps: list[ConsignmentStepOut]


class ManifestOut(Schema):
    firearm: int
    line: int = Field(description="Number of the licence line that permits it")
    make: str
    model: str
    serial: str


class ShipIn(Schema):
    on: date | None = Field(None, description="The day it was handed to the carrier; today when left out")


class CancelIn(Schema):
    reason: str = Field(description="Why it is taken back")


class ReceiveIn(Schema):
    serials: list[SerialIn] | None = Field(None, description="What was read; left out: every firearm of the manifest was seen")
    on: date | None = Field(None, description="The day it was counted in; today when left out")
    note: str = Field("", description="What explains a difference")


class VerifyIn(Schema):
    note: str = Field(description="How the delivery was verified")
    on: date | None = Field(None, description="The day it was verified; today when left out")


@router.get("/consignments", response=list[ConsignmentOut], operation_id="deliveries.list_consignments", summary="Consignments, latest first")
def list_consignments(
    request: Asking,
    state: Annotated[str, Query(description="declared, shipped, delivered, discrepant, verified or cancelled")] = "",
    licence: Annotated[str, Query(description="Reference of the licence")] = "",
    words: Annotated[str, Query(description="In references and names of parties")] = "",
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[ConsignmentOut]:
    _must_see(request)
    return [_out(row) for row in queries.consignments(request.user, state=state, licence=licence, words=words)[offset:offset + limit]]


@router.post("/consignments", response={201: ConsignmentOut}, operation_id="deliveries.declare", summary="Declare a consignment with its manifest")
def declare(
    request: Asking,
    manifest: Annotated[UploadedFile, File(description=MANIFEST_COLUMNS)],
    licence: Annotated[str, Form(description="Reference of the licence")],
    carrier: Annotated[int, Form(description="Number of the party that carries it")],
    consignee: Annotated[int | None, Form(description="Number of the party that receives it; the licence's consignee when left out")] = None,
    on: Annotated[date | None, Form(description="The day of the declaration; today when left out")] = None,
    through: Annotated[str | None, Form(description="Countries on the way, two letters each with commas; as the application says when left out")] = None,
    undertaking: Annotated[int | None, Form(description="Under an open licence: the undertaking of its end user that it stands on")] = None,
) -> tuple[int, ConsignmentOut]:
    permit(request.user, "deliveries.declare")
    under: Licence = visible_or_404(Licence.objects.visible_to(request.user), reference=licence)
    stands_on = visible_or_404(queries.undertakings_for(request.user).filter(licence=under), pk=undertaking) if undertaking is not None else None
    receiver = under.application.consignee if consignee is None else _party(consignee, "consignee")
    made = actions.declare(
        under, manifest=read_manifest(manifest), manifest_sha256=sha256_of(manifest), carrier=_party(carrier, "carrier"), consignee=receiver,
        by=request.user, on=on,
        through=through.split(",") if through is not None else None, undertaking=stands_on)
    return 201, _again(request, made.reference)


@router.get("/consignments/{reference}", response=ConsignmentOut, operation_id="deliveries.get_consignment", summary="One consignment")
def get_consignment(request: Asking, reference: str) -> ConsignmentOut:
    return _again(request, reference)


@router.get(
    "/consignments/{reference}/manifest", response=list[ManifestOut], operation_id="deliveries.get_manifest", summary="Its firearms by serial"
)
def get_manifest(
    request: Asking,
    reference: str,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=20_000)] = 1000,
) -> list[ManifestOut]:
    consignment = _find(request, reference)
    note_read(request.user, "consignment", reference)
    return [
        ManifestOut(firearm=row.firearm_id, line=row.line.number, make=row.firearm.make, model=row.firearm.model, serial=row.firearm.serial)
        for row in queries.manifest_of(consignment)[offset:offset + limit]]


@router.post("/consignments/{reference}/ship", response={201: ConsignmentOut}, operation_id="deliveries.ship", summary="Hand it to the carrier")
def ship(request: Asking, reference: str, body: ShipIn) -> tuple[int, ConsignmentOut]:
    permit(request.user, "deliveries.ship")
    actions.ship(_find(request, reference), by=request.user, on=body.on)
    return 201, _again(request, reference)


@router.post(
    "/consignments/{reference}/cancel", response={201: ConsignmentOut}, operation_id="deliveries.cancel", summary="Take it back before it ships"
)
def cancel(request: Asking, reference: str, body: CancelIn) -> tuple[int, ConsignmentOut]:
    permit(request.user, "deliveries.cancel")
    actions.cancel(_find(request, reference), reason=body.reason, by=request.user)
    return 201, _again(request, reference)


@router.post("/consignments/{reference}/receive", response={201: ConsignmentOut}, operation_id="deliveries.receive", summary="Count it in by serial")
def receive(request: Asking, reference: str, body: ReceiveIn) -> tuple[int, ConsignmentOut]:
    permit(request.user, "deliveries.receive")
    reads = None if body.serials is None else reads_of(body.serials)
    actions.receive(_find(request, reference), by=request.user, on=body.on, serials_received=reads, note=body.note)
    return 201, _again(request, reference)


@router.post(
    "/consignments/{reference}/receive/file", response={201: ConsignmentOut}, operation_id="deliveries.receive_file",
    summary="Count it in from a scanner's list")
def receive_file(
    request: Asking,
    reference: str,
    serials: Annotated[UploadedFile, File(description=SERIAL_COLUMNS)],
    on: Annotated[date | None, Form(description="The day it was counted in; today when left out")] = None,
    note: Annotated[str, Form(description="What explains a difference")] = "",
) -> tuple[int, ConsignmentOut]:
    permit(request.user, "deliveries.receive")
    actions.receive(_find(request, reference), by=request.user, on=on, serials_received=read_serials(serials), note=note)
    return 201, _again(request, reference)


@router.post("/consignments/{reference}/verify", response={201: ConsignmentOut}, operation_id="deliveries.verify", summary="Verify the delivery")
def verify(request: Asking, reference: str, body: VerifyIn) -> tuple[int, ConsignmentOut]:
    permit(request.user, "deliveries.verify")
    actions.verify(_find(request, reference), by=request.user, on=body.on, note=body.note)
    return 201, _again(request, reference)


def _must_see(request: Asking) -> None:
    if not sees(request.user, "consignment"):
        raise NotPermitted(_("Your role does not see this."), _("Ask an officer whose role does."), rule=10)


def _find(request: Asking, reference: str) -> Consignment:
    _must_see(request)
    found: Consignment = visible_or_404(queries.consignments(request.user), reference=reference)
    return found


def _again(request: Asking, reference: str) -> ConsignmentOut:
    return _out(_find(request, reference))


def _party(key: int, field: str) -> Party:
    # Companies and bodies at the top of a tree are a public directory; units are named by nobody outside.
    found = Party.objects.directory().filter(pk=key).first()
    if found is None:
        raise Invalid(Problem(_("There is no such party."), _("Look up its number in the list of parties."), field=field, found=str(key)))
    return found


def _out(row: Consignment) -> ConsignmentOut:
    counted: Any = row  # with `firearms` of `queries.consignments`
    steps = sorted(row.steps.all(), key=lambda step: step.pk)
    return ConsignmentOut(
        reference=row.reference,
        licence=row.licence.reference,
        seller=row.seller_id,
        carrier=row.carrier_id,
        consignee=row.consignee_id,
        undertaking=row.undertaking_id,
        declared_on=row.declared_on,
        manifest_sha256=row.manifest_sha256,
        state=row.state,
        firearms=counted.firearms,
        leaf=row.pk,
        steps=[
            ConsignmentStepOut(
                step=step.step, on=step.on, received=step.received, missing=step.missing, unexpected=step.unexpected, note=step.note, leaf=step.pk
            )
            for step in steps
        ],
    )


class DutyOut(Schema):
    licence: str
    code: str
    condition: str
    state: str = Field(description="kept, due, overdue, broken, or officer: no program can see it")
    why: str
    due_on: date | None


@router.get("/duties", response=list[DutyOut], operation_id="deliveries.list_duties", summary="The conditions of live licences as they stand today")
def list_duties(
    request: Asking, state: Annotated[str, Query(description="A state, or 'wrong': overdue or broken")] = "", search: str = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100, offset: Annotated[int, Query(ge=0)] = 0,
) -> list[DutyOut]:
    must_see(request.user, "duty")
    rows = duties.standings(request.user, state=state, search=search)[offset:offset + limit]
    return [DutyOut(licence=licence.reference, code=each.code, condition=each.sentence, state=each.state, why=each.why, due_on=each.due_on)
            for licence, each in rows]


class ToldOut(Schema):
    told: list[str] = Field(description="What the licensing officers were alerted to now")


@router.post("/duties/tell", response=ToldOut, operation_id="deliveries.watch", summary="Alert the officers to what is overdue or broken")
def watch(request: Asking) -> ToldOut:
    return ToldOut(told=[alert.because for alert in duties.tell_of_wrong(by=request.user)])
