"""A file that stands behind an application, a certificate or a recovery."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.documents.scanning import CLEAN, NOT_SCANNED
from enduse.ledger.models import Fact
from enduse.parties.models import Party, party_of


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "document")
        if scope is Scope.ALL:
            return self
        if scope is Scope.REDACTED:
            return self.exclude(redacts=None)
        own = party_of(user)
        if scope is Scope.ADVICE_ASKED and own is not None:
            # What parties filed, not what officers put beside it; a redacted version stands in the place of its original.
            opened = OpenedSubject.objects.filter(party=own).values("subject")
            return self.filter(subject__in=opened).exclude(owner=None).exclude(pk__in=self.model.objects.exclude(redacts=None).values("redacts"))
        return self.filter(owner=own) if scope is Scope.OWN_PARTY and own is not None else self.none()


class Document(Fact):
    """`subject` is the reference of what it stands behind (an application's, a recovery's); `owner` the party that filed it.

    `redacts`: the original, where this is a version of it with parts blacked out; some roles see only such versions.
    """

    kind = "documents.document"
    also_forgotten = ("name",)
    EUC, ORDER, IMPORT_AUTHORISATION, PHOTO, OTHER = "euc", "order", "import_authorisation", "photo", "other"
    SORTS = [(EUC, _("end-use certificate")), (ORDER, _("order or contract")), (IMPORT_AUTHORISATION, _("import authorisation")),
             (PHOTO, _("photo")), (OTHER, _("other"))]
    SCANS = [(CLEAN, _("scanned: nothing found")), (NOT_SCANNED, _("not scanned"))]

    subject = models.CharField(max_length=40, db_index=True)
    owner = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    sort = models.CharField(max_length=20, choices=SORTS)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(max_length=12, choices=SCANS, default=NOT_SCANNED)
    redacts = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="redacted")

    objects = DocumentQuerySet.as_manager()

    def forget(self) -> None:
        """Its file goes too, unless another document that was not forgotten is the same file."""
        super().forget()
        if not Document.objects.filter(sha256=self.sha256, leaf__salt__isnull=False).exclude(pk=self.pk).exists():
            kept = Path(settings.MEDIA_ROOT) / "documents" / self.sha256
            transaction.on_commit(lambda: kept.unlink(missing_ok=True), robust=True)

    def content(self) -> dict[str, Any]:
        return {"subject": self.subject, "sort": self.sort, "name": self.name, "size": self.size, "sha256": self.sha256,
                **({"redacts": self.redacts_id} if self.redacts_id is not None else {})}


class OpenedSubject(models.Model):
    """A subject whose documents another body may read: its advice was asked on it. Who asks is logged where it is asked."""

    subject = models.CharField(max_length=40, db_index=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "party"], name="opened_once_to_a_party")]
