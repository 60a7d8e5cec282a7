"""Scenarios over the API."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from ninja import Field, Router, Schema

from enduse.accounts.access import Asking
from enduse.accounts.permissions import must_see, permit
from enduse.diversion.models import Estimate
from enduse.lab import actions, queries
from enduse.lab.models import Scenario
from enduse.measures.models import Measure

router = Router(tags=["lab"])


class ScenarioIn(Schema):
    title: str
    estimate: str = Field(description="The reference of the estimate to start from.")
    measures: list[str] = Field(description="References of the measures to compare with doing nothing.")
    months: int = Field(48, description="How long the futures run, 1 to 240.")
    futures: int = Field(1000, description="How many, 100 to 20,000.")
    seed: int = 0
    responses: list[str] = Field(list(actions.RESPONSES), description="Which behavioural responses are switched on.")


class ScenarioOut(Schema):
    reference: str
    title: str
    estimate: str
    measures: list[str]
    months: int
    futures: int
    outcome: dict[str, Any] | None = None


def _out(scenario: Scenario, *, whole: bool) -> ScenarioOut:
    return ScenarioOut(
        reference=scenario.reference, title=scenario.title, estimate=scenario.estimate.reference, months=scenario.months, futures=scenario.futures,
        measures=[measure.reference for measure in scenario.measures.all()], outcome=scenario.outcome if whole else None)


@router.get("/scenarios", response=list[ScenarioOut], operation_id="lab.list_scenarios")
def list_scenarios(request: Asking) -> list[ScenarioOut]:
    """The scenarios run, newest first."""
    _refuse_unless_seen(request)
    return [_out(scenario, whole=False) for scenario in queries.scenarios(request.user)[:100]]


@router.get("/scenarios/{reference}", response=ScenarioOut, operation_id="lab.get_scenario")
def get_scenario(request: Asking, reference: str) -> ScenarioOut:
    """One scenario with its outcome."""
    _refuse_unless_seen(request)
    scenario = queries.scenarios(request.user).filter(reference=reference).first()
    if scenario is None:
        raise Http404
    return _out(scenario, whole=True)


@router.post("/scenarios", response=ScenarioOut, operation_id="lab.simulate")
def simulate(request: Asking, body: ScenarioIn) -> ScenarioOut:
    """Compare measures with doing nothing in paired futures."""
    permit(request.user, "lab.simulate")
    estimate = Estimate.objects.visible_to(request.user).filter(reference=body.estimate).first()
    measures = list(Measure.objects.visible_to(request.user).filter(reference__in=body.measures))
    if estimate is None or len(measures) != len(set(body.measures)):
        raise Http404
    made = actions.simulate(title=body.title, estimate=estimate, measures=measures, months=body.months, futures=body.futures, seed=body.seed,
                            responses=body.responses, by=request.user)
    return _out(made, whole=True)


def _refuse_unless_seen(request: Asking) -> None:
    must_see(request.user, "scenario")
