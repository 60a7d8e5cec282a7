"""Consulting the state that denied: before an essentially identical application is approved, and telling it why afterwards.

Common Position 2008/944, article 4(1): who considers a licence that another state denied within three years consults that state
first, and if it grants all the same says why. From when to when this is asked stands in `denial_rules`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enduse import clock
from enduse.documents.models import Document
from enduse.ledger.models import Fact, plain
from enduse.licensing import dated
from enduse.licensing.cases import CaseFact
from enduse.licensing.denials import NotifiedDenial
from enduse.measures.actions import months_before
from enduse.refusals import Refused

if TYPE_CHECKING:
    from enduse.licensing.models import Application


class DenialConsultation(CaseFact):
    """The state that denied was asked about an application here, and what it answered. A later one counts beside the earlier."""

    kind = "licensing.denial_consultation"
    MAINTAINS, NO_OBJECTION, SILENT = "maintains", "no_objection", "silent"
    POSITIONS = [(MAINTAINS, gettext_lazy("it maintains its denial")), (NO_OBJECTION, gettext_lazy("it has no objection")),
                 (SILENT, gettext_lazy("it did not answer"))]
    TONES = {MAINTAINS: "bad", NO_OBJECTION: "good", SILENT: "warn"}

    application = models.ForeignKey("licensing.Application", on_delete=models.PROTECT, related_name="consultations")
    denial = models.ForeignKey(NotifiedDenial, on_delete=models.PROTECT, related_name="consultations")
    asked_on = models.DateField()
    asked_whom = models.CharField(max_length=200)
    answered_on = models.DateField(null=True)  # none: it did not answer
    position = models.CharField(max_length=12, choices=POSITIONS)
    answer = models.TextField(blank=True)
    paper = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(answered_on=None, position="silent") | Q(answered_on__isnull=False) & ~Q(position="silent"),
                                              name="who_answered_answered_on_a_day")]

    def content(self) -> dict[str, Any]:
        return {"application": self.application.reference, "denial": self.denial_id, "asked_on": plain(self.asked_on), "asked_whom": self.asked_whom,
                "answered_on": plain(self.answered_on) if self.answered_on else None, "position": self.position, "answer": self.answer,
                "paper": self.paper.sha256 if self.paper else ""}

    @property
    def tone(self) -> str:
        return self.TONES[self.position]


class DenialExplained(Fact):
    """The state that denied was told why the licence was granted all the same."""

    kind = "licensing.denial_explained"
    consultation = models.OneToOneField(DenialConsultation, on_delete=models.PROTECT, related_name="explained")
    told_on = models.DateField()
    reasons = models.TextField()

    def content(self) -> dict[str, Any]:
        return {"consultation": self.consultation_id, "told_on": plain(self.told_on), "reasons": self.reasons}


def may_touch(application: Application) -> QuerySet[NotifiedDenial]:
    """The denials that count today for an end user, ultimate one or recipient of an application and its countries; their lines are still to be compared."""
    months = dated.denials_count_for(clock.today())
    if months is None:
        return NotifiedDenial.objects.none()
    whose = Q()
    for party in application.end_users():
        whose |= Q(end_user__path__startswith=party.end_user_path)
    return NotifiedDenial.objects.filter(
        whose, denied_on__gt=months_before(clock.today(), months), ended=None, country__in=application.countries())


def touching(application: Application, denials: Iterable[NotifiedDenial] | None = None) -> list[NotifiedDenial]:
    """Live denials of an essentially identical transaction, the earliest first; `denials`: of `may_touch`, where they were read."""
    mine = {(line.firearm_type, line.calibre) for line in application.lines.all()}
    found = [each for each in (may_touch(application) if denials is None else denials)
             if mine & {(line["firearm_type"], line["calibre"]) for line in each.lines}]
    return sorted(found, key=lambda each: each.pk)


def refuse_unless_consulted(
    application: Application, *, denials: Iterable[NotifiedDenial] | None = None, consulted: Iterable[DenialConsultation] | None = None,
) -> None:
    """No approval of what another state denied before that state was consulted, where a rule of the day asks for it."""
    rule = dated.consultation_asked(clock.today())
    if rule is None:
        return
    live = touching(application, denials)
    if not live:
        return
    asked = {each.denial_id for each in (DenialConsultation.objects.filter(application=application) if consulted is None else consulted)}
    missing = [each for each in live if each.pk not in asked]
    if missing:
        raise Refused(
            _("%(application)s is essentially identical to what another state denied, and that state was not consulted: %(denials)s."),
            _("Consult it and record what it answered; then weigh it and decide."), application=application.reference,
            denials=", ".join(str(each) for each in missing), by_rule=rule.code)


def unexplained() -> QuerySet[DenialConsultation]:
    """Consultations on what was approved since, of which the state that denied was not told why."""
    return DenialConsultation.objects.filter(explained=None, application__licence__isnull=False).select_related("application__end_user", "denial")
