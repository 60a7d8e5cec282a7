"""Where an application stands: derived from its facts, here alone, for one application and for the rows of a list.

    draft -> submitted -> in review -> assessed -> recommended -> approved | denied | returned
             any of the middle four may be held, or withdrawn by the applicant; a question to the applicant stops all but the last
    approved above a threshold: to_notify -> notified -> approved (the licence is issued) | objected
    denied -> appealed -> assessed -> recommended -> approved | denied, by officers not of the first decision

An amendment by the applicant is a new version: what was assessed or recommended before it is kept and no longer counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from enduse.licensing.casefile import assignment_of, open_questions, version_since
from enduse.licensing.cases import CaseEvent
from enduse.licensing.casework import Appeal, Assessment, Decision, Hold, HoldRelease, Recommendation, SentBack

if TYPE_CHECKING:
    from enduse.licensing.models import Application

DRAFT, SUBMITTED, IN_REVIEW, ASKED, ASSESSED, RECOMMENDED, HELD, APPROVED, DENIED, RETURNED, WITHDRAWN = (
    "draft", "submitted", "in_review", "asked", "assessed", "recommended", "held", "approved", "denied", "returned", "withdrawn")
TO_NOTIFY, NOTIFIED, OBJECTED, APPEALED = "to_notify", "notified", "objected", "appealed"
NAMES = {
    DRAFT: _("draft"), SUBMITTED: _("submitted"), IN_REVIEW: _("in review"), ASKED: _("question to applicant"),
    ASSESSED: _("assessed"), RECOMMENDED: _("recommended"), HELD: _("on hold"),
    TO_NOTIFY: _("approved, legislature to be told"), NOTIFIED: _("approved, legislature told"), OBJECTED: _("the legislature objected"),
    APPROVED: _("approved"), DENIED: _("denied"), APPEALED: _("under appeal"), RETURNED: _("returned without action"),
    WITHDRAWN: _("withdrawn"),
}
TONES = {DRAFT: "quiet", SUBMITTED: "note", IN_REVIEW: "note", ASKED: "warn", ASSESSED: "note", RECOMMENDED: "note", HELD: "warn",
         APPROVED: "good", DENIED: "bad", RETURNED: "quiet", WITHDRAWN: "quiet", TO_NOTIFY: "warn", NOTIFIED: "note", OBJECTED: "bad", APPEALED: "warn"}
PARTY_ROLES = {"applicant": _("applicant"), "seller": _("seller"), "end_user": _("end user"), "consignee": _("consignee"),
               "intermediary": _("broker or agent"), "recipient": _("recipient"), "payer": _("payer"),
               "ultimate_end_user": _("ultimate end user"), "further_consignee": _("further consignee"), "carrier": _("carrier")}
OPEN = frozenset({SUBMITTED, IN_REVIEW, ASKED, ASSESSED, RECOMMENDED, HELD, APPEALED})
BY_OUTCOME = {Recommendation.APPROVE: APPROVED, Recommendation.DENY: DENIED, Recommendation.RETURN: RETURNED}


def state_of(application: Application) -> str:
    """Where one application stands now. No query when its facts were fetched with it (`queries.with_facts`)."""
    decision = decision_of(application)
    if decision is not None and appeal_against(decision) is None:
        return _after(decision, application)
    if getattr(application, "withdrawal", None) is not None:
        return WITHDRAWN
    if getattr(application, "submission", None) is None:
        return DRAFT
    if open_holds(application):
        return HELD
    if open_questions(application):
        return ASKED
    if live_recommendation(application) is not None:
        return RECOMMENDED
    if latest_assessment(application) is not None:
        return ASSESSED
    if decision is not None:
        return APPEALED
    return IN_REVIEW if assignment_of(application) is not None else SUBMITTED


def _after(decision: Decision, application: Application) -> str:
    """Where a decided application stands: an approval above a threshold becomes a licence only when the legislature was told."""
    if decision.outcome != Recommendation.APPROVE or not decision.notice_rule or getattr(application, "licence", None) is not None:
        return BY_OUTCOME[decision.outcome]
    notice = getattr(decision, "legislature_notice", None)
    if notice is None:
        return TO_NOTIFY
    return NOTIFIED if getattr(notice, "objection", None) is None else OBJECTED


def decision_of(application: Application) -> Decision | None:
    """The latest decision; after an appeal the one that answered it."""
    return max(application.decisions.all(), key=lambda each: each.pk, default=None)


def appeal_against(decision: Decision) -> Appeal | None:
    return getattr(decision, "appeal", None)


def open_appeal(application: Application) -> Appeal | None:
    """The appeal that waits for its decision."""
    decision = decision_of(application)
    return appeal_against(decision) if decision is not None else None


def _since(application: Application) -> int:
    """From where in the log on the casework counts: an amendment and an appeal each begin it anew."""
    appeal = open_appeal(application)
    return max(version_since(application), appeal.pk if appeal is not None else -1)


def open_holds(application: Application) -> list[Hold]:
    """The holds that nobody has released, oldest first."""
    return sorted((hold for hold in application.holds.all() if getattr(hold, "release", None) is None), key=lambda hold: hold.pk)


def latest_assessment(application: Application) -> Assessment | None:
    """The assessment that counts: the last one of the version that stands, and after an appeal of what follows it."""
    since = _since(application)
    return max((each for each in application.assessments.all() if each.pk > since), key=lambda each: each.pk, default=None)


def live_recommendation(application: Application) -> Recommendation | None:
    """The latest recommendation, unless it was sent back, or an amendment or an appeal came after. Earlier ones are void: a new one takes their place."""
    last = max(application.recommendations.all(), key=lambda each: each.pk, default=None)
    if last is None or getattr(last, "sent_back", None) is not None or last.pk < _since(application):
        return None
    return last


def decided(outcome: str) -> Q:
    """Applications whose decision that stands has this outcome."""
    return Q(Exists(Decision.objects.filter(application=OuterRef("pk"), outcome=outcome, appeal=None)))


def in_state(rows: QuerySet[Application], state: str) -> QuerySet[Application]:
    """Those rows that stand in a state, as the database finds them (the same answer as `state_of`)."""
    if state in {APPROVED, TO_NOTIFY, NOTIFIED, OBJECTED}:
        return _approved(rows.filter(decided(Recommendation.APPROVE)), state)
    if state in BY_OUTCOME.values():
        return rows.filter(decided(next(key for key, value in BY_OUTCOME.items() if value == state)))
    undecided = rows.exclude(_closed())
    if state == WITHDRAWN:
        return undecided.exclude(withdrawal=None)
    undecided = undecided.filter(withdrawal=None)
    if state == DRAFT:
        return undecided.filter(submission=None)
    return undecided.exclude(submission=None).filter(_middle()[state])


def _approved(rows: QuerySet[Application], state: str) -> QuerySet[Application]:
    waiting = Decision.objects.filter(application=OuterRef("pk"), appeal=None).exclude(notice_rule="")
    if state == APPROVED:
        return rows.filter(~Exists(waiting) | Q(licence__isnull=False))
    told = {TO_NOTIFY: Q(legislature_notice=None), NOTIFIED: Q(legislature_notice__isnull=False, legislature_notice__objection=None),
            OBJECTED: Q(legislature_notice__objection__isnull=False)}
    return rows.filter(Exists(waiting.filter(told[state])), licence=None)


def open_only(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Those submitted and neither decided nor withdrawn; what was appealed against waits for its decision again."""
    return rows.filter(withdrawal=None).exclude(submission=None).exclude(_closed())


def _closed() -> Q:
    return Q(Exists(Decision.objects.filter(application=OuterRef("pk"), appeal=None)))


def _middle() -> dict[str, Q]:
    held = Q(Exists(Hold.objects.filter(application=OuterRef("pk")).exclude(Exists(HoldRelease.objects.filter(hold=OuterRef("pk"))))))
    newest = Recommendation.objects.filter(application=OuterRef("application")).order_by("-pk").values("pk")[:1]
    voided = SentBack.objects.filter(recommendation=OuterRef("pk"))
    events = CaseEvent.objects.filter(application=OuterRef("pk"))
    ended = CaseEvent.objects.filter(about=OuterRef("pk"), sort__in=CaseEvent.ENDS)
    asked = Q(Exists(events.filter(sort=CaseEvent.ASKED).exclude(Exists(ended))))
    # An appeal and an amendment begin the casework anew: what was said before no longer counts.
    amended_since = CaseEvent.objects.filter(application=OuterRef("application"), sort=CaseEvent.AMENDED, pk__gt=OuterRef("pk"))
    appealed_since = Appeal.objects.filter(decision__application=OuterRef("application"), pk__gt=OuterRef("pk"))
    standing = Recommendation.objects.filter(application=OuterRef("pk"), pk=newest).exclude(Exists(voided))
    recommended = Q(Exists(standing.exclude(Exists(appealed_since)).exclude(Exists(amended_since))))
    assessed = Q(Exists(Assessment.objects.filter(application=OuterRef("pk")).exclude(Exists(appealed_since)).exclude(Exists(amended_since))))
    appealed = Q(Exists(Appeal.objects.filter(decision__application=OuterRef("pk"))))
    handed = CaseEvent.objects.filter(application=OuterRef("application"), sort__in=[CaseEvent.ASSIGNED, CaseEvent.RELEASED])
    taken = Q(Exists(events.filter(sort=CaseEvent.ASSIGNED, pk=handed.order_by("-pk").values("pk")[:1])))
    fresh = ~held & ~asked & ~recommended & ~assessed
    return {HELD: held, ASKED: ~held & asked, RECOMMENDED: ~held & ~asked & recommended, ASSESSED: ~held & ~asked & ~recommended & assessed,
            APPEALED: fresh & appealed, IN_REVIEW: fresh & ~appealed & taken, SUBMITTED: fresh & ~appealed & ~taken}
