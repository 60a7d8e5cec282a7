"""What officers say of an application: assessment, recommendation, decision, being sent back, holds. Each is a fact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enduse.certificates.models import Challenge
from enduse.ledger.models import Fact, plain
from enduse.licensing.cases import CaseFact
from enduse.licensing.questions import proposed_conditions

if TYPE_CHECKING:
    from enduse.licensing.models import Application


class Assessment(CaseFact):
    """Every criterion answered with level, reason and evidence; every flag answered. The latest one counts."""

    kind = "licensing.assessment"
    also_forgotten = ("criteria", "flags")  # their reasons and evidence
    application = models.ForeignKey("licensing.Application", on_delete=models.PROTECT, related_name="assessments")
    # {code: {"level": "low", "reason": "...", "evidence": "...", "mitigation": [conditions], "together": True}}; the last two where they are
    criteria = models.JSONField()
    # {code: {"raised_by": "program"|"officer", "level": ..., "reason": ..., "evidence": ...}}
    flags = models.JSONField()
    # The end user's measured record as it stood when the officer assessed.
    record_seen = models.JSONField()
    # The program's draft summary as the officer had it: [{"about", "text_en", "text_es", "source", "link", "as_of"}].
    drafted = models.JSONField(default=list)
    summary = models.TextField()

    def content(self) -> dict[str, Any]:
        return {"application": self.application.reference, "criteria": plain(self.criteria), "flags": plain(self.flags),
                "record_seen": plain(self.record_seen), "summary": self.summary,
                # Not said by assessments from before it was kept.
                **({"drafted": plain(self.drafted)} if self.drafted else {})}

    def blanked(self) -> dict[str, Any]:
        return super().blanked() | {"criteria": _without_reasons(self.criteria), "flags": _without_reasons(self.flags)}

    def proposed_conditions(self) -> list[dict[str, Any]]:
        """What its answers propose against the risks found: the conditions that a recommendation starts from."""
        return proposed_conditions([*self.criteria.values(), *self.flags.values()])


def _without_reasons(answers: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {code: answer | dict.fromkeys(answer.keys() & {"reason", "evidence"}, "") for code, answer in answers.items()}


class Recommendation(CaseFact):
    """What the officer recommends. A later recommendation voids an earlier one, which is kept."""

    kind = "licensing.recommendation"
    APPROVE, DENY, RETURN = "approve", "deny", "return"
    OUTCOMES = [(APPROVE, _("approve")), (DENY, _("deny")), (RETURN, _("return without action"))]

    application = models.ForeignKey("licensing.Application", on_delete=models.PROTECT, related_name="recommendations")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=OUTCOMES)
    # [{"code": "STOCKTAKE", "parameters": {"M": 12}}]
    conditions = models.JSONField(default=list)
    reason_codes = models.JSONField(default=list)
    note = models.TextField()

    def content(self) -> dict[str, Any]:
        return {"application": self.application.reference, "assessment": self.assessment_id, "outcome": self.outcome,
                "conditions": plain(self.conditions), "reason_codes": plain(self.reason_codes), "note": self.note}


class SentBack(CaseFact):
    """The countersigner does not agree: the recommendation no longer counts, and the officer is told why."""

    kind = "licensing.sent_back"
    recommendation = models.OneToOneField(Recommendation, on_delete=models.PROTECT, related_name="sent_back")
    reason = models.TextField()

    def case(self) -> Application:
        return self.recommendation.application

    def content(self) -> dict[str, Any]:
        return {"application": self.recommendation.application.reference, "recommendation": self.recommendation_id, "reason": self.reason}


class Countersignature(CaseFact):
    """The first of two that an approval needs by rule. It stands with the recommendation that it was given on: a later
    recommendation voids it, and it is still shown.
    """

    kind = "licensing.countersignature"
    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="countersignatures")
    needed = models.PositiveSmallIntegerField()
    rules = models.JSONField(default=list)  # codes of the rules that ask for more than one
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recommendation", "recorded_by"], name="one_countersignature_a_person")]

    def case(self) -> Application:
        return self.recommendation.application

    @property
    def outcome(self) -> str:
        return self.recommendation.outcome

    def content(self) -> dict[str, Any]:
        return {"application": self.recommendation.application.reference, "recommendation": self.recommendation_id, "needed": self.needed,
                "rules": plain(self.rules), "note": self.note}


class Decision(CaseFact):
    """Made by the countersigner on another officer's recommendation; the database itself refuses one's own (rule 2).

    `previous`: the decision that was appealed against; it stays. `notice_rule`: the rule by which the legislature is
    told before an approval becomes a licence ('': none).
    """

    kind = "licensing.decision"
    application = models.ForeignKey("licensing.Application", on_delete=models.PROTECT, related_name="decisions", related_query_name="decision")
    recommendation = models.OneToOneField(Recommendation, on_delete=models.PROTECT, related_name="decision")
    recommended_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Recommendation.OUTCOMES)
    note = models.TextField(blank=True)
    previous = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="next")
    notice_rule = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(recommended_by=F("recorded_by")), name="nobody_countersigns_own_work"),
            models.UniqueConstraint(fields=["application"], condition=Q(previous=None), name="one_first_decision"),
        ]
        indexes = [models.Index(fields=["outcome", "recorded_at"])]

    def content(self) -> dict[str, Any]:
        said = {"application": self.application.reference, "recommendation": self.recommendation_id, "outcome": self.outcome, "note": self.note,
                "recommended_by": self.recommended_by.get_username()}
        # What an ordinary decision does not have is left out, so that one logged before these were kept reads the same.
        return said | ({"previous": self.previous_id} if self.previous_id else {}) | ({"notice_rule": self.notice_rule} if self.notice_rule else {})


class Appeal(CaseFact):
    """The applicant asks that a refusal is decided again, by officers who had no part in it."""

    kind = "licensing.appeal"
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="appeal")
    grounds = models.TextField()

    def case(self) -> Application:
        return self.decision.application

    def content(self) -> dict[str, Any]:
        return {"application": self.decision.application.reference, "decision": self.decision_id, "grounds": self.grounds}


class Hold(CaseFact):
    """An application waits for review because something was learnt."""

    kind = "licensing.hold"
    application = models.ForeignKey("licensing.Application", on_delete=models.PROTECT, related_name="holds")
    because = models.TextField()
    source = models.CharField(max_length=40)  # the reference of what was learnt: a recovery's, an alert's

    def shares_words_with(self) -> Iterable[Fact]:
        return Challenge.objects.filter(pk=self.challenge) if self.challenge else ()

    @classmethod
    def sharing_words_with(cls, fact: Fact) -> Iterable[Fact]:
        return cls.objects.filter(source=f"EUC {fact.pk}") if isinstance(fact, Challenge) else ()

    @property
    def challenge(self) -> int | None:
        """The place in the log of the challenge of a certificate that it follows from."""
        number = self.source.removeprefix("EUC ")
        return int(number) if self.source.startswith("EUC ") and number.isdigit() else None

    def content(self) -> dict[str, Any]:
        return {"application": self.application.reference, "because": self.because, "source": self.source}


class HoldRelease(CaseFact):
    kind = "licensing.hold_release"
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="release")
    reason = models.TextField()

    def case(self) -> Application:
        return self.hold.application

    def content(self) -> dict[str, Any]:
        return {"hold": self.hold_id, "application": self.hold.application.reference, "reason": self.reason}
