"""Endpoints of the denials that other states notified."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from enduse.accounts.permissions import must_see, permit
from enduse.documents.queries import documents
from enduse.licensing import denial_queries as queries
from enduse.licensing.actions.denying_elsewhere import end_denial as take_back
from enduse.licensing.actions.denying_elsewhere import record_denial as keep
from enduse.licensing.consultation_api import ConsultationOut
from enduse.licensing.consultations import DenialConsultation
from enduse.licensing.denials import NotifiedDenial
from enduse.licensing.schemas import Reason
from enduse.pages import visible_or_404
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem

router = Router(tags=["licensing"])


class DeniedLine(Schema):
    firearm_type: str = Field(description="A code of the list of types.")
    calibre: str = Field(description="A code of the list of calibres.")


class DenialIn(Schema):
    state: str = Field(description="The state that denied, ISO 3166 code.")
    number: str = Field(description="The number of its notice.")
    denied_on: date
    end_user: int = Field(description="The end user of what was denied.")
    country: str = Field(description="Destination, ISO 3166 code.")
    lines: list[DeniedLine]
    reason_codes: list[str] = Field([], description="Codes of the list of reasons.")
    note: str = ""
    received_from: str = Field("", description="Who passed the notice on, where it did not come from that state itself.")
    paper: int | None = Field(None, description="The document that was attached of the notice.")


class DenialOut(Schema):
    id: int = Field(alias="pk")
    state: str
    number: str
    denied_on: date
    end_user: int = Field(alias="end_user_id")
    country: str
    lines: list[DeniedLine]
    reason_codes: list[str]
    note: str
    received_from: str
    paper: int | None = Field(None, alias="paper_id", description="The document of the notice.")
    counts: bool = Field(description="Whether it counts today: within the months of the dated rule, and not taken back.")

    @staticmethod
    def resolve_counts(denial: NotifiedDenial) -> bool:
        return queries.counts(denial)


class TouchedOut(Schema):
    reference: str
    state: str
    is_consulted: bool = Field(description="Whether the state that denied was consulted about it.")


class DenialDetail(DenialOut):
    end_user_name: str = Field(alias="end_user.name")
    counts_until: date | None = Field(description="The last day on which it counts by the rule of today. Null: no rule of today says.")
    recorded_at: datetime
    ended_at: datetime | None = Field(None, description="When it was recorded that its state took it back.")
    ended_because: str = ""
    touched: list[TouchedOut] = Field(description="The open applications for an essentially identical transaction.")
    consultations: list[ConsultationOut] = Field(description="What its state was asked and answered, the latest first.")

    @staticmethod
    def resolve_counts_until(denial: NotifiedDenial) -> date | None:
        return queries.counts_until(denial)

    @staticmethod
    def resolve_ended_at(denial: NotifiedDenial) -> datetime | None:
        return denial.ended.recorded_at if hasattr(denial, "ended") else None

    @staticmethod
    def resolve_ended_because(denial: NotifiedDenial) -> str:
        return denial.ended.reason if hasattr(denial, "ended") else ""

    @staticmethod
    def resolve_touched(denial: NotifiedDenial, context: Any) -> list[queries.Touched]:
        return queries.touched_by(context["request"].user, denial)

    @staticmethod
    def resolve_consultations(denial: NotifiedDenial, context: Any) -> list[DenialConsultation]:
        return list(queries.consultations_on(context["request"].user, denial))


@router.get("/denials", response=list[DenialOut], operation_id="licensing.list_denials")
def list_denials(request: HttpRequest, search: str = "", limit: int = Query(100, ge=1, le=500), offset: int = Query(0, ge=0)) -> Any:
    """The denials that other states notified, the latest first."""
    must_see(request.user, "screening")
    return list(queries.denials(search)[offset:offset + limit])


@router.get("/denials/{int:denial_id}", response=DenialDetail, operation_id="licensing.get_denial")
def get_denial(request: HttpRequest, denial_id: int) -> Any:
    """One denial, until when it counts, the open applications that it touches, and what its state was asked."""
    must_see(request.user, "screening")
    return visible_or_404(queries.denials(), pk=denial_id)


@router.post("/denials", response=DenialOut, operation_id="licensing.record_denial")
def record_denial(request: HttpRequest, body: DenialIn) -> Any:
    """Record a denial that another state notified: an essentially identical application raises the flag C04 from now on."""
    permit(request.user, "licensing.record_denial")
    end_user = Party.objects.visible_to(request.user).filter(pk=body.end_user).first()
    if end_user is None:
        raise Invalid(Problem(_("There is no such party."), _("Use the id of a party that you see."), field="end_user", found=str(body.end_user)))
    return keep(end_user=end_user, lines=[line.dict() for line in body.lines], by=request.user,
                paper=visible_or_404(documents(request.user), pk=body.paper) if body.paper is not None else None,
                **body.dict(exclude={"end_user", "lines", "paper"}))


@router.post("/denials/{int:denial_id}/end", response=DenialOut, operation_id="licensing.end_denial")
def end_denial(request: HttpRequest, denial_id: int, body: Reason) -> Any:
    """The state that denied took it back: it no longer counts."""
    permit(request.user, "licensing.record_denial")
    take_back(visible_or_404(queries.denials(), pk=denial_id), reason=body.reason, by=request.user)
    return queries.denials().get(pk=denial_id)
