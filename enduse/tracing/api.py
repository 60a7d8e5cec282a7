"""Tracing over the API: search, recoveries, confirmations, answers, seizures, operations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import Http404
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from enduse.accounts.actions import note_read
from enduse.accounts.permissions import Scope, must_see, permit, scope_of
from enduse.custody.actions import Marked
from enduse.custody.models import Firearm
from enduse.deliveries.files import read_manifest
from enduse.pages import visible_or_404
from enduse.parties.models import Party
from enduse.refusals import Invalid, NotPermitted, Problem
from enduse.tracing import actions, queries
from enduse.tracing.asking import Asking
from enduse.tracing.calibration_api import router as calibration
from enduse.tracing.files import OPTIONAL, REQUIRED, read_recoveries
from enduse.tracing.models import Operation, Proposal, Recovery
from enduse.tracing.schemas import (
    AnswerIn,
    AnswerOut,
    ConfirmationOut,
    ConfirmIn,
    FiguresOut,
    HistoryOut,
    OperationIn,
    OperationOut,
    ProposalOut,
    ProposeIn,
    RankingOut,
    RecoveryIn,
    RecoveryOut,
    RecoveryPage,
    SearchIn,
    SeizuresIn,
    SeizuresOut,
    WatchIn,
    WatchOut,
    answer_out,
    confirmation_out,
    history_out,
    operation_out,
    proposal_out,
    ranking_out,
    recovery_out,
    seizures_out,
)

router = Router(tags=["tracing"])
router.add_router("", calibration)
RECOVERIES_FILE = f"CSV: {', '.join(REQUIRED)}; if known {', '.join(OPTIONAL)}"


@router.post("/search", response=RankingOut, operation_id="tracing.search", summary="Whose firearm is this, given marks as read?")
def search(request: Asking, body: SearchIn) -> RankingOut:
    permit(request.user, "tracing.search")
    note_read(request.user, "search", body.marks)
    told = body.told()
    limit = told.pop("limit")
    return ranking_out(queries.search(queries.read(**told), limit=limit))


@router.get("/recoveries", response=RecoveryPage, operation_id="tracing.list_recoveries", summary="Recoveries, newest first")
def list_recoveries(
    request: Asking,
    state: Annotated[str, Query(description=", ".join(queries.STATES))] = "",
    words: Annotated[str, Query(description="In references, cases, places and marks")] = "",
    since: Annotated[date | None, Query(description="Recovered on or after")] = None,
    until: Annotated[date | None, Query(description="Recovered on or before")] = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> RecoveryPage:
    must_see(request.user, "recovery")
    rows = queries.recoveries(request.user, state=state, words=words, since=since, until=until)
    note_read(request.user, "export", "recoveries")
    return RecoveryPage(total=rows.count(), recoveries=[recovery_out(row) for row in rows[offset : offset + limit]])


@router.post("/recoveries", response={201: RecoveryOut}, operation_id="tracing.record_recovery", summary="Record a firearm seized or found")
def record_recovery(request: Asking, body: RecoveryIn) -> Status[RecoveryOut]:
    permit(request.user, "tracing.record_recovery")
    fields = body.told(agency=_agency(request, body.agency))
    return Status(201, recovery_out(_again(request, actions.record_recovery(by=request.user, **fields).reference)))


@router.post(
    "/recoveries/file", response={201: list[str]}, operation_id="tracing.record_recoveries", summary="Record a CSV of recoveries, all or none"
)
def record_recoveries(request: Asking, recoveries: Annotated[UploadedFile, File(description=RECOVERIES_FILE)]) -> Status[list[str]]:
    permit(request.user, "tracing.record_recovery")
    return Status(201, [row.reference for row in actions.record_recoveries(read_recoveries(recoveries), by=request.user)])


@router.get("/recoveries/{reference}", response=RecoveryOut, operation_id="tracing.get_recovery", summary="One recovery")
def get_recovery(request: Asking, reference: str) -> RecoveryOut:
    note_read(request.user, "recovery", reference)
    return recovery_out(_again(request, reference))


@router.get("/recoveries/{reference}/trace", response=RankingOut, operation_id="tracing.trace", summary="The ranked candidates of a recovery")
def trace(request: Asking, reference: str) -> RankingOut:
    permit(request.user, "tracing.search")
    note_read(request.user, "recovery", reference)
    return ranking_out(queries.trace(_again(request, reference)))


@router.get("/recoveries/{reference}/history", response=HistoryOut, operation_id="tracing.get_history", summary="Chain, channel and time to recovery")
def get_history(request: Asking, reference: str) -> HistoryOut:
    recovery: Any = _again(request, reference)
    if recovery.said_firearm is None:
        raise Http404
    note_read(request.user, "recovery", reference)
    life = queries.life_of(Firearm.objects.get(pk=recovery.said_firearm))
    return history_out(life, recovery, queries.channel_of(recovery), queries.siblings_of(recovery, life, request.user))


@router.post(
    "/recoveries/{reference}/confirm", response={201: ConfirmationOut}, operation_id="tracing.confirm", summary="Say which firearm it is, or none"
)
def confirm(request: Asking, reference: str, body: ConfirmIn) -> Status[ConfirmationOut]:
    permit(request.user, "tracing.confirm")
    firearm, watched = queries.named(body.candidate)
    made = actions.confirm(_again(request, reference), firearm=firearm, watched=watched, note=body.note, by=request.user)
    return Status(201, confirmation_out(made))


@router.post("/recoveries/{reference}/propose", response={201: ProposalOut}, operation_id="tracing.propose", summary="Ask a second officer to agree")
def propose(request: Asking, reference: str, body: ProposeIn) -> Status[ProposalOut]:
    permit(request.user, "tracing.confirm")
    firearm, watched = queries.named(body.candidate)
    return Status(201, proposal_out(actions.propose(_again(request, reference), firearm=firearm, watched=watched, note=body.note, by=request.user)))


@router.post(
    "/proposals/{proposal}/agree", response={201: ConfirmationOut}, operation_id="tracing.agree", summary="Agree to a proposal, as second officer"
)
def agree(request: Asking, proposal: int) -> Status[ConfirmationOut]:
    permit(request.user, "tracing.confirm")
    found = visible_or_404(Proposal.objects.filter(recovery__in=Recovery.objects.visible_to(request.user)), pk=proposal)
    return Status(201, confirmation_out(actions.agree(found, by=request.user)))


@router.post(
    "/recoveries/{reference}/answer", response={201: AnswerOut}, operation_id="tracing.answer", summary="What a maker, dealer or state answered"
)
def answer(request: Asking, reference: str, body: AnswerIn) -> Status[AnswerOut]:
    permit(request.user, "tracing.answer")
    return Status(201, answer_out(actions.answer(_again(request, reference), by=request.user, **body.dict())))


@router.get("/figures", response=FiguresOut, operation_id="tracing.get_figures", summary="Recoveries by result and channel, with denominators")
def get_figures(
    request: Asking,
    since: Annotated[date | None, Query(description="Recovered on or after")] = None,
    until: Annotated[date | None, Query(description="Recovered on or before")] = None,
    known_at: Annotated[datetime | None, Query(description="Only what was recorded by then")] = None,
) -> FiguresOut:
    if scope_of(request.user, "recovery") is Scope.NONE:
        raise NotPermitted("Your role does not see this.", rule=10)
    found = queries.recovery_figures(since=since, until=until, known_at=known_at)
    seized = queries.seizure_figures(since=since, until=until, known_at=known_at)
    return FiguresOut(
        recorded=found.recorded, counting=found.counting, to_a_licence=found.to_a_licence, by_state=found.by_state, by_result=found.by_result,
        by_channel=found.by_channel, seized=seized.seized, submitted=seized.submitted, seizure_months=seized.months,
    )  # fmt: skip


@router.get("/seizures", response=list[SeizuresOut], operation_id="tracing.list_seizures", summary="Latest seizure reports, as known at a moment")
def list_seizures(
    request: Asking, known_at: Annotated[datetime | None, Query(description="As known then; now if empty")] = None
) -> list[SeizuresOut]:
    if scope_of(request.user, "recovery") is Scope.NONE:
        raise NotPermitted("Your role does not see this.", rule=10)
    return [seizures_out(row) for row in queries.seizure_reports(known_at=known_at)]


@router.post("/seizures", response={201: SeizuresOut}, operation_id="tracing.report_seizures", summary="How many an agency seized in a month")
def report_seizures(request: Asking, body: SeizuresIn) -> Status[SeizuresOut]:
    permit(request.user, "tracing.report_seizures")
    fields = body.dict() | {"agency": _agency(request, body.agency)}
    return Status(201, seizures_out(actions.report_seizures(by=request.user, **fields)))


@router.get("/operations", response=list[OperationOut], operation_id="tracing.list_operations", summary="Monitored operations")
def list_operations(request: Asking) -> list[OperationOut]:
    must_see(request.user, "operation")
    return [operation_out(row, queries.operation_counts(row)) for row in queries.operations(request.user)]


@router.post("/operations", response={201: OperationOut}, operation_id="tracing.authorise_operation", summary="Record an authorised operation")
def authorise_operation(request: Asking, body: OperationIn) -> Status[OperationOut]:
    permit(request.user, "tracing.run_operation")
    row = actions.authorise_operation(by=request.user, **body.dict())
    return Status(201, operation_out(row, queries.operation_counts(row)))


@router.get("/operations/{reference}", response=OperationOut, operation_id="tracing.get_operation", summary="One operation")
def get_operation(request: Asking, reference: str) -> OperationOut:
    row = visible_or_404(Operation.objects.visible_to(request.user), reference=reference)
    return operation_out(row, queries.operation_counts(row))


@router.post("/operations/{reference}/watch", response={201: WatchOut}, operation_id="tracing.watch", summary="Put serials under watch, all or none")
def watch(request: Asking, reference: str, body: WatchIn) -> Status[WatchOut]:
    permit(request.user, "tracing.run_operation")
    guns = [Marked(gun.make, gun.model, gun.firearm_type, gun.calibre, gun.serial, row=row) for row, gun in enumerate(body.guns, start=1)]
    return Status(201, _watched(request, reference, guns, body.watched_on, body.subject))


@router.post(
    "/operations/{reference}/watch-file", response={201: WatchOut}, operation_id="tracing.watch_file", summary="Put a CSV under watch, all or none"
)
def watch_file(
    request: Asking,
    reference: str,
    watched_on: Annotated[date, Form(description="The day they were put under watch")],
    subject: Annotated[str, Form(description="One of the operation's case references")],
    guns: Annotated[UploadedFile, File(description="CSV: make, model, type, calibre, serial; year and country if known")],
) -> Status[WatchOut]:
    permit(request.user, "tracing.run_operation")
    return Status(201, _watched(request, reference, read_manifest(guns, name="guns"), watched_on, subject))


def _watched(request: Asking, reference: str, guns: list[Marked], watched_on: date, subject: str) -> WatchOut:
    operation = visible_or_404(Operation.objects.visible_to(request.user), reference=reference)
    made = actions.watch(operation, guns=guns, watched_on=watched_on, subject=subject, by=request.user)
    return WatchOut(operation=operation.reference, watched=len(guns), leaf=made.pk)


def _again(request: Asking, reference: str) -> Recovery:
    return visible_or_404(queries.recoveries(request.user), reference=reference)  # type: ignore[no-any-return]


def _agency(request: Asking, number: int) -> Party:
    found = Party.objects.visible_to(request.user).filter(pk=number).first()
    if found is None:
        raise Invalid(Problem("No party has this number.", "Look it up in the list of parties.", field="agency", found=str(number)))
    return found
