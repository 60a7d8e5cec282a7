"""Endpoints of measures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from enduse import clock
from enduse.accounts.permissions import must_see, permit
from enduse.measures import actions, queries
from enduse.measures.models import Measure
from enduse.pages import visible_or_404
from enduse.parties.models import Party

router = Router(tags=["measures"])


class MeasureStepOut(Schema):
    id: int = Field(alias="pk")
    step: str
    effective_on: date
    note: str
    recorded_at: datetime


class MeasureRow(Schema):
    reference: str
    title: str
    kind: str
    state: str = Field(description="draft, proposed, enacted (not yet begun), in_force, ended or lifted.")
    authority: str
    authority_reference: str
    end_user: int | None = Field(None, alias="end_user_id")
    country: str
    firearm_type: str
    calibre: str
    automatic: bool | None
    starts_on: date
    ends_on: date | None
    parameters: dict[str, Any]

    @staticmethod
    def resolve_state(measure: Measure) -> str:
        return queries.state_of(measure)


class MeasureOut(MeasureRow):
    reason: str
    steps: list[MeasureStepOut]


class MeasureIn(Schema):
    title: str
    kind: str = Field(description="moratorium, cap, tranche, stocktakes, check_rate, locked_armoury, ban_on_unit or condition.")
    authority: str = Field(description="executive_order or statute.")
    authority_reference: str = Field(description="Such as the number of the order.")
    reason: str
    starts_on: date
    ends_on: date | None = Field(None, description="Its last day; none: until it is lifted.")
    end_user: int | None = Field(None, description="Only this party and what is below it; none: any.")
    country: str = Field("", description="Only this destination; empty: any.")
    firearm_type: str = Field("", description="Only this type; empty: any.")
    calibre: str = Field("", description="Only this calibre; empty: any.")
    automatic: bool | None = Field(None, description="Only automatic, or only not automatic; none: both.")
    parameters: dict[str, Any] = Field({}, description="cap: quantity, months; tranche: share; stocktakes: every_months; "
                                                       "check_rate: share; locked_armoury: retention; "
                                                       "condition: code, parameters.")


class Note(Schema):
    note: str = ""


class LiftIn(Schema):
    note: str = Field(description="The order and the reason.")
    effective_on: date | None = Field(None, description="From which day on; none: today.")


def _measure(user: Any, reference: str) -> Measure:
    return visible_or_404(Measure.objects.visible_to(user), reference=reference)


def _fields(user: Any, body: MeasureIn) -> dict[str, Any]:
    end_user = visible_or_404(Party.objects.visible_to(user), pk=body.end_user) if body.end_user is not None else None
    return {**body.dict(), "end_user": end_user}


@router.get("/", response=list[MeasureRow], operation_id="measures.list_measures")
def list_measures(
    request: HttpRequest, in_force: bool = Query(False, description="Only those in force today."), limit: int = Query(100, ge=1, le=500),
    offset: int = Query(0, ge=0),
) -> Any:
    """The measures that you see, newest first."""
    must_see(request.user, "measure")
    rows = queries.measures(request.user)
    return list((rows.in_force(clock.today()) if in_force else rows)[offset:offset + limit])


@router.get("/enacted", response=list[MeasureOut], operation_id="measures.list_enacted", auth=None)
def list_enacted(request: HttpRequest) -> Any:
    """The measures that were enacted, for anyone, without signing in."""
    return list(queries.measures(None)[:500])


@router.get("/{reference}", response=MeasureOut, operation_id="measures.get_measure")
def get_measure(request: HttpRequest, reference: str) -> Any:
    """One measure with its steps."""
    must_see(request.user, "measure")
    return visible_or_404(queries.measures(request.user), reference=reference)


@router.post("/", response=MeasureOut, operation_id="measures.draft")
def draft(request: HttpRequest, body: MeasureIn) -> Any:
    """Draft a measure. It binds nobody until a second officer enacts it."""
    permit(request.user, "measures.draft")
    return actions.draft(by=request.user, **_fields(request.user, body))


@router.post("/{reference}/revise", response=MeasureOut, operation_id="measures.revise")
def revise(request: HttpRequest, reference: str, body: MeasureIn) -> Any:
    """Change a draft that was not proposed yet."""
    permit(request.user, "measures.draft")
    return actions.revise(_measure(request.user, reference), by=request.user, **_fields(request.user, body))


@router.post("/{reference}/propose", response=MeasureOut, operation_id="measures.propose")
def propose(request: HttpRequest, reference: str, body: Note) -> Any:
    """Put a draft forward. From here on its words stand."""
    permit(request.user, "measures.propose")
    return actions.propose(_measure(request.user, reference), note=body.note, by=request.user)


@router.post("/{reference}/enact", response=MeasureOut, operation_id="measures.enact")
def enact(request: HttpRequest, reference: str, body: Note) -> Any:
    """Bring a proposed measure into force: another officer than those who drafted and proposed it."""
    permit(request.user, "measures.enact")
    return actions.enact(_measure(request.user, reference), note=body.note, by=request.user)


@router.post("/{reference}/lift", response=MeasureOut, operation_id="measures.lift")
def lift(request: HttpRequest, reference: str, body: LiftIn) -> Any:
    """End a measure by order: another officer than the one who enacted it."""
    permit(request.user, "measures.lift")
    return actions.lift(_measure(request.user, reference), effective_on=body.effective_on, note=body.note, by=request.user)
