"""Recoveries, their traces, what others answered, seizures in bulk, and operations with their watched serials."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.custody.models import CustodyEvent, Firearm
from enduse.ledger.models import Fact, plain
from enduse.licensing.models import Hold
from enduse.parties.models import Party
from enduse.reference import text_of
from enduse.tracing.reading import PLACES


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "recovery")
        if scope is Scope.ALL:
            return self
        if scope is Scope.CONFIRMED:
            return self.confirmed()
        return self.none()

    def with_said(self) -> Self:
        """Each with what its latest confirmation and its latest answer say: said (its id), said_firearm, said_watched, said_result."""
        last = Confirmation.objects.filter(recovery=models.OuterRef("pk")).order_by("-pk")
        answer = TraceAnswer.objects.filter(recovery=models.OuterRef("pk")).order_by("-pk")
        return self.annotate(
            said=models.Subquery(last.values("pk")[:1]),
            said_firearm=models.Subquery(last.values("firearm")[:1]),
            said_watched=models.Subquery(last.values("watched")[:1]),
            said_result=models.Subquery(answer.values("result_code")[:1]),
        )

    def confirmed(self) -> Self:
        """Those whose latest confirmation names a firearm of the register."""
        return self.with_said().filter(said_firearm__isnull=False)


class Recovery(Fact):
    """A firearm seized or found: date, place, marks as read (damaged ones too), case reference."""

    kind = "tracing.recovery"
    also_forgotten = ("place",)
    reference = models.CharField(max_length=24, unique=True)
    recovered_on = models.DateField(db_index=True)
    recovered_until = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=200)
    region = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2)
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="recoveries")
    case_reference = models.CharField(max_length=60)
    marks = models.CharField(max_length=80)
    make = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=60, blank=True)
    firearm_type = models.CharField(max_length=20, blank=True)
    calibre = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    other_marks = models.JSONField(default=list)  # [{"place": a place of `reading.PLACES`, "marks": as read}]
    doubtful = models.JSONField(default=list)  # which of make, model, type, calibre, year
    note = models.TextField(blank=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["agency", "case_reference", "marks"], name="a_recovery_is_recorded_once")]

    def __str__(self) -> str:
        return self.reference

    def shares_words_with(self) -> Iterable[Fact]:
        return Hold.objects.filter(source=self.reference)

    @classmethod
    def sharing_words_with(cls, fact: Fact) -> Iterable[Fact]:
        return cls.objects.filter(reference=fact.source) if isinstance(fact, Hold) else ()

    @property
    def type_words(self) -> str:
        return text_of("firearm_types", self.firearm_type) if self.firearm_type else ""

    @property
    def elsewhere(self) -> list[tuple[str, str]]:
        """The marks elsewhere than on the frame: (place in words, as read)."""
        return [(str(PLACES[each["place"]]), each["marks"]) for each in self.other_marks]

    def content(self) -> dict[str, Any]:
        return {
            "reference": self.reference,
            "recovered_on": plain(self.recovered_on),
            "recovered_until": plain(self.recovered_until),
            "place": self.place,
            "region": self.region,
            "country": self.country,
            "agency": self.agency_id,
            "case_reference": self.case_reference,
            "marks": self.marks,
            "make": self.make,
            "model": self.model,
            "firearm_type": self.firearm_type,
            "calibre": self.calibre,
            "year": self.year,
            "note": self.note,
            # Entries from before these were asked for have neither.
            **({"other_marks": plain(self.other_marks)} if self.other_marks else {}),
            **({"doubtful": plain(self.doubtful)} if self.doubtful else {}),
        }


class Proposal(Fact):
    """An officer takes an unlikely candidate for the firearm: it waits for a second officer, who agrees or lets it lie."""

    kind = "tracing.proposal"
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="proposals")
    firearm = models.ForeignKey(Firearm, null=True, on_delete=models.PROTECT, related_name="+")
    watched = models.ForeignKey("tracing.WatchedSerial", null=True, on_delete=models.PROTECT, related_name="+")
    probability = models.FloatField()
    note = models.TextField()

    def content(self) -> dict[str, Any]:
        return {
            "recovery": self.recovery.reference,
            "firearm": str(self.firearm) if self.firearm else None,
            "watched": self.watched_id,
            "probability": plain(self.probability),
            "note": self.note,
        }


class Confirmation(Fact):
    """An officer says which firearm this is, or that none of the candidates is. The latest one counts.

    `candidates` is the ranking as the officer saw it: [{"firearm": id, "watched": id, "probability": p}], frozen.
    `agreed_by`: the second officer, for an unlikely candidate. `corrects`: the earlier confirmation that it takes the place of.
    """

    kind = "tracing.confirmation"
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="confirmations")
    firearm = models.ForeignKey(Firearm, null=True, on_delete=models.PROTECT, related_name="confirmations")
    watched = models.ForeignKey("tracing.WatchedSerial", null=True, on_delete=models.PROTECT, related_name="confirmations")
    probability = models.FloatField()
    none_probability = models.FloatField()
    candidates = models.JSONField()
    error_model = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    agreed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(firearm=None) | Q(watched=None), name="a_recovery_is_one_firearm"),
            models.CheckConstraint(condition=Q(agreed_by=None) | ~Q(agreed_by=models.F("recorded_by")), name="who_agrees_is_another_officer"),
        ]

    def shares_words_with(self) -> Iterable[Fact]:
        """The event that took an earlier trace back bears this note; an agreed proposal is confirmed in its own words."""
        return [*CustodyEvent.objects.filter(sort=CustodyEvent.CORRECTED, reference=self.recovery.reference), *self.recovery.proposals.all()]

    @classmethod
    def sharing_words_with(cls, fact: Fact) -> Iterable[Fact]:
        if isinstance(fact, CustodyEvent) and fact.sort == CustodyEvent.CORRECTED and fact.reference:
            return cls.objects.filter(recovery__reference=fact.reference)
        return cls.objects.filter(recovery=fact.recovery_id) if isinstance(fact, Proposal) else ()

    def content(self) -> dict[str, Any]:
        return {
            "recovery": self.recovery.reference,
            "firearm": str(self.firearm) if self.firearm else None,
            "watched": self.watched_id,
            "probability": plain(self.probability),
            "none_probability": plain(self.none_probability),
            "candidates": plain(self.candidates),
            "error_model": self.error_model,
            "note": self.note,
            "agreed_by": self.agreed_by.get_username() if self.agreed_by else None,
            "corrects": self.corrects_id,
        }


class ErrorVersion(Fact):
    """A version of the error model, learnt from confirmed traces; the search uses the latest, and rankings name theirs.

    `confirmed` and `not_held`: the recoveries it was learnt from whose latest confirmation names a firearm, or none;
    `until`: the last of those confirmations, by its entry of the log.
    """

    kind = "tracing.error_version"
    version = models.CharField(max_length=40, unique=True)
    parameters = models.JSONField()
    confirmed = models.PositiveIntegerField()
    not_held = models.PositiveIntegerField()
    until = models.BigIntegerField()
    follows = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="followed_by")

    class Meta:
        # Nulls are apart from each other in a unique column: this holds that only one version is the first.
        constraints = [models.UniqueConstraint(Coalesce("follows", Value(-1)), name="one_version_follows_another")]

    def __str__(self) -> str:
        return self.version

    def content(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "parameters": plain(self.parameters),
            "confirmed": self.confirmed,
            "not_held": self.not_held,
            "until": self.until,
            "follows": self.follows_id,
        }


class TraceAnswer(Fact):
    """What a maker, a dealer or another state answered of a firearm that this register does not hold."""

    kind = "tracing.answer"
    also_forgotten = ("answered_by",)
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="answers")
    result_code = models.CharField(max_length=8)
    answered_by = models.CharField(max_length=200)
    answered_on = models.DateField()
    note = models.TextField(blank=True)

    def content(self) -> dict[str, Any]:
        return {
            "recovery": self.recovery.reference,
            "result_code": self.result_code,
            "answered_by": self.answered_by,
            "answered_on": plain(self.answered_on),
            "note": self.note,
        }


class SeizureReport(Fact):
    """How many firearms a body seized in a month, traced or not: the denominator that traces alone do not have.

    A month may be reported again as more becomes known: the latest report counts, and the earlier ones tell what was known when.
    """

    kind = "tracing.seizures"
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    seized = models.PositiveIntegerField()
    submitted = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(submitted__lte=models.F("seized")), name="no_more_submitted_than_seized"),
        ]
        indexes = [models.Index(fields=["agency", "month"])]

    def content(self) -> dict[str, Any]:
        return {"agency": self.agency_id, "month": plain(self.month), "seized": self.seized, "submitted": self.submitted}


class OperationQuerySet(models.QuerySet["Operation"]):
    def visible_to(self, user: User | None) -> Self:
        return self if scope_of(user, "operation") is Scope.ALL else self.none()


class Operation(Fact):
    """A lawful, authorised monitored delivery: its legal basis, its dates, its hard limit, its owner, who approved it."""

    kind = "tracing.operation"
    also_forgotten = ("approved_by", "prosecutor", "subjects")
    reference = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    legal_basis = models.CharField(max_length=200)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="operations")
    approved_by = models.CharField(max_length=120)
    prosecutor = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField()
    limit = models.PositiveIntegerField()
    subjects = models.JSONField(default=list)  # case references, never names

    objects = OperationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.reference

    def content(self) -> dict[str, Any]:
        return {
            "reference": self.reference,
            "name": self.name,
            "legal_basis": self.legal_basis,
            "owner": self.owner.get_username(),
            "approved_by": self.approved_by,
            "prosecutor": self.prosecutor,
            "starts_on": plain(self.starts_on),
            "ends_on": plain(self.ends_on),
            "limit": self.limit,
            "subjects": plain(self.subjects),
        }


class Watch(Fact):
    """Serials put under an operation's watch on a day."""

    kind = "tracing.watch"
    also_forgotten = ("subject",)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="watches")
    watched_on = models.DateField()
    subject = models.CharField(max_length=60)

    def shares_words_with(self) -> Iterable[Fact]:
        return [self.operation, *self.operation.watches.exclude(pk=self.pk)]

    @classmethod
    def sharing_words_with(cls, fact: Fact) -> Iterable[Fact]:
        return fact.watches.all() if isinstance(fact, Operation) else ()

    def content(self) -> dict[str, Any]:
        return {"operation": self.operation.reference, "watched_on": plain(self.watched_on), "subject": self.subject}

    def item_rows(self) -> models.QuerySet[WatchedSerial]:
        return self.serials.order_by("pk")


class WatchedSerial(models.Model):
    """A firearm outside the register (sold by a dealer) that an operation follows."""

    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="serials")
    make = models.CharField(max_length=40)
    model = models.CharField(max_length=60, blank=True)
    firearm_type = models.CharField(max_length=20)
    calibre = models.CharField(max_length=20)
    serial = models.CharField(max_length=40)
    serial_key = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["serial_key", "make", "model"], name="one_watch_an_identity")]

    def as_item(self) -> dict[str, Any]:
        return {"make": self.make, "model": self.model, "type": self.firearm_type, "calibre": self.calibre, "serial": self.serial}
