"""What the papers beside a certificate say: the order or contract, and the import authorisation, copied line by line."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.documents.models import Document
from enduse.ledger.models import Fact, plain
from enduse.parties.models import Party, party_of


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "certificate")
        if scope is Scope.ALL:
            return self
        own = party_of(user)
        return self.filter(owner=own) if scope is Scope.OWN_PARTY and own is not None else self.none()


class Paper(Fact):
    """One paper of an application as it reads. The latest of a sort counts; an earlier one is kept.

    `subject` is the application's reference. `document`: the file, where it was attached.
    """

    kind = "certificates.paper"
    CERTIFICATE, ORDER, IMPORT_AUTHORISATION = "euc", "order", "import_authorisation"
    SORTS = [(CERTIFICATE, _("end-use certificate")), (ORDER, _("order or contract")), (IMPORT_AUTHORISATION, _("import authorisation"))]

    subject = models.CharField(max_length=40, db_index=True)
    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    sort = models.CharField(max_length=20, choices=SORTS)
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=200)
    issued_on = models.DateField()
    end_user = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    lines = models.JSONField()
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PaperQuerySet.as_manager()

    def content(self) -> dict[str, Any]:
        return {"subject": self.subject, "sort": self.sort, "number": self.number, "issuer": self.issuer, "issued_on": plain(self.issued_on),
                "end_user": self.end_user, "country": self.country, "lines": plain(self.lines),
                "document_sha256": self.document.sha256 if self.document else ""}


class ImportAuthorisationClaim(models.Model):
    """An import authorisation stands behind one application: the database refuses a second, in whatever spacing or case."""

    key = models.CharField(max_length=270, unique=True)
    subject = models.CharField(max_length=40, db_index=True)


class AcceptedDifference(Fact):
    """An officer accepts that two papers differ, with a reason. It counts while both say what they said (`said`)."""

    kind = "certificates.accepted_difference"
    subject = models.CharField(max_length=40, db_index=True)
    key = models.CharField(max_length=200)
    said = models.TextField()
    reason = models.TextField()

    def content(self) -> dict[str, Any]:
        return {"subject": self.subject, "key": self.key, "said": self.said, "reason": self.reason}
