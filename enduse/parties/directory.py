"""Parties that somebody asks about before an officer registered them: they are screened like any other, and only the authority sees them."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.parties.models import Party
from enduse.refusals import Refused


def name_key(name: str) -> str:
    """A name without case, stops and doubled spaces: the same however it is typed."""
    return " ".join("".join(each if each.isalnum() else " " for each in name.casefold()).split())


def asked_about(*, name: str, kind: str, country: str, address: str = "", birth_date: date | None = None) -> Party:
    """The party of this name: the directory's own, or one outside it. Called by other actions, never by a person.

    A person is never taken for another of the same name, so one who differs in anything is a party of its own.
    """
    known = Party.objects.directory().filter(name__iexact=name, country=country).exclude(kind=Party.PERSON).first() if kind != Party.PERSON else None
    if known is not None:
        return known
    same = Party.objects.filter(
        parent=None, in_directory=False, name=name, kind=kind, country=country, address=address, birth_date=birth_date).order_by("pk").first()
    if same is not None:
        return same
    party = Party(name=name, kind=kind, country=country, address=address, birth_date=birth_date, in_directory=False)
    party.save()
    party.path = f"/{party.pk}/"
    party.save(update_fields=["path"])
    return party


def put_into_directory(party: Party, *, by: User) -> Party:
    """An officer registers a party that was asked about: from here on applications may name it."""
    permit(by, "parties.register")
    try:
        with transaction.atomic():
            party = Party.objects.select_for_update().get(pk=party.pk)
            if party.in_directory:
                raise Refused(_("%(party)s is in the directory already."), _("Nothing is left to do."), party=party.name)
            party.in_directory = True
            party.save(update_fields=["in_directory"])
    except IntegrityError as error:
        raise Refused(_("The directory has a party %(party)s of %(country)s already."), _("Applications name that one."), party=party.name,
                      country=party.country) from error
    return party
