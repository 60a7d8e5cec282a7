"""Where an application stands: derived from its facts, here alone, for one application and for the rows of a list.

    draft -> submitted -> assessed -> recommended -> approved | denied | returned
             any of the middle three may be held, or withdrawn by the applicant
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from enduse.licensing.casework import Assessment, Decision, Hold, HoldRelease, Recommendation, SentBack

if TYPE_CHECKING:
    from enduse.licensing.models import Application

DRAFT, SUBMITTED, ASSESSED, RECOMMENDED, HELD, APPROVED, DENIED, RETURNED, WITHDRAWN = (
    "draft", "submitted", "assessed", "recommended", "held", "approved", "denied", "returned", "withdrawn")
NAMES = {
    DRAFT: _("draft"), SUBMITTED: _("submitted"), ASSESSED: _("assessed"), RECOMMENDED: _("recommended"), HELD: _("on hold"),
    APPROVED: _("approved"), DENIED: _("denied"), RETURNED: _("returned without action"), WITHDRAWN: _("withdrawn"),
}
TONES = {DRAFT: "quiet", SUBMITTED: "note", ASSESSED: "note", RECOMMENDED: "note", HELD: "warn", APPROVED: "good", DENIED: "bad",
         RETURNED: "quiet", WITHDRAWN: "quiet"}
PARTY_ROLES = {"applicant": _("applicant"), "seller": _("seller"), "end_user": _("end user"), "consignee": _("consignee"),
               "intermediary": _("broker or agent"), "payer": _("payer")}
OPEN = frozenset({SUBMITTED, ASSESSED, RECOMMENDED, HELD})
BY_OUTCOME = {Recommendation.APPROVE: APPROVED, Recommendation.DENY: DENIED, Recommendation.RETURN: RETURNED}


def state_of(application: Application) -> str:
    """Where one application stands now. No query when its facts were fetched with it (`queries.with_facts`)."""
    decision: Decision | None = getattr(application, "decision", None)
    if decision is not None:
        return BY_OUTCOME[decision.outcome]
    if getattr(application, "withdrawal", None) is not None:
        return WITHDRAWN
    if getattr(application, "submission", None) is None:
        return DRAFT
    if open_holds(application):
        return HELD
    if live_recommendation(application) is not None:
        return RECOMMENDED
    return ASSESSED if latest_assessment(application) is not None else SUBMITTED


def open_holds(application: Application) -> list[Hold]:
    """The holds that nobody has released, oldest first."""
    return sorted((hold for hold in application.holds.all() if getattr(hold, "release", None) is None), key=lambda hold: hold.pk)


def latest_assessment(application: Application) -> Assessment | None:
    return max(application.assessments.all(), key=lambda each: each.pk, default=None)


def live_recommendation(application: Application) -> Recommendation | None:
    """The latest recommendation, unless it was sent back. Earlier ones are void: a new one takes their place."""
    last = max(application.recommendations.all(), key=lambda each: each.pk, default=None)
    return last if last is not None and getattr(last, "sent_back", None) is None else None


def in_state(rows: QuerySet[Application], state: str) -> QuerySet[Application]:
    """Those rows that stand in a state, as the database finds them (the same answer as `state_of`)."""
    if state in BY_OUTCOME.values():
        outcome = next(key for key, value in BY_OUTCOME.items() if value == state)
        return rows.filter(decision__outcome=outcome)
    undecided = rows.filter(decision=None)
    if state == WITHDRAWN:
        return undecided.exclude(withdrawal=None)
    undecided = undecided.filter(withdrawal=None)
    if state == DRAFT:
        return undecided.filter(submission=None)
    return undecided.exclude(submission=None).filter(_middle()[state])


def open_only(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Those submitted and neither decided nor withdrawn."""
    return rows.filter(decision=None, withdrawal=None).exclude(submission=None)


def _middle() -> dict[str, Q]:
    held = Q(Exists(Hold.objects.filter(application=OuterRef("pk")).exclude(Exists(HoldRelease.objects.filter(hold=OuterRef("pk"))))))
    newest = Recommendation.objects.filter(application=OuterRef("application")).order_by("-pk").values("pk")[:1]
    voided = SentBack.objects.filter(recommendation=OuterRef("pk"))
    recommended = Q(Exists(Recommendation.objects.filter(application=OuterRef("pk"), pk=newest).exclude(Exists(voided))))
    assessed = Q(Exists(Assessment.objects.filter(application=OuterRef("pk"))))
    return {HELD: held, RECOMMENDED: ~held & recommended, ASSESSED: ~held & ~recommended & assessed, SUBMITTED: ~held & ~recommended & ~assessed}

