"""Monitoring over the API: checks planned and closed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from enduse.accounts.actions import note_read
from enduse.accounts.permissions import Scope, permit, scope_of, sees
from enduse.custody.asking import Asking
from enduse.licensing.models import Licence
from enduse.monitoring import actions, queries
from enduse.monitoring.files import read_sightings
from enduse.monitoring.models import Check
from enduse.pages import visible_or_404
from enduse.parties.models import Party
from enduse.refusals import NotPermitted

router = Router(tags=["monitoring"])


class OutcomeOut(Schema):
    visited_on: date
    outcome: str
    reason_codes: list[str]
    sampled: int = Field(description="How many firearms were looked for")
    sighted: int = Field(description="How many of them were seen")
    note: str
    leaf: int = Field(description="Its place in the log")


class CheckOut(Schema):
    reference: str
    unit: int
    licence: str
    stage: str
    selection: str
    selection_probability: float | None
    planned_for: date
    population: int = Field(description="Every firearm ever delivered to the unit and not passed on")
    sampled: int
    seed: int = Field(description="From it and the population anybody can draw the sample again")
    state: str = Field(description="planned, overdue, favourable, unfavourable or inconclusive")
    leaf: int = Field(description="Its place in the log")
    outcome: OutcomeOut | None


class SampleOut(Schema):
    firearm: int
    make: str
    model: str
    firearm_type: str
    serial: str


class RateOut(Schema):
    selection: str
    checks: int
    favourable: int
    unfavourable: int
    inconclusive: int
    sampled: int
    sighted: int


class PlanIn(Schema):
    unit: int = Field(description="Number of the unit to be visited")
    stage: str = Field("post_shipment", description="pre_licence or post_shipment")
    selection: str = Field(description="random, risk or complaint")
    sample_size: int = Field(description="How many firearms to look for; 0 before a licence")
    planned_for: date = Field(description="The day of the visit, today or later")
    licence: str = Field("", description="Reference of the licence that it is about")
    selection_probability: float | None = Field(None, description="For a random pick: the chance that this unit was picked, above 0 and up to 1")
    seed: int | None = Field(None, description="To repeat a draw; left out: one is drawn")


class SightingIn(Schema):
    firearm: int = Field(description="Number of the firearm in the register")
    sighted: bool = Field(description="Whether it was seen and its serial read")


class OutcomeIn(Schema):
    visited_on: date = Field(description="The day of the visit")
    outcome: str = Field(description="favourable, unfavourable or inconclusive")
    reason_codes: list[str] = Field(description="Codes of check_reason_codes")
    sightings: list[SightingIn] = Field(default_factory=list, description="Each firearm of the sample")
    note: str = Field("", description="Anything else that was seen")


@router.get("/checks", response=list[CheckOut], operation_id="monitoring.list_checks", summary="End-use checks, latest first")
def list_checks(
    request: Asking,
    state: Annotated[str, Query(description="planned, overdue, favourable, unfavourable or inconclusive")] = "",
    selection: Annotated[str, Query(description="random, risk or complaint")] = "",
    words: Annotated[str, Query(description="In references and names of units")] = "",
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[CheckOut]:
    _must_see(request)
    return [_out(check) for check in queries.checks(request.user, state=state, selection=selection, words=words)[offset:offset + limit]]


@router.get("/rates", response=list[RateOut], operation_id="monitoring.list_rates", summary="How checks went, random and chosen apart")
def list_rates(request: Asking) -> list[queries.Rate]:
    if scope_of(request.user, "check") is Scope.NONE:
        raise NotPermitted(_("Your role does not see this."), _("Ask an officer whose role does."), rule=10)
    return queries.rates(request.user)


@router.post("/checks", response={201: CheckOut}, operation_id="monitoring.plan", summary="Plan a check: its sample is drawn and logged")
def plan(request: Asking, body: PlanIn) -> tuple[int, CheckOut]:
    permit(request.user, "monitoring.plan")
    unit: Party = visible_or_404(Party.objects.visible_to(request.user), pk=body.unit)
    licence: Licence | None = visible_or_404(Licence.objects.visible_to(request.user), reference=body.licence) if body.licence else None
    check = actions.plan(
        unit=unit, stage=body.stage, selection=body.selection, sample_size=body.sample_size, planned_for=body.planned_for, by=request.user,
        licence=licence, selection_probability=body.selection_probability, seed=body.seed)
    return 201, _again(request, check.reference)


@router.get("/checks/{reference}", response=CheckOut, operation_id="monitoring.get_check", summary="One check")
def get_check(request: Asking, reference: str) -> CheckOut:
    return _again(request, reference)


@router.get("/checks/{reference}/sample", response=list[SampleOut], operation_id="monitoring.get_sample", summary="The firearms to look for")
def get_sample(request: Asking, reference: str) -> list[SampleOut]:
    check = _find(request, reference)
    note_read(request.user, "check", reference)
    guns = [row.firearm for row in queries.sample_of(check)]
    return [SampleOut(firearm=gun.pk, make=gun.make, model=gun.model, firearm_type=gun.firearm_type, serial=gun.serial) for gun in guns]


@router.post("/checks/{reference}/outcome", response={201: CheckOut}, operation_id="monitoring.record_outcome", summary="Record what the visit found")
def record_outcome(request: Asking, reference: str, body: OutcomeIn) -> tuple[int, CheckOut]:
    permit(request.user, "monitoring.record_outcome")
    actions.record_outcome(
        _find(request, reference), visited_on=body.visited_on, outcome=body.outcome, reason_codes=body.reason_codes,
        sightings={each.firearm: each.sighted for each in body.sightings}, note=body.note, by=request.user)
    return 201, _again(request, reference)


@router.post(
    "/checks/{reference}/outcome/file", response={201: CheckOut}, operation_id="monitoring.record_outcome_file",
    summary="Record what the visit found, from its list")
def record_outcome_file(
    request: Asking,
    reference: str,
    sightings: Annotated[
        UploadedFile, File(description="CSV with the columns serial and sighted (yes or no), and make where two bear the same serial")
    ],
    visited_on: Annotated[date, Form(description="The day of the visit")],
    outcome: Annotated[str, Form(description="favourable, unfavourable or inconclusive")],
    reason_codes: Annotated[str, Form(description="Codes of check_reason_codes with commas between")],
    note: Annotated[str, Form(description="Anything else that was seen")] = "",
) -> tuple[int, CheckOut]:
    permit(request.user, "monitoring.record_outcome")
    check = _find(request, reference)
    codes = [code.strip() for code in reason_codes.split(",") if code.strip()]
    actions.record_outcome(
        check, visited_on=visited_on, outcome=outcome, reason_codes=codes, sightings=read_sightings(check, sightings), note=note, by=request.user)
    return 201, _again(request, reference)


def _must_see(request: Asking) -> None:
    if not sees(request.user, "check"):
        raise NotPermitted(_("Your role does not see this."), _("Ask an officer whose role does."), rule=10)


def _find(request: Asking, reference: str) -> Check:
    _must_see(request)
    found: Check = visible_or_404(queries.checks(request.user), reference=reference)
    return found


def _again(request: Asking, reference: str) -> CheckOut:
    return _out(_find(request, reference))


def _out(check: Check) -> CheckOut:
    counted: Any = check  # with `sampled` of `queries.checks`
    found = getattr(check, "outcome", None)
    return CheckOut(
        reference=check.reference, unit=check.unit_id, licence=check.licence.reference if check.licence else "", stage=check.stage,
        selection=check.selection, selection_probability=check.selection_probability, planned_for=check.planned_for, population=check.population,
        sampled=counted.sampled, seed=check.seed, state=check.state, leaf=check.pk,
        outcome=None if found is None else OutcomeOut(
            visited_on=found.visited_on, outcome=found.outcome, reason_codes=found.reason_codes, sampled=found.sampled, sighted=found.sighted,
            note=found.note, leaf=found.pk))
