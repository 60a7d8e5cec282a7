"""Reports and claims over the API."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema

from enduse.reports import actions, queries
from enduse.reports.claims import Claim
from enduse.reports.claims import claims as all_claims
from enduse.reports.models import Report

router = Router(tags=["reports"])


class FigureOut(Schema):
    number: int
    code: str
    label: str
    value: float | None
    unit: str
    numerator: float | None
    denominator: float | None
    of_what: str
    low: float | None
    high: float | None
    source: str


class ReportOut(Schema):
    reference: str
    title: str
    period_from: date
    period_until: date
    basis: str = Field(description="'occurred': counted by when things happened; 'recorded': by when they were recorded.")
    cut_off: str = Field(description="What was recorded later is not in it.")
    published: bool
    figures: list[FigureOut] = []


class ReportIn(Schema):
    title: str
    period_from: date
    period_until: date
    basis: str = Field("occurred", description="'occurred' or 'recorded'.")


class HereOut(Schema):
    words: str
    value: float | None
    of: float | None
    low: float | None
    high: float | None


class ClaimOut(Schema):
    claim_id: str
    said_by: str
    as_stated: str
    sources_say: str
    verdict: str
    why: str
    sources: list[str]
    here: list[HereOut]


def _out(report: Report, *, whole: bool) -> dict[str, Any]:
    figures = [
        {"number": each.figure.number, "code": each.figure.code, "label": each.label, "value": each.figure.value, "unit": each.figure.unit,
         "numerator": each.figure.numerator, "denominator": each.figure.denominator, "of_what": each.of_what, "low": each.figure.low,
         "high": each.figure.high, "source": each.figure.source} for each in queries.told(report)] if whole else []
    return {"reference": report.reference, "title": report.title, "period_from": report.period_from, "period_until": report.period_until,
            "basis": report.basis, "cut_off": report.cut_off.isoformat(), "published": hasattr(report, "publication"), "figures": figures}


@router.get("/reports", response=list[ReportOut], auth=None, operation_id="reports.list_reports")
def list_reports(request: HttpRequest) -> list[dict[str, Any]]:
    """The published reports."""
    return [_out(report, whole=False) for report in queries.reports(None)[:200]]


@router.get("/reports/{reference}", response=ReportOut, auth=None, operation_id="reports.get_report")
def get_report(request: HttpRequest, reference: str) -> dict[str, Any]:
    """One published report with its figures."""
    return _out(_report(None, reference), whole=True)


@router.get("/drafts", response=list[ReportOut], operation_id="reports.list_drafts")
def list_drafts(request: HttpRequest) -> list[dict[str, Any]]:
    """Reports that one may see, drafts among them."""
    return [_out(report, whole=True) for report in queries.reports(request.user)[:50]]


@router.post("/reports", response=ReportOut, operation_id="reports.draft")
def draft(request: HttpRequest, body: ReportIn) -> dict[str, Any]:
    """Compute the figures of a period as known now."""
    return _out(actions.draft(**body.dict(), by=request.user), whole=True)


@router.post("/reports/{reference}/publish", response=ReportOut, operation_id="reports.publish")
def publish(request: HttpRequest, reference: str) -> dict[str, Any]:
    """The public reads the report from now on."""
    report = _report(request.user, reference)
    actions.publish(report, by=request.user)
    return _out(_report(request.user, reference), whole=True)


@router.get("/claims", response=list[ClaimOut], auth=None, operation_id="reports.list_claims")
def list_claims(request: HttpRequest) -> list[dict[str, Any]]:
    """Public claims, each beside what its sources say and what the data here say."""
    return [_claim(claim) for claim in all_claims()]


def _claim(claim: Claim) -> dict[str, Any]:
    return {"claim_id": claim.claim_id, "said_by": claim.said_by, "as_stated": claim.as_stated, "sources_say": claim.sources_say,
            "verdict": claim.verdict, "why": claim.why, "sources": list(claim.sources),
            "here": [{"words": each.words, "value": each.value, "of": each.of, "low": each.low, "high": each.high} for each in claim.here]}


def _report(user: Any, reference: str) -> Report:
    found = queries.reports(user).filter(reference=reference).first()
    if found is None:
        raise Http404
    return found
