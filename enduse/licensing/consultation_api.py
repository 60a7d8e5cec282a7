"""Endpoints of the consultation of states that denied."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from enduse.accounts.permissions import must_see, permit
from enduse.documents.queries import documents
from enduse.licensing.actions import consulting
from enduse.licensing.consultations import DenialConsultation
from enduse.licensing.denial_queries import consultations
from enduse.licensing.denials import NotifiedDenial
from enduse.licensing.denier_letter import letter_of
from enduse.licensing.models import Application
from enduse.pages import visible_or_404

router = Router(tags=["licensing"])


class ConsultationIn(Schema):
    denial: int = Field(description="The denial of another state: an id of licensing.list_denials.")
    asked_on: date
    asked_whom: str = Field(description="The office of that state.")
    position: str = Field(description="maintains, no_objection or silent: it did not answer.")
    answered_on: date | None = Field(None, description="Null where it did not answer.")
    answer: str = Field("", description="Its words; needed where it maintains its denial.")
    paper: int | None = Field(None, description="The document that was attached of its answer.")


class ExplainIn(Schema):
    reasons: str = Field(description="Why the licence was granted all the same, as that state was told.")
    told_on: date | None = Field(None, description="Null: today.")


class ConsultationOut(Schema):
    id: int = Field(alias="pk")
    application: str = Field(alias="application.reference")
    denial: int = Field(alias="denial_id")
    state: str = Field(alias="denial.state")
    asked_on: date
    asked_whom: str
    position: str
    answered_on: date | None
    answer: str
    paper: int | None = Field(None, alias="paper_id")
    recorded_at: datetime
    explained_on: date | None = Field(None, description="When that state was told why a licence was granted all the same.")
    reasons: str = ""

    @staticmethod
    def resolve_explained_on(each: DenialConsultation) -> date | None:
        return each.explained.told_on if hasattr(each, "explained") else None

    @staticmethod
    def resolve_reasons(each: DenialConsultation) -> str:
        return each.explained.reasons if hasattr(each, "explained") else ""


@router.get("/applications/{reference}/consultations", response=list[ConsultationOut], operation_id="licensing.list_consultations")
def list_consultations(request: HttpRequest, reference: str) -> Any:
    """The states that denied the like of an application and were consulted, with what they answered."""
    must_see(request.user, "screening")
    known = visible_or_404(Application.objects.visible_to(request.user), reference=reference)
    return list(consultations(request.user).filter(application=known))


@router.post("/applications/{reference}/consultations", response=ConsultationOut, operation_id="licensing.consult_denier")
def consult_denier(request: HttpRequest, reference: str, body: ConsultationIn) -> Any:
    """Record that the state that denied was consulted: before this nothing essentially identical is approved."""
    permit(request.user, "licensing.consult_denier")
    known = visible_or_404(Application.objects.visible_to(request.user), reference=reference)
    denial = visible_or_404(NotifiedDenial.objects.all(), pk=body.denial)
    paper = visible_or_404(documents(request.user), pk=body.paper) if body.paper is not None else None
    return consulting.consult_denier(known, denial, paper=paper, by=request.user, **body.dict(exclude={"denial", "paper"}))


@router.post("/consultations/{int:consultation_id}/explain", response=ConsultationOut, operation_id="licensing.explain_to_denier")
def explain_to_denier(request: HttpRequest, consultation_id: int, body: ExplainIn) -> Any:
    """Record that the state that denied was told why the licence was granted all the same."""
    permit(request.user, "licensing.consult_denier")
    consulting.explain_to_denier(visible_or_404(consultations(request.user), pk=consultation_id), by=request.user, **body.dict())
    return consultations(request.user).get(pk=consultation_id)


@router.get("/consultations/{int:consultation_id}/letter", operation_id="licensing.get_denier_letter")
def get_denier_letter(request: HttpRequest, consultation_id: int, language: str = Query("", description="en or es; empty: your own.")) -> Any:
    """The letter to the state that denied, with the reasons of the licence, as a PDF."""
    must_see(request.user, "screening")
    return letter_of(request, visible_or_404(consultations(request.user), pk=consultation_id))
