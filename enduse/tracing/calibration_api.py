"""Calibration over the API: what was claimed against what it was, the error model's versions, what a new one would change."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404
from ninja import Field, Query, Router, Schema, Status

from enduse.accounts.permissions import Scope, permit, scope_of
from enduse.engines.serials import Calibration
from enduse.refusals import NotPermitted
from enduse.tracing import actions, calibrating, learning
from enduse.tracing import errors_in_words as words
from enduse.tracing.asking import Asking
from enduse.tracing.models import ErrorVersion

router = Router(tags=["tracing"])


class ErrorVersionOut(Schema):
    version: str = Field(description="As rankings and confirmations name it")
    recorded_at: datetime
    recorded_by: str
    confirmed: int = Field(description="Confirmed traces that it was learnt from")
    not_held: int = Field(description="Recoveries of which an officer said that the register does not hold the firearm")
    follows: str = Field(description="The version before; empty: the first, after the default")
    parameters: dict[str, Any]
    leaf: int


class BinOut(Schema):
    low: float
    high: float
    claims: int
    claimed: float | None = Field(description="The mean claim; empty: none was made")
    happened: float | None = Field(description="The share of them that came true")
    interval: list[float] | None = Field(description="Where that share lies with 95 % confidence (Wilson)")


class ClaimsOut(Schema):
    claims: int
    expected_calibration_error: float | None
    bins: list[BinOut]
    verdict: str


class CalibrationOut(Schema):
    version: str = Field(description="Of the error model; empty: all")
    traces: int = Field(description="Settled traces: the first frozen ranking of each counts, against its latest confirmation")
    unsearched: int = Field(description="Of those, the ones whose marks said too little to claim anything")
    likeliest: ClaimsOut = Field(description="That the likeliest candidate is the firearm")
    none: ClaimsOut = Field(description="That the register does not hold it")
    versions: list[str] = Field(description="Versions that made claims, in the order in which they were first used")


class RateOut(Schema):
    name: str
    words: str
    value: float
    before: float


class NextErrorsOut(Schema):
    version: str
    confirmed: int
    not_held: int
    follows: str
    rates: list[RateOut] = Field(description="Each parameter, with that of the version in use")
    compared: int = Field(description="Recoveries that wait and were searched with both")
    another: int = Field(description="Of those, with another likeliest candidate")
    moved: int = Field(description="Of those, with the same one and its chance moved by more than 5 points")


@router.get("/calibration", response=CalibrationOut, operation_id="tracing.get_calibration", summary="Do the chances mean what they say?")
def get_calibration(request: Asking, version: Annotated[str, Query(description="Of the error model; empty: all")] = "") -> CalibrationOut:
    _must_see_figures(request)
    versions = calibrating.by_version()
    if version and version not in {each.version for each in versions}:
        raise Http404
    found = calibrating.calibrated(version)
    return CalibrationOut(version=version, traces=found.traces, unsearched=found.unsearched, likeliest=_claims(found.likeliest), none=_claims(found.none),
                          versions=[each.version for each in versions])  # fmt: skip


@router.get("/error-versions", response=list[ErrorVersionOut], operation_id="tracing.list_error_versions", summary="The error model's versions")
def list_error_versions(request: Asking) -> list[ErrorVersionOut]:
    _must_see_figures(request)
    return [_version(row) for row in ErrorVersion.objects.select_related("recorded_by", "follows").order_by("-pk")]


@router.get("/error-versions/next", response=NextErrorsOut, operation_id="tracing.get_next_errors", summary="What a new version would change")
def get_next_errors(request: Asking) -> NextErrorsOut:
    permit(request.user, "tracing.learn_errors")
    learnt = learning.learn()
    changed = calibrating.changed_by(learnt.model)
    rates = [RateOut(name=rate.name, words=rate.words, value=rate.value, before=rate.before) for rate in words.rates_of(learnt.model, learning.current())]
    return NextErrorsOut(version=learnt.model.version, confirmed=learnt.confirmed, not_held=learnt.not_held, follows=str(learnt.follows or ""), rates=rates,
                         compared=changed.compared, another=changed.another, moved=changed.moved)  # fmt: skip


@router.post("/error-versions", response={201: ErrorVersionOut}, operation_id="tracing.learn_errors", summary="Learn from confirmed traces")
def learn_errors(request: Asking) -> Status[ErrorVersionOut]:
    permit(request.user, "tracing.learn_errors")
    return Status(201, _version(actions.learn_errors(by=request.user)))


def _must_see_figures(request: Asking) -> None:
    if scope_of(request.user, "recovery") is Scope.NONE:
        raise NotPermitted("Your role does not see this.", rule=10)


def _claims(found: Calibration) -> ClaimsOut:
    bins = [BinOut(low=each.low, high=each.high, claims=each.number, claimed=each.claimed if each.number else None,
                   happened=each.happened if each.number else None, interval=list(each.interval) if each.number else None) for each in found.bins]  # fmt: skip
    return ClaimsOut(claims=found.number, expected_calibration_error=found.error if found.number else None, bins=bins, verdict=str(words.verdict_of(found)))


def _version(row: ErrorVersion) -> ErrorVersionOut:
    return ErrorVersionOut(
        version=row.version, recorded_at=row.recorded_at, recorded_by=str(row.recorded_by or ""), confirmed=row.confirmed, not_held=row.not_held,
        follows=str(row.follows or ""), parameters=row.parameters, leaf=row.pk,
    )  # fmt: skip
