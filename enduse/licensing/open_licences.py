"""What an open licence adds: to whom it was first used, the undertakings of its end users, and the days of its returns.

Whose firearms a consignment's are is asked of the licence (`Licence.end_user_for`). Every line has a ceiling of quantity: an open
licence is open in its recipients and its years, never in the number of firearms.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Cast
from django.db.models.lookups import Contains

from enduse import clock
from enduse.certificates import states as certificate_states
from enduse.certificates.models import Certificate
from enduse.ledger.models import Fact
from enduse.licensing import chain, dated, kinds
from enduse.licensing.licences import Licence
from enduse.measures.actions import months_before
from enduse.parties.models import Party
from enduse.parties.queries import below

if TYPE_CHECKING:
    from enduse.licensing.models import Application


class FirstUse(Fact):
    """The exporter registers that it begins to use the licence for a recipient: before this nothing is declared for it."""

    kind = "licensing.first_use"
    also_forgotten = ("records_at",)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="first_uses")
    end_user = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    records_at = models.CharField(max_length=300)  # where its records of these shipments can be inspected

    class Meta:
        constraints = [models.UniqueConstraint(fields=["licence", "end_user"], name="one_first_use_a_recipient")]

    def content(self) -> dict[str, Any]:
        return {"licence": self.licence.reference, "end_user": self.end_user_id, "records_at": self.records_at}


class Undertaking(Fact):
    """An end user's certificate for consignments under an open licence: which one it covers, or how many firearms over several."""

    kind = "licensing.undertaking"
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="undertakings")
    end_user = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="undertakings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["licence", "certificate"], name="one_undertaking_a_certificate")]

    def __str__(self) -> str:
        return f"{self.certificate.number} · {self.end_user}"

    def content(self) -> dict[str, Any]:
        return {"licence": self.licence.reference, "end_user": self.end_user_id, "certificate": self.certificate_id}

    @property
    def state(self) -> str:
        return certificate_states.state_of(self.certificate)

    def consignments(self) -> list[str]:
        """References of the consignments that were declared on it."""
        return sorted(set(self.certificate.uses.values_list("application", flat=True)))

    def bars(self, party: Party) -> bool:
        """Whether it forbids that this party holds the firearms: by region, or by the name of the party or of one above it."""
        if party.region and party.region in self.certificate.barred_regions:
            return True
        barred = {" ".join(name.split()).casefold() for name in self.certificate.barred_bodies}
        if not barred:
            return False
        above = Party.objects.filter(pk__in=[int(step) for step in party.path.split("/") if step]).values_list("name", flat=True)
        return bool({" ".join(name.split()).casefold() for name in above} & barred)


@dataclass(frozen=True)
class Period:
    """One period of a licence's returns: both days count, and its return is filed by `due_on`."""

    number: int
    starts_on: date
    ends_on: date
    due_on: date


class ReturnPeriod(models.Model):
    """The days of one return, written when the licence is issued: the database's own guard reads them. They follow from its condition."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="return_periods")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    due_on = models.DateField()

    class Meta:
        ordering = ["licence", "number"]
        constraints = [models.UniqueConstraint(fields=["licence", "number"], name="one_return_period_a_number")]


def licences_reaching(party: Party) -> QuerySet[Licence, Any]:
    """The ids of the licences that may bring firearms to a party or what is below it.

    As end user or ultimate one, or under an open licence as recipient named or registered.
    """
    inside, applications = below(party.path), Licence.application.field.related_model
    named = applications.recipients.through.objects.filter(party__in=inside)  # type: ignore[attr-defined]
    return Licence.objects.filter(application__end_user__in=inside).order_by().values("pk").union(
        Licence.objects.filter(application__in=named.values("application"), application__kind=kinds.OPEN).order_by().values("pk"),
        Licence.objects.filter(application__in=_ultimately(inside)).order_by().values("pk"),
        FirstUse.objects.filter(end_user__in=inside).order_by().values("licence"))


def applications_reaching(party: Party) -> QuerySet[Any]:
    """The ids of the applications that name a party or what is below it as end user or ultimate one, or as recipient of an open licence."""
    applications: Any = Licence.application.field.related_model
    named = applications.recipients.through.objects.filter(party__in=below(party.path), application__kind=kinds.OPEN)
    return applications.objects.filter(end_user__in=below(party.path)).order_by().values("pk").union(
        named.order_by().values("application"), _ultimately(below(party.path)))


def otherwise_named(party: Party) -> QuerySet[Any]:
    """The ids of the applications that name a body, or a unit of it, besides as their end user: as ultimate one, or as recipient of an open licence."""
    inside, applications = below(party.end_user_path), Licence.application.field.related_model
    received: Any = applications.recipients.through.objects.filter(party__in=inside, application__kind=kinds.OPEN)  # type: ignore[attr-defined]
    return _ultimately(inside).union(received.order_by().values("application"))


def _ultimately(inside: QuerySet[Party, Any]) -> QuerySet[Any]:
    """The ids of the applications that name any of these parties as ultimate end user."""
    applications: Any = Licence.application.field.related_model
    return applications.objects.filter(named__role=chain.ULTIMATE_END_USER, named__party__in=inside).order_by().values("pk")


def in_country(country: str, through: str = "") -> Q:
    """What goes to a country: the first of an application, or one that an open one lists."""
    listed = Contains(Cast(f"{through}destinations", models.TextField()), f'"{country}"')
    return Q(**{f"{through}country": country}) | Q(listed, **{f"{through}kind": kinds.OPEN})


def periods_of(licence: Licence) -> list[Period]:
    """Every period in which returns are asked of a licence, from its issue to its end, by its condition; none: it has none."""
    told = next((condition["parameters"] for condition in licence.conditions if condition.get("code") == kinds.RETURNS), None)
    if told is None:
        return []
    found: list[Period] = []
    starts = licence.issued_on
    while starts <= licence.expires_on:
        following = months_before(licence.issued_on, -int(told["months"]) * (len(found) + 1))
        ends = min(following - timedelta(days=1), licence.expires_on)
        found.append(Period(len(found) + 1, starts, ends, ends + timedelta(days=int(told["days"]))))
        starts = following
    return found


def set_return_days(licence: Licence) -> None:
    """Write the days of a new licence's returns. A step of issuing it."""
    ReturnPeriod.objects.bulk_create([
        ReturnPeriod(licence=licence, number=each.number, starts_on=each.starts_on, ends_on=each.ends_on, due_on=each.due_on)
        for each in periods_of(licence)])


def needs_certificate(application: Application) -> bool:
    """Whether the application itself stands on an end-use certificate: an open one does only where no rule asks for one a consignment."""
    return not kinds.is_open(application.kind) or dated.undertaking_per_consignment(clock.today()) is None


def needs_undertaking(licence: Licence, on: date) -> bool:
    """Whether a consignment of that day carries its end user's undertaking: by the rule of the day, or since the licence has no other."""
    application = licence.application
    if not kinds.is_open(application.kind):
        return False
    return dated.undertaking_per_consignment(on) is not None or getattr(application, "certificate", None) is None
