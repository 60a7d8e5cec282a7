"""Licences: what they permit, what was used of it, and the changes of their state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.ledger.models import Fact, plain
from enduse.licensing import kinds
from enduse.licensing.cases import CaseFact
from enduse.licensing.control_lists import entry_of
from enduse.parties.models import Party, party_of
from enduse.reference import text_of


class LicenceQuerySet(models.QuerySet["Licence"]):
    def visible_to(self, user: User | None) -> Self:
        return self.filter(seen_by(user, "application__"))

    def amended_to(self, maker: Party) -> Self:
        """Those that an amendment let this maker deliver."""
        return self.filter(proposals__item="SELLER", proposals__answer__agreed=True, proposals__party=maker).order_by()

    def lock(self, pk: int) -> Licence:
        """The licence, held against any other transaction until this one ends."""
        return self.select_for_update().get(pk=pk)


def seen_by(user: User | None, through: str = "") -> Q:
    """Which licences a user sees. `through`: the way from the rows to the application's parties."""
    scope, own = scope_of(user, "licence"), party_of(user)
    if scope is Scope.ALL:
        return Q()
    if scope is not Scope.OWN_PARTY or own is None:
        return Q(pk__in=())
    seen = Q((f"{through}applicant", own)) | Q((f"{through}seller", own)) | Q(pk__in=Licence.objects.amended_to(own).values("pk"))
    # What a buying government was granted, any registered maker may deliver, so each sees it.
    return seen | Q((f"{through}seller", None)) if own.is_registered_maker else seen


class Licence(CaseFact):
    """Permits a quantity of each line until a date."""

    kind = "licensing.licence"
    ACTIVE, SUSPENDED, REVOKED, SURRENDERED, EXPIRED, EXHAUSTED, REPLACED = (
        "active", "suspended", "revoked", "surrendered", "expired", "exhausted", "replaced")
    STATES = [(ACTIVE, _("active")), (SUSPENDED, _("suspended")), (REVOKED, _("revoked")), (SURRENDERED, _("surrendered")),
              (EXPIRED, _("expired")), (EXHAUSTED, _("exhausted")), (REPLACED, _("replaced"))]
    ENDS = frozenset({REVOKED, SURRENDERED, REPLACED})

    reference = models.CharField(max_length=20, unique=True)
    application = models.OneToOneField("licensing.Application", on_delete=models.PROTECT, related_name="licence")
    issued_on = models.DateField()
    expires_on = models.DateField()
    conditions = models.JSONField(default=list)

    objects = LicenceQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-pk"]
        indexes = [models.Index(fields=["-issued_on", "-leaf"]), models.Index(fields=["expires_on"])]

    def __str__(self) -> str:
        return self.reference

    def content(self) -> dict[str, Any]:
        return {"reference": self.reference, "application": self.application.reference, "issued_on": plain(self.issued_on),
                "expires_on": plain(self.expires_on), "conditions": plain(self.conditions)}

    def keep(self) -> None:
        from enduse.licensing.keeping import keep_standing

        super().keep()
        keep_standing(self.pk)

    def item_rows(self) -> models.QuerySet[LicenceLine]:
        return self.lines.order_by("pk")

    @property
    def end_user(self) -> Party:
        return self.application.end_user

    @property
    def seller(self) -> Party | None:
        """Who delivers: the application's seller, or the maker that an amendment put in its place. None: any registered maker."""
        amended = self.proposals.filter(item="SELLER", answer__agreed=True).select_related("party").order_by("-pk").first()
        return amended.party if amended is not None else self.application.seller

    @property
    def is_open(self) -> bool:
        return kinds.is_open(self.application.kind)

    def end_users(self) -> list[Party]:
        """Whom it names as end user: the application's, and of an open one every recipient and whoever was registered since."""
        named = [self.application.end_user]
        if self.is_open:
            named += [*self.application.recipients.all(), *(each.end_user for each in self.first_uses.select_related("end_user"))]
        return list({party.pk: party for party in named}.values())

    def who_may_hold(self) -> list[Party]:
        """Its end users, and each ultimate one that the end user passes the firearms on to by its own certificate."""
        return list({party.pk: party for party in [*self.end_users(), *self.application.chain_asked.ultimate_end_users]}.values())

    def end_user_for(self, consignee: Party) -> Party | None:
        """Whose firearms they are when they go to this consignee. None: the licence does not name it.

        An open licence reaches its recipients and what is below them; where it names none, whoever stands in a country that it lists.
        """
        application = self.application
        if consignee.pk == application.consignee_id or consignee.is_below(application.end_user):
            return application.end_user
        if not self.is_open:
            return None
        recipients = list(application.recipients.all())
        if recipients:
            return next((party for party in recipients if consignee.is_below(party)), None)
        end_user = consignee.end_user
        return end_user if end_user.country in application.countries() and end_user.kind != Party.PERSON else None

    def end_user_of(self, consignment: str) -> Party:
        """Whose firearms those of a consignment were, as the licence's own ledger of uses has it."""
        used = LicenceUse.objects.filter(line__licence=self, consignment=consignment).exclude(end_user=None).select_related("end_user").first()
        return used.end_user if used is not None and used.end_user is not None else self.application.end_user

    def state(self, on: date | None = None) -> str:
        """Where the licence stands on a day: derived from its changes, its date and its balance."""
        on = on or clock.today()
        changes = [change for change in sorted(self.changes.all(), key=lambda change: change.pk) if change.effective_on <= on]
        last = changes[-1].change if changes else None
        if last is not None and last != LicenceChange.REINSTATED:
            return last
        if on > self.expires_on:
            return self.EXPIRED
        return self.EXHAUSTED if self.remaining() == 0 else self.ACTIVE

    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines.all())

    def remaining(self, line: LicenceLine | None = None) -> int:
        """How many firearms it still permits: of one line, or of all."""
        lines = [line] if line is not None else list(self.lines.all())
        used = LicenceUse.objects.filter(line__in=lines).aggregate(n=Sum("quantity"))["n"] or 0
        return sum(each.quantity for each in lines) - used


class LicenceLine(models.Model):
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    firearm_type = models.CharField(max_length=20)
    make = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=60, blank=True)
    calibre = models.CharField(max_length=20)
    automatic = models.BooleanField()
    control_entry = models.CharField(max_length=20, blank=True)  # as it stood on the day of issue
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        named = " ".join(part for part in (text_of("makes", self.make) if self.make else "", self.model) if part)
        return f"{text_of('firearm_types', self.firearm_type)}{' ' + named if named else ''}, {text_of('calibres', self.calibre)}"

    @property
    def entry(self) -> str:
        """The entry of a control list that it was issued under."""
        return entry_of(self.firearm_type, self.automatic, self.licence.issued_on, self.control_entry)

    def as_item(self) -> dict[str, Any]:
        return {"number": self.number, "firearm_type": self.firearm_type, "make": self.make, "model": self.model,
                "calibre": self.calibre, "automatic": self.automatic, "quantity": self.quantity,
                **({"control_entry": self.control_entry} if self.control_entry else {})}


class LicenceUse(models.Model):
    """The licence's own ledger: what a consignment takes of a line (negative: gives back when cancelled)."""

    line = models.ForeignKey(LicenceLine, on_delete=models.PROTECT, related_name="uses")
    quantity = models.IntegerField()
    consignment = models.CharField(max_length=20)
    maker = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")  # who delivers
    end_user = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")  # none: the licence's only one
    at = models.DateTimeField(default=clock.now)


class LicenceChange(Fact):
    """Suspended, reinstated, revoked, surrendered, or replaced by a licence for what was not shipped."""

    kind = "licensing.licence_change"
    REINSTATED = "reinstated"
    CHANGES = [(Licence.SUSPENDED, _("suspended")), (REINSTATED, _("reinstated")), (Licence.REVOKED, _("revoked")),
               (Licence.SURRENDERED, _("surrendered")), (Licence.REPLACED, _("replaced"))]

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="changes")
    change = models.CharField(max_length=12, choices=CHANGES)
    effective_on = models.DateField()
    reason = models.TextField()
    proposal = models.OneToOneField("licensing.ChangeProposal", null=True, on_delete=models.PROTECT, related_name="+")
    replaced_by = models.OneToOneField(Licence, null=True, on_delete=models.PROTECT, related_name="+")

    def keep(self) -> None:
        from enduse.licensing.keeping import keep_standing

        keep_standing(self.licence_id)

    def shares_words_with(self) -> Iterable[Fact]:
        return [self.proposal] if self.proposal is not None else ()

    @classmethod
    def sharing_words_with(cls, fact: Fact) -> Iterable[Fact]:
        return cls.objects.filter(proposal=fact.pk) if fact.kind == "licensing.change_proposal" else ()

    def content(self) -> dict[str, Any]:
        said = {"licence": self.licence.reference, "change": self.change, "effective_on": plain(self.effective_on), "reason": self.reason}
        # Changes that were logged before proposals and replacements were kept read the same.
        said |= {"proposal": self.proposal_id} if self.proposal_id else {}
        return said | ({"replaced_by": self.replaced_by.reference} if self.replaced_by else {})
