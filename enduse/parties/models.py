"""Parties and their tree, who acts for them, their personnel, and their measured record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.ledger.models import Fact, plain


class PartyQuerySet(models.QuerySet["Party"]):
    def visible_to(self, user: User | None) -> Self:
        scope = scope_of(user, "party")
        if scope is Scope.ALL:
            # Who was asked about before any application is for those who see what was asked.
            return self if scope_of(user, "advisory") is Scope.ALL else self.filter(in_directory=True)
        own = party_of(user)
        if scope is Scope.OWN_END_USER and own is not None:
            return self.filter(path__startswith=own.end_user_path)
        if scope is Scope.OWN_PARTY and own is not None:
            # An applicant names whom it sells to: bodies at the top of a tree are a public directory; their units are not.
            return self.filter(Q(parent=None, in_directory=True) & ~Q(kind=Party.PERSON) | Q(path__startswith=own.path))
        return self.none()

    def directory(self) -> Self:
        """The bodies that anybody may name: at the top of a tree, and registered by an officer."""
        return self.filter(parent=None, in_directory=True)

    def below(self, party: Party) -> Self:
        """The party and everything below it in its tree."""
        return self.filter(path__startswith=party.path)


class Party(models.Model):
    """A state body, armed force, police, company, person or unit. `path` ('/3/17/') is its place in its tree."""

    ARMED_FORCE, POLICE, STATE_BODY, COMPANY, PERSON = "armed_force", "police", "state_body", "company", "person"
    KINDS = [
        (ARMED_FORCE, _("armed force")), (POLICE, _("police")), (STATE_BODY, _("state body")),
        (COMPANY, _("company")), (PERSON, _("person")),
    ]

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=KINDS)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=300, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    founded_on = models.DateField(null=True, blank=True)  # of a company, as its register says
    registration = models.CharField(max_length=40, blank=True)  # a maker's or broker's number; empty: not registered
    is_importer = models.BooleanField(default=False)  # buys for others: its stock and its resales are two balances
    in_directory = models.BooleanField(default=True)  # False: somebody asked about it and no officer registered it; only the authority sees it
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="units")
    path = models.CharField(max_length=200, db_index=True, editable=False)
    changed_at = models.DateTimeField(default=clock.now)  # a screening older than this no longer counts
    renamed_at = models.DateTimeField(null=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        # Two, since SQLite has no unique constraint in which nulls are equal.
        constraints = [
            models.UniqueConstraint(fields=["name", "country", "parent"], name="one_unit_a_name"),
            models.UniqueConstraint(fields=["name", "country"], condition=Q(parent=None, in_directory=True), name="one_party_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_unit(self) -> bool:
        return self.parent_id is not None

    @property
    def is_registered_maker(self) -> bool:
        return self.kind == self.COMPANY and bool(self.registration)

    @property
    def end_user_id(self) -> int:
        """The top of the tree: who signed for the end use and answers for every unit below."""
        return int(self.path.split("/")[1])

    @property
    def end_user_path(self) -> str:
        return f"/{self.end_user_id}/"

    @property
    def end_user(self) -> Party:
        return self if self.parent_id is None else Party.objects.get(pk=self.end_user_id)

    def is_below(self, other: Party) -> bool:
        """Whether this party is the other or stands below it."""
        return self.path.startswith(other.path)

    @classmethod
    def forget_words(cls, texts: Iterable[str]) -> None:
        """Take the name and address of a party that stands outside the directory, when an order forgot who was asked about."""
        asked_about = cls.objects.filter(in_directory=False)
        asked_about.filter(name__in=texts).update(name="[…]", birth_date=None)
        asked_about.filter(address__in=texts).update(address="")


class Membership(models.Model):
    """Which party a user acts for."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="membership")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="members")


def party_of(user: User | None) -> Party | None:
    """The party that a user acts for, if any (read once per user object)."""
    if user is None or not user.is_authenticated:
        return None
    if not hasattr(user, "_party"):
        membership = Membership.objects.select_related("party").filter(user=user).first()
        remember_party(user, membership.party if membership else None)
    return user._party  # type: ignore[attr-defined]


def remember_party(user: User, party: Party | None) -> None:
    """Keep with a user object the party that it acts for, once it was read."""
    user._party = party  # type: ignore[attr-defined]


class Link(Fact):
    """Who owns or runs a party, from a day on, as a source says. It ends by a later fact."""

    kind = "parties.link"
    OWNER, PARENT, DIRECTOR, AGENT = "owner", "parent", "director", "agent"
    ROLES = [(OWNER, _("owner")), (PARENT, _("parent company")), (DIRECTOR, _("director")), (AGENT, _("acts for it"))]

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="links")
    holder = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="held_links")
    role = models.CharField(max_length=8, choices=ROLES)
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True)  # per cent, where it is known
    since = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(party=models.F("holder")), name="nobody_owns_itself"),
            models.CheckConstraint(condition=Q(share=None) | Q(share__gt=0, share__lte=100), name="a_share_is_a_per_cent"),
        ]

    def content(self) -> dict[str, Any]:
        return {"party": self.party_id, "holder": self.holder_id, "role": self.role, "share": str(self.share) if self.share is not None else None,
                "since": plain(self.since), "source": self.source}


class LinkEnd(Fact):
    """From this day on the link is no more."""

    kind = "parties.link_end"

    link = models.OneToOneField(Link, on_delete=models.PROTECT, related_name="end")
    until = models.DateField()

    def content(self) -> dict[str, Any]:
        return {"link": self.link_id, "until": plain(self.until)}


class PartyAddress(Fact):
    """Another place where a party is, from a day on, as a source says. It ends by a later fact."""

    kind = "parties.address"
    OFFICE, BUSINESS, STORE, DELIVERY, POST = "office", "business", "store", "delivery", "post"
    USES = [
        (OFFICE, _("registered office")), (BUSINESS, _("place of business")), (STORE, _("store or armoury")),
        (DELIVERY, _("place of delivery")), (POST, _("for letters")),
    ]

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="addresses")
    use = models.CharField(max_length=8, choices=USES)
    text = models.CharField(max_length=300)
    since = models.DateField()
    source = models.CharField(max_length=200)

    def content(self) -> dict[str, Any]:
        return {"party": self.party_id, "use": self.use, "text": self.text, "since": plain(self.since), "source": self.source}


class PartyAddressEnd(Fact):
    """From this day on the party is there no more."""

    kind = "parties.address_end"

    address = models.OneToOneField(PartyAddress, on_delete=models.PROTECT, related_name="end")
    until = models.DateField()

    def content(self) -> dict[str, Any]:
        return {"address": self.address_id, "until": plain(self.until)}


class PersonnelReport(Fact):
    """What an end user said of one month: how many serve in each unit and how many deserted."""

    kind = "parties.personnel_report"

    end_user = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="personnel_reports")
    month = models.DateField()  # the first of the month

    class Meta:
        constraints = [models.UniqueConstraint(fields=["end_user", "month"], name="one_personnel_report_a_month")]

    def content(self) -> dict[str, Any]:
        return {"end_user": self.end_user_id, "month": plain(self.month)}

    def item_rows(self) -> models.QuerySet[PersonnelLine]:
        return self.lines.order_by("pk")


class PersonnelLine(models.Model):
    report = models.ForeignKey(PersonnelReport, on_delete=models.PROTECT, related_name="lines")
    unit = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    personnel = models.PositiveIntegerField()
    desertions = models.PositiveIntegerField()

    def as_item(self) -> dict[str, Any]:
        return {"unit": self.unit_id, "personnel": self.personnel, "desertions": self.desertions}


class RecordLine(models.Model):
    """One line of a party's measured record, posted by the floor that measured it; the latest of a kind counts.

    `figures`: plain numbers with their denominators; `rests_on`: what they were computed from; `as_of`: known on.
    """

    DELIVERED, COUNTED, LOST, CHECKED, TRACED, ESTIMATED = "delivered", "counted", "lost", "checked", "traced", "estimated"
    KINDS = [
        (DELIVERED, _("delivered")), (COUNTED, _("counted")), (LOST, _("reported lost")), (CHECKED, _("checks")),
        (TRACED, _("traced to it")), (ESTIMATED, _("estimated diverted")),
    ]

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="record_lines")
    kind = models.CharField(max_length=10, choices=KINDS)
    figures = models.JSONField()
    rests_on = models.CharField(max_length=300)
    as_of = models.DateField()
    posted_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["party", "kind", "-posted_at"])]
