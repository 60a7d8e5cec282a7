"""Lists at a version, screenings, hits and their resolutions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.ledger.models import Fact, plain
from enduse.parties.models import Party

ADDRESS = "address"  # the feature of a hit that an address alone raised, as the comparison calls it


class ScreeningQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | None) -> Self:
        return self if scope_of(user, "screening") is Scope.ALL else self.none()


class ListVersion(Fact):
    """A denied-party list as loaded: the newest of each source is current. The file itself is kept by its hash."""

    kind = "screening.list_version"
    source = models.CharField(max_length=40)
    version = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64, unique=True)
    entries = models.PositiveIntegerField()
    file_name = models.CharField(max_length=200)
    format = models.CharField(max_length=12)
    mapping = models.JSONField(default=dict, blank=True)  # of a list in a CSV of one's own: field -> column
    notes = models.JSONField(default=list, blank=True)  # what an officer should know of the file, such as a missing end mark
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        ordering = ["source", "-pk"]

    def __str__(self) -> str:
        return f"{self.source} {self.version}"

    def content(self) -> dict[str, Any]:
        return {"source": self.source, "version": self.version, "sha256": self.sha256, "entries": self.entries,
                "file_name": self.file_name, "format": self.format, "mapping": self.mapping,
                **({"replaces": self.replaces_id} if self.replaces_id else {})}

    def item_rows(self) -> models.QuerySet[ListChange]:
        return self.changes.order_by("pk")


class ListChange(models.Model):
    """One entry that a version added, removed or changed against the version it replaces."""

    ADDED, REMOVED, CHANGED = "added", "removed", "changed"
    KINDS = [(ADDED, _("added")), (REMOVED, _("removed")), (CHANGED, _("changed"))]

    list_version = models.ForeignKey(ListVersion, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=7, choices=KINDS)
    entity_id = models.CharField(max_length=80)
    entity_name = models.CharField(max_length=300)
    fields = models.JSONField(default=dict)  # of a changed entry: {field: [before, now]}

    class Meta:
        indexes = [models.Index(fields=["list_version", "kind"])]

    def as_item(self) -> dict[str, Any]:
        return {"kind": self.kind, "entity": self.entity_id, "name": self.entity_name, "fields": self.fields}


class Screening(Fact):
    """One comparison of a party, as named then, with the lists current then."""

    kind = "screening.screening"
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="screenings")
    name = models.CharField(max_length=200)
    compared = models.JSONField(default=dict)  # all that was compared: name, birth date, country, address, number
    party_digest = models.CharField(max_length=32, default="")  # of that: a party with another digest has changed since
    threshold = models.FloatField()
    lists = models.ManyToManyField(ListVersion, related_name="+")
    list_versions = models.JSONField()  # the log indexes of those lists, sorted: what the fact commits to

    objects = ScreeningQuerySet.as_manager()

    def content(self) -> dict[str, Any]:
        compared = {"compared": plain(self.compared)} if self.compared else {}  # the first screenings were logged without
        return {"party": self.party_id, "name": self.name, "threshold": plain(self.threshold), "lists": plain(self.list_versions), **compared}

    def item_rows(self) -> models.QuerySet[Hit]:
        return self.hits.order_by("pk")

    def blanked(self) -> dict[str, Any]:
        """Of a party in the directory its name is no word of this entry; of one that was only asked about, it is."""
        return super().blanked() if self.party.in_directory else {"name": "", "compared": {}}


class Rescreening(Fact):
    """Parties were compared with what had changed in the lists, and their screenings still say what is so."""

    kind = "screening.rescreening"
    list_versions = models.JSONField()  # the log indexes of the lists current then, sorted
    parties = models.PositiveIntegerField()

    objects = ScreeningQuerySet.as_manager()

    def content(self) -> dict[str, Any]:
        return {"lists": plain(self.list_versions), "parties": self.parties}

    def item_rows(self) -> models.QuerySet[Rescreened]:
        return self.rows.order_by("pk")


class Rescreened(models.Model):
    """One party of a rescreening, by the screening that still stands."""

    rescreening = models.ForeignKey(Rescreening, on_delete=models.PROTECT, related_name="rows")
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="rescreened")

    def as_item(self) -> dict[str, Any]:
        return {"screening": self.screening_id}


class Hit(models.Model):
    """One possible match with its score and its reasons: [{"feature": ..., "score": ..., "detail": ...}].

    `remembered`: what an officer said of this pair before, when neither the party nor the entry has changed since.
    """

    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="hits")
    list_version = models.ForeignKey(ListVersion, on_delete=models.PROTECT, related_name="+")
    entity_id = models.CharField(max_length=80)
    entity_name = models.CharField(max_length=300)
    schema = models.CharField(max_length=30)
    score = models.FloatField()
    reasons = models.JSONField()
    entity_digest = models.CharField(max_length=32)  # changes with anything that stands in the entry
    entry = models.JSONField(default=dict)  # the entry as it stood: names, aliases, birth dates, countries, addresses, numbers, programmes
    remembered = models.ForeignKey("screening.HitResolution", null=True, on_delete=models.PROTECT, related_name="remembered_by")

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]

    @classmethod
    def forget_words(cls, texts: Iterable[str]) -> None:
        """Take what a party said of itself out of the reasons, when an order forgot who was asked about."""
        gone = {text.casefold() for text in texts}
        for hit in cls.objects.filter(screening__party__in_directory=False):
            told = [each | {"party_value": "[…]", "detail": ""} if str(each.get("party_value")).casefold() in gone else each
                    for each in hit.reasons]
            if told != hit.reasons:
                cls.objects.filter(pk=hit.pk).update(reasons=told)

    @property
    def by_address(self) -> bool:
        """Whether an address alone raised it, and no name or number."""
        return any(reason["feature"] == ADDRESS for reason in self.reasons)

    def said(self) -> HitResolution | None:
        """What an officer said of it: here, or of the same pair before; None while it is open."""
        return getattr(self, "resolution", None) or self.remembered

    def as_item(self) -> dict[str, Any]:
        return {"list": self.list_version_id, "entity": self.entity_id, "name": self.entity_name, "score": plain(self.score),
                "entry": self.entity_digest, "remembered": self.remembered_id}


class HitResolution(Fact):
    """An officer says whether the party is the one listed. A false match of an unchanged pair is remembered."""

    kind = "screening.resolution"
    FALSE_MATCH, TRUE_MATCH = "false_match", "true_match"
    OUTCOMES = [(FALSE_MATCH, _("not the same party")), (TRUE_MATCH, _("the same party"))]

    hit = models.OneToOneField(Hit, on_delete=models.PROTECT, related_name="resolution")
    outcome = models.CharField(max_length=11, choices=OUTCOMES)
    reason = models.TextField()

    def content(self) -> dict[str, Any]:
        return {"screening": self.hit.screening_id, "entity": self.hit.entity_id, "outcome": self.outcome, "reason": self.reason}
