"""A case: everything that is said of an application between its filing and its decision, and the row kept of it for lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.ledger.models import Fact, plain
from enduse.parties.models import Party, party_of
from enduse.words import Text

if TYPE_CHECKING:
    from enduse.licensing.models import Application


class CaseFact(Fact):
    """A fact about an application: whoever records one brings the case's row up to date in the same transaction."""

    words_elsewhere = ("licensing.CaseText", "licensing.Application", "licensing.EndUseCertificate")

    class Meta:
        abstract = True

    def case(self) -> Application:
        """The application that it is about."""
        return self.application  # type: ignore[attr-defined, no-any-return]

    def keep(self) -> None:
        from enduse.licensing.keeping import keep_case

        keep_case(self.case())

    def forget(self) -> None:
        super().forget()
        self.keep()  # the words that find the case


class CaseEvent(CaseFact):
    """One thing that was said or done in a case. What ends something (an answer, an advice) names what it ends in `about`."""

    kind = "licensing.case_event"
    ASKED, ANSWERED, UNASKED, REMINDED = "asked", "answered", "unasked", "reminded"
    ASSIGNED, RELEASED, ROUTED, FLAGGED, UNFLAGGED, NOTED = "assigned", "released", "routed", "flagged", "unflagged", "noted"
    ADVICE_ASKED, ADVISED, ADVICE_CLOSED, AMENDED = "advice_asked", "advised", "advice_closed", "amended"
    SORTS = [
        (ASKED, _("Question to the applicant")), (ANSWERED, _("Answered")), (UNASKED, _("Question withdrawn")), (REMINDED, _("Applicant reminded")),
        (ASSIGNED, _("Assigned")), (RELEASED, _("Released")), (ROUTED, _("Queue")), (FLAGGED, _("Flag set")), (UNFLAGGED, _("Flag taken off")),
        (NOTED, _("Note")), (ADVICE_ASKED, _("Advice asked")), (ADVISED, _("Advice given")), (ADVICE_CLOSED, _("Advice closed without answer")),
        (AMENDED, _("Amended")),
    ]
    ENDS = (ANSWERED, UNASKED, ADVISED, ADVICE_CLOSED)
    TO_APPLICANT = (ASKED, ANSWERED, UNASKED, REMINDED, AMENDED)  # what the applicant sees too
    APPROVE, PROVISO, REFUSE, NO_COMMENT = "approve", "proviso", "refuse", "no_comment"
    POSITIONS = [(APPROVE, _("no objection")), (PROVISO, _("no objection with a proviso")), (REFUSE, _("refuse")), (NO_COMMENT, _("no comment"))]

    application = models.ForeignKey("licensing.Application", on_delete=models.PROTECT, related_name="case_events")
    sort = models.CharField(max_length=16, choices=SORTS)
    about = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="ended_by")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")  # to whom it is assigned
    body = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="advice_asked")  # whose advice is asked
    code = models.CharField(max_length=20, blank=True)  # a queue, a flag, a position, a version's number
    due_on = models.DateField(null=True)
    text = models.TextField(blank=True)
    more = models.JSONField(default=dict)  # documents of an answer; rules of a routing; the words that an amendment replaced

    class Meta:
        indexes = [models.Index(fields=["sort", "due_on"])]
        constraints = [
            models.UniqueConstraint(fields=["about"], condition=Q(sort__in=["answered", "unasked", "advised", "advice_closed"]),
                                    name="what_was_asked_ends_once"),
            models.UniqueConstraint(fields=["about"], condition=Q(sort="reminded"), name="reminded_once"),
            models.UniqueConstraint(fields=["application", "code"], condition=Q(sort="amended"), name="one_amendment_a_version"),
            models.CheckConstraint(condition=~Q(sort="assigned") | Q(officer__isnull=False), name="an_assignment_names_its_officer"),
            models.CheckConstraint(condition=~Q(sort="advice_asked") | Q(body__isnull=False), name="advice_is_asked_of_a_body"),
        ]

    @property
    def is_version(self) -> bool:
        """Whether it put new words in the place of the application's."""
        return self.sort == self.AMENDED

    def forgettable(self) -> set[str]:
        from enduse.licensing.forgotten import words_at

        return super().forgettable() | (words_at(self.application, int(self.code)) if self.is_version else set())

    def shares_words_with(self) -> Iterable[Fact]:
        from enduse.licensing.forgotten import entries_of

        return entries_of(self.application) if self.is_version else ()

    def forget(self) -> None:
        from enduse.licensing.forgotten import blank

        if self.is_version:
            blank(self.application)
        super().forget()

    def content(self) -> dict[str, Any]:
        said = {
            "application": self.application.reference, "sort": self.sort, "about": self.about_id,
            "officer": self.officer.get_username() if self.officer else None, "body": self.body_id, "code": self.code,
            "due_on": plain(self.due_on), "text": self.text, "more": plain(self.more)}
        if self.sort == self.AMENDED:
            said["words"] = self.application.words_of(int(self.code))
        return said


class RoutingRules(Fact):
    """The rules that put a filed application into its queue, as an administrator saved them; the latest count.

    `rules`: [{"name", "conditions": {...}, "queue", "flags": [...]}] in their order.
    """

    kind = "licensing.routing_rules"
    rules = models.JSONField()
    reason = models.TextField()

    def content(self) -> dict[str, Any]:
        return {"rules": plain(self.rules), "reason": self.reason}


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User | None) -> Self:
        """The cases of the applications that the viewer sees."""
        scope, own = scope_of(user, "application"), party_of(user)
        if scope is Scope.ALL:
            return self.filter(filed_at__isnull=False)
        if scope is Scope.OWN_PARTY and own is not None:
            return self.filter(applicant=own)
        from enduse.licensing.models import Application

        return self.filter(application__in=Application.objects.visible_to(user))


class Case(models.Model):
    """Derived, rebuildable: where one application stands, kept so that lists of hundreds of thousands are found by index."""

    application = models.OneToOneField("licensing.Application", primary_key=True, on_delete=models.CASCADE, related_name="case")
    applicant = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", db_index=False)
    country = models.CharField(max_length=2)
    state = models.CharField(max_length=12)
    queue = models.CharField(max_length=20, blank=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    flags = models.CharField(max_length=200, blank=True)  # " URGENT PRESS "
    filed_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)  # empty: not open, or a question stops the clock
    quantity = models.PositiveIntegerField(default=0)
    value_cents = models.PositiveBigIntegerField(default=0)
    version = models.PositiveSmallIntegerField(default=1)
    questions_open = models.PositiveSmallIntegerField(default=0)
    advice_open = models.PositiveSmallIntegerField(default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "application", "filed_at"]), models.Index(fields=["officer", "state", "due_on"]),
            models.Index(fields=["queue", "state", "due_on"]), models.Index(fields=["due_on"]),
            # With the key that breaks ties and what every list asks, so that a page far down is found without reading the rows above it.
            models.Index(fields=["filed_at", "application"]), models.Index(fields=["quantity", "application", "filed_at"]),
            models.Index(fields=["value_cents", "application", "filed_at"]), models.Index(fields=["country", "application", "state", "filed_at"]),
            models.Index(fields=["applicant", "application", "filed_at"]), models.Index(fields=["applicant", "state", "questions_open"]),
        ]


class CaseText(Text):
    """Derived: the words that find a case. Unseen: those that stand only in what the applicant does not see."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="text")
