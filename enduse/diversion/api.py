"""Estimates over the API."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from enduse.accounts.access import Asking
from enduse.accounts.permissions import must_see, permit
from enduse.diversion import actions, queries
from enduse.diversion.models import Estimate
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem

router = Router(tags=["diversion"])
QUANTILES = ("q025", "q50", "q975")


class EstimateIn(Schema):
    until: date | None = Field(None, description="What had left by this day (default: today).")
    end_user: int | None = Field(None, description="The id of an end user (default: everything delivered).")
    seed: int = Field(0, description="The same evidence and seed give the same estimate.")
    draws: int = Field(4000, description="How many posterior draws, 100 to 100,000.")


class EstimateOut(Schema):
    reference: str
    until: date
    method: str
    delivered: int
    q025: float
    q50: float
    q975: float
    share_q025: float
    share_q50: float
    share_q975: float
    result: dict[str, Any] | None = None


def _out(kept: Estimate, *, whole: bool) -> EstimateOut:
    diverted, share = kept.result["diverted"], kept.result["share"]
    figures = {name: diverted[name] for name in QUANTILES} | {f"share_{name}": share[name] for name in QUANTILES}
    return EstimateOut(reference=kept.reference, until=kept.until, method=kept.method, delivered=kept.result["delivered"],
                       result=kept.result if whole else None, **figures)


@router.get("/estimates", response=list[EstimateOut], operation_id="diversion.list_estimates")
def list_estimates(request: Asking) -> list[EstimateOut]:
    """The estimates made, newest first."""
    _refuse_unless_seen(request)
    return [_out(kept, whole=False) for kept in queries.estimates(request.user)[:100]]


@router.get("/estimates/{reference}", response=EstimateOut, operation_id="diversion.get_estimate")
def get_estimate(request: Asking, reference: str) -> EstimateOut:
    """One estimate with everything that it rests on."""
    _refuse_unless_seen(request)
    kept = queries.estimates(request.user).filter(reference=reference).first()
    if kept is None:
        raise Http404
    return _out(kept, whole=True)


@router.post("/estimates", response=EstimateOut, operation_id="diversion.estimate")
def estimate(request: Asking, body: EstimateIn) -> EstimateOut:
    """Estimate how many firearms had left lawful hands, from the evidence as known now."""
    permit(request.user, "diversion.estimate")
    end_user = None
    if body.end_user is not None:
        end_user = Party.objects.visible_to(request.user).filter(pk=body.end_user, parent=None).first()
        if end_user is None:
            raise Invalid(Problem(_("There is no such end user that you may see."), _("Leave it out to estimate everything."),
                                  field="end_user", found=str(body.end_user)))
    return _out(actions.estimate(until=body.until, end_user=end_user, seed=body.seed, draws=body.draws, by=request.user), whole=True)


def _refuse_unless_seen(request: Asking) -> None:
    must_see(request.user, "estimate")
